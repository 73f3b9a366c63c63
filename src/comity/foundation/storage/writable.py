"""Can the database be written? Something is, and taken back."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from comity.foundation.storage.session import Database


def why_not_writable(database: Database, write: Callable[[Session], None]) -> str | None:
    """Return what kind of error writing meets, or None; whatever `write` writes is rolled back."""
    try:
        with database.reading() as session:
            write(session)
            session.flush()
    except SQLAlchemyError as error:
        return type(error.__cause__ or error).__name__
    return None
