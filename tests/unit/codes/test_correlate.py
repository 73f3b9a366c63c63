"""What became of a code in another edition: every candidate with its relation, across editions, never one chosen."""

from __future__ import annotations

from datetime import date

import pytest

from comity.features.codes.correlate import Concordance, Relation, editions_in
from comity.features.codes.editions import load_calendar, recognised
from comity.features.codes.errors import ConcordanceMissing, EditionUnknown

PAIRS = {
    ("HS2012", "HS2017"): [
        ("030110", "030110"),
        ("030120", "030121"),
        ("030120", "030122"),
        ("030130", "030130"),
        ("030140", "030130"),
    ],
    ("HS2017", "HS2022"): [
        ("030110", "030110"),
        ("030121", "030125"),
        ("030122", "030126"),
        ("030122", "030127"),
        ("030130", "030130"),
    ],
}


@pytest.mark.parametrize(
    ("code", "relation", "candidates"),
    [
        ("030110", Relation.SAME, ("030110",)),
        ("030120", Relation.SPLIT, ("030125", "030126", "030127")),
        ("030130", Relation.MERGED, ("030130",)),
        ("999999", Relation.NONE, ()),
    ],
)
def test_every_candidate_is_found_across_editions(code, relation, candidates):
    found = Concordance(PAIRS).correlate(code, source="HS2012", target="HS2022")

    assert (found.relation, found.candidates) == (relation, candidates)


def test_the_way_back_gives_what_a_code_came_from():
    concordance = Concordance(PAIRS)

    back = concordance.correlate("030130", source="HS2022", target="HS2012")
    same = concordance.correlate("030110", source="HS2017", target="HS2017")

    assert (back.relation, back.candidates) == (Relation.SPLIT, ("030130", "030140"))
    assert same.is_unchanged
    assert concordance.editions_of("030120") == ("HS2012",)


def test_a_code_that_is_split_and_shares_a_part_with_another_is_mixed():
    pairs = {("HS2017", "HS2022"): [("1", "a"), ("1", "b"), ("2", "b")]}

    assert Concordance(pairs).correlate("1", source="HS2017", target="HS2022").relation is Relation.MIXED


def test_editions_without_a_concordance_between_them_are_told():
    with pytest.raises(ConcordanceMissing):
        Concordance(PAIRS).correlate("030110", source="HS1996", target="HS2022")
    with pytest.raises(EditionUnknown):
        Concordance(PAIRS).correlate("030110", source="HS2012", target="HS2013")


def test_the_edition_in_force_is_the_country_s_own():
    calendar = load_calendar()
    day = date(2022, 3, 1)

    assert calendar.in_force("FR", day).name == "HS2022"
    assert calendar.in_force("KE", day).name == "HS2017"
    assert calendar.in_force("KE", date(2022, 7, 1)).name == "HS2022"
    assert calendar.in_force(None, date(1980, 1, 1)).name == "HS1992"
    assert calendar.named("h6").name == calendar.named("hs 2022").name == "HS2022"


def test_a_nomenclature_is_recognised_by_the_headings_its_edition_brought():
    chapters = [f"{number:02}" for number in range(1, 98) if number != 77]

    assert recognised([*chapters, "8486", "9619", "9620"]).name == "HS2017"
    assert recognised([*chapters, "9620", "8549", "8806", "8807"]).name == "HS2022"
    assert recognised(["010121", "854911"]) is None


def test_a_correlation_is_known_by_its_name():
    assert editions_in("HS2017-HS2022") == ("HS2017", "HS2022")
    assert editions_in("KindOfPackages-Bulk") is None
