"""What does a node owe its partners after delivery, message by message and night by night?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from comity.cooperation.exchange.taking import Handler, ReceivedMessage
from comity.cooperation.stewardship.notices import (
    DISPOSAL_RECEIPT,
    LEGAL_HOLD,
    ONWARD_ANSWER,
    ONWARD_REQUEST,
    RECALL,
    RECALL_ANSWER,
)
from comity.flows import answer_recall, ask_onward, dispose_expired, recall_messages
from comity.flows.clearing import Clearing


def stewardship_handlers(clearing: Clearing) -> Mapping[str, Handler]:
    """Return who takes the partnership's messages about what was delivered."""

    def with_equipment(take: Callable[..., str]) -> Handler:
        def taken(session: Session, message: ReceivedMessage) -> str:
            return take(session, message, clearing=clearing)

        return taken

    return {
        DISPOSAL_RECEIPT: dispose_expired.take_receipt,
        LEGAL_HOLD: dispose_expired.take_hold,
        RECALL: with_equipment(answer_recall.take_recall),
        RECALL_ANSWER: with_equipment(recall_messages.take_answer),
        ONWARD_REQUEST: with_equipment(ask_onward.take_request),
        ONWARD_ANSWER: with_equipment(ask_onward.take_answer),
    }
