"""What happens when a partner's batch arrives? Verified, opened, ordered, admitted, handled: one commit, one answer.

Every message gets a signed receipt. A message that was stored or finally refused moves its stream on; one that must be
sent again does not, and those behind it wait for it. A known message gets the receipt it got before.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.permissions import Question
from comity.cooperation.agreements.release import Received, admit
from comity.cooperation.exchange.batch import (
    ANSWER_TYPE,
    BATCH_TYPE,
    COURIER_TYPE,
    RECEIPT_TYPE,
    Answer,
    Batch,
    Claim,
    Receipt,
    Result,
    SealedMessage,
    decode,
    read,
    receipts_statement,
    write,
)
from comity.cooperation.exchange.envelope import Header, open_sealed, read_message
from comity.cooperation.exchange.errors import (
    BatchReplayed,
    BatchTooLarge,
    ChainBroken,
    ClockSkewed,
    CourierBatchTooOld,
    EnvelopeInvalid,
    ExchangeError,
    MessageExpired,
    MessageWithheld,
    PeerUnknown,
    RecipientWrong,
    SenderUnknown,
    SenderWrong,
    TypeUnknown,
)
from comity.cooperation.exchange.jws import peek
from comity.cooperation.exchange.operation.answer_recovery import answer_recovery
from comity.cooperation.exchange.operation.recovery import is_recovery
from comity.cooperation.exchange.operation.store import skipped_ids
from comity.cooperation.exchange.operation.stuck import MessageSkipped, note_failure
from comity.cooperation.exchange.store import (
    IN,
    Peer,
    PeerState,
    find_peer,
    insert_incoming,
    lock_peer,
    lock_stream,
    move_stream,
    note_batch,
    note_contact,
    receipts_for,
)
from comity.cooperation.exchange.tally import OTHER, Counted, count
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.ledger.append import RECEIPTS_GIVEN, NewEntry, append
from comity.cooperation.ledger.contradiction import Presented
from comity.cooperation.ledger.witness import (
    LogContradiction,
    keep_fork_evidence,
    next_proof_from,
    witness_checkpoint,
)
from comity.foundation.clock import Clock
from comity.foundation.errors import ComityError
from comity.foundation.storage.session import Database

STORED: Result = "stored"
REFUSED: Result = "refused"
AGAIN: Result = "again"
INTERNAL = "exchange.receiver-failed"
_NODE_FAILED = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message that was verified and admitted, for the flow that takes it."""

    header: Header
    payload: dict[str, Any]
    message_id: str
    sender: str
    received_at: datetime


Handler = Callable[[Session, ReceivedMessage], str]
"""Takes a message in the inbox's transaction and returns the business outcome, a word; a `ComityError` refuses it."""


@dataclass(frozen=True, slots=True)
class InboxLimits:
    """What a batch may be, how far clocks may differ, and who may come in beside others (by authority).

    `longest_way` is how old a batch of a courier may be; None for one that comes online, new and after the last.
    """

    largest_bytes: int = 64 * 1024 * 1024
    skew: timedelta = timedelta(seconds=300)
    longest_way: timedelta | None = None
    entered: Callable[[str], AbstractContextManager[object]] = nullcontext


@dataclass(slots=True)
class _Taken:
    """One message on its way through: what it got so far."""

    message: SealedMessage
    header: Header | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    jws: bytes = b""
    result: Result = AGAIN
    outcome: str = INTERNAL
    missing: int | None = None
    receipt: bytes = b""
    known: bool = False


@dataclass(slots=True)
class _Run:
    """The state of one batch."""

    session: Session
    peer: Peer
    keys: NodeKeys
    now: datetime
    handlers: Mapping[str, Handler]
    skew: timedelta
    skipped: frozenset[str] = frozenset()
    streams: dict[str, tuple[int, str]] = field(default_factory=dict)

    def last_of(self, agreement_id: str) -> tuple[int, str]:
        """Return the last sequence and id of the partner's stream."""
        if agreement_id not in self.streams:
            self.streams[agreement_id] = lock_stream(self.session, self.peer.authority, agreement_id, IN)
        return self.streams[agreement_id]


