"""Two agreements on the same data: other terms, other purposes, and which the node follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from comity.cooperation.agreements.agreement import Marking
from comity.cooperation.agreements.analyse.conflicts import find_conflicts
from tests.builders.agreements import a_clause, an_agreement

ONE = an_agreement()


def said(conflicts) -> str:
    return " ".join(message % params for conflict in conflicts for message, params in conflict.sentences)


def test_agreements_that_say_the_same_have_no_conflict():
    assert find_conflicts([ONE, replace(ONE, id="again")]) == []


def test_other_retention_and_marking_of_the_same_data_are_told_with_the_stricter_first():
    other = an_agreement(a_clause(id="art-9", retention_days=30, marking=Marking.OPEN), id="other")

    (conflict,) = find_conflicts([other, ONE])

    assert (conflict.first[0], conflict.second[0]) == ("ke-ug", "other")
    assert [one.term for one in conflict.differences] == ["marking", "retention in days"]
    assert "It leaves under clause art-3 of ke-ug, the stricter" in said([conflict])


def test_same_field_in_data_classes_of_other_names_is_found():
    other = an_agreement(
        a_clause(data_class="manifest", retention_days=30), id="other", data_classes=(("manifest", ("mrn",)),)
    )

    (conflict,) = find_conflicts([ONE, other])

    assert conflict.case.field == "mrn"
    assert "as it is sent" in said([conflict])


def test_purpose_that_one_has_and_the_other_has_not_is_told_with_what_the_node_does():
    other = an_agreement(a_clause(purposes=("audit",)), id="other")

    conflicts = find_conflicts([ONE, other])

    assert {one.case.purpose for one in conflicts} == {"audit", "risk-assessment"}
    assert "Nothing in ke-ug forbids it to the node: it leaves under other." in said(conflicts)


def test_agreements_of_other_parties_times_or_data_have_no_conflict():
    for other in (
        an_agreement(a_clause(retention_days=30), id="other", parties=("KE", "TZ")),
        an_agreement(a_clause(retention_days=30), id="other", valid_from=date(2029, 1, 1), valid_to=date(2030, 1, 1)),
        an_agreement(a_clause(retention_days=30), id="other", data_classes=(("export-declaration", ("ucr",)),)),
        an_agreement(a_clause(retention_days=30, message_types=("other.v1",)), id="other"),
    ):
        assert find_conflicts([ONE, other]) == []


def test_one_direction_only_is_compared_in_that_direction():
    conflicts = find_conflicts(
        [
            an_agreement(a_clause(senders=("KE",))),
            an_agreement(a_clause(senders=("UG",), retention_days=30), id="other"),
        ]
    )

    assert conflicts == []
