"""Recalls: repeated, cut off and overdue ones, and each rule broken by the partner."""

from __future__ import annotations

import pytest

from comity.cooperation.ledger.append import entries_of, head
from comity.cooperation.stewardship.errors import MessageNotSent, RecallInvalid
from comity.cooperation.stewardship.holdings.store import held_from
from comity.cooperation.stewardship.notices import RECALL, RECALL_ANSWER
from comity.cooperation.stewardship.recalls.store import IN, RecallState
from comity.features.mirror.store import find_export
from comity.flows.recall_messages import chase
from tests.federation.stewardship.recalling import (
    cut_off,
    outcome,
    recalls,
    send,
    share_with_rwanda,
    withdraw,
)


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


def test_holdings_say_whose_an_onward_record_is(league):
    message_id = send(league)
    onward_id = share_with_rwanda(league, message_id)

    with league.rwanda.database.reading() as session:
        (holding,) = held_from(session, "UG", limit=5)
    assert (holding.message_id, holding.originator, holding.origin_id) == (onward_id, "KE", message_id)
