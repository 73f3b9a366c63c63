"""How partners, streams and messages are kept; every query of the exchange is here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, bindparam, case, func, insert, select, update
from sqlalchemy.orm import Session

from comity.cooperation.agreements.partnership import PARTNERSHIP_ID
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.envelope import FIRST_PREVIOUS
from comity.cooperation.exchange.errors import MemberRemoved, PeerChanged, PeerUnknown
from comity.cooperation.exchange.tables import InboxRow, OutboxRow, PeerRow, StreamRow
from comity.cooperation.identity.history import follow
from comity.cooperation.identity.keys import PublicIdentity, kept_identity
from comity.cooperation.identity.store import is_removed, removed_members
from comity.foundation.clock import Clock
from comity.foundation.storage.bulk import insert_rows

OUT, IN = "out", "in"


class PeerState(StrEnum):
    """How the last attempt to reach a partner went."""

    NEW = "new"
    REACHED = "reached"
    UNREACHABLE = "unreachable"
    REFUSING = "refusing"
    CONTRADICTING = "contradicting"


class MessageState(StrEnum):
    """Where a message in the outbox stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    REFUSED = "refused"
    RELEASED_ANEW = "released-anew"
    """Refused, and sent as another message."""
    GIVEN_UP = "given-up"
    """Refused, and left so by a person's decision."""
    WITHDRAWN = "withdrawn"
    """Held back when the partner was removed."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A partner as kept."""

    authority: str
    name: str
    url: str
    identity: PublicIdentity
    tls_certificate: str
    added_at: datetime
    state: PeerState
    last_error: str | None
    last_contact_at: datetime | None
    last_batch_at: datetime | None
    witnessed_size: int
    """How many entries of our log the partner says it has co-signed."""
    told_sequence: int = 0
    """Up to which statement the partner has shown that it knows our key history."""

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint that was pinned."""
        return self.identity.fingerprint


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message on its way, signed and in order."""

    id: str
    partner: str
    agreement_id: str
    agreement_hash: str
    sequence: int
    subject: str
    type: str
    jws: bytes
    created_at: datetime
    state: MessageState
    outcome: str | None


@dataclass(frozen=True, slots=True)
class ExchangeCounts:
    """What the outbox and inbox hold."""

    sent: int
    delivered: int
    refused: int
    waiting: int
    receipts: int
    received: int
    received_refused: int


def add_peer(session: Session, card: PeerCard, *, clock: Clock) -> None:
    """Add a partner, or take over its new address, certificate and keys when its history continues the pinned one.

    Raises:
        PeerChanged: a history with another beginning is pinned for it.
        HistoryForked: its history departs from the one that is pinned.
    """
    row = session.get(PeerRow, card.identity.authority)
    values: dict[str, Any] = {"name": card.identity.name, "url": card.url, "tls_certificate": card.tls_certificate}
    if row is None:
        identity = {"authority": card.identity.authority, "identity": card.identity.as_json(), "state": PeerState.NEW}
        session.execute(insert(PeerRow).values(**identity, **values, added_at=clock.now(), witnessed_size=0))
        return
    pinned = _peer(row).identity
    if pinned.fingerprint != card.identity.fingerprint:
        raise PeerChanged
    values["identity"] = card.identity.continued(follow(pinned.history, card.identity.history)).as_json()
    session.execute(update(PeerRow).where(PeerRow.authority == card.identity.authority).values(**values))


def find_peer(session: Session, authority: str) -> Peer:
    """Return a partner.

    Raises:
        PeerUnknown: none of that name.
        MemberRemoved: it was removed.
    """
    return _member(session, session.get(PeerRow, authority), authority)


def list_peers(session: Session) -> list[Peer]:
    """Return every partner by authority, without those that were removed."""
    removed = removed_members(session)
    rows = session.scalars(select(PeerRow).order_by(PeerRow.authority))
    return [_peer(row) for row in rows if row.authority not in removed]