def receive_batch(
    database: Database,
    body: bytes,
    *,
    keys: NodeKeys,
    clock: Clock,
    handlers: Mapping[str, Handler],
    limits: InboxLimits = InboxLimits(),
) -> bytes:
    """Take a partner's batch in one transaction and return the signed answer.

    Raises:
        ExchangeError: the batch as a whole is refused, and nothing of it is kept.
    """
    if len(body) > limits.largest_bytes:
        raise BatchTooLarge
    if is_recovery(body):
        return answer_recovery(database, body, keys=keys, clock=clock, skew=limits.skew)
    batch, sender = _verified(database, body, BATCH_TYPE if limits.longest_way is None else COURIER_TYPE)
    with limits.entered(batch.sender):
        opened = [_opened(message, keys=keys, sender=sender) for message in batch.messages]
        with database.transaction() as session:
            run = _Run(session, lock_peer(session, batch.sender), keys, clock.now(), handlers, limits.skew)
            _check_batch(batch, run, limits.longest_way)
            if limits.longest_way is None:
                note_batch(session, run.peer.authority, created=batch.created)
            receipts = _take_all(run, opened, clock)
            cosigned, refusal = _witness(run, batch, clock)
            answer = Answer(
                sender=keys.authority,
                recipient=run.peer.authority,
                batch=hashlib.sha256(body).hexdigest(),
                created=run.now,
                receipts=receipts,
                cosigned=cosigned,
                witnessed_size=next_proof_from(session, run.peer.authority),
                refusal=refusal,
            )
    count(keys.authority, batch.sender, _counted(run, opened))
    return write(answer, typ=ANSWER_TYPE, keys=keys)


def _counted(run: _Run, opened: list[_Taken]) -> Iterator[Counted]:
    happenings = {STORED: "received", REFUSED: "refused-here", AGAIN: "deferred"}
    for one in filter(lambda one: not one.known, opened):
        known_type = one.header.type if one.header and one.header.type in run.handlers else OTHER
        yield happenings[one.result], known_type, one.outcome


def _verified(database: Database, body: bytes, typ: str) -> tuple[Batch, PublicIdentity]:
    """Verify before anything else: a stranger's bytes are not read further, and take no lock."""
    claimed = decode(peek(body), Claim)
    try:
        with database.reading() as session:
            sender = find_peer(session, claimed.sender).identity
    except PeerUnknown as error:
        raise SenderUnknown from error
    return read(body, Batch, typ=typ, sender=sender), sender


def _opened(message: SealedMessage, *, keys: NodeKeys, sender: PublicIdentity) -> _Taken:
    """Open and verify one message; no database is needed, so no lock is held."""
    try:
        jws = open_sealed(message.sealed, keys=keys, agreement_hash=message.agreement_hash)
        header, payload, message_id = read_message(jws, sender=sender)
        if message_id != message.id or header.agreement_hash != message.agreement_hash:
            raise EnvelopeInvalid("the batch names another id or agreement than the message inside")
    except ExchangeError as error:
        return _Taken(message, outcome=error.code)
    return _Taken(message, header=header, payload=payload, jws=jws)


def _check_batch(batch: Batch, run: _Run, longest_way: timedelta | None) -> None:
    if batch.recipient != run.keys.authority:
        raise RecipientWrong(f"the batch is addressed to {batch.recipient}, this is {run.keys.authority}")
    is_zoned = batch.created.tzinfo is not None
    if is_zoned and longest_way is not None and batch.created < run.now - longest_way:
        raise CourierBatchTooOld
    earliest = run.now - (longest_way or run.skew)
    if not is_zoned or not earliest <= batch.created <= run.now + run.skew:
        raise ClockSkewed(f"the clocks differ by more than {int(run.skew.total_seconds())} seconds; compare them")
    if longest_way is None and run.peer.last_batch_at is not None and batch.created <= run.peer.last_batch_at:
        raise BatchReplayed


def _take_all(run: _Run, opened: list[_Taken], clock: Clock) -> list[bytes]:
    known = receipts_for(run.session, run.peer.authority, [one.message.id for one in opened])
    run.skipped = skipped_ids(run.session, run.peer.authority)
    for one in opened:
        one.receipt = known.get(one.message.id, b"")
        one.known = bool(one.receipt)
        if not one.receipt and one.header is not None:
            _take(run, one, one.header)
            if one.result != AGAIN:
                known[one.message.id] = b"-"  # the same id twice in one batch: there is one receipt
    _keep(run, opened, clock)
    return [one.receipt for one in opened if one.receipt != b"-"]


def _take(run: _Run, one: _Taken, header: Header) -> None:
    """Decide about one message; what its handler changes is in a savepoint.

    A `ComityError` is the business's refusal, final, and the stream goes on. A node's own failure (status 500 and
    above, or any other exception) is temporary: nothing is kept, and the stream waits for this message.
    """
    try:
        _check_addresses(header, run)
        _check_chain(header, run)
    except MessageWithheld as withheld:
        one.outcome, one.missing = withheld.code, run.last_of(header.agreement_id)[0] + 1
        return
    except ExchangeError as error:
        one.header, one.outcome = None, error.code
        return
    try:
        handler = _admitted(run, header, one.payload, one.message.id)
        with run.session.begin_nested():
            message = ReceivedMessage(header, one.payload, one.message.id, header.sender, run.now)
            one.outcome = handler(run.session, message)
            one.result = STORED
    except Exception as error:
        if not isinstance(error, ComityError) or error.status >= _NODE_FAILED:
            log.exception("exchange.receiver-failed message=%s", one.message.id)
            note_failure(run.session, header, one.message.id, at=run.now)
            one.header, one.outcome = None, INTERNAL
            return
        one.result, one.outcome = REFUSED, error.code
    run.streams[header.agreement_id] = (header.sequence, one.message.id)


