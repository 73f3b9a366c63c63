"""How is a partner told what the partnership owes it? Released under the partnership, queued, logged."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.partnership import purpose_of
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import OutboxMessage
from comity.flows.clearing import Clearing


def tell(
    session: Session, partner: str, message_type: str, payload: dict[str, Any], *, subject: str, clearing: Clearing
) -> OutboxMessage:
    """Queue a message of the partnership for a partner."""
    request = ReleaseRequest(partner, message_type, message_type, purpose_of(message_type), subject, payload)
    released = release(session, request=request, sender=clearing.authority, clock=clearing.clock)
    return enqueue(session, released, keys=clearing.keys, clock=clearing.clock)
