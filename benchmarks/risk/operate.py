"""What does a selector find when it is operated? Day by day it chooses, sees what it chose, and is trained again.

Every selector has its own run of the same world, because traders react to who is caught; the warm start, the budget and
the days of training are the same for all. None of them is given the truth: the judge asks for it after the last day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from comity.features.risk.examination import OutcomeCode
from comity.features.risk.learning.features import Labels
from comity.features.risk.learning.history.dimensions import Lines, taken

Floats = NDArray[np.float64]


class World(Protocol):
    """A simulation: days in turn, examinations, and the truth for the judge."""

    truth: Mapping[str, NDArray[Any]]

    def __iter__(self) -> Iterator[Any]: ...

    def examine(self, declaration_ids: list[str]) -> list[tuple[str, str, float]]: ...


class Selector(Protocol):
    """Who ranks lines: `score` (higher: sooner), told afterwards what was found among those chosen."""

    def score(self, lines: Lines) -> Floats: ...

    def learn(self, lines: Lines, labels: Labels, *, day: float) -> None: ...

    def train(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Conditions:
    """How selectors are operated. Shares are of the declarations of a day."""

    share: float = 0.05
    explored: float = 0.1  # of what is examined, chosen at random
    warm_days: int = 60  # chosen at random for everyone
    train_every: int = 14
    judged_days: int = 120  # the last ones


@dataclass(frozen=True, slots=True)
class Run:
    """Every declaration of the days after the warm start: its day, score, and whether it was examined."""

    declaration: NDArray[Any]
    day: Floats
    score: Floats
    examined: NDArray[np.bool_]


def operate(world: World, selector: Selector, conditions: Conditions, *, seed: int) -> Run:
    """Let a selector work through a world."""
    chance = np.random.default_rng(seed)
    kept: list[tuple[NDArray[Any], Floats, Floats, NDArray[np.bool_]]] = []
    for number, today in enumerate(world):
        lines = today.lines
        if not len(lines["item"]):
            continue
        is_warm = number < conditions.warm_days
        if number >= conditions.warm_days and (number - conditions.warm_days) % conditions.train_every == 0:
            selector.train()
        names, of = np.unique(lines["declaration_id"].astype(str), return_inverse=True)
        scores = np.full(len(names), -np.inf)
        np.maximum.at(scores, of, selector.score(lines))
        if is_warm:
            scores = chance.random(len(names))
        chosen, propensity = choose(scores, conditions, chance, at_random=is_warm)
        results = world.examine([str(name) for name in names[chosen]])
        rows = np.flatnonzero(chosen[of])
        looked_at = taken(lines, rows)
        day = float(lines["accepted_at"][0].astype("datetime64[D]").astype(np.int64))
        selector.learn(looked_at, labels_of(looked_at, results, propensity[of][rows]), day=day)
        if not is_warm:
            kept.append((names, np.full(len(names), day), scores, chosen))
    return Run(*(np.concatenate(columns) for columns in zip(*kept, strict=True)))


def choose(
    scores: Floats, conditions: Conditions, chance: np.random.Generator, *, at_random: bool
) -> tuple[NDArray[np.bool_], Floats]:
    """Choose the best and a few at random from the rest; return who, and with which propensity each could be."""
    count = len(scores)
    size = min(count, int(np.floor(conditions.share * count + chance.random())))
    explored = size if at_random else int(np.floor(size * conditions.explored + chance.random()))
    order = np.argsort(-scores, kind="stable")
    best, rest = order[: size - explored], order[size - explored :]
    chosen = np.zeros(count, bool)
    chosen[best] = True
    chosen[chance.choice(rest, explored, replace=False)] = True
    propensity = np.full(count, explored / max(len(rest), 1))
    propensity[best] = 1.0
    return chosen, propensity


def labels_of(lines: Lines, results: list[tuple[str, str, float]], propensity: Floats) -> Labels:
    """Return a declaration's result for each of its lines, the revenue by their share in its value."""
    found = {name: (OutcomeCode(outcome).is_irregular, revenue) for name, outcome, revenue in results}
    value = np.nan_to_num(lines["customs_value_usd"]) + 1e-9
    names, of = np.unique(lines["declaration_id"].astype(str), return_inverse=True)
    share = value / np.bincount(of, value, len(names))[of]
    told = [found[str(name)] for name in names[of]]
    return Labels(np.array([float(one[0]) for one in told]), share * np.array([one[1] for one in told]), propensity)


