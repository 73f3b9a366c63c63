"""Which message of a partner does this node fail at, again and again, and may it be skipped? A person decides.

Nothing of such a message is kept, and its stream waits for it. To skip it is to refuse it for good: the stream goes on,
the partner's receipt names `exchange.message-skipped`, and the reason stands signed in this node's log.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from comity.cooperation.exchange.envelope import Header
from comity.cooperation.exchange.errors import ExchangeError
from comity.cooperation.exchange.operation.store import count_failure


class MessageSkipped(ExchangeError):
    """The recipient's operator has skipped this message, because the recipient's node fails at it; send it anew."""

    code = "exchange.message-skipped"
    status = 409


def note_failure(session: Session, header: Header, message_id: str, *, at: datetime) -> None:
    """Count that this node failed at a message; one row a stream, whatever the partner sends."""
    place = {"partner": header.sender, "agreement_id": header.agreement_id}
    told = {"sequence": header.sequence, "message_id": message_id, "type": header.type, "subject": header.subject}
    count_failure(session, place, told, at=at)
