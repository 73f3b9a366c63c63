"""Who becomes a partner, and who is no longer one? Each change is an epoch: signed, logged, in force at once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.handover.store import bring_back, identity_ever, withdraw
from comity.cooperation.exchange.store import add_peer, find_peer
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.identity.membership import Change, begin_epoch
from comity.cooperation.identity.store import ADMITTED, REMOVED, is_removed
from comity.cooperation.ledger.append import NewEntry, append
from comity.foundation.clock import Clock

MEMBERSHIP, WITHDRAWN = "membership", "message-withdrawn"
FIRST_ADMISSION = "its fingerprint was compared"


def admit_partner(
    session: Session, card: PeerCard, *, keys: NodeKeys, clock: Clock, reason: str = FIRST_ADMISSION
) -> int:
    """Add a partner, or take over its new card; one that is new or was removed begins an epoch.

    Return how many messages wait for it again that were withdrawn when it was removed: they stand in its chain.

    Raises:
        PeerChanged: another history is pinned for it.
    """
    authority = card.identity.authority
    is_new = identity_ever(session, authority) is None or is_removed(session, authority)
    add_peer(session, card, clock=clock)
    if is_new:
        _begin(session, Change(authority, card.identity.fingerprint, ADMITTED, reason), keys=keys, clock=clock)
    return bring_back(session, authority)


def remove_partner(
    session: Session, authority: str, *, reason: str, keys: NodeKeys, clock: Clock
) -> list[tuple[str, str]]:
    """Remove a partner; return id and subject of every message that was withdrawn from it.

    Raises:
        PeerUnknown: none of that name.
        MemberRemoved: it was removed before.
        ReasonMissing: the reason is not one.
    """
    peer = find_peer(session, authority)
    withdrawn = withdraw(session, authority)
    _begin(session, Change(authority, peer.fingerprint, REMOVED, reason), keys=keys, clock=clock)
    append(session, [NewEntry(WITHDRAWN, subject, message.encode()) for message, subject in withdrawn], clock)
    return withdrawn


def _begin(session: Session, change: Change, *, keys: NodeKeys, clock: Clock) -> None:
    epoch = begin_epoch(session, change, keys=keys, clock=clock)
    append(session, [NewEntry(MEMBERSHIP, change.partner, epoch.statement)], clock)
