"""An amendment as who gains what: what is listed is what trying out finds, and each text is told apart from itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings

from comity.cooperation.agreements.agreement import Marking, OnwardSharing
from comity.cooperation.agreements.analyse import amendment as amendment_module
from comity.cooperation.agreements.analyse.amendment import Flow, compare
from comity.cooperation.agreements.analyse.errors import ReplayDisagrees, TooLargeToQuestion
from comity.cooperation.agreements.analyse.fields import is_covered
from comity.cooperation.agreements.analyse.terms import TERMS
from comity.cooperation.agreements.permissions import looseness, strictness
from tests.builders.agreements import FIELDS, NAMES, PARTIES, a_clause, agreements, an_agreement

OLD = an_agreement(a_clause(senders=("KE",)))


def said(amendment) -> str:
    return " ".join(message % params for message, params in amendment.sentences)


def test_the_same_text_widens_nothing():
    amendment = compare(OLD, replace(OLD, id="again"))

    assert not amendment.widens
    assert "widens nothing" in said(amendment)
    assert (amendment.gained, amendment.lost, amendment.terms, amendment.others) == ((), (), (), ())


def test_new_recipient_purpose_and_field_are_told_with_who_gains_them():
    new = an_agreement(
        a_clause(senders=("KE",), purposes=("audit", "risk-assessment")),
        a_clause(id="art-5", data_class="examination-result", message_types=("examination-result.v1",)),
    )

    amendment = compare(OLD, new)

    everything = ("examined_at", "outcome")
    assert set(amendment.gained) == {
        Flow(("KE",), ("UG",), ("export-record.v1",), ("audit",), ("goods_shipment.exporter.name", "mrn")),
        Flow(("KE",), ("UG",), ("examination-result.v1",), ("risk-assessment",), everything),
        Flow(("UG",), ("KE",), ("examination-result.v1",), ("risk-assessment",), everything),
    }
    assert amendment.widens
    assert "The amendment widens the agreement. For example," in said(amendment)


def test_what_is_taken_away_is_told_and_is_not_wider():
    new = replace(OLD, data_classes=(("export-declaration", ("mrn",)),))

    amendment = compare(OLD, new)

    assert not amendment.widens
    assert amendment.lost[0].fields == ("goods_shipment.exporter.name",)
    assert "No longer: KE may not send 1 fields to UG" in said(amendment)


def test_field_above_others_is_gained_and_they_are_not_lost():
    new = replace(OLD, data_classes=(("export-declaration", ("goods_shipment", "mrn")),))

    amendment = compare(OLD, new)

    assert [flow.fields for flow in amendment.gained] == [("goods_shipment",)]
    assert amendment.lost == ()


@pytest.mark.parametrize(
    ("changes", "term", "is_looser"),
    [
        ({"retention_days": 2000}, "retention in days", True),
        ({"retention_days": 30}, "retention in days", False),
        ({"marking": Marking.OPEN}, "marking", True),
        ({"onward_sharing": OnwardSharing.WITH_CONSENT}, "onward sharing", True),
    ],
)
def test_other_terms_are_told_as_looser_or_stricter(changes, term, is_looser):
    amendment = compare(OLD, an_agreement(a_clause(senders=("KE",), **changes)))

    (change,) = amendment.terms
    assert (change.difference.term, change.difference.is_looser) == (term, is_looser)
    assert amendment.widens is is_looser
    assert amendment.gained == ()


def test_looser_clause_beside_a_stricter_one_that_decides_changes_nothing():
    both = an_agreement(*OLD.clauses, a_clause(id="zz", senders=("KE",), marking=Marking.OPEN))

    assert not compare(OLD, both).widens


def test_field_that_two_data_classes_carry_on_other_terms_is_not_told_as_changed():
    classes = (("export-declaration", ("mrn",)), ("manifest", ("mrn",)))
    agreement = an_agreement(
        a_clause(), a_clause(id="art-9", data_class="manifest", marking=Marking.OPEN), data_classes=classes
    )

    assert compare(agreement, agreement).terms == ()
    assert compare(agreement, agreement).widens is False


def test_amendment_with_more_cases_than_can_be_told_is_refused(monkeypatch):
    monkeypatch.setattr(amendment_module, "MOST_CASES", 1)

    with pytest.raises(TooLargeToQuestion):
        compare(OLD, an_agreement(a_clause(purposes=("audit", "risk-assessment"))))


def test_longer_validity_is_wider():
    amendment = compare(OLD, replace(OLD, valid_to=date(2030, 1, 1)))

    assert amendment.widens
    assert amendment.others == (("last day", "2028-12-31", "2030-01-01"),)
    assert "for longer" in said(amendment)


def test_list_that_the_solver_finds_incomplete_is_an_error_and_no_answer(monkeypatch):
    monkeypatch.setattr(amendment_module, "_flows", lambda old, new: ((), ()))

    with pytest.raises(ReplayDisagrees):
        compare(OLD, an_agreement())


def flows(agreement) -> set[tuple[str, ...]]:
    return {
        (sender, recipient, message, purpose, field)
        for clause in agreement.clauses
        for sender in PARTIES
        for recipient in PARTIES
        if agreement.lets(clause, sender=sender, recipient=recipient)
        for message in NAMES
        if message in clause.message_types
        for purpose in NAMES
        if purpose in clause.purposes
        for field in FIELDS
        if is_covered(field, agreement.fields_of(clause.data_class))
    }


@settings(max_examples=60, deadline=None)
@given(agreements("old"), agreements("new"))
def test_what_is_told_as_gained_and_lost_is_what_trying_out_every_case_finds(old, new):
    amendment = compare(old, new)

    for told, before, after in ((amendment.gained, old, new), (amendment.lost, new, old)):
        spelled = {
            (sender, recipient, message, purpose, field)
            for flow in told
            for sender in flow.senders
            for recipient in flow.recipients
            if sender != recipient
            for message in flow.messages
            for purpose in flow.purposes
            for field in FIELDS
            if is_covered(field, flow.fields)
        }
        assert spelled - flows(before) == flows(after) - flows(before)
        assert spelled <= flows(after)


def loosest(agreement) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Return for each flow how loose each term is at most, over the clauses that decide in any data class."""
    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    for sender, recipient, name, message, purpose in product(PARTIES, PARTIES, NAMES, NAMES, NAMES):
        permitting = [
            clause
            for clause in agreement.clauses
            if agreement.lets(clause, sender=sender, recipient=recipient)
            and (clause.data_class, message in clause.message_types, purpose in clause.purposes) == (name, True, True)
        ]
        if permitting:
            ranks = looseness(min(permitting, key=strictness))
            for field in (one for one in FIELDS if is_covered(one, agreement.fields_of(name))):
                flow = (sender, recipient, message, purpose, field)
                found[flow] = tuple(map(max, found.get(flow, ranks), ranks))
    return found


@settings(max_examples=60, deadline=None)
@given(agreements("old"), agreements("new"))
def test_terms_are_told_as_looser_and_stricter_exactly_where_trying_out_finds_them_so(old, new):
    named = {field for text in (old, new) for _, fields in text.data_classes for field in fields}
    before, after = loosest(old), loosest(new)
    both = [flow for flow in before if flow in after and flow[4] in named]

    told = {(change.difference.term, change.difference.is_looser) for change in compare(old, new).terms}

    assert told == {
        (term, after[flow][place] > before[flow][place])
        for place, term in enumerate(TERMS)
        for flow in both
        if after[flow][place] != before[flow][place]
    }
