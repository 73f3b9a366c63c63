"""What does one round trip do? A batch is prepared, sent, answered, and its answer kept; each step stands alone."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.exchange.batch import (
    ANSWER_TYPE,
    BATCH_TYPE,
    MOST_MESSAGES,
    RECEIPT_TYPE,
    Answer,
    Batch,
    Claim,
    Receipt,
    SealedMessage,
    decode,
    read,
    write,
)
from comity.cooperation.exchange.envelope import seal
from comity.cooperation.exchange.errors import AnswerWrong, EnvelopeInvalid, ExchangeError, ReceiptWrong, RecipientWrong
from comity.cooperation.exchange.handover.follow import (
    keep_fork_seen,
    note_answered,
    presented,
    told_history,
)
from comity.cooperation.exchange.jws import peek
from comity.cooperation.exchange.store import (
    MessageState,
    OutboxMessage,
    Peer,
    PeerState,
    find_peer,
    keep_receipts,
    note_contact,
    note_witnessed,
    rewind,
    waiting_for,
)
from comity.cooperation.exchange.taking import AGAIN, STORED
from comity.cooperation.exchange.tally import Counted, count
from comity.cooperation.exchange.transport import Transport
from comity.cooperation.identity.errors import HistoryForked
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.append import NewEntry, append, consistency_path, head
from comity.cooperation.ledger.checkpoint import CheckpointInvalid, sign_checkpoint
from comity.cooperation.ledger.witness import keep_cosigned
from comity.foundation.clock import Clock
from comity.foundation.storage.session import Database

# Measured on 2026-11-24, two cores: 1,670 messages a second with 200, 1,800 with 400, 2,000 with 800; the recipient's
# write lock is held for a whole batch.
BATCH_MESSAGES = 500
BATCH_BYTES = 8 * 1024 * 1024  # of signed messages; a node takes batches of 64 MiB

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one round trip did.

    `again` counts the messages that still wait; `stuck` says of which agreements nothing went through, and why (code).
    """

    sent: int
    delivered: int
    refused: int
    again: int
    cosigned: bool
    rewound: bool = False
    stuck: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """What a round trip needs beside the partner and the load."""

    keys: NodeKeys
    transport: Transport
    clock: Clock


