"""How large is the database? Asked of the engine, which knows without counting."""

from __future__ import annotations

from sqlalchemy import text

from comity.foundation.storage.session import Database


def database_bytes(database: Database) -> int:
    """Return the size of the database in bytes; of SQLite without its write-ahead log."""
    question = (
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        if database.is_sqlite
        else "SELECT pg_database_size(current_database())"
    )
    with database.reading() as session:
        return int(session.execute(text(question)).scalar_one())
