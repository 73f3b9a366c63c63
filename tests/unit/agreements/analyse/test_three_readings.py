"""Cedar, the solver, and a direct reading of the JSON document must say the same of every question."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cooperation.agreements.agreement import Agreement, as_record
from comity.cooperation.agreements.analyse.formula import ELSE
from comity.cooperation.agreements.analyse.law import Law, law_of
from comity.cooperation.agreements.errors import ReleaseRefused
from comity.cooperation.agreements.permissions import Question, decide
from tests.builders.agreements import FIELDS, NAMES, PARTIES, agreements

STRANGE = "zz"  # a name that no agreement uses
ALL = tuple(product((*PARTIES, "ZZ"), (*PARTIES, "ZZ"), (*NAMES, STRANGE), (*NAMES, STRANGE), (*NAMES, STRANGE)))
QUESTIONS = st.lists(st.sampled_from(ALL), min_size=20, max_size=20)
OPENNESS = ("confidential", "restricted", "open")
DIMENSIONS = ("sender", "recipient", "data_class", "message_type", "purpose")


def read_directly(record: dict, sender: str, recipient: str, data_class: str, message: str, purpose: str) -> list[str]:
    """Return the clauses of the JSON document that permit it, the one that counts first."""
    permitting = []
    for clause in record["clauses"]:
        bound = record["annexes"][clause["annex"]]["accepted_by"] if clause["annex"] else record["parties"]
        if (
            sender != recipient
            and sender in bound
            and recipient in bound
            and sender in (clause["senders"] or record["parties"])
            and recipient in (clause["recipients"] or record["parties"])
            and clause["data_class"] == data_class
            and message in clause["message_types"]
            and purpose in clause["purposes"]
        ):
            permitting.append(clause)
    permitting.sort(
        key=lambda one: (
            OPENNESS.index(one["marking"]),
            one["onward_sharing"] == "with-consent",
            one["retention_days"],
            one["id"],
        )
    )
    return [clause["id"] for clause in permitting]


def decided_by_cedar(agreement: Agreement, question: tuple[str, ...]) -> str | None:
    try:
        return decide(agreement, Question(*question)).id
    except ReleaseRefused:
        return None


def decided_by_solver(law: Law, agreement: Agreement, question: tuple[str, ...]) -> str | None:
    every = law.deciding(lambda label, _: label == agreement.id)
    where = {name: (value,) for name, value in zip(DIMENSIONS, question, strict=True)}
    found = law.find(every, where)
    return found.clause.id if found else None


@settings(max_examples=100, deadline=None)
@given(agreements(), QUESTIONS)
def test_cedar_solver_and_document_agree_on_random_questions(agreement, questions):
    record, law = as_record(agreement), law_of([agreement])
    permitted = [one for one in ALL if read_directly(record, *one)][:20]

    for question in [*questions, *permitted]:
        expected = (read_directly(record, *question) or [None])[0]

        assert decided_by_cedar(agreement, question) == expected
        assert decided_by_solver(law, agreement, question) == expected


@settings(max_examples=60, deadline=None)
@given(agreements("one"), agreements("two"), st.data())
def test_solver_finds_a_case_exactly_where_trying_out_all_of_them_does(one, two, data):
    law, records = law_of([one, two]), {"one": as_record(one), "two": as_record(two)}
    clauses = data.draw(st.sets(st.sampled_from(sorted(law.deciding(lambda *_: True))), min_size=1))
    where = {
        "recipient": data.draw(st.sets(st.sampled_from((*PARTIES, ELSE)), min_size=1)),
        "purpose": data.draw(st.sets(st.sampled_from((*NAMES, ELSE)), min_size=1)),
        "field": data.draw(st.sets(st.sampled_from((*FIELDS, ELSE)), min_size=1)),
    }

    found = law.find(clauses, where)

    tried = any(
        question[1] in where["recipient"]
        and question[4] in where["purpose"]
        and (label, (read_directly(record, *question) or [""])[0]) in clauses
        and holds(record, question[2], where["field"], law)
        for label, record in records.items()
        for question in ALL
        if read_directly(record, *question)
    )
    assert (found is not None) == tried


@settings(max_examples=60, deadline=None)
@given(agreements("one"), agreements("two"))
def test_what_one_agreement_lets_go_and_the_other_does_not_is_found_by_the_solver_as_by_trying(one, two):
    law = law_of([one, two])

    found = law.find(law.of("one"), unless=law.of("two"))

    named = set(law.names("field"))
    gone = {label: flows(as_record(agreement), named) for label, agreement in (("one", one), ("two", two))}
    assert (found is not None) == bool(gone["one"] - gone["two"])
    if found is not None:
        assert (found.sender, found.recipient, found.message_type, found.purpose, found.field) in (
            gone["one"] - gone["two"]
        )


def flows(record: dict, fields: set[str]) -> set[tuple[str, ...]]:
    return {
        (sender, recipient, message, purpose, field)
        for sender, recipient, data_class, message, purpose in ALL
        if read_directly(record, sender, recipient, data_class, message, purpose)
        for field in fields
        if any(field == held or field.startswith(f"{held}.") for held in record["data_classes"][data_class])
    }


def holds(record: dict, data_class: str, fields: set[str], law: Law) -> bool:
    named = set(law.names("field"))
    return any(
        field in named
        and any(field == held or field.startswith(f"{held}.") for held in record["data_classes"][data_class])
        for field in fields
    )
