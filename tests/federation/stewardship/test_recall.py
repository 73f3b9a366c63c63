"""A recall, a correction and a supersession reach every holder, are answered, and are chased until their deadline."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from comity.cooperation.exchange.store import sent_messages
from comity.cooperation.ledger.append import entries_of
from comity.cooperation.stewardship.holdings.store import find_holding, holdings_of, told_of
from comity.cooperation.stewardship.notices import RECALL
from comity.cooperation.stewardship.recalls.store import IN, RecallState
from comity.features.mirror.store import find_export, match_of
from comity.features.risk.lanes import Lane
from comity.features.risk.store import decision_of
from comity.flows.dispose_expired import Case, hold
from comity.foundation.trade.declaration import DeclarationFunction
from comity.foundation.trade.money import Money
from tests.federation.stewardship.recalling import (
    only,
    recalls,
    send,
    share_with_rwanda,
    the_import,
    withdraw,
)
from tests.simulators.league import an_export, day_after, record_of


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