def _check_addresses(header: Header, run: _Run) -> None:
    if header.recipient != run.keys.authority:
        raise RecipientWrong(f"the message is addressed to {header.recipient}, this is {run.keys.authority}")
    if header.sender != run.peer.authority:
        raise SenderWrong
    if header.created > run.now + run.skew:
        raise ClockSkewed


def _check_chain(header: Header, run: _Run) -> None:
    last, last_id = run.last_of(header.agreement_id)
    if header.sequence > last + 1:
        raise MessageWithheld(f"message {last + 1} of this stream is missing; send it first")
    if header.sequence <= last or header.previous_hash != last_id:
        raise ChainBroken


def _admitted(run: _Run, header: Header, payload: dict[str, Any], message_id: str) -> Handler:
    """Return the handler of a message that may be taken in; the decision is kept, whatever the handler does."""
    if header.expires < run.now:
        raise MessageExpired
    if message_id in run.skipped:
        raise MessageSkipped
    handler = run.handlers.get(header.type)
    if handler is None:
        raise TypeUnknown(f"this node does not take messages of type {header.type}")
    question = Question(header.sender, header.recipient, header.data_class, header.type, header.purpose)
    named = (header.agreement_id, header.agreement_hash, header.clause, header.marking)
    received = Received(question, *named, message_id, header.created)
    admit(run.session, received=received, payload=payload, at=run.now)
    return handler


def _keep(run: _Run, taken: list[_Taken], clock: Clock) -> None:
    """Write what came in, log it, sign a receipt for each message, and log those that are final in one more entry."""
    final = [one for one in taken if not one.receipt and one.result != AGAIN and one.header]
    logged = append(
        run.session,
        [
            NewEntry("message-received" if one.result == STORED else "message-refused", one.message.id, one.jws)
            for one in final
        ],
        clock,
    )
    indexes = {entry.subject: entry.index for entry in logged}
    for one in taken:
        if not one.receipt:
            one.receipt = _receipt(run, one, indexes.get(one.message.id))
    if final:
        insert_incoming(run.session, [_row(run, one, one.header) for one in final if one.header])
        given = receipts_statement(one.receipt for one in final)
        append(run.session, [NewEntry(RECEIPTS_GIVEN, run.peer.authority, given)], clock)
    for agreement_id, (sequence, last_id) in run.streams.items():
        move_stream(run.session, run.peer.authority, agreement_id, IN, sequence=sequence, last_id=last_id)


def _receipt(run: _Run, one: _Taken, ledger_index: int | None) -> bytes:
    receipt = Receipt(
        message_id=one.message.id,
        sender=run.keys.authority,
        recipient=run.peer.authority,
        sequence=one.header.sequence if one.header else 0,
        result=one.result,
        outcome=one.outcome,
        received=run.now,
        ledger_index=ledger_index,
        missing=one.missing,
    )
    return write(receipt, typ=RECEIPT_TYPE, keys=run.keys)


def _row(run: _Run, one: _Taken, header: Header) -> dict[str, Any]:
    return {
        "id": one.message.id,
        "partner": run.peer.authority,
        "agreement_id": header.agreement_id,
        "sequence": header.sequence,
        "subject": header.subject,
        "type": header.type,
        "received_at": run.now,
        "refusal": one.outcome if one.result == REFUSED else None,
        "receipt": one.receipt,
    }


def _witness(run: _Run, batch: Batch, clock: Clock) -> tuple[str | None, str | None]:
    """Co-sign the partner's checkpoint; return the note, or why not. A contradiction is kept as evidence."""
    partner = run.peer
    try:
        note = witness_checkpoint(
            run.session,
            partner=partner.identity,
            presented=Presented(batch.checkpoint, batch.proof_from, batch.proof),
            keys=run.keys,
            clock=clock,
        )
    except LogContradiction as contradiction:
        log.warning("%s partner=%s", contradiction.code, partner.authority)
        keep_fork_evidence(run.session, contradiction, clock)
        note_contact(
            run.session,
            partner.authority,
            state=PeerState.CONTRADICTING,
            error=contradiction.message,
            at=run.now,
        )
        return None, contradiction.code
    except ComityError as refused:
        return None, refused.code
    return note, None