@dataclass(frozen=True, slots=True)
class Found:
    """What is found among the judged days at a share examined by rank: of each day its highest scores."""

    revenue_usd: float
    precision: float


def judge(run: Run, truth: Mapping[str, NDArray[Any]], share: float, conditions: Conditions) -> Found:
    """Hold a ranking against the truth: the share of each of the last days' declarations that rank highest."""
    days = np.unique(run.day)
    return _found(run, by_declaration(truth), share, days[days > days.max() - conditions.judged_days])


def by_week(run: Run, truth: Mapping[str, NDArray[Any]], share: float) -> list[Found]:
    """Return what a ranking finds week by week since the warm start: whether it learns, and whether it keeps up."""
    days = np.unique(run.day)
    weeks = (days - days.min()) // 7
    known = by_declaration(truth)
    return [_found(run, known, share, days[weeks == week]) for week in np.unique(weeks)]


def _found(run: Run, known: tuple[dict[str, bool], dict[str, float]], share: float, days: Floats) -> Found:
    illicit, revenue = known
    top: list[str] = []
    for day in days:
        of_day = np.flatnonzero(run.day == day)
        size = max(1, round(share * len(of_day)))
        best = of_day[np.argsort(-run.score[of_day], kind="stable")[:size]]
        top += [str(name) for name in run.declaration[best]]
    return Found(sum(revenue[name] for name in top), sum(illicit[name] for name in top) / len(top))


def oracle(run: Run, truth: Mapping[str, NDArray[Any]]) -> Run:
    """Return the run of one who knows the revenue lost on every declaration."""
    _, revenue = by_declaration(truth)
    return Run(run.declaration, run.day, np.array([revenue[str(name)] for name in run.declaration]), run.examined)


def by_declaration(truth: Mapping[str, NDArray[Any]]) -> tuple[dict[str, bool], dict[str, float]]:
    """Return of each declaration whether a line of it is illicit, and the revenue lost on all of them."""
    illicit: dict[str, bool] = {}
    revenue: dict[str, float] = {}
    for name, wrong, lost in zip(truth["declaration_id"], truth["illicit"], truth["revenue_lost_usd"], strict=True):
        illicit[str(name)] = illicit.get(str(name), False) or bool(wrong)
        revenue[str(name)] = revenue.get(str(name), 0.0) + float(lost)
    return illicit, revenue


def new_scheme_days(run: Run, truth: Mapping[str, NDArray[Any]], *, least_days: float = 0.0) -> list[float]:
    """Return for each scheme that begins after the warm start the days until one of it was examined.

    One that is never found counts the days to the end. `least_days` before the end a scheme must begin to be counted:
    with more than the goal, one that is never found cannot look as if it kept it.
    """
    day_of = {str(name): day for name, day in zip(run.declaration, run.day, strict=True)}
    caught = {str(name) for name in run.declaration[run.examined]}
    first: dict[str, float] = {}
    found: dict[str, float] = {}
    early: set[str] = set()
    for name, scheme, wrong in zip(truth["declaration_id"], truth["scheme"], truth["illicit"], strict=True):
        if not scheme or not wrong:
            continue
        if str(name) not in day_of:
            early.add(scheme)
            continue
        day = day_of[str(name)]
        first[scheme] = min(first.get(scheme, day), day)
        if str(name) in caught:
            found[scheme] = min(found.get(scheme, day), day)
    last = float(run.day.max())
    return [
        found.get(scheme, last) - began
        for scheme, began in first.items()
        if scheme not in early and last - began >= least_days
    ]