@dataclass(frozen=True, slots=True)
class Load:
    """What the next batch may hold: of streams in `probing` the first message only, and nothing up to `after`.

    `most_bytes` counts the signed messages; one goes whatever its size.
    `after` names the last sequence of each agreement that is under way already; `sealed` holds what was sealed ahead.
    """

    limit: int = BATCH_MESSAGES
    probing: Collection[str] = ()
    after: Mapping[str, int] = field(default_factory=dict)
    sealed: Mapping[str, bytes] = field(default_factory=dict)
    most_bytes: int = BATCH_BYTES
    batch_type: str = BATCH_TYPE


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch ready to be sent."""

    peer: Peer
    messages: list[OutboxMessage]
    body: bytes
    told_sequence: int = 0
    """Up to which statement of our key history its answer shows that the partner knows it."""

    def last_sequences(self) -> dict[str, int]:
        """Return the last sequence of each agreement in the batch."""
        return {message.agreement_id: message.sequence for message in self.messages}


_Verified = list[tuple[bytes, Receipt]]


def deliver_batch(
    database: Database,
    authority: str,
    *,
    keys: NodeKeys,
    transport: Transport,
    clock: Clock,
    limit: int = BATCH_MESSAGES,
) -> DeliveryReport:
    """Send what waits for a partner, at most `limit` messages, and keep its answer.

    Without messages it asks for a co-signature.

    Raises:
        ExchangeError: PartnerUnreachable, PartnerRefused, or an answer that does not verify; everything still waits.
    """
    line = Line(keys, transport, clock)
    prepared = prepare(database, authority, line, Load(limit))
    try:
        answer = accept(prepared, transport.post(prepared.peer, prepared.body), line)
    except HistoryForked as fork:
        keep_fork_seen(database, authority, fork, clock)
        raise
    return keep(database, prepared, answer, line)


def prepare(
    database: Database, authority: str, line: Line, load: Load, *, witnessed_size: int | None = None
) -> Prepared:
    """Sign the next batch for a partner; `witnessed_size` is newer than what is kept of it, where it is given."""
    with database.reading() as session:
        peer = find_peer(session, authority)
        messages = _next(session, authority, load)
        size = peer.witnessed_size if witnessed_size is None else witnessed_size
        own = head(session)
        proof = consistency_path(session, old_size=min(size, own.size), new_size=own.size)
    batch = Batch(
        sender=line.keys.authority,
        recipient=authority,
        created=line.clock.now(),
        checkpoint=sign_checkpoint(own, line.keys),
        proof_from=size,
        proof=proof,
        messages=[
            SealedMessage(message.id, message.agreement_hash, load.sealed.get(message.id) or _sealed(peer, message))
            for message in messages
        ],
        history=told_history(peer, line.keys),
    )
    body = write(batch, typ=load.batch_type, keys=line.keys)
    return Prepared(peer, messages, body, line.keys.public.history.last.sequence)


def seal_ahead(database: Database, authority: str, load: Load) -> dict[str, bytes]:
    """Return the next messages sealed, by id: work for the time in which a partner is at another batch."""
    with database.reading() as session:
        peer, messages = find_peer(session, authority), _next(session, authority, load)
    return {message.id: _sealed(peer, message) for message in messages}


def accept(prepared: Prepared, answer_bytes: bytes, line: Line) -> Answer:
    """Verify that this is the partner's answer to this batch; its receipts are verified when they are kept.

    Raises:
        ExchangeError: SignatureInvalid, EnvelopeInvalid, RecipientWrong or AnswerWrong.
        HistoryInvalid, HistoryForked: the key history that the answer brings is not followed.
    """
    claimed = decode(peek(answer_bytes), Claim)
    identity = presented(prepared.peer.identity, claimed.history, line.clock.now())
    answer = read(answer_bytes, Answer, typ=ANSWER_TYPE, sender=identity)
    if answer.recipient != line.keys.authority or answer.sender != prepared.peer.authority:
        raise RecipientWrong
    if answer.created.tzinfo is None:
        raise EnvelopeInvalid("the answer's time needs a time zone")
    if answer.batch != hashlib.sha256(prepared.body).hexdigest():
        raise AnswerWrong
    return answer


def keep(database: Database, prepared: Prepared, answer: Answer, line: Line) -> DeliveryReport:
    """Keep receipts and co-signature, in one transaction."""
    messages, shown = prepared.messages, prepared.told_sequence
    identity = presented(prepared.peer.identity, answer.history, line.clock.now())
    peer = replace(prepared.peer, identity=identity)
    receipts = _verified(answer, peer, messages, line.keys)
    with database.transaction() as session:
        if answer.history is not None or shown > peer.told_sequence:
            note_answered(session, peer, told_sequence=shown, clock=line.clock)
        settled = _keep_settled(session, messages, receipts, line.clock)
        rewound, stuck = _keep_unsettled(session, peer, messages, receipts)
        note_witnessed(session, peer.authority, size=answer.witnessed_size)
        cosigned, refusal = _keep_cosignature(session, peer, answer, line)
        told = [f"{name}: {code}" for name, code in stuck.items()] + ([refusal] if refusal else [])
        note_contact(
            session,
            peer.authority,
            state=PeerState.REFUSING if stuck else PeerState.REACHED,
            error="; ".join(told)[:500] or None,
            at=min(answer.created, line.clock.now()),
        )
    count(line.keys.authority, peer.authority, _counted(prepared, receipts))
    delivered = sum(state is MessageState.DELIVERED for state in settled)
    return DeliveryReport(
        sent=len(messages),
        delivered=delivered,
        refused=len(settled) - delivered,
        again=len(messages) - len(settled),
        cosigned=cosigned,
        rewound=rewound,
        stuck=stuck,
    )


def _counted(prepared: Prepared, receipts: _Verified) -> Iterator[Counted]:
    types = {message.id: message.type for message in prepared.messages}
    happenings = {STORED: "delivered", AGAIN: "again"}
    for _, receipt in receipts:
        yield happenings.get(receipt.result, "refused-there"), types[receipt.message_id], receipt.outcome


def _next(session: Session, authority: str, load: Load) -> list[OutboxMessage]:
    return waiting_for(
        session,
        authority,
        most_messages=min(load.limit, MOST_MESSAGES),
        most_bytes=min(load.most_bytes, BATCH_BYTES),
        probing=load.probing,
        after=load.after,
    )


def _sealed(peer: Peer, message: OutboxMessage) -> bytes:
    return seal(message.jws, recipient=peer.identity, agreement_hash=message.agreement_hash)


def _verified(answer: Answer, peer: Peer, messages: list[OutboxMessage], keys: NodeKeys) -> _Verified:
    """Return the receipts that verify and speak of a message that was sent; the others count as not given."""
    sent = {message.id: message.sequence for message in messages}
    receipts: _Verified = []
    for signed in answer.receipts:
        try:
            receipt = read(signed, Receipt, typ=RECEIPT_TYPE, sender=peer.identity)
        except ExchangeError as error:
            log.warning("%s partner=%s", error.code, peer.authority)
            continue
        sequence = sent.pop(receipt.message_id, None)
        speaks_of_it = receipt.result == AGAIN or receipt.sequence == sequence
        is_between_us = (receipt.sender, receipt.recipient) == (peer.authority, keys.authority)
        if sequence is not None and speaks_of_it and is_between_us:
            receipts.append((signed, receipt))
    return receipts


def _keep_settled(
    session: Session, messages: list[OutboxMessage], receipts: _Verified, clock: Clock
) -> list[MessageState]:
    """Keep the receipts of messages that were stored or finally refused."""
    sent = {message.id: message for message in messages}
    rows: list[dict[str, Any]] = []
    entries: list[NewEntry] = []
    for signed, receipt in receipts:
        if receipt.result == AGAIN:
            continue
        state = MessageState.DELIVERED if receipt.result == STORED else MessageState.REFUSED
        rows.append(
            {
                "message": receipt.message_id,
                "state": state,
                "outcome": receipt.outcome,
                "receipt": signed,
                "receipt_at": clock.now(),
            }
        )
        entries.append(NewEntry("receipt", sent[receipt.message_id].subject, signed))
    if rows:
        keep_receipts(session, rows)
        append(session, entries, clock)
    return [row["state"] for row in rows]


def _keep_unsettled(
    session: Session, peer: Peer, messages: list[OutboxMessage], receipts: _Verified
) -> tuple[bool, dict[str, str]]:
    """Let streams wait again from what the partner misses; say which streams stand still, and why."""
    answered = {receipt.message_id: receipt for _, receipt in receipts}
    streams: dict[str, list[OutboxMessage]] = {}
    for message in messages:
        streams.setdefault(message.agreement_id, []).append(message)
    is_rewound, stuck = False, {}
    for agreement_id, sent in streams.items():
        given = [answered[one.id] for one in sent if one.id in answered]
        if any(receipt.result != AGAIN for receipt in given):
            continue
        missing = [receipt.missing for receipt in given if receipt.missing is not None]
        if missing and min(missing) < sent[0].sequence:
            rewind(session, peer.authority, agreement_id, min(missing))
            is_rewound = True
            continue
        first = answered.get(sent[0].id)
        stuck[agreement_id] = first.outcome if first else ReceiptWrong.code
        log.warning("%s partner=%s agreement=%s", stuck[agreement_id], peer.authority, agreement_id)
    return is_rewound, stuck


def _keep_cosignature(session: Session, peer: Peer, answer: Answer, line: Line) -> tuple[bool, str | None]:
    """Keep the partner's co-signature on our log; without a good one the exchange goes on and the reason is told."""
    if answer.cosigned is None:
        return False, answer.refusal
    try:
        keep_cosigned(session, partner=peer.identity, note=answer.cosigned, own=line.keys.public, clock=line.clock)
    except CheckpointInvalid as error:
        log.warning("%s partner=%s", error.code, peer.authority)
        return False, error.code
    return True, None
