"""Questions to agreements: what is understood, what is answered, and that nothing is answered Cedar does not decide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.agreements.agreement import OnwardSharing
from comity.cooperation.agreements.analyse import law as law_module
from comity.cooperation.agreements.analyse.ask import Verdict, ask
from comity.cooperation.agreements.analyse.errors import (
    PolicyUntranslated,
    QuestionUnclear,
    ReplayDisagrees,
    TooLargeToQuestion,
)
from comity.cooperation.agreements.analyse.formula import Sorts, policy_formula
from comity.cooperation.agreements.analyse.grammar import Asked, Kind, Vocabulary, understand
from comity.cooperation.agreements.analyse.law import law_of
from comity.cooperation.agreements.policies import cedar_policies
from tests.builders.agreements import a_clause, an_agreement

WORDS = Vocabulary(frozenset({"mrn", "export-declaration"}), frozenset({"ke-ug"}))


def said(answer) -> str:
    return " ".join(message % params for message, params in answer.sentences)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("may personal data reach TZ", Asked(Kind.WHETHER, "personal data", "TZ")),
        (
            "Can MRN be sent to tz from KE for purpose statistics under ke-ug?",
            Asked(Kind.WHETHER, "mrn", "TZ", "KE", "statistics", "ke-ug"),
        ),
        ("may any data reach anyone for the purpose of audit", Asked(Kind.WHETHER, "any data", None, None, "audit")),
        ("who may receive a.b.c from UG", Asked(Kind.WHO, "a.b.c", None, "UG")),
        ("for which purposes may mrn reach UG ?", Asked(Kind.PURPOSES, "mrn", "UG")),
        ("may mrn reach UG for purpose", Asked(Kind.WHETHER, "mrn", "UG", None, "purpose")),
        (
            "peut données personnelles parvenir à TZ de KE pour la finalité statistics selon ke-ug ?",
            Asked(Kind.WHETHER, "personal data", "TZ", "KE", "statistics", "ke-ug"),
        ),
        ("qui peut recevoir toute donnée de UG", Asked(Kind.WHO, "any data", None, "UG")),
        ("pour quelles finalités peut mrn parvenir à quiconque", Asked(Kind.PURPOSES, "mrn")),
    ],
)
def test_question_of_the_grammar_is_understood(text, asked):
    assert understand(text, WORDS) == asked


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("", 1, "“may”, “who”, “for”"),
        ("mey mrn reach UG", 1, "Did you mean “may”"),
        ("may personl data reach TZ", 5, "Did you mean “personal data”"),
        ("may mrn rech TZ", 9, "Did you mean “reach”"),
        ("may mrn reach Tanzania", 15, "the two letters"),
        ("may mrn reach", 14, "ends where this was expected: the two letters"),
        ("may mrn reach UG under ke-gu", 24, "Did you mean “ke-ug”"),
        ("may mrn reach UG from KE from KE", 26, "“for”, “under”"),
        ("may mrn reach UG for Ünknown", 22, "a purpose in lower-case"),
        ("may mrn reach UG from KE for a under ke-ug now", 44, "the end of the question"),
        ("may mrn reach UG" + " " * 500, 501, "at most 500"),
    ],
)
def test_question_outside_the_grammar_names_the_place_and_the_nearest_word(text, place, hint):
    with pytest.raises(QuestionUnclear, match=hint) as refused:
        understand(text, WORDS)

    assert refused.value.path == f"character {place}"


@given(
    st.text(max_size=60) | st.lists(st.sampled_from("who may for which from under mrn reach UG".split())).map(" ".join)
)
def test_no_text_makes_reading_a_question_fail_otherwise_than_by_name(text):
    try:
        assert understand(text, WORDS).data
    except QuestionUnclear as refused:
        assert refused.path


def test_yes_comes_with_sender_field_message_clause_and_article():
    answer = ask("may personal data reach UG for risk-assessment", [an_agreement()])

    (found,) = answer.found
    assert answer.verdict is Verdict.YES
    assert (found.case.sender, found.case.field, found.case.message_type, found.case.clause.article) == (
        "KE",
        "goods_shipment.exporter.name",
        "export-record.v1",
        "3",
    )
    assert "KE may send goods_shipment.exporter.name to UG" in said(answer)


@pytest.mark.parametrize(
    "question",
    [
        "may personal data reach TZ",
        "may personal data reach UG for statistics",
        "may personal data reach UG from TZ",
        "may mrn reach KE from KE",
        "may outcome reach UG",
        "may guarantees.grn reach UG",
        "for which purposes may outcome reach UG",
    ],
)
def test_what_no_clause_lets_go_is_answered_with_no_and_its_proof(question):
    answer = ask(question, [an_agreement()])

    assert answer.verdict is Verdict.NO
    assert "proved" in said(answer)


def test_field_is_found_in_a_field_above_it():
    agreement = an_agreement(data_classes=(("export-declaration", ("goods_shipment",)),))

    assert ask("may goods_shipment.exporter.name reach UG", [agreement]).verdict is Verdict.YES
    assert ask("may personal data reach UG", [agreement]).verdict is Verdict.YES


def test_what_a_recipient_may_pass_on_reaches_others_only_with_the_consent_of_the_originator():
    agreement = an_agreement(a_clause(senders=("KE",), onward_sharing=OnwardSharing.WITH_CONSENT))

    answer = ask("may personal data reach TZ for statistics", [agreement])

    assert answer.verdict is Verdict.WITH_CONSENT
    assert answer.found[0].consent_of == ("KE",)
    assert "Only with the consent" in said(answer)
    assert ask("may personal data reach TZ from UG", [agreement]).verdict is Verdict.NO
    assert ask("may personal data reach KE", [agreement]).verdict is Verdict.NO


def test_stricter_clause_that_decides_in_place_of_one_with_onward_sharing_keeps_the_data():
    loose = a_clause(id="loose", onward_sharing=OnwardSharing.WITH_CONSENT)

    assert ask("may mrn reach TZ", [an_agreement(loose)]).verdict is Verdict.WITH_CONSENT
    assert ask("may mrn reach TZ", [an_agreement(loose, a_clause(id="strict"))]).verdict is Verdict.NO


def test_who_may_receive_is_answered_for_every_administration_there_is():
    answer = ask("who may receive personal data", [an_agreement(a_clause(senders=("KE",)))])

    assert {one.subject: one.verdict for one in answer.found} == {
        "KE": Verdict.NO,
        "UG": Verdict.YES,
        "anyone else": Verdict.NO,
    }
    assert "Nobody else" in said(answer)


def test_purposes_are_listed_and_no_other_is_left():
    answer = ask("for which purposes may mrn reach UG", [an_agreement(a_clause(purposes=("audit", "risk-assessment")))])

    assert "audit, risk-assessment, and for nothing else" in said(answer)


def test_purpose_that_no_clause_names_is_answered_with_the_nearest():
    assert "the nearest is risk-assessment" in said(ask("may mrn reach UG for risk-assesment", [an_agreement()]))


def test_several_agreements_are_asked_together_and_one_by_its_id():
    other = an_agreement(a_clause(), id="ke-tz", parties=("KE", "TZ"))

    assert ask("may mrn reach TZ", [an_agreement(), other]).found[0].case.agreement_id == "ke-tz"
    assert ask("may mrn reach TZ under ke-ug", [an_agreement(), other]).verdict is Verdict.NO


def test_example_that_cedar_decides_otherwise_is_an_error_and_no_answer(monkeypatch):
    monkeypatch.setattr(law_module, "decide", lambda agreement, question: a_clause(id="another"))

    with pytest.raises(ReplayDisagrees):
        ask("may mrn reach UG", [an_agreement()])


def test_agreements_larger_than_can_be_questioned_are_refused_by_name(monkeypatch):
    monkeypatch.setattr(law_module, "LARGEST_LAW", 10)

    with pytest.raises(TooLargeToQuestion):
        ask("may mrn reach UG", [an_agreement()])


def test_policy_with_an_expression_the_solver_is_not_told_about_gets_no_answer():
    agreement = an_agreement()
    sorts = Sorts(law_of([agreement])._context)
    (policy,) = cedar_policies(agreement).values()

    for changed in (
        {"effect": "forbid"},
        {"action": {"op": "All"}},
        {"principal": {"op": "in", "entity": {"type": "Authority", "id": "KE"}}},
        {"conditions": [{"kind": "when", "body": {"like": {"left": {"Var": "principal"}, "pattern": ["Wildcard"]}}}]},
        {"conditions": [{"kind": "when", "body": {"contains": {"left": {"Set": [{"Value": 1}]}, "right": PURPOSE}}}]},
    ):
        with pytest.raises(PolicyUntranslated):
            policy_formula(policy | changed, sorts)


PURPOSE = {".": {"left": {"Var": "context"}, "attr": "purpose"}}
