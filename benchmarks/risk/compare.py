"""How do selectors compare over seeds of a world? Means with their 95 % interval, and ratios seed by seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context

import numpy as np
from benchmarks.figures import Figure, figure
from benchmarks.risk.operate import Conditions, Found, World, judge, new_scheme_days, operate, oracle
from benchmarks.risk.selectors import SELECTORS

SHARES = (0.01, 0.02, 0.05, 0.10)
LEAST_SCHEME_DAYS = 60.0  # twice the goal
MakeWorld = Callable[[int], World]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What each selector and the oracle found on one seed, by share examined, and the days new schemes took ours."""

    found: Mapping[str, Mapping[float, Found]]
    scheme_days: Sequence[float] = field(default=())


def outcome_of(seed: int, *, make_world: MakeWorld, conditions: Conditions, selectors: Sequence[str]) -> Outcome:
    """Operate every selector on its own run of one seed's world."""
    found: dict[str, dict[float, Found]] = {}
    days: list[float] = []
    for name in selectors:
        world = make_world(seed)
        run = operate(world, SELECTORS[name](seed), conditions, seed=seed)
        found[name] = {share: judge(run, world.truth, share, conditions) for share in SHARES}
        if name == "ours":
            best = oracle(run, world.truth)
            found["oracle"] = {share: judge(best, world.truth, share, conditions) for share in SHARES}
            days = new_scheme_days(run, world.truth, least_days=LEAST_SCHEME_DAYS)
    return Outcome(found, days)


def compare(
    make_world: MakeWorld,
    seeds: Sequence[int],
    conditions: Conditions,
    *,
    processes: int = 2,
    selectors: Sequence[str] = tuple(SELECTORS),
) -> list[Figure]:
    """Return the figures over seeds; with one process everything runs in this one."""
    on_seed = partial(outcome_of, make_world=make_world, conditions=conditions, selectors=selectors)
    if processes == 1:
        return figures_of([on_seed(seed) for seed in seeds])
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return figures_of(list(pool.map(on_seed, seeds)))


def figures_of(outcomes: Sequence[Outcome]) -> list[Figure]:
    """Return means and intervals; the stronger of XGBoost's two rankings on each figure is the one compared with."""
    told: list[Figure] = []
    for against, least in (("xgboost", 1.25), ("random", 6.0), ("oracle", 0.45)):
        ratios = [
            one.found["ours"][0.05].revenue_usd / max(_best(one, against, 0.05, "revenue_usd"), 1.0) for one in outcomes
        ]
        told += _with_interval(f"revenue_at_5_over_{against}", ratios, least=least)
    for share in (0.01, 0.05):
        name = f"precision_at_{share * 100:.0f}"
        told += _with_interval(name, [one.found["ours"][share].precision for one in outcomes])
        told += _with_interval(f"{name}_xgboost", [_best(one, "xgboost", share, "precision") for one in outcomes])
    days = [day for one in outcomes for day in one.scheme_days]
    told += _with_interval("new_scheme_days", days, unit="days", most=30.0)
    for name in outcomes[0].found:
        for share in SHARES:
            shares = [
                one.found[name][share].revenue_usd / max(one.found["oracle"][share].revenue_usd, 1.0)
                for one in outcomes
            ]
            at = f"{name}_at_{share * 100:.0f}"
            told += _with_interval(f"revenue_{at}_over_oracle", shares)
            told += _with_interval(f"precision_of_{at}", [one.found[name][share].precision for one in outcomes])
    return told


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return a 95 % interval of the mean, by 2,000 resamples of the seeds (seeded)."""
    chance = np.random.default_rng(1)
    drawn = chance.choice(np.asarray(values, float), (2_000, len(values))).mean(axis=1)
    return float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def _best(outcome: Outcome, name: str, share: float, what: str) -> float:
    names = [one for one in outcome.found if one in (name, f"{name}_by_value")]
    return max(getattr(outcome.found[one][share], what) for one in names)


def _with_interval(
    name: str, values: Sequence[float], unit: str = "", *, least: float | None = None, most: float | None = None
) -> list[Figure]:
    if not values:
        return [figure(name, None, unit, least=least, most=most)]
    low, high = interval(values)
    return [
        figure(name, float(np.mean(values)), unit, least=least, most=most),
        figure(f"{name}_low", low, unit),
        figure(f"{name}_high", high, unit),
    ]
