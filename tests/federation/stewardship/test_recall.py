"""A recall, a correction and a supersession reach every holder, are answered, and are chased until their deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from comity.cooperation.exchange.store import sent_about, sent_messages
from comity.cooperation.ledger.append import entries_of, head
from comity.cooperation.stewardship.errors import MessageNotSent, RecallInvalid
from comity.cooperation.stewardship.holdings.store import find_holding, held_from, holdings_of, told_of
from comity.cooperation.stewardship.notices import RECALL, RECALL_ANSWER
from comity.cooperation.stewardship.recalls.store import IN, OUT, RecallState, list_recalls
from comity.features.mirror.store import find_export, match_of
from comity.features.risk.lanes import Lane
from comity.features.risk.store import decision_of
from comity.flows.ask_onward import ask, consent
from comity.flows.dispose_expired import Case, hold
from comity.flows.recall_messages import chase, recall
from comity.flows.release_onward import release_onward
from comity.foundation.trade.declaration import DeclarationFunction, DeclarationKind
from comity.foundation.trade.documents import PreviousDocument
from comity.foundation.trade.money import Money
from tests.simulators.league import MRN, an_export, day_after, record_of


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


def test_a_recalled_message_is_erased_and_answered(league):
    message_id = send(league)

    withdraw(league, message_id)
    league.settle()

    with league.uganda.database.reading() as session:
        assert find_export(session, message_id) is None
        assert find_holding(session, message_id).rule == "recall"
        (entry,) = [one for one in entries_of(session, message_id) if one.kind == "message-received"]
        assert entry.statement is None
    (sent,) = recalls(league.kenya)
    assert sent.state(league.clock.now()) is RecallState.COMPLETE
    assert [one.outcome for one in sent.messages] == ["erased"]
    with league.kenya.database.reading() as session:
        assert told_of(session, [message_id])[message_id].state == "disposed"


def test_a_recall_is_chased_through_to_the_onward_holder(league):
    message_id = send(league)
    onward_id = share_with_rwanda(league, message_id)
    league.away = {"RW"}

    withdraw(league, message_id)
    league.settle()

    (sent,) = recalls(league.kenya)
    assert sent.state(league.clock.now()) is RecallState.OPEN
    assert sent.messages[0].onward == (("RW", "chased"),)

    league.away = set()
    league.settle()

    (sent,) = recalls(league.kenya)
    assert sent.state(league.clock.now()) is RecallState.COMPLETE
    assert sent.messages[0].onward == (("RW", "erased"),)
    with league.rwanda.database.reading() as session:
        assert find_export(session, onward_id) is None
        assert find_holding(session, onward_id).rule == "recall"
    with league.uganda.database.reading() as session:
        assert all(one.statement is None for one in entries_of(session, message_id) if one.kind == "message-sent")
        assert sent_messages(session, [onward_id])[onward_id].jws == b""


def test_a_recall_that_comes_before_its_message_takes_effect_when_the_message_comes(league):
    league.away = {"UG"}
    message_id = send(league)
    withdraw(league, message_id)
    league.away = set()
    only(league, "partnership-ke-ug")
    (kept,) = recalls(league.uganda, IN)
    assert [one.outcome for one in kept.messages] == ["unknown"]

    league.settle()

    with league.uganda.database.reading() as session:
        assert find_export(session, message_id) is None
    assert [one.outcome for one in recalls(league.kenya)[0].messages] == ["erased"]


def only(league, agreement_id) -> None:
    """Deliver nothing but one stream to Uganda, as when the other stands still."""
    from comity.cooperation.exchange import deliver

    kept = deliver.waiting_for

    def one_stream(*arguments, **named):
        return [each for each in kept(*arguments, **named) if each.agreement_id == agreement_id]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliver, "waiting_for", one_stream)
        league._deliver("KE", "UG")


def test_a_record_under_legal_hold_is_held_and_the_ground_is_told(league):
    message_id = send(league)
    with league.uganda.database.transaction() as session:
        case = Case("UG-17", "seized goods, criminal case", day_after(league.clock, 90), "lucy")
        hold(session, message_id, case=case, clearing=league.uganda.clearing)

    withdraw(league, message_id)
    league.settle()

    (sent,) = recalls(league.kenya)
    (one,) = sent.messages
    assert (one.outcome, one.ground, one.until) == ("held", "seized goods, criminal case", day_after(league.clock, 90))
    with league.uganda.database.reading() as session:
        assert find_export(session, message_id) is not None


def test_the_recall_of_anothers_message_finds_nothing(league):
    message_id = send(league)
    payload = {
        "recall_id": "a" * 32,
        "kind": "recall",
        "messages": [{"message": message_id}],
        "reason": "mine",
        "deadline": "2027-01-01T00:00:00Z",
    }
    league.rwanda.send(RECALL, payload, to="UG")
    league.settle()

    (kept,) = recalls(league.uganda, IN)
    assert [one.outcome for one in kept.messages] == ["unknown"]
    with league.uganda.database.reading() as session:
        assert find_export(session, message_id) is not None


def test_a_correction_puts_the_corrected_record_in_place_and_decides_the_lane_again(league):
    wrong = an_export()
    doubled = tuple(
        replace(item, invoice_amount=Money(item.invoice_amount.amount * Decimal(4), "USD"), statistical_value=None)
        for item in wrong.goods_shipment.items
    )
    bad = send(league, goods_shipment=replace(wrong.goods_shipment, items=doubled))
    cleared = league.uganda.clear(the_import())
    with league.uganda.database.reading() as session:
        assert decision_of(session, cleared.declaration_id).current_lane is not Lane.GREEN
    good = league.kenya.send("export-record.v1", record_of(an_export()), to="UG", purpose="mirror-matching").id

    withdraw(league, by={bad: good}, kind="correction")
    league.settle()

    with league.uganda.database.reading() as session:
        assert match_of(session, cleared.declaration_id).pair.export_ids == (good,)
        assert find_holding(session, bad).superseded_by == good
        assert find_export(session, bad) is None
        assert sum(one.kind == "decision" for one in entries_of(session, cleared.declaration_id)) == 2
        assert decision_of(session, cleared.declaration_id).current_lane is Lane.GREEN
    assert [one.outcome for one in recalls(league.kenya)[0].messages] == ["superseded"]


def test_an_amended_export_corrects_what_was_sent_by_itself(league):
    first = send(league)
    item = an_export().goods_shipment.items[0]
    amendment = replace(
        an_export(function=DeclarationFunction.AMENDMENT, function_code="4"),
        goods_shipment=replace(
            an_export().goods_shipment,
            items=(replace(item, invoice_amount=Money(Decimal(9999), "USD")),),
        ),
    )

    league.kenya.clear(amendment)
    league.settle()

    with league.uganda.database.reading() as session:
        replaced_by = find_holding(session, first).superseded_by
        corrected = find_export(session, replaced_by)
    amounts = [one["invoice_amount"]["amount"] for one in corrected.record["goods_shipment"]["items"]]
    assert amounts == ["9999", "5400.25"]
    assert [(one.kind, one.messages[0].outcome) for one in recalls(league.kenya)] == [("correction", "superseded")]


def test_a_cancelled_export_recalls_what_was_sent_by_itself_and_a_second_time_changes_nothing(league):
    first = send(league)
    cancellation = replace(
        an_export(function=DeclarationFunction.CANCELLATION, function_code="1"), functional_reference_id="LRN-2"
    )

    league.kenya.clear(cancellation)
    league.kenya.clear(replace(cancellation, functional_reference_id="LRN-3"))
    league.settle()

    with league.uganda.database.reading() as session:
        assert find_export(session, first) is None
    assert [(one.kind, one.messages[0].outcome) for one in recalls(league.kenya)] == [("recall", "erased")]


def test_an_amendment_by_someone_else_changes_nothing(league):
    first = send(league)
    stranger = replace(an_export().declarant, id="P-STRANGER")
    shipment = replace(an_export().goods_shipment, exporter=None)

    league.kenya.clear(
        replace(
            an_export(function=DeclarationFunction.CANCELLATION, function_code="1"),
            functional_reference_id="LRN-2",
            declarant=stranger,
            goods_shipment=shipment,
        )
    )
    league.settle()

    with league.uganda.database.reading() as session:
        assert find_export(session, first) is not None
    assert recalls(league.kenya) == []


def test_an_export_that_now_goes_elsewhere_is_recalled_where_it_was_sent(league):
    first = send(league)

    league.kenya.clear(replace(an_export(to="RW", function=DeclarationFunction.AMENDMENT), function_code="4"))
    league.settle()

    with league.uganda.database.reading() as session:
        assert holdings_of(session, [first])[first].rule == "recall"


def test_an_unanswered_recall_is_chased_daily_until_its_deadline_and_then_overdue(league):
    message_id = send(league)
    league.away = {"UG"}
    withdraw(league, message_id, days=3)

    for expected in (0, 1, 1, 0, 0):
        with league.kenya.database.transaction() as session:
            assert chase(session, clearing=league.kenya.clearing) == expected
        league.pass_days(1)

    (sent,) = recalls(league.kenya)
    assert (sent.state(league.clock.now()), sent.chases) == (RecallState.OVERDUE, 2)

    league.away = set()
    league.settle()
    (sent,) = recalls(league.kenya)
    assert sent.state(league.clock.now()) is RecallState.COMPLETE


def test_a_recall_answered_again_changes_nothing_but_the_answer(league):
    message_id = send(league)
    withdraw(league, message_id)
    league.settle()
    league.pass_days(1)
    (kept,) = recalls(league.uganda, IN)
    payload = {
        "recall_id": kept.id,
        "kind": "recall",
        "messages": [{"message": message_id}],
        "reason": "declared in error",
        "deadline": kept.deadline.isoformat(),
    }

    message = league.kenya.send(RECALL, payload, to="UG")
    league.settle()

    assert outcome(league.kenya, message.id) == "complete"
    with league.uganda.database.reading() as session:
        assert sum(one.kind == "disposal" for one in entries_of(session, message_id)) == 1


def test_a_recall_that_is_cut_off_takes_effect_wholly_when_it_is_sent_again(league):
    message_id = send(league)
    withdraw(league, message_id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("comity.flows.answer_recall.tell", cut_off)
        with pytest.raises(KeyboardInterrupt):
            league.settle()
    with league.uganda.database.reading() as session:
        assert find_export(session, message_id) is not None
        before = head(session).size

    league.settle()

    with league.uganda.database.reading() as session:
        assert find_export(session, message_id) is None
        assert head(session).size > before


def cut_off(*_arguments, **_named):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "correction"}, "stewardship.recall-changed"),
        ({"messages": [{"message": "d" * 64}]}, "stewardship.recall-changed"),
        ({"kind": "whim"}, "stewardship.notice-invalid"),
        ({"recall_id": "A"}, "stewardship.notice-invalid"),
        ({"messages": []}, "stewardship.notice-invalid"),
        ({"messages": [{"message": "d" * 64}] * 2}, "stewardship.notice-invalid"),
        ({"deadline": "2027-01-01T00:00:00"}, "stewardship.notice-invalid"),
        ({"reason": ""}, "stewardship.notice-invalid"),
    ],
)
def test_a_recall_that_breaks_a_rule_is_refused_by_name(league, changes, code):
    message_id = send(league)
    withdraw(league, message_id)
    league.settle()
    (kept,) = recalls(league.uganda, IN)
    payload = {
        "recall_id": kept.id,
        "kind": "recall",
        "messages": [{"message": message_id}],
        "reason": "declared in error",
        "deadline": "2027-01-01T00:00:00Z",
    }

    message = league.kenya.send(RECALL, payload | changes, to="UG")
    league.settle()

    assert outcome(league.kenya, message.id) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recall_id": "f" * 32}, "stewardship.recall-unknown"),
        ({"outcomes": [{"message": "f" * 64, "outcome": "erased"}]}, "stewardship.recall-unknown"),
        ({"outcomes": [{"message": "", "outcome": "superseded"}]}, "stewardship.outcome-differs"),
        ({"outcomes": [{"message": "", "outcome": "lost"}]}, "stewardship.notice-invalid"),
    ],
)
def test_an_answer_that_breaks_a_rule_is_refused_by_name(league, changes, code):
    message_id = send(league)
    withdraw(league, message_id)
    league.settle()
    (kept,) = recalls(league.kenya)
    outcomes = [{**one, "message": one["message"] or message_id} for one in changes.get("outcomes", [])]
    payload = {"recall_id": kept.id, "outcomes": [{"message": message_id, "outcome": "erased"}]}
    changed = changes | ({"outcomes": outcomes} if outcomes else {})

    message = league.uganda.send(RECALL_ANSWER, payload | changed, to="KE")
    league.settle()

    assert outcome(league.uganda, message.id) == code


def test_only_what_was_sent_is_recalled_and_a_correction_names_what_replaces_it(league):
    message_id = send(league)

    with pytest.raises(MessageNotSent):
        withdraw(league, "c" * 64)
    with pytest.raises(RecallInvalid):
        withdraw(league, message_id, kind="correction")
    with pytest.raises(RecallInvalid):
        withdraw(league, message_id, days=-1)
    with pytest.raises(MessageNotSent):
        withdraw(league, by={message_id: "c" * 64}, kind="supersession")


def outcome(member, message_id) -> str | None:
    with member.database.reading() as session:
        return sent_messages(session, [message_id])[message_id].outcome


def test_holdings_say_whose_an_onward_record_is(league):
    message_id = send(league)
    onward_id = share_with_rwanda(league, message_id)

    with league.rwanda.database.reading() as session:
        (holding,) = held_from(session, "UG", limit=5)
    assert (holding.message_id, holding.originator, holding.origin_id) == (onward_id, "KE", message_id)
