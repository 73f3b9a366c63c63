"""How operation reads and repairs the exchange: streams after a restore, dead letters, held releases, refusals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from comity.cooperation.exchange.operation.tables import BatchRefusalRow, HeldReleaseRow, StuckStreamRow
from comity.cooperation.exchange.store import IN, OUT, MessageState, PeerState
from comity.cooperation.exchange.tables import InboxRow, OutboxRow, PeerRow, StreamRow

MOST_LISTED = 500  # of dead letters; a guess: more than a person settles before looking again


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """Where a stream stands: the last sequence and message id."""

    agreement_id: str
    sequence: int
    last_id: str


@dataclass(frozen=True, slots=True)
class TakenMessage:
    """One message taken in from a partner: its place and the receipt it got."""

    agreement_id: str
    sequence: int
    id: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """One message that waits: its place and its signed bytes."""

    id: str
    sequence: int
    jws: bytes


@dataclass(frozen=True, slots=True)
class QueueState:
    """What waits for a partner under one agreement; `length` counts from the first that waits to the last queued."""

    partner: str
    agreement_id: str
    length: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """A message of ours that the partner refused for good."""

    id: str
    partner: str
    agreement_id: str
    sequence: int
    subject: str
    type: str
    code: str
    since: datetime
    jws: bytes


@dataclass(frozen=True, slots=True)
class StuckStream:
    """The message of a partner that this node fails at."""

    partner: str
    agreement_id: str
    sequence: int
    message_id: str
    type: str
    subject: str
    first_at: datetime
    tries: int
    is_skipped: bool


@dataclass(frozen=True, slots=True)
class BatchRefusals:
    """How often batches were refused as a whole."""

    day: date
    partner: str
    code: str
    count: int
    last_at: datetime


def receipts_of(session: Session, subjects: Sequence[str]) -> list[str]:
    """Return every receipt given or taken about some subjects or messages, as compact JWS."""
    given = select(InboxRow.receipt).where(or_(InboxRow.id.in_(subjects), InboxRow.subject.in_(subjects)))
    taken = select(OutboxRow.receipt).where(
        or_(OutboxRow.id.in_(subjects), OutboxRow.subject.in_(subjects)), OutboxRow.receipt.is_not(None)
    )
    return sorted(bytes(one).decode() for query in (given, taken) for one in session.scalars(query) if one)


def stream_ends(session: Session, partner: str, direction: str) -> list[StreamEnd]:
    """Return where every stream with a partner in one direction stands."""
    query = (
        select(StreamRow.agreement_id, StreamRow.sequence, StreamRow.last_id)
        .where(StreamRow.partner == partner, StreamRow.direction == direction)
        .order_by(StreamRow.agreement_id)
    )
    return [StreamEnd(*row) for row in session.execute(query)]


def taken_after(session: Session, partner: str, agreement_id: str, sequence: int, *, most: int) -> list[TakenMessage]:
    """Return the messages of a partner's stream after `sequence`, in order."""
    query = (
        select(InboxRow.agreement_id, InboxRow.sequence, InboxRow.id, InboxRow.receipt)
        .where(InboxRow.partner == partner, InboxRow.agreement_id == agreement_id, InboxRow.sequence > sequence)
        .order_by(InboxRow.sequence)
        .limit(most)
    )
    return [TakenMessage(*row) for row in session.execute(query)]


def settled_ends(session: Session, partner: str) -> dict[str, int]:
    """Return up to which sequence each of our streams to a partner is settled: before the first that waits."""
    ends = {one.agreement_id: one.sequence for one in stream_ends(session, partner, OUT)}
    for name in ends:
        first = _first_waiting(session, partner, name)
        if first is not None:
            ends[name] = first[0] - 1
    return ends


def outgoing_ids(session: Session, ids: Iterable[str]) -> dict[str, MessageState]:
    """Return which of these messages are in our outbox, and their states."""
    query = select(OutboxRow.id, OutboxRow.state).where(OutboxRow.id.in_(list(ids)))
    return {row.id: MessageState(row.state) for row in session.execute(query)}


def waiting_in(session: Session, partner: str, agreement_id: str) -> list[WaitingMessage]:
    """Return everything that waits in a stream, in order."""
    query = (
        select(OutboxRow.id, OutboxRow.sequence, OutboxRow.jws)
        .where(*_waiting(partner, agreement_id))
        .order_by(OutboxRow.sequence)
    )
    return [WaitingMessage(*row) for row in session.execute(query)]


