"""Which rule does an office get for a day? Thresholds that fill its slots, had the day the scores of the last ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from comity.features.risk.errors import PolicyInvalid
from comity.features.risk.lanes import Lane
from comity.features.risk.selection.rule import SCORE_DIGITS, LaneRule, Rule

LEAST_LINES = 100  # of earlier days; with fewer, thresholds would be chance: hits give their lane. A guess
LEAST_EXPLORATION = 0.10  # shared/risk.md: 10 % random moved precision at 10 % from 0.095 to 0.438 over 13 weeks

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shares:
    """How the slots are shared out: `exploration` of the inspections, `random` of the exploration.

    `before_scores`: the share looked at by chance as long as there are no scores to set thresholds from; within the one
    to three in a hundred that are usual (project's domain notes on risk management).
    """

    exploration: float = LEAST_EXPLORATION
    random: float = 1 / 3
    before_scores: float = 0.02

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in (self.exploration, self.random, self.before_scores)):
            raise PolicyInvalid


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an office had to decide on earlier days: for each line its score, curiosity and mandatory lane or None."""

    days: int
    scores: Sequence[float] = ()
    curiosities: Sequence[float] = ()
    mandatory: Sequence[Lane | None] = ()


def exploring_slots(slots: Mapping[Lane, int], share: float) -> dict[Lane, int]:
    """Return how many slots of each lane are kept for exploring: `share` of all, rounded up, the first lane first."""
    kept, so_far = {}, 0
    for lane, count in slots.items():
        kept[lane] = _rounded_up(share * (so_far + count)) - _rounded_up(share * so_far)
        so_far += count
    return kept


def _rounded_up(number: float) -> int:
    return ceil(number - 1e-9)  # a tenth of thirty is three, whatever the floating point says


def set_rule(slots: Mapping[Lane, int], earlier: Earlier, shares: Shares | None = None) -> Rule:
    """Return the rule that, on days like the earlier ones, fills `slots` (of each lane, the most intrusive first)."""
    of = shares or Shares()
    exploring = exploring_slots(slots, of.exploration)
    if len(earlier.scores) < LEAST_LINES or not earlier.days:
        first = next((lane for lane, count in exploring.items() if count), None)
        lanes = tuple(
            LaneRule(
                lane,
                random_share=of.before_scores if lane is first else 0.0,
                exploit_slots=count - exploring[lane],
                explore_slots=exploring[lane],
            )
            for lane, count in slots.items()
        )
        return Rule(lanes, is_by_profile=True)
    is_free = np.array([lane is None for lane in earlier.mandatory])
    scores = np.round(np.asarray(earlier.scores, dtype=float)[is_free], SCORE_DIGITS)
    wanted = {
        lane: max(0.0, (count - exploring[lane]) * earlier.days - sum(each is lane for each in earlier.mandatory))
        for lane, count in slots.items()
    }
    thresholds, left = _thresholds(scores, wanted)
    curious = {lane: exploring[lane] * earlier.days * (1 - of.random) for lane in slots}
    chance = {lane: exploring[lane] * earlier.days * of.random for lane in slots}
    scales = _scales(np.asarray(earlier.curiosities, dtype=float)[is_free], left, curious)
    random_shares = _random_shares(float(left.sum()), chance)
    return Rule(
        tuple(
            LaneRule(
                lane,
                *thresholds[lane],
                curious_scale=scales[lane],
                random_share=random_shares[lane],
                exploit_slots=count - exploring[lane],
                explore_slots=exploring[lane],
            )
            for lane, count in slots.items()
        )
    )


def _thresholds(scores: Numbers, wanted: Mapping[Lane, float]) -> tuple[dict[Lane, tuple[float, float]], Numbers]:
    """Return each lane's threshold with the probability at it, and for each line how probable it is not exploited.

    Many lines have one score where rules alone give it: at such a threshold a part of them is taken, by the draw.
    """
    left = np.ones(len(scores))
    values, counts = np.unique(scores[scores > 0], return_counts=True)
    groups = [[value, float(count)] for value, count in zip(values[::-1], counts[::-1], strict=True)]
    found: dict[Lane, tuple[float, float]] = {}
    for lane, wish in wanted.items():
        need, threshold, at = wish, inf, 0.0
        while need > 0 and groups:
            threshold, mass = groups[0]
            at = min(1.0, need / mass)
            left[scores == threshold] *= 1 - at
            need -= mass
            if at < 1:
                groups[0][1] = -need
            else:
                groups.pop(0)
        if need > 0 and wish > 0:
            threshold, at = 0.0, 0.0
        found[lane] = (float(threshold), float(at))
    return found, left


def _scales(curiosities: Numbers, left: Numbers, wanted: Mapping[Lane, float]) -> dict[Lane, float]:
    """Return each lane's scale, so that the sum of the probabilities to be explored is what is wanted."""
    found = {}
    for lane, wish in wanted.items():
        found[lane] = scale = scale_for(curiosities, wish, weights=left)
        left *= 1 - np.minimum(1.0, scale * curiosities)
    return found


def scale_for(curiosities: Numbers, wish: float, *, weights: Numbers | None = None) -> float:
    """Return the scale at which `Σ weights · min(1, scale · curiosity)` is `wish`, or the greatest it can be."""
    masses = np.ones(len(curiosities)) if weights is None else weights
    order = np.argsort(-curiosities, kind="stable")
    of, mass = curiosities[order], masses[order]
    useful = (of > 0) & (mass > 0)
    of, mass = of[useful], mass[useful]
    if wish <= 0 or not len(of):
        return 0.0
    certain = np.concatenate(([0.0], np.cumsum(mass)))[:-1]  # those before this one have probability 1
    shared = np.cumsum((of * mass)[::-1])[::-1]
    scales = (wish - certain) / shared
    fits = np.flatnonzero(scales * of <= 1)
    return float(scales[fits[0]]) if len(fits) else float(1 / of[-1])


def _random_shares(left: float, wanted: Mapping[Lane, float]) -> dict[Lane, float]:
    """Return each lane's share of pure chance among the lines that are left when its turn comes."""
    found = {}
    for lane, wish in wanted.items():
        found[lane] = min(1.0, wish / left) if left > 0 else 0.0
        left -= wish if found[lane] < 1 else left
    return found