def lock_peer(session: Session, authority: str) -> Peer:
    """Return a partner and keep its other batches waiting until this transaction ends.

    Raises:
        PeerUnknown: none of that name.
        MemberRemoved: it was removed.
    """
    return _member(session, session.get(PeerRow, authority, with_for_update=True), authority)


def note_contact(session: Session, authority: str, *, state: PeerState, error: str | None, at: datetime) -> None:
    """Keep how the last attempt to reach a partner went; a contradiction stays in sight."""
    values: dict[str, Any] = {"state": state, "last_error": error}
    if state is not PeerState.CONTRADICTING:
        contradicts = PeerRow.state == PeerState.CONTRADICTING
        values["state"] = case((contradicts, PeerRow.state), else_=str(state))
        values["last_error"] = case((contradicts, PeerRow.last_error), else_=error)
    if state is PeerState.REACHED:
        values["last_contact_at"] = at
    session.execute(update(PeerRow).where(PeerRow.authority == authority).values(**values))


def note_witnessed(session: Session, authority: str, *, size: int) -> None:
    """Keep how many entries of our log the partner says it has co-signed: the next proof starts there."""
    session.execute(update(PeerRow).where(PeerRow.authority == authority).values(witnessed_size=size))


def note_batch(session: Session, authority: str, *, created: datetime) -> None:
    """Keep when the partner's last batch was made: an earlier one is a replay."""
    session.execute(update(PeerRow).where(PeerRow.authority == authority).values(last_batch_at=created))


def lock_stream(session: Session, partner: str, agreement_id: str, direction: str) -> tuple[int, str]:
    """Return the last sequence and message id of a stream, and keep others from going on with it meanwhile."""
    at = (StreamRow.partner == partner, StreamRow.agreement_id == agreement_id, StreamRow.direction == direction)
    row = session.execute(select(StreamRow.sequence, StreamRow.last_id).where(*at).with_for_update()).one_or_none()
    if row is not None:
        return row.sequence, row.last_id
    values = {"partner": partner, "agreement_id": agreement_id, "direction": direction}
    session.execute(insert(StreamRow).values(**values, sequence=0, last_id=FIRST_PREVIOUS))
    return 0, FIRST_PREVIOUS


def move_stream(
    session: Session, partner: str, agreement_id: str, direction: str, *, sequence: int, last_id: str
) -> None:
    """Write the last sequence and message id of a stream."""
    at = (StreamRow.partner == partner, StreamRow.agreement_id == agreement_id, StreamRow.direction == direction)
    session.execute(update(StreamRow).where(*at).values(sequence=sequence, last_id=last_id))


def insert_outgoing(session: Session, messages: Sequence[OutboxMessage]) -> None:
    """Write messages to the outbox, one statement for all."""
    insert_rows(session, OutboxRow, [{name: getattr(one, name) for name in _OUTGOING} for one in messages])


def is_waiting(session: Session, partner: str) -> bool:
    """Claim that something waits for a partner."""
    query = select(OutboxRow.id).where(OutboxRow.partner == partner, OutboxRow.state == MessageState.WAITING)
    return session.scalar(query.limit(1)) is not None


def waiting_for(
    session: Session,
    partner: str,
    *,
    most_messages: int,
    most_bytes: int,
    probing: Collection[str] = (),
    after: Mapping[str, int] = MappingProxyType({}),
) -> list[OutboxMessage]:
    """Return what waits for a partner, in order of each stream, every stream with its turn; at least one message.

    Of the agreements in `probing`, whose streams stand still at the partner, only the first message; of those in
    `after` only what follows that sequence.
    """
    streams = select(StreamRow.agreement_id).where(StreamRow.partner == partner, StreamRow.direction == OUT)
    waiting = [
        _sizes(session, partner, name, most=1 if name in probing else most_messages, after=after.get(name, 0))
        for name in session.scalars(streams)
        if not (name in probing and name in after)
    ]
    chosen: list[str] = []
    held = 0
    for message_id, size in (one for turn in zip_longest(*waiting) for one in turn if one is not None):
        held += size
        if len(chosen) == most_messages or (chosen and held > most_bytes):
            break
        chosen.append(message_id)
    law_first = OutboxRow.agreement_id.not_like(f"{PARTNERSHIP_ID}%")  # a signature before what is sent under it
    in_order = (law_first, OutboxRow.agreement_id, OutboxRow.sequence)
    query = select(OutboxRow).where(OutboxRow.id.in_(chosen)).order_by(*in_order)
    return [_outgoing(row) for row in session.scalars(query)] if chosen else []


