"""What happens with a message a partner sent? One table from message type to the flow that takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from comity.cooperation.accounts.send import Bookkeeping
from comity.cooperation.exchange.taking import Handler, ReceivedMessage, Together
from comity.features.declarations.canonical import from_record
from comity.features.mirror.record import mirror_record
from comity.features.mirror.store import keep_partner_export
from comity.features.risk.store import ReceivedResult, keep_feedback
from comity.flows.ask_opinion import opinion_handlers
from comity.flows.change_keys import identity_handlers
from comity.flows.clearing import Clearing
from comity.flows.decide_lane import MOST_DECIDED_AGAIN, decide_again
from comity.flows.keep_accounts import account_handlers
from comity.flows.match_privately import MATCHED_EXPORT, private_handlers
from comity.flows.match_record import match_export
from comity.flows.receive_negotiation import negotiation_handlers
from comity.flows.release_onward import taking_onward
from comity.flows.release_to_partners import EXPORT_RECORD, RESULT
from comity.flows.steward import stewardship_handlers
from comity.foundation.trade.declaration import Declaration


def handlers_for(clearing: Clearing) -> Mapping[str, Handler]:
    """Return the table that the inbox is given."""

    def take_export(session: Session, message: ReceivedMessage) -> str:
        return receive_export(session, message, clearing=clearing)

    def take_results(session: Session, messages: Sequence[ReceivedMessage]) -> list[str]:
        return receive_results(session, messages, clearing=clearing)

    content: dict[str, Handler] = {
        EXPORT_RECORD: take_export,
        MATCHED_EXPORT: take_export,
        RESULT: Together(take_results),
    }
    return {
        **opinion_handlers(clearing),
        **private_handlers(clearing),
        **{name: taking_onward(take, clearing=clearing) for name, take in content.items()},
        **identity_handlers(clearing),
        **negotiation_handlers(clearing),
        **stewardship_handlers(clearing),
        **account_handlers(Bookkeeping(clearing.keys, clearing.clock)),
    }


def receive_export(session: Session, message: ReceivedMessage, *, clearing: Clearing) -> str:
    """Keep a partner's export record and pair it with the imports already here; return the business outcome.

    Raises:
        RecordInvalid: the payload is not a declaration.
    """
    declaration = from_record(message.payload)
    record = mirror_record(declaration, id=message.message_id, date=_day(declaration, message))
    is_new = keep_partner_export(
        session,
        partner=message.sender,
        message_id=message.message_id,
        record=message.payload,
        mirror=record,
        clock=clearing.clock,
    )
    if not is_new:
        return "known"
    image = match_export(session, record, clearing=clearing)
    decide_again(session, sorted(image.touched)[:MOST_DECIDED_AGAIN], clearing=clearing)
    return "paired" if image.pair else "stored"


def receive_results(session: Session, messages: Sequence[ReceivedMessage], *, clearing: Clearing) -> list[str]:
    """Keep results of examinations that export records of ours led to; return the business outcomes."""
    results = [ReceivedResult(message.message_id, message.sender, message.payload) for message in messages]
    keep_feedback(session, results, clock=clearing.clock)
    return ["stored"] * len(results)


def _day(declaration: Declaration, message: ReceivedMessage) -> date:
    return (declaration.acceptance_at or declaration.issued_at or message.received_at).date()
