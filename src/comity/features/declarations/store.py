"""Which declarations and other trade documents the node keeps: every query of this feature. Nothing here commits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from comity.features.declarations.canonical import from_record, id_of_record, to_record
from comity.features.declarations.tables import DeclarationRow, TradeDocumentRow
from comity.foundation.clock import Clock
from comity.foundation.trade.declaration import Declaration, DeclarationId, DeclarationKind
from comity.foundation.trade.parties import Party
from comity.foundation.trade.trade_document import NAMES, TradeDocument, name_of


@dataclass(frozen=True, slots=True)
class Kept:
    """The id a document is kept under, and whether it was new."""

    id: DeclarationId
    is_new: bool


@dataclass(frozen=True, slots=True)
class KeptDeclaration:
    """A declaration as kept: its id, the hash of its original bytes, where it came from and when (UTC)."""

    id: DeclarationId
    declaration: Declaration
    content_sha256: str
    source: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document that is no declaration, as kept: its id, the hash of its bytes, where it came from and when (UTC)."""

    id: str
    document: TradeDocument
    content_sha256: str
    source: str
    kept_at: datetime


def keep(session: Session, *, declaration: Declaration, content_sha256: str, source: str, clock: Clock) -> Kept:
    """Keep a declaration with its document's hash; the same document, or the same content, is recognised.

    Two SQL statements for a new declaration, one for a known one. Two processes keeping the same document at once:
    the second one's transaction fails on the unique hash or id, and succeeds as known when it is run again.
    """
    record = to_record(declaration)
    identifier = id_of_record(record)
    known = session.scalar(
        select(DeclarationRow.id)
        .where(or_(DeclarationRow.id == identifier, DeclarationRow.content_sha256 == content_sha256))
        .limit(1)
    )
    if known is not None:
        return Kept(DeclarationId(known), is_new=False)
    row = _row(declaration, record, content_sha256=content_sha256, source=source, at=clock.now())
    row.id = identifier
    session.add(row)
    session.flush()
    return Kept(identifier, is_new=True)


def find(session: Session, identifier: DeclarationId | str) -> KeptDeclaration | None:
    """Return the declaration of this id, or None."""
    row = session.get(DeclarationRow, str(identifier))
    return None if row is None else _kept(row)


def find_many(session: Session, identifiers: list[str]) -> dict[str, KeptDeclaration]:
    """Return the declarations of these ids by id, in one statement for every 500."""
    found: dict[str, KeptDeclaration] = {}
    for start in range(0, len(identifiers), 500):
        chosen = identifiers[start : start + 500]
        rows = session.scalars(select(DeclarationRow).where(DeclarationRow.id.in_(chosen)))
        found |= {row.id: _kept(row) for row in rows}
    return found


def find_by_mrn(session: Session, mrn: str) -> list[KeptDeclaration]:
    """Return every document about this MRN, the oldest first: the declaration, its amendments, its cancellation."""
    return _all(session, DeclarationRow.mrn == mrn)


def find_by_ucr(session: Session, ucr: str) -> list[KeptDeclaration]:
    """Return every declaration of this unique consignment reference, the oldest first."""
    return _all(session, DeclarationRow.ucr == ucr)


def latest(
    session: Session,
    limit: int,
    *,
    offset: int = 0,
    kind: DeclarationKind | None = None,
    importer: str | None = None,
) -> list[KeptDeclaration]:
    """Return the declarations kept last, the newest first."""
    statement = select(DeclarationRow).order_by(DeclarationRow.kept_at.desc(), DeclarationRow.id)
    if kind is not None:
        statement = statement.where(DeclarationRow.kind == kind.value)
    if importer is not None:
        statement = statement.where(DeclarationRow.importer == importer)
    return [_kept(row) for row in session.scalars(statement.limit(limit).offset(offset))]


def keep_document(session: Session, *, document: TradeDocument, content_sha256: str, source: str, clock: Clock) -> Kept:
    """Keep a document that is no declaration, under the MRN it is about; the same one again is recognised."""
    record = to_record(document)
    identifier = id_of_record(record)
    known = session.scalar(
        select(TradeDocumentRow.id)
        .where(or_(TradeDocumentRow.id == identifier, TradeDocumentRow.content_sha256 == content_sha256))
        .limit(1)
    )
    if known is not None:
        return Kept(DeclarationId(known), is_new=False)
    row = TradeDocumentRow(
        id=identifier,
        kind=name_of(document),
        mrn=_searched(getattr(document, "mrn", None)),
        content_sha256=content_sha256,
        source=source[:200],
        kept_at=clock.now(),
        record=record,
    )
    session.add(row)
    session.flush()
    return Kept(identifier, is_new=True)


def exports_kept(session: Session, since: datetime) -> Iterator[KeptDeclaration]:
    """Give every export kept since an instant, with amendments and cancellations, the oldest first; streamed."""
    statement = (
        select(DeclarationRow)
        .where(DeclarationRow.kind == DeclarationKind.EXPORT.value, DeclarationRow.kept_at >= since)
        .order_by(DeclarationRow.kept_at, DeclarationRow.id)
    )
    for row in session.scalars(statement.execution_options(yield_per=1_000)):
        yield _kept(row)


def documents_about(session: Session, mrn: str) -> list[KeptDocument]:
    """Return the notices and other documents about this MRN, the oldest first."""
    rows = session.scalars(
        select(TradeDocumentRow)
        .where(TradeDocumentRow.mrn == mrn)
        .order_by(TradeDocumentRow.kept_at, TradeDocumentRow.id)
    )
    return [
        KeptDocument(row.id, from_record(row.record, NAMES[row.kind]), row.content_sha256, row.source, row.kept_at)
        for row in rows
    ]


def counts(session: Session) -> dict[str, int]:
    """Return how many declarations are kept, by kind (`import`, `export`, `transit`, `other`)."""
    rows = session.execute(select(DeclarationRow.kind, func.count()).group_by(DeclarationRow.kind))
    found: dict[str, int] = {kind: number for kind, number in rows}  # noqa: C416 - rows, not pairs, to the checker
    return {kind.value: found.get(kind.value, 0) for kind in DeclarationKind}


def _all(session: Session, condition: ColumnElement[bool]) -> list[KeptDeclaration]:
    statement = select(DeclarationRow).where(condition).order_by(DeclarationRow.kept_at, DeclarationRow.id)
    return [_kept(row) for row in session.scalars(statement)]


def _kept(row: DeclarationRow) -> KeptDeclaration:
    return KeptDeclaration(
        id=DeclarationId(row.id),
        declaration=from_record(row.record),
        content_sha256=row.content_sha256,
        source=row.source,
        kept_at=row.kept_at,
    )


def _row(
    declaration: Declaration, record: dict[str, Any], *, content_sha256: str, source: str, at: datetime
) -> DeclarationRow:
    shipment = declaration.goods_shipment
    return DeclarationRow(
        mrn=_searched(declaration.mrn),
        lrn=_searched(declaration.functional_reference_id),
        kind=declaration.kind.value,
        function=declaration.function.value,
        content_sha256=content_sha256,
        importer=_searched(_id_of(shipment.importer)),
        exporter=_searched(_id_of(shipment.exporter)),
        ucr=_searched(shipment.ucr),
        source=source[:200],
        kept_at=at,
        record=record,
    )


def _searched(value: str | None) -> str | None:
    """Return what is searched of a value: no WCO identifier is longer than 70 characters (an..70)."""
    return None if value is None else value[:70]


def _id_of(party: Party | None) -> str | None:
    return None if party is None else party.id
