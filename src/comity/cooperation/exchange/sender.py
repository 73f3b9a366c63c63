"""How do waiting messages reach a partner? One thread a partner, one batch in flight, signed once, with back-off."""

from __future__ import annotations

import logging
import random
import threading
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.exchange.batch import (
    ANSWER_TYPE,
    BATCH_TYPE,
    RECEIPT_TYPE,
    Answer,
    Batch,
    Receipt,
    SealedMessage,
    read,
    write,
)
from comity.cooperation.exchange.envelope import seal
from comity.cooperation.exchange.errors import ExchangeError, PartnerUnreachable, RecipientWrong
from comity.cooperation.exchange.inbox import AGAIN, STORED
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
from comity.cooperation.exchange.transport import Transport
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.append import NewEntry, append, consistency_proof, head
from comity.cooperation.ledger.checkpoint import sign_checkpoint
from comity.cooperation.ledger.store import cosigned_size
from comity.cooperation.ledger.witness import keep_cosigned
from comity.foundation.clock import Clock
from comity.foundation.errors import ComityError
from comity.foundation.storage.session import Database

BATCH_MESSAGES = 200
IDLE_SECONDS = 0.5  # how long a message may wait that was queued while nobody woke the sender
WITNESS_SECONDS = 10.0  # how often an idle node asks for a co-signature on a log that has grown
STOP_SECONDS = 5.0  # a batch in flight longer than this is left: it is delivered again, once, after the restart
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.5, 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one round trip did."""

    sent: int
    delivered: int
    refused: int
    again: int
    cosigned: bool


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
    with database.reading() as session:
        peer = find_peer(session, authority)
        messages = waiting_for(session, authority, limit)
        body = _batch(session, peer, messages, keys=keys, clock=clock)
    answer_bytes = transport.post(peer, body)
    answer = read(answer_bytes, Answer, typ=ANSWER_TYPE, sender=peer.identity)
    if answer.recipient != keys.authority:
        raise RecipientWrong
    receipts = [(one, read(one, Receipt, typ=RECEIPT_TYPE, sender=peer.identity)) for one in answer.receipts]
    with database.transaction() as session:
        report = _keep_answer(session, peer, messages, receipts, clock)
        note_witnessed(session, authority, size=answer.witnessed_size)
        if answer.cosigned is not None:
            keep_cosigned(session, partner=peer.identity, note=answer.cosigned, own=keys.public, clock=clock)
        if peer.state is not PeerState.CONTRADICTING:
            note_contact(session, authority, state=PeerState.REACHED, error=answer.refusal, at=clock.now())
    return DeliveryReport(len(messages), *report, cosigned=answer.cosigned is not None)


def _batch(session: Session, peer: Peer, messages: list[OutboxMessage], *, keys: NodeKeys, clock: Clock) -> bytes:
    own = head(session)
    start = min(peer.witnessed_size, own.size)
    batch = Batch(
        sender=keys.authority,
        recipient=peer.authority,
        created=clock.now(),
        checkpoint=sign_checkpoint(own, keys),
        proof_from=peer.witnessed_size,
        proof=consistency_proof(session, old_size=start, new_size=own.size),
        messages=[
            SealedMessage(
                message.id,
                message.agreement_hash,
                seal(message.jws, recipient=peer.identity, agreement_hash=message.agreement_hash),
            )
            for message in messages
        ],
    )
    return write(batch, typ=BATCH_TYPE, keys=keys)


def _keep_answer(
    session: Session,
    peer: Peer,
    messages: list[OutboxMessage],
    receipts: list[tuple[bytes, Receipt]],
    clock: Clock,
) -> tuple[int, int, int]:
    """Keep the receipts of messages that were stored or refused; let streams wait again from what is missing."""
    sent = {message.id: message for message in messages}
    rows: list[dict[str, Any]] = []
    entries: list[NewEntry] = []
    again = 0
    for signed, receipt in receipts:
        message = sent.get(receipt.message_id)
        if message is None:
            continue
        if receipt.result == AGAIN:
            again += 1
            if receipt.missing is not None and receipt.missing < message.sequence:
                rewind(session, peer.authority, message.agreement_id, receipt.missing)
            continue
        state = MessageState.DELIVERED if receipt.result == STORED else MessageState.REFUSED
        rows.append(
            {
                "id": message.id,
                "state": state,
                "outcome": receipt.outcome,
                "receipt": signed,
                "receipt_at": clock.now(),
            }
        )
        entries.append(NewEntry("receipt", message.subject, signed))
    if rows:
        keep_receipts(session, rows)
        append(session, entries, clock)
    delivered = sum(row["state"] is MessageState.DELIVERED for row in rows)
    return delivered, len(rows) - delivered, again


class SenderThread(threading.Thread):
    """Delivers to one partner until stopped; a partner that is away is tried again, later and later."""

    def __init__(
        self,
        database: Database,
        authority: str,
        *,
        keys: NodeKeys,
        transport: Transport,
        clock: Clock,
        limit: int = BATCH_MESSAGES,
    ) -> None:
        super().__init__(name=f"sender-{authority}", daemon=True)
        self._database = database
        self._authority = authority
        self._keys = keys
        self._transport = transport
        self._clock = clock
        self._limit = limit
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._failures = 0

    def wake(self) -> None:
        """Look at once whether something waits."""
        self._woken.set()

    def stop(self) -> None:
        """Stop after the batch in flight."""
        self._stopping.set()
        self._woken.set()
        self.join(timeout=STOP_SECONDS)

    def run(self) -> None:
        """Deliver until stopped."""
        idle = WITNESS_SECONDS
        while not self._stopping.is_set():
            waits = self._has_work(idle)
            if waits is None:
                self._pause(IDLE_SECONDS)
                idle += IDLE_SECONDS
                continue
            idle = 0.0
            self._try()

    def _try(self) -> None:
        try:
            report = deliver_batch(
                self._database,
                self._authority,
                keys=self._keys,
                transport=self._transport,
                clock=self._clock,
                limit=self._limit,
            )
        except ComityError as error:
            self._failures += 1
            self._note_failure(error)
            self._pause(self._backoff_seconds())
            return
        self._failures = self._failures + 1 if report.again else 0
        if report.again:
            self._pause(self._backoff_seconds())

    def _has_work(self, idle: float) -> bool | None:
        """Return True when messages wait, False when only a co-signature is wanted, None when nothing is to be done."""
        with self._database.reading() as session:
            if waiting_for(session, self._authority, 1):
                return True
            if idle < WITNESS_SECONDS:
                return None
            return False if head(session).size > cosigned_size(session, self._authority) else None

    def _note_failure(self, error: ComityError) -> None:
        log.warning("%s partner=%s", error.code, self._authority)
        state = PeerState.UNREACHABLE if isinstance(error, PartnerUnreachable) else PeerState.REFUSING
        try:
            with self._database.transaction() as session:
                note_contact(session, self._authority, state=state, error=error.message[:500], at=self._clock.now())
        except ExchangeError:
            log.exception("exchange.note-failed partner=%s", self._authority)

    def _backoff_seconds(self) -> float:
        longest = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(self._failures, 10))
        return random.uniform(longest / 2, longest)  # noqa: S311 - jitter, not a secret

    def _pause(self, seconds: float) -> None:
        self._woken.wait(seconds)
        self._woken.clear()
