"""What happens when a partner's batch arrives? Verified, opened, ordered, admitted, handled: one commit, one answer.

Every message gets a signed receipt. A message that was stored or finally refused moves its stream on; one that must be
sent again does not, and those behind it wait for it. A known message gets the receipt it got before.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from comity.cooperation.agreements.store import keep_decisions
from comity.cooperation.exchange.batch import (
    ANSWER_TYPE,
    BATCH_TYPE,
    COURIER_TYPE,
    RECEIPT_TYPE,
    Answer,
    Batch,
    Receipt,
    SealedMessage,
    receipts_statement,
    write,
)
from comity.cooperation.exchange.envelope import open_sealed, read_message
from comity.cooperation.exchange.errors import (
    BatchReplayed,
    BatchTooLarge,
    ClockSkewed,
    CourierBatchTooOld,
    EnvelopeInvalid,
    ExchangeError,
    RecipientWrong,
)
from comity.cooperation.exchange.handover.follow import told_history, verified_batch
from comity.cooperation.exchange.handover.sign_again import receipt_in_force
from comity.cooperation.exchange.operation.answer_recovery import answer_recovery
from comity.cooperation.exchange.operation.recovery import is_recovery
from comity.cooperation.exchange.operation.store import skipped_ids
from comity.cooperation.exchange.store import (
    IN,
    PeerState,
    insert_incoming,
    lock_peer,
    move_stream,
    note_batch,
    note_contact,
    receipts_for,
)
from comity.cooperation.exchange.taking import AGAIN, REFUSED, STORED, Handler, Keeper, Run, Taken, received, take_all
from comity.cooperation.exchange.tally import OTHER, Counted, count
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.ledger.append import RECEIPTS_GIVEN, NewEntry, append, next_index
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

_MOST_EVIDENCE = 100  # against one partner; a guess: the first few prove it

_KINDS = {STORED: "message-received", REFUSED: "message-refused"}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InboxLimits:
    """What a batch may be, how far clocks may differ, who may come in beside others, and who is told of what came.

    `longest_way` is how old a batch of a courier may be; None for one that comes online, new and after the last.
    """

    largest_bytes: int = 64 * 1024 * 1024
    skew: timedelta = timedelta(seconds=300)
    longest_way: timedelta | None = None
    entered: Callable[[str], AbstractContextManager[object]] = nullcontext
    keeper: Keeper | None = None


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
    typ = BATCH_TYPE if limits.longest_way is None else COURIER_TYPE
    batch, sender = verified_batch(database, body, typ, clock)
    with limits.entered(batch.sender):
        opened = [_opened(message, keys=keys, sender=sender) for message in batch.messages]
        with database.transaction() as session:
            run = Run(session, lock_peer(session, batch.sender), keys, clock.now(), handlers, limits.skew)
            _check_batch(batch, run, limits.longest_way)
            if limits.longest_way is None:
                note_batch(session, run.peer.authority, created=batch.created)
            receipts = _receipts(run, batch.messages, opened, clock)
            if limits.keeper:
                limits.keeper(session, [received(run, one) for one in run.fresh if one.result != AGAIN])
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
                history=told_history(run.peer, keys),
            )
    unopened = [("deferred", OTHER, one) for one in opened if isinstance(one, str)]
    count(keys.authority, batch.sender, [*_counted(run), *unopened])
    return write(answer, typ=ANSWER_TYPE, keys=keys)


def _counted(run: Run) -> Iterator[Counted]:
    happenings = {STORED: "received", REFUSED: "refused-here", AGAIN: "deferred"}
    for one in run.fresh:
        yield happenings[one.result], one.header.type if one.header.type in run.handlers else OTHER, one.outcome


def _opened(message: SealedMessage, *, keys: NodeKeys, sender: PublicIdentity) -> Taken | str:
    """Open and verify one message, or return the code of its fault; no database is needed, so no lock is held."""
    try:
        jws = open_sealed(message.sealed, keys=keys, agreement_hash=message.agreement_hash)
        header, payload, message_id = read_message(jws, sender=sender)
        if message_id != message.id or header.agreement_hash != message.agreement_hash:
            raise EnvelopeInvalid("the batch names another id or agreement than the message inside")
    except ExchangeError as error:
        return error.code
    return Taken(message.id, header, payload, jws)


def _check_batch(batch: Batch, run: Run, longest_way: timedelta | None) -> None:
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


def _receipts(run: Run, messages: list[SealedMessage], opened: list[Taken | str], clock: Clock) -> list[bytes]:
    """Take what is new and return one receipt for each message; a known one gets the receipt it got before."""
    known = receipts_for(run.session, run.peer.authority, [message.id for message in messages])
    run.skipped = skipped_ids(run.session, run.peer.authority)
    fresh: dict[str, Taken] = {}
    for one in opened:
        if isinstance(one, Taken) and one.id not in known:
            fresh.setdefault(one.id, one)
    run.fresh = list(fresh.values())
    take_all(run)
    made = _keep(run, clock)
    receipts = {}
    for message, one in zip(messages, opened, strict=True):
        if isinstance(one, str) and message.id not in known:
            made.setdefault(message.id, _receipt(run, message.id, outcome=one))
        receipts[message.id] = (
            receipt_in_force(known[message.id], run.keys) if message.id in known else made[message.id]
        )
    return list(receipts.values())


def _keep(run: Run, clock: Clock) -> dict[str, bytes]:
    """Write what came in, log it, sign a receipt for each message, and log those that are final in one more entry."""
    keep_decisions(run.session, run.decisions)
    final = [one for one in run.fresh if one.result != AGAIN]
    first = next_index(run.session) if final else 0
    indexes = {one.id: first + place for place, one in enumerate(final)}
    made = {one.id: _receipt(run, one.id, outcome=one.outcome, of=one, at=indexes.get(one.id)) for one in run.fresh}
    if final:
        insert_incoming(run.session, [_row(run, one, made[one.id]) for one in final])
        entries = [NewEntry(_KINDS[one.result], one.id, one.jws) for one in final]
        given = receipts_statement(made[one.id] for one in final)
        append(run.session, [*entries, NewEntry(RECEIPTS_GIVEN, run.peer.authority, given)], clock)
    for agreement_id, (sequence, last_id) in run.streams.items():
        move_stream(run.session, run.peer.authority, agreement_id, IN, sequence=sequence, last_id=last_id)
    return made


def _receipt(run: Run, message_id: str, *, outcome: str, of: Taken | None = None, at: int | None = None) -> bytes:
    receipt = Receipt(
        message_id=message_id,
        sender=run.keys.authority,
        recipient=run.peer.authority,
        sequence=of.header.sequence if of else 0,
        result=of.result if of else AGAIN,
        outcome=outcome,
        received=run.now,
        ledger_index=at,
        missing=of.missing if of else None,
    )
    return write(receipt, typ=RECEIPT_TYPE, keys=run.keys)


def _row(run: Run, one: Taken, receipt: bytes) -> dict[str, Any]:
    return {
        "id": one.id,
        "partner": run.peer.authority,
        "agreement_id": one.header.agreement_id,
        "sequence": one.header.sequence,
        "subject": one.header.subject,
        "type": one.header.type,
        "received_at": run.now,
        "refusal": one.outcome if one.result == REFUSED else None,
        "receipt": receipt,
    }


def _witness(run: Run, batch: Batch, clock: Clock) -> tuple[str | None, str | None]:
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
