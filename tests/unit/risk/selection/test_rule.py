"""One rule decides with one draw, and its propensity is what happens."""

from __future__ import annotations

from datetime import date
from random import Random

import numpy as np
import pytest

from comity.features.risk.errors import PolicyInvalid
from comity.features.risk.lanes import Lane
from comity.features.risk.selection.capacity import Resource, lane_slots, read_capacities, slots_on
from comity.features.risk.selection.choose_batch import Batch, choose_batch
from comity.features.risk.selection.curiosity import curiosity, novelty, uncertainty
from comity.features.risk.selection.draws import draw_of, seed_hash
from comity.features.risk.selection.errors import CapacityInvalid
from comity.features.risk.selection.rule import (
    Candidate,
    Ground,
    LaneRule,
    Rule,
    Used,
    choose,
    from_record,
    to_record,
    use,
)
from comity.features.risk.selection.set_rule import Earlier, Shares, exploring_slots, scale_for, set_rule

SLOTS = {Lane.RED: 20, Lane.YELLOW: 30}
RULE = Rule(
    (
        LaneRule(Lane.RED, 0.6, 0.5, 0.1, 0.02, exploit_slots=18, explore_slots=2),
        LaneRule(Lane.YELLOW, 0.3, 0.0, 0.2, 0.05, exploit_slots=27, explore_slots=3),
    )
)