def _sizes(session: Session, partner: str, agreement_id: str, *, most: int, after: int) -> list[tuple[str, int]]:
    """Return id and bytes of the first messages of a stream that wait."""
    query = (
        select(OutboxRow.id, func.length(OutboxRow.jws))
        .where(
            OutboxRow.partner == partner,
            OutboxRow.state == MessageState.WAITING,
            OutboxRow.agreement_id == agreement_id,
            OutboxRow.sequence > after,
        )
        .order_by(OutboxRow.sequence)
        .limit(most)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def outgoing(session: Session, partner: str, ids: Collection[str]) -> list[OutboxMessage]:
    """Return those of some messages that are for this partner, in order of each stream."""
    query = select(OutboxRow).where(OutboxRow.partner == partner, OutboxRow.id.in_(ids))
    return [_outgoing(row) for row in session.scalars(query.order_by(OutboxRow.agreement_id, OutboxRow.sequence))]


def rewind(session: Session, partner: str, agreement_id: str, sequence: int) -> None:
    """Let the messages of a stream from `sequence` on wait again: the partner says they are missing there."""
    session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.partner == partner,
            OutboxRow.state != MessageState.WAITING,
            OutboxRow.agreement_id == agreement_id,
            OutboxRow.sequence >= sequence,
        )
        .values(state=MessageState.WAITING)
    )


def keep_receipts(session: Session, receipts: Iterable[dict[str, Any]]) -> None:
    """Write what the partner answered: message, state, outcome, receipt, receipt_at. One statement for all."""
    session.connection().execute(_ANSWERED, list(receipts))


