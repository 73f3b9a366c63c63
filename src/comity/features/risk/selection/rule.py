"""Is this declaration looked at, and how probable was that? One rule, fixed before the declaration is seen.

Order: mandatory, then exploit (the score reaches a lane's threshold), then explore (by curiosity), then pure chance.
Every step has a probability that follows from the rule, the declaration and the slots that were free before it, and one
draw decides all of them; so the propensity that is kept is exact (Poisson sampling; Tillé, Sampling and Estimation from
Finite Populations, 2020, chapter 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Any

from comity.features.risk.lanes import Lane

SCORE_DIGITS = 6  # scores are compared as the log keeps them, so that whoever repeats a choice compares the same


class Ground(StrEnum):
    """Why a declaration is looked at."""

    MANDATORY = "mandatory"
    EXPLOIT = "exploit"
    EXPLORE = "explore"
    RANDOM = "random"
    NONE = "none"

    @property
    def is_exploration(self) -> bool:
        """Claim that the declaration is looked at in order to learn."""
        return self in (Ground.EXPLORE, Ground.RANDOM)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What selection sees of a declaration: all numbers from 0 to 1.

    `hit_lane`: the most intrusive lane of its hits. `mandatory`: that of its mandatory hits, None without one.
    `curiosity`: how much its result would teach.
    """

    score: float
    hit_lane: Lane = Lane.GREEN
    mandatory: Lane | None = None
    curiosity: float = 0.0


@dataclass(frozen=True, slots=True)
class LaneRule:
    """When a lane is given. `threshold` is exploited above it always, at it with the probability `at_threshold`.

    `curious_scale` times curiosity, at most 1, is the probability to be explored; `random_share` that of pure chance.
    `exploit_slots` and `explore_slots` are what a day has room for; None: no bound.
    """

    lane: Lane
    threshold: float = inf
    at_threshold: float = 0.0
    curious_scale: float = 0.0
    random_share: float = 0.0
    exploit_slots: int | None = None
    explore_slots: int | None = None

    @property
    def slots(self) -> int | None:
        """Return the inspections of a day in this lane; None: no bound."""
        if self.exploit_slots is None or self.explore_slots is None:
            return None
        return self.exploit_slots + self.explore_slots


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of one office and day: its lanes, the most intrusive first.

    `is_by_profile`: hits give their own lane, as long as there are no scores of earlier days to set thresholds from.
    """

    lanes: tuple[LaneRule, ...]
    is_by_profile: bool = False


@dataclass(frozen=True, slots=True)
class Used:
    """How many slots of a lane are taken: to exploit (mandatory among them), and to explore."""

    exploit: int = 0
    explore: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided. `propensity`: the probability that this declaration would be looked at, before the draw.

    `has_slot` is False for what is mandatory and finds every slot of its lane taken: it waits, and counts as unmet.
    """

    lane: Lane
    ground: Ground
    propensity: float
    has_slot: bool = True


@dataclass(frozen=True, slots=True)
class _Step:
    ground: Ground
    lane: Lane
    probability: float


def choose(candidate: Candidate, rule: Rule, draw: float, used: Mapping[Lane, Used] | None = None) -> Choice:
    """Choose with one draw, uniform in [0, 1), given what is used of the day's slots before this declaration."""
    taken = used or {}
    if candidate.mandatory is not None:
        room = _room(rule, candidate.mandatory, taken)
        return Choice(candidate.mandatory, Ground.MANDATORY, 1.0, has_slot=room is None or room.exploit > 0)
    chosen, propensity, left = None, 0.0, draw
    for step in _steps(candidate, rule, taken):
        if chosen is None:
            if left < step.probability:
                chosen = step
            elif step.probability < 1:
                left = (left - step.probability) / (1 - step.probability)
        propensity += (1 - propensity) * step.probability
    if chosen is not None:
        return Choice(chosen.lane, chosen.ground, propensity)
    released = Lane.GREEN if candidate.hit_lane is Lane.GREEN else Lane.BLUE
    return Choice(released, Ground.NONE, propensity)


def use(used: Mapping[Lane, Used], choice: Choice, *, by: int = 1) -> dict[Lane, Used]:
    """Return what is used once `choice` has its slot (`by=-1`: has given it back)."""
    if choice.ground is Ground.NONE or not choice.has_slot:
        return dict(used)
    before = used.get(choice.lane, Used())
    exploring = by if choice.ground.is_exploration else 0
    return {**used, choice.lane: Used(before.exploit + by - exploring, before.explore + exploring)}


def _steps(candidate: Candidate, rule: Rule, used: Mapping[Lane, Used]) -> Iterator[_Step]:
    """Give what may happen, in order, each with its probability given that nothing before it did."""
    score = round(candidate.score, SCORE_DIGITS)
    if rule.is_by_profile and candidate.hit_lane.rank >= Lane.YELLOW.rank:
        room = _room(rule, candidate.hit_lane, used)
        if room is None or room.exploit > 0:
            yield _Step(Ground.EXPLOIT, candidate.hit_lane, 1.0)
    open_lanes = [(one, _room(rule, one.lane, used)) for one in rule.lanes]
    for one, room in open_lanes:
        if score > 0 and score >= one.threshold and (room is None or room.exploit > 0):
            yield _Step(Ground.EXPLOIT, one.lane, 1.0 if score > one.threshold else one.at_threshold)
    exploring = [one for one, room in open_lanes if room is None or room.explore > 0]
    for one in exploring:
        yield _Step(Ground.EXPLORE, one.lane, min(1.0, one.curious_scale * candidate.curiosity))
    for one in exploring:
        yield _Step(Ground.RANDOM, one.lane, one.random_share)


def _room(rule: Rule, lane: Lane, used: Mapping[Lane, Used]) -> Used | None:
    """Return the slots free in a lane, None without a bound.

    Exploring may use what exploiting has left of the whole lane; exploiting never uses what is kept for exploring.
    """
    of_lane = next((one for one in rule.lanes if one.lane is lane), None)
    if of_lane is None or of_lane.exploit_slots is None or of_lane.explore_slots is None:
        return None
    now = used.get(lane, Used())
    borrowed = max(0, now.explore - of_lane.explore_slots)
    exploit = of_lane.exploit_slots - now.exploit - borrowed
    return Used(exploit, of_lane.exploit_slots + of_lane.explore_slots - now.exploit - now.explore)


def to_record(rule: Rule) -> dict[str, Any]:
    """Return a rule as JSON values; a threshold that nothing reaches is None."""
    return {
        "by_profile": rule.is_by_profile,
        "lanes": [
            {
                "lane": one.lane.value,
                "threshold": None if one.threshold == inf else one.threshold,
                "at_threshold": one.at_threshold,
                "curious_scale": one.curious_scale,
                "random_share": one.random_share,
                "exploit_slots": one.exploit_slots,
                "explore_slots": one.explore_slots,
            }
            for one in rule.lanes
        ],
    }


def from_record(record: Mapping[str, Any]) -> Rule:
    """Return the rule that was written as a record."""
    lanes = [{**one, "lane": Lane(one["lane"])} for one in record["lanes"]]
    return Rule(
        tuple(LaneRule(**{**one, "threshold": inf if one["threshold"] is None else one["threshold"]}) for one in lanes),
        is_by_profile=record["by_profile"],
    )
