"""What went between us and a partner, by place in its stream? Read from outbox and inbox alike, for accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Table, case, func, select, update
from sqlalchemy.orm import Session

from comity.cooperation.exchange.store import OUT, MessageState
from comity.cooperation.exchange.tables import InboxRow, OutboxRow, StreamRow

STORED = "stored"
ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Settled:
    """One message that was stored or finally refused: its place, and `stored` or the code of its refusal."""

    sequence: int
    id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One message with what is needed to count it: its type, outcome, and the signed receipt with its time in it."""

    id: str
    type: str
    outcome: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a stream that falls into a period: first and last sequence."""

    agreement_id: str
    direction: str
    first: int
    last: int


def stretches(session: Session, partner: str, *, since: datetime, until: datetime) -> list[Stretch]:
    """Return what was settled with a partner in a period, one stretch a stream; what still waits is left out.

    A stretch begins behind what was settled before and ends where what was settled later begins, or with the stream: a
    message that was lost at either end is in it, and every message is in the stretch of one period.
    """
    streams = select(StreamRow.agreement_id, StreamRow.direction, StreamRow.sequence).where(
        StreamRow.partner == partner
    )
    found = []
    for agreement_id, direction, end in session.execute(streams.order_by(StreamRow.agreement_id, StreamRow.direction)):
        first = _last_before(session, partner, (agreement_id, direction), since) + 1
        settled = _last_before(session, partner, (agreement_id, direction), until)
        later = _first_beyond(session, partner, (agreement_id, direction), settled)
        last = end if later is None else later - 1
        if first <= last:
            found.append(Stretch(agreement_id, direction, first, last))
    return found


def settled_in(session: Session, partner: str, stretch: Stretch) -> Iterator[Settled]:
    """Yield the settled messages of a stretch in order, however many."""
    table = OutboxRow if stretch.direction == OUT else InboxRow
    query = (_SENT if stretch.direction == OUT else _TAKEN).where(
        table.partner == partner,
        table.agreement_id == stretch.agreement_id,
        table.sequence >= stretch.first,
        table.sequence <= stretch.last,
    )
    for row in session.execute(query.order_by(table.sequence).execution_options(yield_per=ROWS_AT_ONCE)):
        yield Settled(row.sequence, row.id, row.refusal or STORED)


def passages(
    session: Session, partner: str, stream: tuple[str, str], *, since: datetime, until: datetime
) -> Iterator[Passage]:
    """Yield the messages of a stream (agreement, direction) that were settled about a period, in order.

    When a message was received stands in its receipt; here a day is added before and behind for clocks that differ.
    """
    agreement_id, direction = stream
    table = OutboxRow if direction == OUT else InboxRow
    settled = OutboxRow.receipt_at if direction == OUT else InboxRow.received_at
    query = (_SENT if direction == OUT else _TAKEN).where(
        table.partner == partner,
        table.agreement_id == agreement_id,
        settled >= since - timedelta(days=1),
        settled < until + timedelta(days=1),
    )
    for row in session.execute(query.order_by(table.sequence).execution_options(yield_per=ROWS_AT_ONCE)):
        yield Passage(row.id, row.type, row.refusal or STORED, row.receipt)


def receipts_by_id(session: Session, ids: Sequence[str]) -> dict[str, bytes]:
    """Return the receipts of messages that we sent or took in, by id."""
    found: dict[str, bytes] = {}
    for start in range(0, len(ids), ROWS_AT_ONCE):
        some = ids[start : start + ROWS_AT_ONCE]
        for query in (
            select(OutboxRow.id, OutboxRow.receipt).where(OutboxRow.id.in_(some), OutboxRow.receipt.is_not(None)),
            select(InboxRow.id, InboxRow.receipt).where(InboxRow.id.in_(some)),
        ):
            found.update({row.id: row.receipt for row in session.execute(query)})
    return found


def signed_messages(session: Session, ids: Sequence[str]) -> dict[str, bytes]:
    """Return the signed bytes of messages that we sent, by id."""
    query = select(OutboxRow.id, OutboxRow.jws).where(OutboxRow.id.in_(ids))
    return {row.id: row.jws for row in session.execute(query)}


def send_again(session: Session, partner: str, message_id: str) -> bool:
    """Let a message that the partner lost wait again; claim that it is here."""
    here = (OutboxRow.id == message_id, OutboxRow.partner == partner)
    if session.scalar(select(OutboxRow.id).where(*here)) is None:
        return False
    session.execute(update(OutboxRow).where(*here).values(state=MessageState.WAITING))
    return True


def is_lost(session: Session, partner: str, agreement_id: str, *, sequence: int, previous: str) -> bool:
    """Claim that nothing is kept of a partner's message at a place that was taken, and that `previous` is before it.

    Every message that moves a stream on is kept; one that is not was lost since, and may be taken again.
    """
    row = InboxRow
    at = (row.partner == partner, row.agreement_id == agreement_id)
    query = select(row.sequence, row.id).where(*at, row.sequence.in_((sequence - 1, sequence)))
    around = {one.sequence: one.id for one in session.execute(query)}
    return sequence not in around and around.get(sequence - 1, previous) == previous


def _last_before(session: Session, partner: str, stream: tuple[str, str], until: datetime) -> int:
    table, settled = _table(stream[1])
    query = select(func.max(table.c.sequence)).where(
        table.c.partner == partner, table.c.agreement_id == stream[0], settled < until
    )
    return session.scalar(query) or 0


def _first_beyond(session: Session, partner: str, stream: tuple[str, str], sequence: int) -> int | None:
    table, _ = _table(stream[1])
    query = select(func.min(table.c.sequence)).where(
        table.c.partner == partner, table.c.agreement_id == stream[0], table.c.sequence > sequence
    )
    found: int | None = session.scalar(query)
    return found


def _table(direction: str) -> tuple[Table, Column[datetime]]:
    """Return a direction's table, and its column with the time from which a message is settled."""
    tables = OutboxRow.metadata.tables
    table = tables[OutboxRow.__tablename__ if direction == OUT else InboxRow.__tablename__]
    return table, table.c.receipt_at if direction == OUT else table.c.received_at


# The refusal of a message that was stored is none; one of ours that was refused has its code as outcome.
_SENT = select(
    OutboxRow.sequence,
    OutboxRow.id,
    OutboxRow.type,
    case((OutboxRow.state == MessageState.REFUSED, OutboxRow.outcome), else_=None).label("refusal"),
    OutboxRow.receipt,
).where(OutboxRow.receipt.is_not(None))
_TAKEN = select(InboxRow.sequence, InboxRow.id, InboxRow.type, InboxRow.refusal, InboxRow.receipt)
