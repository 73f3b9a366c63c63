"""The page of questions: answers, faults of a question, fixed questions, changes and conflicts, in both languages."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.store import find_agreement
from comity.flows.sign_agreement import take_in
from tests.integration.console.seeded import KENYA, UGANDA

ALL, ONE = "/console/questions", "/console/agreements/ke-ug-2026/questions"


@pytest.fixture
def lawyer(browser):
    browser.sign_in("lucy")
    return browser


def read(browser, path, status=200, **query) -> str:
    answer = browser.get(path, params=query)
    assert answer.status_code == status
    return html.unescape(answer.text)


def keep(node, agreement, *signers) -> str:
    with node.database.transaction() as session:
        signatures = [sign_agreement(agreement, keys) for keys in signers]
        take_in(session, agreement, signatures, clearing=node.clearing())
    return agreement_hash(agreement)


def seeded(node):
    with node.database.reading() as session:
        return find_agreement(session, "ke-ug-2026").agreement


@pytest.mark.parametrize("path", [ALL, ONE])
def test_question_is_answered_with_an_example_or_a_proof(lawyer, path):
    yes = read(lawyer, path, question="may personal data reach UG")
    no = read(lawyer, path, question="may personal data reach TZ for purpose statistics")

    assert "Answer: Yes" in yes
    assert "Kenya may send" in yes
    assert "under clause art-3 (article 3) of ke-ug-2026" in yes
    assert "Answer: No" in no
    assert "This is proved" in no


def test_question_that_is_not_understood_comes_back_with_its_place(lawyer):
    page = read(lawyer, ONE, status=422, question="may mrn rech <UG>")

    assert "Character 9: “rech” was read where this was expected: “reach”, “be”. Did you mean “reach”?" in page
    assert 'value="may mrn rech <UG>"' in page
    assert "Answer" not in page.partition("</form>")[0]


def test_words_names_and_answer_are_in_the_readers_language(lawyer):
    lawyer.submit("/console/language", at=ONE, language="fr", next=ONE)

    page = read(lawyer, ONE, question="qui peut recevoir données personnelles de KE")

    assert "Peuvent recevoir données personnelles : Ouganda." in page
    assert "Rien à signaler" in page


def test_fixed_questions_are_shown_with_what_they_found(lawyer, node):
    agreement = seeded(node)
    kept = tuple(replace(clause, retention_days=4000) for clause in agreement.clauses)
    keep(node, replace(agreement, id="long", clauses=kept))

    page = read(lawyer, "/console/agreements/long/questions")

    assert "Nothing found" in page
    assert "Not to be signed" in page
    assert "Clause art-3 keeps personal data" in page


def test_amendment_is_shown_as_who_gains_what(lawyer, node):
    agreement = seeded(node)
    clauses = tuple(replace(clause, purposes=(*clause.purposes, "statistics")) for clause in agreement.clauses)
    amended = replace(agreement, version=2, replaces=agreement_hash(agreement), clauses=clauses)
    digest = keep(node, amended)

    page = read(lawyer, ONE, text=digest, question="may mrn reach UG for statistics")

    assert "What this text changes" in page
    assert "The amendment widens the agreement." in page
    assert "Answer: Yes" in page
    assert "What this text changes" not in read(lawyer, ONE)


def test_conflicts_of_what_is_in_force_are_shown(lawyer, node):
    assert "No two agreements in force" in read(lawyer, ALL)
    agreement = seeded(node)
    clauses = tuple(replace(clause, retention_days=30) for clause in agreement.clauses)
    keep(node, replace(agreement, id="stricter", clauses=clauses), KENYA, UGANDA)

    page = read(lawyer, ALL)

    assert "It leaves under clause art-3 of stricter, the stricter" in page


@pytest.mark.parametrize("path", ["/console/agreements/none/questions", f"{ONE}?text=" + "0" * 64])
def test_agreement_or_text_that_is_not_here_is_not_found(lawyer, path):
    assert lawyer.get(path).status_code == 404


def test_text_of_another_agreement_is_not_found_under_this_one(lawyer, node):
    digest = keep(node, replace(seeded(node), id="other"))

    assert lawyer.get(ONE, params={"text": digest}).status_code == 404
