"""An agreement's document comes from outside: no text in it escapes its literal, its form or its hash."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cooperation.agreements.agreement import agreement_hash, as_record, parse_agreement
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.errors import AgreementInvalid, ReleaseRefused
from comity.cooperation.agreements.minimise import fields_outside, minimise
from comity.cooperation.agreements.permissions import Question, decide
from comity.cooperation.agreements.policies import cedar_text

DRAFT = draft_agreement(id="ke-ug", parties=("UG", "KE"), valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1))
ESCAPES = ('x") ; permit(principal, action, resource); //', 'x"', "x\\", "x\n", "", "é", "x\x00", "__entity")


def record():
    return json.loads(json.dumps(as_record(DRAFT)))


def places(value, at=()):
    yield at
    if isinstance(value, dict):
        for name, one in value.items():
            yield from places(one, (*at, name))
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from places(one, (*at, position))


def changed(whole, place, value):
    if not place:
        return value
    *before, last = place
    inside = whole
    for step in before:
        inside = inside[step]
    inside[last] = value
    return whole


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(), max_size=8)  # lone surrogates too: JSON can say them
    | st.sampled_from(ESCAPES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=400)
@given(st.sampled_from(list(places(record()))), json_values)
def test_document_with_one_place_changed_is_refused_by_name_or_has_one_form(place, value):
    try:
        parsed = parse_agreement(changed(record(), place, value))
    except AgreementInvalid as refused:
        assert refused.findings
        return

    assert parse_agreement(json.loads(json.dumps(as_record(parsed)))) == parsed
    assert len(agreement_hash(parsed)) == 64
    assert cedar_text(parsed).count("permit (") == len(parsed.clauses)


@pytest.mark.parametrize("name", ["message_types", "purposes", "senders"])
def test_name_said_twice_in_a_clause_changes_no_hash(name):
    once, twice = record(), record()
    once["clauses"][0][name] = ["KE"] if name == "senders" else ["a", "b"]
    twice["clauses"][0][name] = once["clauses"][0][name] * 2

    assert agreement_hash(parse_agreement(twice)) == agreement_hash(parse_agreement(once))


def test_field_said_twice_in_a_data_class_changes_no_hash():
    twice = record()
    twice["data_classes"]["examination-result"] *= 2

    assert agreement_hash(parse_agreement(twice)) == agreement_hash(DRAFT)


@pytest.mark.parametrize("text", ["a\ud800", "a\nb", "a\x00", "a\x1b[2J"])
@pytest.mark.parametrize("place", [("title",), ("legal_basis", "instrument"), ("clauses", 0, "article")])
def test_text_with_control_characters_or_half_characters_is_refused(place, text):
    with pytest.raises(AgreementInvalid):
        parse_agreement(changed(record(), place, text))


@pytest.mark.parametrize("escape", ESCAPES[:-1])
@pytest.mark.parametrize("name", ["id", "data_class", "message_types", "purposes"])
def test_policy_is_not_made_of_a_name_that_could_leave_its_literal(name, escape):
    value = escape if name in ("id", "data_class") else (escape,)
    forged = replace(DRAFT, clauses=(replace(DRAFT.clauses[0], **{name: value}),))  # made by hand, never parsed

    with pytest.raises(AgreementInvalid):
        cedar_text(forged)


def test_policy_is_not_made_of_a_party_that_could_leave_its_literal():
    with pytest.raises(AgreementInvalid):
        cedar_text(replace(DRAFT, parties=("KE", 'UG"].contains(principal) || ["')))


@given(
    st.text(max_size=12) | st.sampled_from(ESCAPES), st.sampled_from(["sender", "recipient", "purpose", "data_class"])
)
def test_question_that_names_something_else_is_refused_whatever_it_says(text, name):
    asked = Question("KE", "UG", "export-declaration", "export-record.v1", "mirror-matching")
    if text in ("KE", "UG", "mirror-matching", "risk-assessment", "export-declaration"):
        return

    with pytest.raises(ReleaseRefused):
        decide(DRAFT, replace(asked, **{name: text}))


def test_lists_nested_beyond_reason_are_looked_through_without_failing():
    nested: list = ["secret"]
    for _ in range(20_000):
        nested = [nested]

    assert fields_outside({"goods_shipment": nested}, ["goods_shipment.ucr"]) == ["goods_shipment"]


def test_dotted_name_in_a_payload_is_not_taken_for_a_path():
    payload = {"goods_shipment.ucr": "1", "goods_shipment": {"ucr": "2", "ucr.x": "3"}}

    assert minimise(payload, ["goods_shipment.ucr"]) == {"goods_shipment": {"ucr": "2"}}
    assert fields_outside(payload, ["goods_shipment.ucr"]) == ["goods_shipment.ucr", "goods_shipment.ucr.x"]