def insert_incoming(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write messages to the inbox, one statement for all."""
    insert_rows(session, InboxRow, rows)


def receipts_for(session: Session, partner: str, ids: Iterable[str]) -> dict[str, bytes]:
    """Return the receipts of the messages among `ids` that came from this partner before."""
    query = select(InboxRow.id, InboxRow.receipt).where(InboxRow.id.in_(list(ids)), InboxRow.partner == partner)
    return {row.id: row.receipt for row in session.execute(query)}


def sent_messages(session: Session, ids: Collection[str]) -> dict[str, OutboxMessage]:
    """Return the messages among `ids` that we sent or queued, by id."""
    return {row.id: _outgoing(row) for row in session.scalars(select(OutboxRow).where(OutboxRow.id.in_(list(ids))))}


def sent_about(session: Session, subjects: Collection[str], *, message_type: str) -> list[OutboxMessage]:
    """Return the messages of a type about some subjects that we sent or queued, oldest first."""
    query = select(OutboxRow).where(OutboxRow.subject.in_(list(subjects)), OutboxRow.type == message_type)
    return [_outgoing(row) for row in session.scalars(query.order_by(OutboxRow.created_at, OutboxRow.sequence))]


def delivered_before(
    session: Session, agreement_id: str, message_type: str, *, before: datetime, excluding: Select[str], limit: int
) -> list[tuple[str, str, datetime]]:
    """Return id, partner and time of the receipt of what was delivered before, oldest first, but for `excluding`."""
    query = select(OutboxRow.id, OutboxRow.partner, OutboxRow.receipt_at).where(
        OutboxRow.agreement_id == agreement_id,
        OutboxRow.type == message_type,
        OutboxRow.state == MessageState.DELIVERED,
        OutboxRow.receipt_at < before,
        OutboxRow.id.not_in(excluding),
    )
    rows = session.execute(query.order_by(OutboxRow.receipt_at, OutboxRow.id).limit(limit))
    return [(row[0], row[1], row[2]) for row in rows if row[2] is not None]


def erase_sent(session: Session, ids: Collection[str]) -> None:
    """Destroy the content of messages that are no longer waiting; a partner set back behind one cannot get it again."""
    gone = (OutboxRow.id.in_(list(ids)), OutboxRow.state != MessageState.WAITING)
    session.execute(update(OutboxRow).where(*gone).values(jws=b""))


def list_messages(session: Session, partner: str, limit: int = 100) -> list[OutboxMessage]:
    """Return the newest messages to a partner, newest first."""
    query = select(OutboxRow).where(OutboxRow.partner == partner).order_by(OutboxRow.created_at.desc()).limit(limit)
    return [_outgoing(row) for row in session.scalars(query)]


def exchange_counts(session: Session, partner: str | None = None) -> ExchangeCounts:
    """Return what the outbox and inbox hold, for one partner or for all."""
    out = select(OutboxRow.state, func.count(), func.count(OutboxRow.receipt)).group_by(OutboxRow.state)
    came = select(InboxRow.refusal.is_(None), func.count()).group_by(InboxRow.refusal.is_(None))
    if partner is not None:
        out, came = out.where(OutboxRow.partner == partner), came.where(InboxRow.partner == partner)
    states = {row[0]: (row[1], row[2]) for row in session.execute(out)}
    received = {bool(row[0]): row[1] for row in session.execute(came)}
    by_state = {state: states.get(state, (0, 0))[0] for state in MessageState}
    return ExchangeCounts(
        sent=sum(by_state.values()),
        delivered=by_state[MessageState.DELIVERED],
        refused=by_state[MessageState.REFUSED],
        waiting=by_state[MessageState.WAITING],
        receipts=sum(receipts for _, receipts in states.values()),
        received=received.get(True, 0),
        received_refused=received.get(False, 0),
    )


def delivery_times(session: Session) -> list[tuple[datetime, datetime]]:
    """Return of each message that a receipt came for when it was released and when the receipt came."""
    query = select(OutboxRow.created_at, OutboxRow.receipt_at).where(OutboxRow.receipt_at.is_not(None))
    return [(row.created_at, row.receipt_at) for row in session.execute(query)]


# Tables, not row classes: what is written for every message needs no object of its own, and costs half.
_OUTBOX = OutboxRow.metadata.tables[OutboxRow.__tablename__]
_ANSWERED = (
    _OUTBOX.update()
    .where(_OUTBOX.c.id == bindparam("message"))
    .values({name: bindparam(name) for name in ("state", "outcome", "receipt", "receipt_at")})
)
_OUTGOING = (
    "id", "partner", "agreement_id", "agreement_hash", "sequence", "subject", "type", "jws", "created_at", "state",
    "outcome",
)  # fmt: skip


def _member(session: Session, row: PeerRow | None, authority: str) -> Peer:
    if row is None:
        raise PeerUnknown(f"{authority} is not a partner of this node; add its card with `comity peer add`")
    if is_removed(session, authority):
        raise MemberRemoved
    return _peer(row)


def _peer(row: PeerRow) -> Peer:
    return Peer(
        authority=row.authority,
        name=row.name,
        url=row.url,
        identity=kept_identity(json.dumps(row.identity)),
        tls_certificate=row.tls_certificate,
        added_at=row.added_at,
        state=PeerState(row.state),
        last_error=row.last_error,
        last_contact_at=row.last_contact_at,
        last_batch_at=row.last_batch_at,
        witnessed_size=row.witnessed_size,
        told_sequence=row.told_sequence,
    )


def _outgoing(row: OutboxRow) -> OutboxMessage:
    values = {name: getattr(row, name) for name in _OUTGOING}
    return OutboxMessage(**{**values, "state": MessageState(row.state)})
