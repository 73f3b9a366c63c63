"""How lane, score, reasons and chance come together."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from comity.features.risk.assess import SelectionPolicy, assess
from comity.features.risk.errors import PolicyInvalid
from comity.features.risk.lanes import Lane, most_intrusive
from comity.features.risk.profiles import Profile, compile_profiles
from tests.unit.risk.item_facts import an_item

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def a_profile(name, expression, weight, lane, **changes):
    fields = {"title": name.title(), "risk_area": "revenue", "instruction": "Look.", **changes}
    return Profile(id=name, expression=expression, weight=weight, lane=lane, **fields)


PROFILES = compile_profiles(
    [
        a_profile("new", "importer_is_new", 0.1, Lane.BLUE),
        a_profile("value", "mirror_value_ratio < 0.8", 0.5, Lane.RED),
        a_profile("tobacco", "hs2 = '24'", 0.2, Lane.YELLOW),
        a_profile("old", "TRUE", 0.9, Lane.RED, valid_to=AT.date().replace(day=1)),
        a_profile("exports", "TRUE", 0.9, Lane.RED, applies_to=("export",)),
    ]
)


def judged(*items, draw=0.5, kind="import", policy=None):
    return assess(items, kind, profiles=PROFILES, draw=draw, at=AT, policy=policy or SelectionPolicy())


def test_nothing_wrong_is_green_with_a_reason_that_says_so():
    found = judged(an_item())

    assert (found.lane, found.score, found.random_selected) == (Lane.GREEN, 0.0, False)
    assert [each.code for each in found.reasons] == ["nothing-matched"]


def test_the_lane_is_that_of_the_most_intrusive_hit_and_reasons_lead_with_it():
    found = judged(an_item(importer_is_new=True, mirror_value_ratio=0.5, hs2="24"))

    assert found.lane is Lane.RED
    assert [each.code for each in found.reasons] == ["value", "tobacco", "new"]


def test_the_score_is_the_noisy_or_of_the_weights():
    found = judged(an_item(importer_is_new=True, mirror_value_ratio=0.5, hs2="24"))

    assert found.score == pytest.approx(1 - 0.9 * 0.5 * 0.8)


def test_a_profile_counts_once_and_names_the_first_item_it_hits():
    found = judged(an_item(), an_item(hs2="24"), an_item(hs2="24"))

    assert [(each.code, each.item) for each in found.reasons] == [("tobacco", 2)]
    assert found.score == pytest.approx(0.2)


def test_a_reason_about_the_whole_declaration_names_no_item():
    found = judged(an_item(importer_is_new=True), an_item(importer_is_new=True))

    assert [(each.code, each.item) for each in found.reasons] == [("new", 0)]


def test_a_decision_can_be_repeated_from_what_it_keeps():
    found = judged(an_item(), draw=0.25)

    assert found.draw == 0.25
    assert found.engine_version == f"profiles-{PROFILES.version}"
    changed = compile_profiles([a_profile("new", "importer_is_new", 0.2, Lane.BLUE)])
    assert changed.version != compile_profiles([a_profile("new", "importer_is_new", 0.1, Lane.BLUE)]).version


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(PolicyInvalid):
        SelectionPolicy(random_share=share)


def test_what_is_unknown_does_not_hit():
    assert judged(an_item(mirror_value_ratio=None)).lane is Lane.GREEN


def test_profiles_of_other_kinds_and_days_do_not_hit():
    assert judged(an_item()).lane is Lane.GREEN
    assert judged(an_item(), kind="export").lane is Lane.RED


@pytest.mark.parametrize(("draw", "lane"), [(0.0, Lane.YELLOW), (0.0199, Lane.YELLOW), (0.02, Lane.GREEN)])
def test_two_in_a_hundred_of_what_would_be_released_are_looked_at(draw, lane):
    found = judged(an_item(), draw=draw)

    assert (found.lane, found.random_selected) == (lane, lane is Lane.YELLOW)
    assert found.propensity == 0.02


def test_chance_leaves_alone_what_is_looked_at_anyway():
    found = judged(an_item(mirror_value_ratio=0.5), draw=0.0)

    assert (found.lane, found.random_selected, found.propensity) == (Lane.RED, False, 1.0)


def test_chance_keeps_the_reasons_of_a_blue_lane():
    found = judged(an_item(importer_is_new=True), draw=0.0)

    assert found.lane is Lane.YELLOW
    assert [each.code for each in found.reasons] == ["random-selection", "new"]


def test_lanes_have_an_order():
    assert [lane.rank for lane in Lane] == [0, 1, 2, 3, 4]
    assert most_intrusive([Lane.BLUE, Lane.ORANGE, Lane.YELLOW]) is Lane.ORANGE