def a_day(lines: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores (many alike, many 0), curiosities and mandatory lanes of a day."""
    chance = np.random.default_rng(seed)
    scores = np.where(chance.random(lines) < 0.5, 0.0, np.round(chance.beta(1, 6, lines), 2))
    mandatory = np.array([Lane.RED if each < 0.005 else None for each in chance.random(lines)], dtype=object)
    return scores, chance.uniform(0.05, 1, lines), mandatory


def office(days: int = 20, lines: int = 500) -> Earlier:
    made = [a_day(lines, seed) for seed in range(days)]
    scores, curiosities, mandatory = (np.concatenate(each) for each in zip(*made, strict=True))
    return Earlier(days, list(scores), list(curiosities), list(mandatory))


def online_day(rule: Rule, lines: int, seed: int) -> tuple[list, dict[Lane, Used]]:
    used: dict[Lane, Used] = {}
    chosen = []
    for number, (score, curious, must) in enumerate(zip(*a_day(lines, seed), strict=True)):
        candidate = Candidate(score, Lane.BLUE if score else Lane.GREEN, must, curious)
        choice = choose(candidate, rule, draw_of(bytes([seed]), str(number)), used)
        used = use(used, choice)
        chosen.append(choice)
    return chosen, used


@pytest.mark.parametrize(
    "candidate",
    [
        Candidate(0.7, Lane.RED),
        Candidate(0.6, Lane.RED, curiosity=0.7),
        Candidate(0.4, Lane.YELLOW),
        Candidate(0.3, Lane.BLUE, curiosity=0.4),
        Candidate(0.0, curiosity=1.0),
    ],
)
def test_the_propensity_is_the_share_of_draws_that_choose(candidate):
    draws = np.linspace(0, 1, 20_000, endpoint=False)

    choices = [choose(candidate, RULE, draw) for draw in draws]

    share = np.mean([choice.ground is not Ground.NONE for choice in choices])
    assert {choice.propensity for choice in choices} == {choices[0].propensity}
    assert share == pytest.approx(choices[0].propensity, abs=1e-4)


def test_mandatory_is_first_and_waits_where_no_slot_is_left():
    full = {Lane.RED: Used(exploit=18)}

    free, waits = (choose(Candidate(0.0, mandatory=Lane.RED), RULE, 0.99, used) for used in ({}, full))

    assert (free.ground, free.propensity, free.has_slot) == (Ground.MANDATORY, 1.0, True)
    assert (waits.lane, waits.has_slot) == (Lane.RED, False)
    assert use(full, waits) == full


def test_what_is_not_chosen_is_released_with_an_audit_when_something_hit():
    assert choose(Candidate(0.1, Lane.RED), RULE, 0.9999).lane is Lane.BLUE
    assert choose(Candidate(0.0), RULE, 0.9999).lane is Lane.GREEN


def test_without_slots_nothing_is_chosen_and_the_propensity_says_so():
    full = {lane: Used(exploit=99, explore=99) for lane in (Lane.RED, Lane.YELLOW)}

    assert choose(Candidate(0.9, Lane.RED, curiosity=1.0), RULE, 0.0, full).propensity == 0.0


def test_a_slot_given_back_can_be_used_again():
    choice = choose(Candidate(0.9, Lane.RED), RULE, 0.5)

    assert use(use({}, choice), choice, by=-1) == {Lane.RED: Used()}


def test_a_rule_is_read_as_it_was_written():
    rule = set_rule({Lane.RED: 0, **SLOTS}, Earlier(0))

    assert from_record(to_record(rule)) == rule
    assert from_record(to_record(RULE)) == RULE


def test_a_day_like_the_earlier_ones_fills_the_slots_and_never_more():
    rule = set_rule(SLOTS, office())

    days = [online_day(rule, 500, seed) for seed in range(100, 140)]

    totals = [sum(one.exploit + one.explore for one in used.values()) for _, used in days]
    explored = sum(one.explore for _, used in days for one in used.values())
    random = sum(choice.ground is Ground.RANDOM for chosen, _ in days for choice in chosen)
    assert all(used[lane].exploit + used[lane].explore <= SLOTS[lane] for _, used in days for lane in used)
    assert 0.85 * 50 <= np.mean(totals) <= 50
    assert explored / sum(totals) == pytest.approx(0.10, abs=0.025)
    assert random / explored == pytest.approx(1 / 3, abs=0.12)


def test_twice_the_trade_finds_no_more_slots():
    _, used = online_day(set_rule(SLOTS, office()), 1_000, 7)

    assert {lane: one.exploit + one.explore for lane, one in used.items()} == SLOTS


def test_weights_of_the_chosen_add_up_to_all_lines():
    rule = set_rule(SLOTS, office())
    unbounded = Rule(tuple(LaneRule(*_rates(one)) for one in rule.lanes))

    sums = []
    for seed in range(60):
        chosen, _ = online_day(unbounded, 500, seed)
        sums.append(sum(1 / one.propensity for one in chosen if one.ground is not Ground.NONE))

    assert np.mean(sums) == pytest.approx(500, abs=3 * np.std(sums) / np.sqrt(60))


def _rates(one: LaneRule) -> tuple:
    return one.lane, one.threshold, one.at_threshold, one.curious_scale, one.random_share


def test_before_there_are_scores_hits_give_their_lane_within_the_slots():
    rule = set_rule(SLOTS, Earlier(0))

    assert rule.is_by_profile
    assert choose(Candidate(0.2, Lane.YELLOW), rule, 0.5).lane is Lane.YELLOW
    assert choose(Candidate(0.2, Lane.YELLOW), rule, 0.5, {Lane.YELLOW: Used(27)}).lane is Lane.BLUE


@pytest.mark.parametrize(
    ("slots", "kept"), [((1, 0), (1, 0)), ((30, 10), (3, 1)), ((0, 0), (0, 0)), ((15, 15), (2, 1))]
)
def test_at_least_a_tenth_is_kept_for_exploring(slots, kept):
    lanes = (Lane.RED, Lane.YELLOW)

    assert exploring_slots(dict(zip(lanes, slots, strict=True)), 0.10) == dict(zip(lanes, kept, strict=True))


def test_a_scale_makes_the_probabilities_add_up():
    chances = np.random.default_rng(1).uniform(0, 1, 100)

    scale = scale_for(chances, 60)

    assert np.minimum(1, scale * chances).sum() == pytest.approx(60)
    assert scale_for(np.zeros(3), 2) == 0.0


def a_batch(lines=400, seed=3) -> Batch:
    scores, curiosities, mandatory = a_day(lines, seed)
    return Batch(np.array([f"d{each}" for each in range(lines)], dtype=object), scores, curiosities, mandatory)


def test_a_batch_fills_exactly_its_slots_with_the_quota_kept():
    chosen = choose_batch(a_batch(), SLOTS, seed=b"s")

    grounds = list(chosen.grounds)
    assert {lane: list(chosen.lanes).count(lane) for lane in SLOTS} == SLOTS
    assert (grounds.count(Ground.EXPLORE), grounds.count(Ground.RANDOM)) == (3, 2)
    assert chosen.propensities[chosen.grounds == Ground.EXPLOIT].min() > 0
    assert chosen.propensities.sum() == pytest.approx(50)


def test_propensities_of_a_batch_are_the_shares_of_many_seeds():
    batch = a_batch(60)
    slots = {Lane.RED: 12, Lane.YELLOW: 8}
    days = [choose_batch(batch, slots, seed=Random(seed).randbytes(32)) for seed in range(3_000)]

    shares = np.mean([day.grounds != Ground.NONE for day in days], axis=0)

    assert shares == pytest.approx(days[0].propensities, abs=0.04)


def test_a_batch_with_fewer_lines_than_slots_takes_what_can_teach_or_was_found():
    few = choose_batch(a_batch(3), SLOTS, seed=b"s")
    none = choose_batch(a_batch(0), SLOTS, seed=b"s")

    assert np.all(few.propensities == 1)
    assert len(none.lanes) == 0


def test_more_mandatory_than_slots_are_told_as_unmet():
    batch = Batch(np.array(["a", "b"], dtype=object), np.zeros(2), np.ones(2), np.array([Lane.RED] * 2, dtype=object))

    chosen = choose_batch(batch, {Lane.RED: 2}, seed=b"s")

    assert len(chosen.unmet) == 1


def test_draws_are_repeated_from_the_seed_and_uniform():
    draws = [draw_of(b"seed", str(number)) for number in range(10_000)]

    assert draws[7] == draw_of(b"seed", "7") != draw_of(b"seed", "7", purpose="chance")
    assert np.histogram(draws, bins=10, range=(0, 1))[0] == pytest.approx(1_000, abs=130)
    assert seed_hash(b"seed") == "19b25856e1c150ca834cffc8b59b23adbd0ec0389e58eb22b3b64768098d002b"


def test_curiosity_is_greatest_for_what_is_undecided_or_new():
    assert uncertainty(0.5) == 1
    assert novelty({"importer_is_new": True}) == novelty({"importer_is_new": None}) == 1
    assert novelty({"importer_is_new": False, "importer_declarations_30d": 40}) == 0
    assert curiosity(probability=0, novelty=0) == 0.05
    assert curiosity(probability=0.5, novelty=0) > curiosity(probability=0.1, novelty=0)


def test_capacity_holds_on_its_days_and_the_later_statement_counts():
    read = read_capacities(
        """
        [[capacity]]
        office = "UGMAL"
        resource = "examination"
        slots = 20
        valid_from = 2026-01-01
        weekdays = [1, 2, 3, 4, 5]
        [[capacity]]
        office = "UGMAL"
        resource = "examination"
        slots = 30
        valid_from = 2026-03-01
        valid_to = 2026-03-31
        """
    )

    friday, saturday, march = (slots_on(read, date(2026, *day))["UGMAL"] for day in ((2, 6), (2, 7), (3, 7)))
    assert [each[Resource.EXAMINATION] for each in (friday, saturday, march)] == [20, 0, 30]
    assert lane_slots(march) == {Lane.RED: 30}


@pytest.mark.parametrize(
    "changed",
    [
        {"slots": "-1"},
        {"slots": "100001"},
        {"office": '""'},
        {"office": '"' + "x" * 18 + '"'},
        {"resource": '"balloon"'},
        {"valid_to": "2025-01-01"},
        {"weekdays": "[8]"},
        {"weekdays": "[]"},
        {"colour": '"red"'},
    ],
)
def test_capacity_that_cannot_be_is_refused(changed):
    fields = {"office": '"UGMAL"', "resource": '"scan"', "slots": "1", "valid_from": "2026-01-01", **changed}

    with pytest.raises(CapacityInvalid):
        read_capacities("[[capacity]]\n" + "\n".join(f"{name} = {value}" for name, value in fields.items()))


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_shares_that_are_none_are_refused(share):
    with pytest.raises(PolicyInvalid):
        Shares(exploration=share)
