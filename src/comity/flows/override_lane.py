"""How does an officer change a lane? With a reason, kept beside the engine's decision and logged."""

from __future__ import annotations

from sqlalchemy.orm import Session

from comity.cooperation.ledger.append import NewEntry, append
from comity.features.risk.lanes import Lane
from comity.features.risk.store import keep_override
from comity.flows.clearing import Clearing
from comity.foundation.canonical_json import canonical_json


def override(
    session: Session, declaration_id: str, lane: Lane, *, reason: str, officer: str, clearing: Clearing
) -> None:
    """Change the lane of a declaration; the engine's own decision stays readable.

    Raises:
        ReasonMissing: the reason is empty.
        DecisionUnknown: the declaration has no decision.
    """
    keep_override(session, declaration_id, lane, reason=reason, officer=officer, clock=clearing.clock)
    statement = canonical_json({"declaration": declaration_id, "lane": lane.value, "officer": officer})
    append(session, [NewEntry("override", declaration_id, statement)], clearing.clock)
