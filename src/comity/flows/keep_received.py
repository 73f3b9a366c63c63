"""What begins when a message has come in? The retention clock; and a recall that came before it takes effect."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.stewardship.holdings.store import keep_holdings
from comity.cooperation.stewardship.recalls.store import IN, recalls_naming
from comity.cooperation.stewardship.retention import holdings_from
from comity.flows.answer_recall import apply_recall
from comity.flows.clearing import Clearing


def keep_received(session: Session, messages: Sequence[ReceivedMessage], *, clearing: Clearing) -> None:
    """Start the retention clock of what came in; withdraw at once what an earlier recall names.

    A recall and the messages it names travel in different streams, so either may come first.
    """
    holdings = holdings_from(session, messages)
    keep_holdings(session, holdings)
    ids = [holding.message_id for holding in holdings]
    for recall in recalls_naming(session, IN, ids, unanswered=True) if ids else ():
        apply_recall(session, recall, clearing=clearing)
