"""How is a trade document that declares nothing taken in? Kept once, with its hash, in the caller's one transaction.

Notices, cargo reports, stowage plans and movement reports are kept under what they are about. A list of travellers is
personal data: a node keeps none until it has a purpose and a time limit for it, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from comity.features.declarations.errors import NotKept
from comity.features.declarations.read import ReadDocument
from comity.features.declarations.store import keep_document
from comity.flows.clear_declaration import DocumentNotReadable
from comity.foundation.clock import Clock
from comity.foundation.errors import Finding
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.trade_document import name_of
from comity.foundation.trade.travellers import TravellerList


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a document: its id, its kind by name, the MRN it is about, and whether it was new."""

    id: str
    kind: str
    mrn: str | None
    is_new: bool
    findings: tuple[Finding, ...]


def take(session: Session, document: ReadDocument, *, clock: Clock) -> Taken:
    """Keep a document that was read without errors and is no declaration; the same document again changes nothing.

    Raises:
        DocumentNotReadable: nothing was read, or it is a declaration, which is cleared instead.
        NotKept: it is a list of travellers.
    """
    found = document.document
    if found is None or isinstance(found, Declaration):
        raise DocumentNotReadable
    if isinstance(found, TravellerList):
        raise NotKept
    kept = keep_document(
        session, document=found, content_sha256=document.content_sha256, source="declared", clock=clock
    )
    return Taken(kept.id, name_of(found), getattr(found, "mrn", None), kept.is_new, document.findings)
