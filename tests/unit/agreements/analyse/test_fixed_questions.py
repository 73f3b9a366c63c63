"""The fixed questions: each finds what it asks about, and a sound draft has no remark."""

from __future__ import annotations

from datetime import date

import pytest

from comity.cooperation.agreements.agreement import Annex, Marking, OnwardSharing
from comity.cooperation.agreements.analyse.fixed_questions import FIXED_QUESTIONS, check_draft
from comity.cooperation.agreements.draft import draft_agreement, list_templates
from comity.foundation.errors import Severity
from tests.builders.agreements import a_clause, an_agreement

TODAY = date(2026, 6, 1)
RESULT = a_clause(id="art-5", data_class="examination-result", message_types=("examination-result.v1",))


def remarks(*clauses, **changes) -> set[str]:
    return {one.question.id for one in check_draft(an_agreement(*clauses, RESULT, **changes), on=TODAY)}


def test_sound_draft_has_no_remark():
    assert remarks(a_clause()) == set()


@pytest.mark.parametrize(
    ("clauses", "changes", "question"),
    [
        ([a_clause(marking=Marking.OPEN)], {}, "open-personal"),
        ([a_clause(retention_days=4000)], {}, "personal-without-end"),
        ([a_clause(retention_days=1500)], {}, "retention-unusual"),
        ([a_clause(retention_days=400, purposes=("statistics",))], {}, "retention-unusual"),
        ([a_clause(onward_sharing=OnwardSharing.WITH_CONSENT)], {}, "onward-confidential"),
        ([a_clause(senders=("KE",))], {}, "one-sided"),
        ([a_clause(), a_clause(id="art-4", senders=("KE",), recipients=("KE",))], {}, "clause-never-decides"),
        ([a_clause(), a_clause(id="art-4", retention_days=1096)], {}, "clause-never-decides"),
        ([a_clause(annex="ii")], {"annexes": (Annex("ii", "On request", ("KE",)),)}, "annex-unaccepted"),
        ([a_clause()], {"valid_to": date(2026, 5, 31)}, "validity-over"),
        ([a_clause()], {"valid_to": date(2040, 1, 1)}, "validity-long"),
        ([], {}, "data-class-unused"),
    ],
)
def test_question_finds_what_it_asks_about(clauses, changes, question):
    assert remarks(*clauses, **changes) == {question} | (
        {"retention-unusual"} if question == "personal-without-end" else set()
    )


def test_every_question_of_the_list_is_tested_above():
    (table,) = [one for one in test_question_finds_what_it_asks_about.pytestmark if one.name == "parametrize"]

    assert {row[2] for row in table.args[1]} == {question.id for question in FIXED_QUESTIONS}


def test_one_sided_clause_of_an_agreement_that_claims_no_reciprocity_is_fine():
    assert remarks(a_clause(senders=("KE",)), reciprocal=False) == set()


def test_two_clauses_that_together_are_reciprocal_are_fine():
    assert remarks(a_clause(id="a", senders=("KE",)), a_clause(id="b", senders=("UG",))) == set()


def test_open_clause_without_personal_fields_is_fine():
    agreement = an_agreement(a_clause(marking=Marking.OPEN), data_classes=(("export-declaration", ("mrn",)),))

    assert check_draft(agreement, on=TODAY) == []


def test_shadowed_clause_is_told_with_the_clauses_that_stand_before_it():
    found = check_draft(an_agreement(a_clause(), a_clause(id="art-4", retention_days=1096), RESULT), on=TODAY)

    assert [one.as_record()["message"] for one in found] == [
        "Clause art-4 never decides: all it permits goes under a stricter clause (art-3)."
    ]


@pytest.mark.parametrize("template", list_templates(), ids=lambda one: one.name)
def test_no_template_has_an_error(template):
    every_annex = [name for name, _ in template.annexes]
    drafted = draft_agreement(
        id="x",
        parties=("KE", "UG"),
        valid_from=date(2026, 1, 1),
        valid_to=date(2028, 1, 1),
        template=template.name,
        accepted=dict.fromkeys(("KE", "UG"), every_annex),
    )

    assert [one.sentence for one in check_draft(drafted, on=TODAY) if one.question.severity is Severity.ERROR] == []
