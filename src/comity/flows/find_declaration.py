"""Which declaration is kept under this id?"""

from __future__ import annotations

from sqlalchemy.orm import Session

from comity.features.declarations.store import find
from comity.foundation.errors import ComityError
from comity.foundation.trade.declaration import Declaration


class DeclarationUnknown(ComityError):
    """No such declaration is kept here; look for it in the worklist."""

    code = "declarations.unknown"
    status = 404


def declared(session: Session, declaration_id: str) -> Declaration:
    """Return the declaration.

    Raises:
        DeclarationUnknown: no such declaration is kept here.
    """
    kept = find(session, declaration_id)
    if kept is None:
        raise DeclarationUnknown
    return kept.declaration
