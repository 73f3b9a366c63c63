"""What happens when a node's keys change? The statement is logged, every partner is told, what waits is signed again.

The key file is replaced first; the rest is one transaction, and idempotent: a node that died between the two goes on
where it stood when it is next asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.partnership import purpose_of
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.card import read_card
from comity.cooperation.exchange.errors import SenderWrong
from comity.cooperation.exchange.handover.follow import follow_partner, log_statements
from comity.cooperation.exchange.handover.sign_again import sign_waiting_again
from comity.cooperation.exchange.handover.store import move_partner
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import find_peer, list_peers
from comity.cooperation.exchange.taking import Handler, ReceivedMessage
from comity.cooperation.identity.history import read_history
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.identity.statement import KeyStatement
from comity.cooperation.ledger.store import entries_about, lock_head
from comity.flows.clearing import Clearing
from comity.foundation.clock import Clock

KEY_SUCCESSION = "key-succession.v1"
CARD_UPDATE = "card-update.v1"


def announce_keys(session: Session, *, keys: NodeKeys, clock: Clock) -> int:
    """Log the statements of our key history that are not logged yet, and tell every partner; return how many are told.

    What waits and is signed with a revoked key is signed again.
    """
    new = _not_logged(session, keys)
    sign_waiting_again(session, keys=keys, clock=clock)
    if not new:
        return 0
    lock_head(session)  # another process of this node may be at it
    new = _not_logged(session, keys)
    log_statements(session, new, clock)
    if not any(one.sequence for one in new):
        return 0
    payload = {"history": keys.public.history.as_json()}
    return _tell_everyone(session, KEY_SUCCESSION, payload, keys=keys, clock=clock)


def _not_logged(session: Session, keys: NodeKeys) -> list[KeyStatement]:
    history = keys.public.history
    logged = {entry.subject for entry in entries_about(session, history.hashes, limit=len(history.hashes) * 2)}
    return [one for one in history.statements if one.hash not in logged]


def announce_card(session: Session, card: dict[str, Any], *, keys: NodeKeys, clock: Clock) -> int:
    """Tell every partner of our new card; return how many are told."""
    return _tell_everyone(session, CARD_UPDATE, {"card": card}, keys=keys, clock=clock)


def identity_handlers(clearing: Clearing) -> Mapping[str, Handler]:
    """Return the handlers of what partners tell of their keys, by message type."""

    def take_succession(session: Session, message: ReceivedMessage) -> str:
        return take_key_succession(session, message, clock=clearing.clock)

    def take_card(session: Session, message: ReceivedMessage) -> str:
        return take_card_update(session, message, clock=clearing.clock)

    return {KEY_SUCCESSION: take_succession, CARD_UPDATE: take_card}


def take_key_succession(session: Session, message: ReceivedMessage, *, clock: Clock) -> str:
    """Follow a partner's key history; return `followed`, or `known` when its batch had brought it already.

    Raises:
        HistoryInvalid: it does not hold.
        HistoryForked: it departs from the one that is pinned.
    """
    pinned = find_peer(session, message.sender).identity.history
    peer = follow_partner(session, message.sender, read_history(message.payload.get("history")), clock)
    return "known" if peer.identity.history == pinned else "followed"


def take_card_update(session: Session, message: ReceivedMessage, *, clock: Clock) -> str:
    """Take over a partner's new address and certificates, and follow the key history in its card.

    Raises:
        CardInvalid: it is damaged, or not signed by the key it names.
        SenderWrong: it is another administration's.
        HistoryForked: its key history departs from the one that is pinned.
    """
    card = read_card(message.payload.get("card"))
    if card.identity.authority != message.sender:
        raise SenderWrong("the card is another administration's than the message's sender")
    follow_partner(session, message.sender, card.identity.history, clock)
    move_partner(session, message.sender, url=card.url, tls_certificate=card.tls_certificate)
    return "moved"


def _tell_everyone(
    session: Session, message_type: str, payload: dict[str, Any], *, keys: NodeKeys, clock: Clock
) -> int:
    partners = list_peers(session)
    for partner in partners:
        request = ReleaseRequest(
            recipient=partner.authority,
            message_type=message_type,
            data_class=message_type,
            purpose=purpose_of(message_type),
            subject=keys.public.history.hashes[-1],
            payload=payload,
        )
        released = release(session, request=request, sender=keys.authority, clock=clock)
        enqueue(session, released, keys=keys, clock=clock)
    return len(partners)
