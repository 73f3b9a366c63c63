"""What does a partner answer to a node restored from a backup? What it has of it; and it co-signs the new log.

A dishonest partner could say "restored" to cut its log: it then admits so under its signature, in the log of every
partner, and whatever was co-signed before stays proof of the log that was cut.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from comity.cooperation.exchange.batch import Claim, decode
from comity.cooperation.exchange.envelope import read_message, seal
from comity.cooperation.exchange.errors import (
    BatchReplayed,
    BatchTooLarge,
    ClockSkewed,
    PeerUnknown,
    RecipientWrong,
    SenderUnknown,
)
from comity.cooperation.exchange.jws import peek
from comity.cooperation.exchange.operation.recovery import (
    LARGEST_ANSWER_BYTES,
    MOST_MESSAGES,
    MOST_STREAMS,
    RECOVERY,
    Acknowledgement,
    End,
    Known,
    Position,
    Recovered,
    Recovery,
    RecoveryRefused,
    SealedContent,
    read_recovery,
    write_recovered,
)
from comity.cooperation.exchange.operation.store import StreamEnd, TakenMessage, forgive, stream_ends, taken_after
from comity.cooperation.exchange.store import IN, Peer, find_peer, lock_peer, note_batch
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.ledger.append import NewEntry, append, entries_of
from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint
from comity.cooperation.ledger.contradiction import Presented
from comity.cooperation.ledger.store import (
    WitnessedLog,
    keep_acknowledgement,
    keep_witnessed,
    lock_witnessed,
    unresolved_against,
    witnessed,
)
from comity.cooperation.ledger.witness import (
    Contradiction,
    ForkDetected,
    LogContradiction,
    RollbackDetected,
    keep_fork_evidence,
)
from comity.foundation.clock import Clock
from comity.foundation.storage.session import Database

LARGEST_RECOVERY_BYTES = 1024 * 1024  # a thousand streams and two notes are 200 kB


def answer_recovery(database: Database, body: bytes, *, keys: NodeKeys, clock: Clock, skew: timedelta) -> bytes:
    """Answer a restored node: what follows its positions, a page at a time; take its acknowledgement, where it has one.

    Raises:
        ExchangeError: it is not a partner's, not for this node, too old, or acknowledges another checkpoint.
    """
    if len(body) > LARGEST_RECOVERY_BYTES:
        raise BatchTooLarge
    asked, peer = _verified(database, body)
    now = clock.now()
    if asked.recipient != keys.authority:
        raise RecipientWrong
    if abs(asked.created - now) > skew:
        raise ClockSkewed
    if asked.acknowledgement is not None:
        with database.transaction() as session:
            _take_acknowledgement(session, asked, asked.acknowledgement, body, keys=keys, clock=clock)
    with database.reading() as session:
        answer = _answer(session, asked, body, peer=peer, keys=keys, now=now)
    return write_recovered(answer, keys=keys)


def _verified(database: Database, body: bytes) -> tuple[Recovery, Peer]:
    claimed = decode(peek(body), Claim)
    try:
        with database.reading() as session:
            peer = find_peer(session, claimed.sender)
    except PeerUnknown as error:
        raise SenderUnknown from error
    return read_recovery(body, sender=peer.identity), peer


def _take_acknowledgement(
    session: Session, asked: Recovery, told: Acknowledgement, body: bytes, *, keys: NodeKeys, clock: Clock
) -> None:
    """Keep the contradiction and its admission, and go on witnessing the log as it is now."""
    peer = lock_peer(session, asked.sender)
    if peer.last_batch_at is not None and asked.created <= peer.last_batch_at:
        raise BatchReplayed
    seen = lock_witnessed(session, peer.authority, clock=clock)
    if seen is None or seen.note != told.witnessed:
        raise RecoveryRefused
    now_log = read_checkpoint(asked.checkpoint, peer.identity)
    kind: type[LogContradiction] = RollbackDetected if now_log.size < seen.size else ForkDetected
    shown = Presented(now_log.note, seen.size).text
    keep_fork_evidence(session, kind(Contradiction(peer.authority, seen.note, shown)), clock)
    note = cosign(now_log, keys, clock.now())
    keep_witnessed(session, peer.authority, WitnessedLog(now_log.size, now_log.root, note), clock=clock)
    append(session, [NewEntry(RECOVERY, peer.authority, body)], clock)
    for one in unresolved_against(session, peer.authority):
        keep_acknowledgement(session, one.id, acknowledgement=body.decode("ascii"), at=clock.now())
    note_batch(session, peer.authority, created=asked.created)
    forgive(session, peer.authority, at=clock.now())


def _answer(session: Session, asked: Recovery, body: bytes, *, peer: Peer, keys: NodeKeys, now: datetime) -> Recovered:
    ends = stream_ends(session, peer.authority, IN)[:MOST_STREAMS]
    known, more = _known(session, ends, asked.positions, peer.identity)
    seen = witnessed(session, peer.authority)
    return Recovered(
        sender=keys.authority,
        recipient=peer.authority,
        request=hashlib.sha256(body).hexdigest(),
        created=now,
        witnessed=seen.note if seen else "",
        ends=[End(one.agreement_id, one.sequence, one.last_id) for one in ends],
        known=known,
        more=more,
    )


def _known(
    session: Session, ends: Sequence[StreamEnd], positions: Sequence[Position], asker: PublicIdentity
) -> tuple[list[Known], bool]:
    """Return the messages after each position, bounded in number and bytes; claim that some are left."""
    at = {one.agreement_id: one.sequence for one in positions}
    found: list[Known] = []
    size = 0
    for end in ends:
        most = MOST_MESSAGES - len(found) + 1
        for message in taken_after(session, asker.authority, end.agreement_id, at.get(end.agreement_id, 0), most=most):
            one = _one(session, message, asker)
            size += len(one.sealed.content) if one.sealed else 0
            if len(found) == MOST_MESSAGES or (found and size > LARGEST_ANSWER_BYTES):
                return found, True
            found.append(one)
    return found, False


def _one(session: Session, message: TakenMessage, asker: PublicIdentity) -> Known:
    statement = next((entry.statement for entry in entries_of(session, message.id) if entry.statement), None)
    sealed = None
    if statement is not None:
        agreement_hash = read_message(statement, sender=asker, ever=True)[0].agreement_hash
        sealed = SealedContent(agreement_hash, seal(statement, recipient=asker, agreement_hash=agreement_hash))
    return Known(message.agreement_id, message.sequence, message.id, message.receipt, sealed)
