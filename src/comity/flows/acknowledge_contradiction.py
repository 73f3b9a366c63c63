"""What follows when an operator has clarified a contradiction? It is logged, and the partner is in order again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from comity.cooperation.exchange.operation.store import forgive
from comity.cooperation.exchange.store import find_peer
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.acknowledge import Acknowledgement, EvidenceUnknown, acknowledge
from comity.cooperation.ledger.store import KeptEvidence, evidence_against, unresolved_against
from comity.foundation.clock import Clock


def acknowledge_contradiction(
    session: Session, evidence_id: int, told: Acknowledgement, *, keys: NodeKeys, clock: Clock
) -> KeptEvidence:
    """Keep and log what an operator says of a contradiction; the partner's state is free when none is left.

    Raises:
        EvidenceUnknown: no contradiction has this number.
        AcknowledgementInvalid: it was acknowledged before, or there is no reason.
    """
    found = next((one for one in evidence_against(session) if one.id == evidence_id), None)
    if found is None:
        raise EvidenceUnknown
    is_own = found.authority == keys.authority
    owner = keys.public if is_own else find_peer(session, found.authority).identity
    acknowledge(session, evidence_id, told, owner=owner, keys=keys, clock=clock)
    if not is_own and not unresolved_against(session, found.authority):
        forgive(session, found.authority, at=clock.now())
    return found
