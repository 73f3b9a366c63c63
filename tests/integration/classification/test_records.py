"""Rulings go before the ranking while they bind; decisions are kept with their reasons; content can be erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from comity.cooperation.ledger.append import entries_of
from comity.features.codes.correlate import Concordance
from comity.features.tariff.classification.errors import (
    DecisionInvalid,
    RulingInvalid,
    RulingKnown,
    RulingUnknown,
)
from comity.features.tariff.classification.records import Decision, KeptQuestion, Opinion, Question, Ruling, RulingState
from comity.features.tariff.classification.store import (
    IN,
    OUT,
    AnsweredBy,
    decisions_about,
    erase_answer,
    erase_question,
    find_question,
    keep_opinion,
    keep_question,
)
from comity.features.tariff.classification.train import train
from comity.flows.classify_goods import Goods, advise, rulings_for
from comity.flows.decide_code import add_ruling, decide, revoke
from tests.integration.flows.test_export_intelligence import clearing  # noqa: F401
from tests.unit.classification.lessons import a_lesson

DAY = date(2026, 3, 1)
GOODS = "engine oil pump for diesel engines"
RULING = Ruling(
    reference="UG-BTI-2026-17",
    holder="1000456789",
    code="8413810000",
    edition="HS2022",
    description="Engine oil pumps",
    reasons="Presented as general pumps; see note 2 to section XVI.",
    valid_from=DAY,
    valid_to=DAY + timedelta(days=300),
)
NOTHING = Concordance({})


@pytest.fixture(scope="module")
def model():
    return train(a_lesson())


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


def add(session, clock, **changes):
    add_ruling(session, replace(RULING, **changes), officer="lucy", clock=clock)


def advice(session, model, *, holder=RULING.holder, on=DAY, documents=()):
    return advise(session, model, Goods(GOODS, holder, documents), on=on, top=5, concordance=NOTHING)


def test_a_ruling_that_binds_goes_before_the_ranking(session, model, clock):
    add(session, clock)

    advised = advice(session, model)

    assert advised.ruling.code == "8413810000"
    assert advised.answer.suggestions[0].code == "841330"


def test_another_holders_ruling_is_shown_and_does_not_bind(session, model, clock):
    add(session, clock)

    advised = advice(session, model, holder="other")

    assert advised.ruling is None
    assert [one.ruling.reference for one in advised.like] == [RULING.reference]


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (DAY - timedelta(days=1), RulingState.NOT_YET_VALID),
        (RULING.valid_to, RulingState.VALID),
        (RULING.valid_to + timedelta(days=1), RulingState.EXPIRED),
    ],
)
def test_a_ruling_binds_on_its_days_only(session, model, clock, on, state):
    add(session, clock)

    advised = advice(session, model, on=on)

    shown = advised.ruling or advised.like[0]
    assert shown.state is state
    assert (advised.ruling is not None) == (state is RulingState.VALID)


def test_a_revoked_ruling_binds_until_the_day_before(session, model, clock):
    add(session, clock)

    revoke(
        session, RULING.reference, on=DAY + timedelta(days=5), reason="the note changed", officer="lucy", clock=clock
    )

    assert advice(session, model, on=DAY + timedelta(days=4)).ruling is not None
    assert advice(session, model, on=DAY + timedelta(days=5)).like[0].state is RulingState.REVOKED
    with pytest.raises(RulingInvalid):
        revoke(session, RULING.reference, on=DAY, reason="again", officer="lucy", clock=clock)


def test_a_ruling_named_in_the_papers_is_shown_whatever_the_words(session, clock):
    add(session, clock, description="Something else entirely")

    shown = rulings_for(session, Goods("tea", RULING.holder, (RULING.reference,)), on=DAY, concordance=NOTHING)

    assert [one.is_binding for one in shown] == [True]


def test_a_ruling_of_an_earlier_edition_ends_with_it_unless_its_subheading_is_unchanged(session, model, clock):
    add(session, clock, edition="HS2017")
    same = Concordance({("HS2017", "HS2022"): [("841381", "841381")]})
    split = Concordance({("HS2017", "HS2022"): [("841381", "841381"), ("841381", "841330")]})
    goods = Goods(GOODS, RULING.holder)

    without, carried, ended = (
        rulings_for(session, goods, on=DAY, concordance=known)[0] for known in (NOTHING, same, split)
    )

    assert (without.state, without.is_binding) == (RulingState.EDITION_ENDED, False)
    assert (carried.state, carried.is_binding) == (RulingState.VALID, True)
    assert (ended.state, ended.is_binding) == (RulingState.EDITION_ENDED, False)


@pytest.mark.parametrize(
    "change",
    [
        {"reference": " "},
        {"reference": "x" * 71},
        {"holder": ""},
        {"code": "8413"},
        {"code": "84138a"},
        {"description": "of the"},
        {"description": "pump\x00"},
        {"reasons": ""},
        {"valid_to": DAY - timedelta(days=1)},
    ],
)
def test_an_incomplete_ruling_is_refused(session, clock, change):
    with pytest.raises(RulingInvalid):
        add(session, clock, **change)


def test_a_reference_is_taken_once_and_an_unknown_one_is_said(session, clock):
    add(session, clock)

    with pytest.raises(RulingKnown):
        add(session, clock)
    with pytest.raises(RulingUnknown):
        revoke(session, "none", on=DAY, reason="x", officer="lucy", clock=clock)


def a_decision(**changes):
    decision = Decision(
        description=GOODS,
        facts="gear pump, steel, for fitting to a diesel engine",
        code="8413300000",
        edition="HS2022",
        rules=("1", "6"),
        notes="note 2 to section XVI",
        reasons="Subheading 8413.30 names lubricating pumps for piston engines.",
        valid_from=DAY,
        model="hs2022-0123456789ab",
        uncertainty=0.38,
    )
    return replace(decision, **changes)


def test_a_decision_is_kept_with_all_its_reasons_and_logged(session, clearing):  # noqa: F811
    kept = decide(session, a_decision(), officer="amina", clearing=clearing)

    assert [entry.kind for entry in entries_of(session, kept.id)] == ["classification"]
    assert kept.decision == a_decision()
    assert decisions_about(session, "nothing") == []


@pytest.mark.parametrize(
    "change",
    [{"code": "8413"}, {"rules": ()}, {"rules": ("9",)}, {"reasons": "short"}, {"valid_to": DAY - timedelta(days=1)}],
)
def test_an_incomplete_decision_is_refused(session, clearing, change):  # noqa: F811
    with pytest.raises(DecisionInvalid):
        decide(session, a_decision(**change), officer="amina", clearing=clearing)


def test_a_decision_rests_on_a_ruling_that_is_kept(session, clearing):  # noqa: F811
    with pytest.raises(RulingUnknown):
        decide(session, a_decision(ruling_reference="none"), officer="amina", clearing=clearing)


def test_the_words_of_a_partner_are_erased_by_message_and_the_fact_stays(session, clock):
    question = Question("pumps", "of steel", "841330", "HS2022", DAY)
    for direction, message in ((IN, "m1"), (OUT, None)):
        keep_question(session, KeptQuestion(direction, "KE", "a" * 32, question, clock.now()), message_id=message)
    key = (OUT, "KE", "a" * 32)
    opinion = Opinion("841381", "general pumps", ("1",))
    keep_opinion(session, key, opinion, by=AnsweredBy(message_id="m2"), clock=clock)

    erase_question(session, "m1")
    erase_answer(session, "m2")

    asked = find_question(session, (IN, "KE", "a" * 32))
    assert (asked.question.description, asked.question.facts) == ("", "")
    assert find_question(session, key).opinion == Opinion(None, "")
    assert find_question(session, key).question == question
