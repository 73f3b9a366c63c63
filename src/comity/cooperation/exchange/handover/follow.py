"""Which keys does a partner sign with now? Its history is followed from the one that is pinned, and what parts is kept.

A batch and an answer carry their sender's history for as long as the other has not shown that it knows it: so a partner
that was away verifies the first thing it hears with the newest key.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.exchange.batch import Batch, Claim, decode, read
from comity.cooperation.exchange.errors import ClockSkewed, MemberRemoved, SenderUnknown
from comity.cooperation.exchange.handover.store import (
    count_received_since,
    identity_ever,
    ids_received_since,
    note_told,
    pin_identity,
)
from comity.cooperation.exchange.jws import peek
from comity.cooperation.exchange.store import Peer, find_peer, lock_peer
from comity.cooperation.identity.errors import HistoryForked
from comity.cooperation.identity.history import KeyHistory, follow, read_history, superseded
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.identity.statement import KeyStatement
from comity.cooperation.identity.store import is_removed, keep_fork
from comity.cooperation.ledger.append import NewEntry, append
from comity.foundation.canonical_json import canonical_json
from comity.foundation.clock import Clock
from comity.foundation.storage.session import Database

STATEMENT = "key-statement"
FORK = "key-fork"
SKEW = timedelta(seconds=300)  # as for messages: how far a partner's clock may be ahead
MOST_NAMED = 100  # messages in doubt that are named to an operator at once

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InDoubt:
    """What a partner's revocation puts in doubt: messages that came at or after `since` and before it was known."""

    since: datetime
    messages: int
    first: tuple[str, ...]


def told_history(peer: Peer, keys: NodeKeys) -> list[dict[str, Any]] | None:
    """Return our key history for a partner that has not shown that it knows it, else None."""
    own = keys.public.history
    return own.as_json() if own.last.sequence > peer.told_sequence else None


def presented(identity: PublicIdentity, history: object, at: datetime) -> PublicIdentity:
    """Return a partner's identity with the history it presents, as far as that is to be followed; nothing is kept.

    Raises:
        HistoryInvalid: it does not hold, or is another node's.
        HistoryForked: it departs from the one that is pinned.
        ClockSkewed: a statement is from the future.
    """
    if history is None:
        return identity
    followed = follow(identity.history, read_history(history))
    if followed.last.made > at + SKEW:
        raise ClockSkewed("a statement of the key history is from the future; compare the clocks")
    return identity.continued(followed)


def verified_batch(database: Database, body: bytes, typ: str, clock: Clock) -> tuple[Batch, PublicIdentity]:
    """Verify before anything else: a stranger's bytes are not read further, and take no lock.

    Raises:
        SenderUnknown: it is no partner's.
        MemberRemoved: it is a former partner's.
        ComityError: the history it brings is not followed, or the batch does not verify with the key in force.
    """
    claimed = decode(peek(body), Claim)
    with database.reading() as session:
        pinned = identity_ever(session, claimed.sender)
        is_member = not is_removed(session, claimed.sender)
    if pinned is None:
        raise SenderUnknown
    try:
        sender = presented(pinned, claimed.history, clock.now())
    except HistoryForked as fork:
        keep_fork_seen(database, claimed.sender, fork, clock)
        raise
    batch = read(body, Batch, typ=typ, sender=sender)
    if not is_member:
        raise MemberRemoved
    if sender.history != pinned.history:
        with database.transaction() as session:
            follow_partner(session, claimed.sender, sender.history, clock)
    return batch, sender


def follow_partner(session: Session, authority: str, history: KeyHistory, clock: Clock) -> Peer:
    """Follow a partner's key history and log every statement that is new; return the partner as it is then.

    Raises:
        HistoryForked: it departs from the one that is pinned; the caller keeps the evidence.
    """
    peer = lock_peer(session, authority)
    pinned = peer.identity.history
    followed = follow(pinned, history)
    if followed == pinned:
        return peer
    aside = superseded(pinned, followed)
    pin_identity(session, peer.identity.continued(followed))
    if aside is not None:
        kept = followed.statements[aside.sequence]
        fork = HistoryForked(kept=json.dumps(kept.as_json()), presented=json.dumps(aside.as_json()))
        note_fork(session, authority, fork, clock)
    log_statements(session, [one for one in followed.statements if one.hash not in pinned.hashes], clock)
    log.warning("exchange.keys-followed partner=%s statement=%s", authority, followed.hashes[-1])
    return find_peer(session, authority)


def note_fork(session: Session, authority: str, fork: HistoryForked, clock: Clock) -> None:
    """Keep two statements that succeed one key as evidence, and log them; the same pair is kept once."""
    if fork.presented and keep_fork(session, authority, fork, at=clock.now()):
        evidence = canonical_json({"kept": json.loads(fork.kept), "presented": json.loads(fork.presented)})
        append(session, [NewEntry(FORK, authority, evidence)], clock)
        log.warning("%s partner=%s", fork.code, authority)


def log_statements(session: Session, statements: list[KeyStatement], clock: Clock) -> None:
    """Log key statements, each under its hash."""
    append(session, [NewEntry(STATEMENT, one.hash, canonical_json(one.as_json())) for one in statements], clock)


def note_answered(session: Session, peer: Peer, *, told_sequence: int, clock: Clock) -> None:
    """Keep what a partner's answer shows: that it knows our history up to a statement, and what its own is now."""
    note_told(session, peer.authority, sequence=told_sequence)
    follow_partner(session, peer.authority, peer.identity.history, clock)


def keep_fork_seen(database: Database, authority: str, fork: HistoryForked, clock: Clock) -> None:
    """Keep a fork as evidence in a transaction of its own: what brought it is refused."""
    with database.transaction() as session:
        note_fork(session, authority, fork, clock)


def in_doubt(session: Session, peer: Peer) -> InDoubt | None:
    """Return what the partner's revocations put in doubt, or None."""
    since = [one.revoked_since for one in peer.identity.history.keys if one.revoked_since is not None]
    if not since:
        return None
    first = ids_received_since(session, peer.authority, min(since), most=MOST_NAMED)
    return InDoubt(min(since), count_received_since(session, peer.authority, min(since)), tuple(first))
