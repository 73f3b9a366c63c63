"""A second opinion on a goods code between two nodes: asked, answered or refused, under a clause or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.errors import DataClassNotCovered
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import sent_about
from comity.features.tariff.classification.errors import OpinionAnswered, OpinionInvalid, OpinionUnknown
from comity.features.tariff.classification.records import Opinion, Question
from comity.features.tariff.classification.store import IN, OUT, find_question, list_questions
from comity.features.tariff.messages import ANSWER, QUESTION, write_answer
from comity.flows.ask_opinion import Asked, answer, ask, usual_due_day
from comity.foundation.clock import FixedClock
from tests.simulators.databases import sqlite_with_tables
from tests.simulators.league import agreement_between, an_export, make_league

REASONS = "The heading names coffee extracts; roasted beans are named more specifically."


def bilateral(clock):
    day = clock.now().date()
    return draft_agreement(
        id="ke-ug-assistance",
        parties=("KE", "UG"),
        valid_from=day - timedelta(days=10),
        valid_to=day + timedelta(days=400),
        template="wco-bilateral",
    )


@pytest.fixture
def made(tmp_path, clock: FixedClock):
    databases = []

    def make(*agreements):
        databases.extend(sqlite_with_tables(tmp_path / f"{name}.db") for name in ("KE", "UG"))
        return make_league(dict(zip(("KE", "UG"), databases, strict=True)), clock, *agreements)

    yield make
    for database in databases:
        database.dispose()


@pytest.fixture
def league(made, clock):
    return made(bilateral(clock))


def a_question(league, **changes):
    due_on = usual_due_day(league.clock.now().date())
    return replace(Question("Ground coffee in tins", "roasted, arabica, 250 g", "210111", "HS2022", due_on), **changes)


def put(league, question=None, about=Asked()):
    with league.kenya.database.transaction() as session:
        asked = question or a_question(league)
        kept = ask(session, "UG", asked, about=about, officer="lucy", clearing=league.kenya.clearing)
    league.settle()
    return kept.id


def reply(league, question_id, opinion):
    with league.uganda.database.transaction() as session:
        answer(session, "KE", question_id, opinion, officer="amina", clearing=league.uganda.clearing)
    league.settle()


def seen_at(member, *key):
    with member.database.reading() as session:
        return find_question(session, key)


def forge(member, request):
    """Queue any payload that the clause covers, as a partner that keeps to no other rule could."""
    clearing = member.clearing
    with member.database.transaction() as session:
        released = release(session, request=request, sender=member.authority, clock=clearing.clock)
        enqueue(session, released, keys=clearing.keys, clock=clearing.clock)


def outcomes(member, subject, message_type):
    with member.database.reading() as session:
        return [one.outcome for one in sent_about(session, [subject], message_type=message_type)]


def test_a_question_reaches_the_partner_and_the_answer_comes_back(league):
    question_id = put(league)
    asked = seen_at(league.uganda, IN, "KE", question_id)

    reply(league, question_id, Opinion("090121", REASONS, ("1", "3(a)", "6")))

    assert asked.question == a_question(league)
    answered = seen_at(league.kenya, OUT, "UG", question_id)
    assert answered.opinion == Opinion("090121", REASONS, ("1", "3(a)", "6"))
    assert answered.state(league.clock.now().date()) == "answered"
    assert answered.officer == "lucy"


def test_a_refusal_comes_back_with_its_ground(league):
    question_id = put(league)

    reply(league, question_id, Opinion(None, "The same goods are before our court.", (), "pending-proceedings"))

    refused = seen_at(league.kenya, OUT, "UG", question_id)
    assert refused.state(league.clock.now().date()) == "refused"
    assert refused.opinion.refusal_ground == "pending-proceedings"


def test_a_question_without_an_answer_is_overdue_after_its_last_day(league):
    question_id = put(league)

    league.pass_days(31)

    assert seen_at(league.kenya, OUT, "UG", question_id).state(league.clock.now().date()) == "overdue"


def test_nothing_leaves_without_a_clause_that_covers_it(made, clock):
    league = made(agreement_between("KE", "UG", clock))

    with pytest.raises(DataClassNotCovered):
        put(league)

    with league.kenya.database.reading() as session:
        assert list_questions(session, OUT, limit=10) == []


@pytest.mark.parametrize("party", ["name", "id"])
def test_a_question_that_names_a_party_to_the_declaration_does_not_leave(league, party):
    declaration = an_export()
    cleared = league.kenya.clear(declaration)
    named = getattr(declaration.goods_shipment.exporter, party)

    with pytest.raises(OpinionInvalid):
        put(league, a_question(league, facts=f"sold by {named}"), Asked(cleared.declaration_id, 1))


def test_which_declaration_it_is_about_stays_at_home(league):
    cleared = league.kenya.clear(an_export())

    question_id = put(league, about=Asked(cleared.declaration_id, 1))

    assert seen_at(league.kenya, OUT, "UG", question_id).declaration_id == cleared.declaration_id
    assert seen_at(league.uganda, IN, "KE", question_id).declaration_id is None


@pytest.mark.parametrize("days", [-1, 400])
def test_the_last_day_for_an_answer_is_within_a_year(league, days):
    due_on = league.clock.now().date() + timedelta(days=days)

    with pytest.raises(OpinionInvalid):
        put(league, a_question(league, due_on=due_on))


def test_an_answer_is_given_once(league):
    question_id = put(league)
    opinion = Opinion("090121", REASONS, ("1",))
    reply(league, question_id, opinion)

    with pytest.raises(OpinionAnswered):
        reply(league, question_id, opinion)


@pytest.mark.parametrize(
    "opinion",
    [
        Opinion("09", REASONS, ("1",)),
        Opinion("090121", REASONS, ()),
        Opinion("090121", REASONS, ("7",)),
        Opinion("090121", " ", ("1",)),
        Opinion("090121", REASONS, ("1",), "resources"),
        Opinion(None, REASONS, (), "no wish"),
    ],
)
def test_an_incomplete_answer_does_not_leave(league, opinion):
    question_id = put(league)

    with pytest.raises(OpinionInvalid):
        reply(league, question_id, opinion)


def test_an_answer_nobody_asked_for_is_refused(league):
    with league.uganda.database.transaction() as session, pytest.raises(OpinionUnknown):
        answer(
            session,
            "KE",
            "0" * 32,
            Opinion("090121", REASONS, ("1",)),
            officer="amina",
            clearing=league.uganda.clearing,
        )


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (QUESTION, {"question_id": "1", "description": "x", "proposed_code": "2101", "edition": "2022"}),
        (QUESTION, {"question_id": "a" * 32, "description": "...", "proposed_code": "210111", "edition": "HS2022"}),
        (ANSWER, {"question_id": "a" * 32, "outcome": "opinion", "reasons": "because"}),
        (ANSWER, {"question_id": "a" * 32, "outcome": "refused", "reasons": "because", "code": "210111"}),
    ],
)
def test_a_partner_that_breaks_the_form_is_refused_and_nothing_is_kept(league, kind, payload):
    data_class = kind.removesuffix(".v1")
    forge(league.kenya, ReleaseRequest("UG", kind, data_class, "tariff-classification", "forged", payload))

    league.settle()

    assert outcomes(league.kenya, "forged", kind) == ["classification.opinion-invalid"]
    with league.uganda.database.reading() as session:
        assert list_questions(session, IN, limit=10) == []


def test_an_answer_that_comes_twice_changes_nothing(league):
    question_id = put(league)
    opinion = Opinion("090121", REASONS, ("1",))
    reply(league, question_id, opinion)
    payload = write_answer(question_id, opinion)

    forge(
        league.uganda,
        ReleaseRequest("KE", ANSWER, "classification-answer", "tariff-classification", "again", payload),
    )
    league.settle()

    assert outcomes(league.uganda, "again", ANSWER) == ["known"]
