"""How does an account leave? As any message: under the partnership, logged, signed, in its stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.partnership import purpose_of
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.identity.keys import NodeKeys
from comity.foundation.clock import Clock

RECONCILIATION = "reconciliation.v1"
RECIPROCITY = "reciprocity-statement.v1"
WITNESS_REPORT = "witness-report.v1"


@dataclass(frozen=True, slots=True)
class Bookkeeping:
    """What keeping accounts needs beside the session: who we are, and the time."""

    keys: NodeKeys
    clock: Clock


def send(
    session: Session, partner: str, message_type: str, payload: dict[str, Any], *, subject: str, books: Bookkeeping
) -> None:
    """Queue an account for a partner."""
    request = ReleaseRequest(
        recipient=partner,
        message_type=message_type,
        data_class=message_type,
        purpose=purpose_of(message_type),
        subject=subject,
        payload=payload,
    )
    released = release(session, request=request, sender=books.keys.authority, clock=books.clock)
    enqueue(session, released, keys=books.keys, clock=books.clock)