def insert_settled(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write messages that a partner has settled, one statement for all; each has every column of the outbox."""
    if rows:
        session.execute(insert(OutboxRow), list(rows))


def withdraw(session: Session, ids: Sequence[str]) -> None:
    """Take messages out of the outbox."""
    session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids)))


def forgive(session: Session, partner: str, *, at: datetime) -> None:
    """Let a partner's state follow the next contact again, after it acknowledged the contradiction of its log."""
    session.execute(
        update(PeerRow)
        .where(PeerRow.authority == partner)
        .values(state=PeerState.REACHED, last_error=None, last_contact_at=at)
    )


def queues(session: Session) -> list[QueueState]:
    """Return what waits, by partner and agreement; two indexed reads a stream, however long the queues are."""
    found = []
    streams = select(StreamRow.partner, StreamRow.agreement_id, StreamRow.sequence).where(StreamRow.direction == OUT)
    for partner, agreement_id, last in session.execute(streams).all():
        first = _first_waiting(session, partner, agreement_id)
        if first is not None:
            found.append(QueueState(partner, agreement_id, last - first[0] + 1, first[1]))
    return found


def queue_length(session: Session, partner: str, agreement_id: str) -> int:
    """Return how long one queue is, from the first that waits to the last queued."""
    first = _first_waiting(session, partner, agreement_id)
    last = session.scalar(
        select(StreamRow.sequence).where(
            StreamRow.partner == partner, StreamRow.agreement_id == agreement_id, StreamRow.direction == OUT
        )
    )
    return 0 if first is None or last is None else last - first[0] + 1


def refused_messages(session: Session, partner: str | None, *, most: int) -> list[RefusedMessage]:
    """Return what partners refused for good and nobody has settled, oldest first."""
    query = select(OutboxRow).where(OutboxRow.state == MessageState.REFUSED)
    partners = select(PeerRow.authority) if partner is None else [partner]
    query = query.where(OutboxRow.partner.in_(partners))
    return [_refused(row) for row in session.scalars(query.order_by(OutboxRow.created_at, OutboxRow.id).limit(most))]


def count_refused(session: Session, partner: str, *, most: int = 10_000) -> int:
    """Return how many messages a partner refused that nobody has settled, counting no further than `most`."""
    some = select(OutboxRow.id).where(OutboxRow.partner == partner, OutboxRow.state == MessageState.REFUSED)
    return session.scalar(select(func.count()).select_from(some.limit(most).subquery())) or 0


def find_refused(session: Session, message_id: str) -> RefusedMessage | None:
    """Return a message that the partner refused and nobody has settled, and keep others from settling it meanwhile."""
    query = select(OutboxRow).where(OutboxRow.id == message_id, OutboxRow.state == MessageState.REFUSED)
    row = session.scalars(query.with_for_update()).one_or_none()
    return None if row is None else _refused(row)


def settle_refused(session: Session, message_id: str, state: MessageState) -> None:
    """Keep what a person decided about a refused message."""
    session.execute(update(OutboxRow).where(OutboxRow.id == message_id).values(state=state))


def count_failure(session: Session, place: dict[str, str], told: dict[str, Any], *, at: datetime) -> None:
    """Count a failure at the message that a stream waits for; another message in its place begins anew."""
    row = session.get(StuckStreamRow, (place["partner"], place["agreement_id"]))
    if row is not None and row.message_id == told["message_id"]:
        row.tries, row.last_at = row.tries + 1, at
    elif row is not None:
        values = told | {"first_at": at, "last_at": at, "tries": 1, "skipped_at": None}
        session.execute(update(StuckStreamRow).where(*_at(place)).values(values))
    else:
        session.execute(insert(StuckStreamRow).values(place | told | {"first_at": at, "last_at": at, "tries": 1}))
    session.flush()


def stuck_streams(session: Session, partner: str | None = None) -> list[StuckStream]:
    """Return the messages that this node fails at: those whose stream has not moved on since."""
    at = (
        StreamRow.partner == StuckStreamRow.partner,
        StreamRow.agreement_id == StuckStreamRow.agreement_id,
        StreamRow.direction == IN,
    )
    query = select(StuckStreamRow).outerjoin(StreamRow, and_(*at))
    query = query.where(func.coalesce(StreamRow.sequence, 0) < StuckStreamRow.sequence)
    if partner is not None:
        query = query.where(StuckStreamRow.partner == partner)
    return [_stuck(row) for row in session.scalars(query.order_by(StuckStreamRow.first_at))]


def find_stuck(session: Session, message_id: str) -> StuckStream | None:
    """Return the message that this node fails at, or None."""
    return next((one for one in stuck_streams(session) if one.message_id == message_id), None)


def mark_skipped(session: Session, message_id: str, *, at: datetime) -> None:
    """Let a message be refused for good when it comes again."""
    session.execute(update(StuckStreamRow).where(StuckStreamRow.message_id == message_id).values(skipped_at=at))


def skipped_ids(session: Session, partner: str) -> frozenset[str]:
    """Return the messages of a partner that are refused for good when they come again."""
    query = select(StuckStreamRow.message_id).where(
        StuckStreamRow.partner == partner, StuckStreamRow.skipped_at.is_not(None)
    )
    return frozenset(session.scalars(query))


def hold(session: Session, partner: str, request: dict[str, Any], *, at: datetime) -> None:
    """Keep what is owed to a partner until its queue has room."""
    session.execute(insert(HeldReleaseRow).values(partner=partner, request=request, at=at))


def held_for(session: Session, partner: str, *, most: int) -> list[tuple[int, dict[str, Any]]]:
    """Return what is owed to a partner, oldest first: the row's id and the request."""
    query = select(HeldReleaseRow.id, HeldReleaseRow.request).where(HeldReleaseRow.partner == partner)
    return [(row.id, row.request) for row in session.execute(query.order_by(HeldReleaseRow.id).limit(most))]


def is_held(session: Session, partner: str) -> bool:
    """Claim that something is owed to a partner that must go before anything newer."""
    return session.scalar(select(HeldReleaseRow.id).where(HeldReleaseRow.partner == partner).limit(1)) is not None


def let_go(session: Session, ids: Sequence[int]) -> None:
    """Forget what was owed, after it was queued or may not leave any more."""
    session.execute(delete(HeldReleaseRow).where(HeldReleaseRow.id.in_(ids)))


def held_counts(session: Session) -> dict[str, int]:
    """Return how much is owed, by partner."""
    query = select(HeldReleaseRow.partner, func.count()).group_by(HeldReleaseRow.partner)
    return {row[0]: row[1] for row in session.execute(query)}


def count_refused_batch(session: Session, *, partner: str, code: str, count: int, at: datetime, body_hash: str) -> None:
    """Count batches refused as a whole; `partner` is empty unless its signature verified."""
    day = at.date()
    same = (BatchRefusalRow.day == day, BatchRefusalRow.partner == partner, BatchRefusalRow.code == code)
    changed = session.execute(
        update(BatchRefusalRow)
        .where(*same)
        .values(count=BatchRefusalRow.count + count, last_at=at, last_hash=body_hash)
        .returning(literal(1))
    ).first()
    if changed is None:
        values = {"day": day, "partner": partner, "code": code, "count": count, "last_at": at, "last_hash": body_hash}
        session.execute(insert(BatchRefusalRow).values(values))


def forget_refused_batches(session: Session, *, before: date) -> None:
    """Delete the counts of days before `before`."""
    session.execute(delete(BatchRefusalRow).where(BatchRefusalRow.day < before))


def refused_batches(session: Session, partner: str | None = None) -> list[BatchRefusals]:
    """Return how often batches were refused as a whole, newest day first."""
    query = select(BatchRefusalRow).order_by(BatchRefusalRow.day.desc(), BatchRefusalRow.partner, BatchRefusalRow.code)
    if partner is not None:
        query = query.where(BatchRefusalRow.partner == partner)
    return [BatchRefusals(row.day, row.partner, row.code, row.count, row.last_at) for row in session.scalars(query)]


def _at(place: dict[str, str]) -> tuple[Any, ...]:
    return (StuckStreamRow.partner == place["partner"], StuckStreamRow.agreement_id == place["agreement_id"])


def _refused(row: OutboxRow) -> RefusedMessage:
    return RefusedMessage(
        id=row.id,
        partner=row.partner,
        agreement_id=row.agreement_id,
        sequence=row.sequence,
        subject=row.subject,
        type=row.type,
        code=row.outcome or "",
        since=row.receipt_at or row.created_at,
        jws=row.jws,
    )


def _stuck(row: StuckStreamRow) -> StuckStream:
    return StuckStream(
        row.partner,
        row.agreement_id,
        row.sequence,
        row.message_id,
        row.type,
        row.subject,
        row.first_at,
        row.tries,
        row.skipped_at is not None,
    )


def _waiting(partner: str, agreement_id: str) -> tuple[Any, ...]:
    return (
        OutboxRow.partner == partner,
        OutboxRow.state == MessageState.WAITING,
        OutboxRow.agreement_id == agreement_id,
    )


def _first_waiting(session: Session, partner: str, agreement_id: str) -> tuple[int, datetime] | None:
    query = (
        select(OutboxRow.sequence, OutboxRow.created_at)
        .where(*_waiting(partner, agreement_id))
        .order_by(OutboxRow.sequence)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row.sequence, row.created_at)
