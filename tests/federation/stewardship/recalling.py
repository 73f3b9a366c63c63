"""What the tests of recalls do again and again: send, withdraw, share, look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from comity.cooperation.exchange.store import sent_about, sent_messages
from comity.cooperation.stewardship.recalls.store import OUT, list_recalls
from comity.flows.ask_onward import ask, consent
from comity.flows.recall_messages import recall
from comity.flows.release_onward import release_onward
from comity.foundation.trade.declaration import DeclarationKind
from comity.foundation.trade.documents import PreviousDocument
from tests.simulators.league import MRN, an_export, day_after


def send(league, mrn=MRN, **changes) -> str:
    """Let an export of Kenya's reach Uganda, unless Uganda is away; return the message's id."""
    cleared = league.kenya.clear(an_export(mrn, **changes))
    league.settle()
    with league.kenya.database.reading() as session:
        (message,) = sent_about(session, [cleared.declaration_id], message_type="export-record.v1")
    return message.id


def withdraw(league, *messages, kind="recall", days=10, **replaced) -> None:
    named = dict.fromkeys(messages) | replaced.get("by", {})
    with league.kenya.database.transaction() as session:
        recall(
            session,
            named,
            kind=kind,
            reason="declared in error",
            deadline=league.clock.now() + timedelta(days=days),
            clearing=league.kenya.clearing,
        )


def recalls(member, direction=OUT):
    with member.database.reading() as session:
        return list_recalls(session, direction, 10)


def share_with_rwanda(league, message_id) -> str:
    """Let Uganda pass a message on to Rwanda with Kenya's consent; return the onward message's id."""
    with league.uganda.database.transaction() as session:
        request = ask(
            session,
            [message_id],
            recipient="RW",
            purpose="mirror-matching",
            reason="the goods go on to Rwanda",
            clearing=league.uganda.clearing,
        )
    league.settle()
    with league.kenya.database.transaction() as session:
        consent(
            session,
            ("UG", request.id),
            conditions="",
            valid_to=day_after(league.clock, 20),
            officer="lucy",
            clearing=league.kenya.clearing,
        )
    league.settle()
    with league.uganda.database.transaction() as session:
        onward = release_onward(
            session, message_id, recipient="RW", purpose="mirror-matching", clearing=league.uganda.clearing
        )
    league.settle()
    return onward.id


def the_import(**changes):
    sent = an_export(kind=DeclarationKind.IMPORT, type_code="IMA")
    shipment = replace(sent.goods_shipment, previous_documents=(PreviousDocument(MRN, "MRN"),))
    return replace(sent, mrn="26UG004400123456B7", goods_shipment=shipment, exit_office=None, **changes)


def only(league, agreement_id) -> None:
    """Deliver nothing but one stream to Uganda, as when the other stands still."""
    from comity.cooperation.exchange import deliver

    kept = deliver.waiting_for

    def one_stream(*arguments, **named):
        return [each for each in kept(*arguments, **named) if each.agreement_id == agreement_id]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliver, "waiting_for", one_stream)
        league._deliver("KE", "UG")


def cut_off(*_arguments, **_named):
    raise KeyboardInterrupt


def outcome(member, message_id) -> str | None:
    with member.database.reading() as session:
        return sent_messages(session, [message_id])[message_id].outcome
