"""How do the other parties hear of a step? Each partner among them gets the message, under the partnership."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Agreement
from comity.cooperation.agreements.partnership import purpose_of
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.outbox import enqueue_many
from comity.cooperation.exchange.store import list_peers
from comity.cooperation.identity.keys import NodeKeys
from comity.foundation.clock import Clock


@dataclass(frozen=True, slots=True)
class Told:
    """Which of the other parties hear of it, and which are no partners of this node and need the file."""

    told: tuple[str, ...]
    not_partners: tuple[str, ...]


def tell_parties(
    session: Session, agreement: Agreement, message_type: str, payload: dict[str, Any], *, keys: NodeKeys, clock: Clock
) -> Told:
    """Queue a message about an agreement for every other party that is a partner of this node."""
    partners = {peer.authority for peer in list_peers(session)}
    others = [one for one in agreement.parties if one != keys.authority]
    told = tuple(one for one in others if one in partners)
    releases = [
        release(
            session,
            request=ReleaseRequest(
                recipient=one,
                message_type=message_type,
                data_class=message_type,
                purpose=purpose_of(message_type),
                subject=agreement.id,
                payload=payload,
            ),
            sender=keys.authority,
            clock=clock,
        )
        for one in told
    ]
    enqueue_many(session, releases, keys=keys, clock=clock)
    return Told(told, tuple(one for one in others if one not in partners))
