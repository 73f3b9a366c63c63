"""Which of a day's lines are looked at, when all are known? As many as there are slots, each with its propensity.

The same order as online (`rule`): mandatory, the best scores, then by curiosity, then pure chance. Where online the
rule takes as many as it may expect, here counts are exact; propensities are exact in both. Exploring by curiosity is
systematic sampling with unequal probabilities (Madow 1949); pure chance is drawn from those that it left, so that of n
lines to explore, k taken by curiosity and r by chance, a line's propensity is `π + (1 − π) · r / (n − k)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.features.risk.lanes import Lane
from comity.features.risk.selection.draws import draw_of
from comity.features.risk.selection.rule import SCORE_DIGITS, Ground
from comity.features.risk.selection.set_rule import Shares, exploring_slots, scale_for

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Batch:
    """A day's lines of an office, columnar: ids, score and curiosity (0 to 1), mandatory lane or None."""

    ids: NDArray[np.object_]
    scores: Numbers
    curiosities: Numbers
    mandatory: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Chosen:
    """For each line: lane (None: not looked at), ground, propensity; `unmet`: mandatory without a slot."""

    lanes: NDArray[np.object_]
    grounds: NDArray[np.object_]
    propensities: Numbers
    unmet: Places


def choose_batch(batch: Batch, slots: Mapping[Lane, int], *, seed: bytes, shares: Shares | None = None) -> Chosen:
    """Choose as many lines as there are slots (of each lane, the most intrusive first)."""
    of, count = shares or Shares(), len(batch.ids)
    lanes, grounds = np.full(count, None, dtype=object), np.full(count, Ground.NONE, dtype=object)
    propensities = np.zeros(count)
    draws = np.array([draw_of(seed, name) for name in batch.ids]) if count else np.zeros(0)
    scores = np.round(batch.scores, SCORE_DIGITS)
    exploring = exploring_slots(slots, of.exploration)
    room = {lane: slots[lane] - exploring[lane] for lane in slots}
    unmet = []
    must = np.flatnonzero([lane is not None for lane in batch.mandatory])
    for place in must[np.lexsort((draws[must], -scores[must]))]:
        lane = batch.mandatory[place]
        lanes[place], grounds[place], propensities[place] = lane, Ground.MANDATORY, 1.0
        if room.get(lane, 0) > 0:
            room[lane] -= 1
        elif lane in slots:
            unmet.append(place)
    free = np.flatnonzero((grounds == Ground.NONE) & (scores > 0))
    best = free[np.lexsort((draws[free], -batch.curiosities[free], -scores[free]))]
    taken = _by_lane(best, room)
    for lane, places in taken.items():
        lanes[places], grounds[places] = lane, Ground.EXPLOIT
    propensities[best] = _of_ties(scores[best], batch.curiosities[best], sum(map(len, taken.values())))
    left = np.flatnonzero(grounds == Ground.NONE)
    curious, chance, probable = _explore(left, batch, draws[left], (sum(exploring.values()), of.random, seed))
    propensities[left] += (1 - propensities[left]) * probable
    grounds[curious], grounds[chance] = Ground.EXPLORE, Ground.RANDOM
    explored = np.concatenate((curious, chance))
    for lane, places in _by_lane(explored[np.argsort(draws[explored])], exploring).items():
        lanes[places] = lane
    return Chosen(lanes, grounds, propensities, np.array(unmet, dtype=np.intp))


def _by_lane(places: Places, room: Mapping[Lane, int]) -> dict[Lane, Places]:
    """Give the first places to the most intrusive lane, and so on, as far as there is room."""
    found, start = {}, 0
    for lane, count in room.items():
        found[lane] = places[start : start + count]
        start += len(found[lane])
    return found


def _of_ties(scores: Numbers, curiosities: Numbers, taken: int) -> Numbers:
    """Return for each line, the best first, how probable it is among the `taken`: a part only for ties at the edge."""
    probable = np.zeros(len(scores))
    probable[:taken] = 1.0
    if 0 < taken < len(scores):
        alike = (scores == scores[taken]) & (curiosities == curiosities[taken])
        before = int(np.flatnonzero(alike)[0])
        probable[alike] = (taken - before) / alike.sum()
    return probable


def _explore(
    left: Places, batch: Batch, draws: Numbers, how: tuple[int, float, bytes]
) -> tuple[Places, Places, Numbers]:
    """Return who is explored by curiosity, who by chance, and the propensity of each that is left."""
    slots, random_part, seed = how
    count = min(slots, len(left))
    by_chance = min(count, int(np.ceil(count * random_part - 1e-9)))
    curiosities = batch.curiosities[left]
    by_curiosity = min(count - by_chance, int((curiosities > 0).sum()))
    probable = np.minimum(1.0, scale_for(curiosities, by_curiosity) * curiosities)
    order = np.argsort(draws, kind="stable")
    edges = np.cumsum(probable[order]) - draw_of(seed, "", purpose="start")
    steps = np.diff(np.floor(np.concatenate(([-draw_of(seed, "", purpose="start")], edges)) + 1e-9))
    curious = order[steps > 0][:by_curiosity]
    rest = np.setdiff1d(np.arange(len(left)), curious)
    if len(rest):
        again = np.array([draw_of(seed, name, purpose="chance") for name in batch.ids[left[rest]]])
        chance = rest[np.argsort(again, kind="stable")[:by_chance]]
        probable = probable + (1 - probable) * by_chance / len(rest)
    else:
        chance = rest
    return left[curious], left[chance], probable
