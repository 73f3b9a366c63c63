"""Whether selectors are compared fairly: the same budget for each, labels only of what was chosen, truth for the judge."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from benchmarks.risk.compare import compare, interval
from benchmarks.risk.operate import Conditions, by_week, choose, judge, labels_of, new_scheme_days, operate, oracle
from benchmarks.risk.selectors import SELECTORS

from comity.features.risk.learning.features import day_of
from comity.features.risk.learning.history.dimensions import taken

from .trade import trade

CONDITIONS = Conditions(share=0.1, warm_days=10, train_every=10, judged_days=15)


class SmallWorld:
    """Importer 1 always undervalues by half; a scheme of importer 2 begins on day 25."""

    def __init__(self, seed):
        self.lines = trade(1500, days=40, seed=seed)
        self.days = day_of(self.lines) - day_of(self.lines)[0]
        importer = self.lines["importer_id"]
        new = (importer == "importer-2") & (self.days >= 25)
        wrong = (importer == "importer-1") | new
        lost = np.where(wrong, self.lines["customs_value_usd"] * 0.1, 0.0)
        self.truth = {
            "declaration_id": self.lines["declaration_id"],
            "illicit": wrong,
            "scheme": np.where(new, "late", ""),
            "revenue_lost_usd": lost,
        }
        self.results = {name: (bool(a), float(b)) for name, a, b in zip(self.lines["declaration_id"], wrong, lost)}
        self.examined = []

    def __iter__(self):
        for day in range(40):
            yield SimpleNamespace(lines=taken(self.lines, self.days == day))

    def examine(self, names):
        self.examined += names
        return [
            (name, "value" if self.results[name][0] else "no-irregularity", self.results[name][1]) for name in names
        ]


@pytest.mark.parametrize("name", list(SELECTORS))
def test_every_selector_examines_the_same_share(name):
    world = SmallWorld(3)

    run = operate(world, SELECTORS[name](3), CONDITIONS, seed=3)

    assert len(world.examined) == pytest.approx(150, abs=15)
    assert set(run.declaration[run.examined]) <= set(world.examined)


def test_the_warm_start_is_the_same_for_all():
    examined = []
    for name in ("ours", "random"):
        world = SmallWorld(3)
        operate(world, SELECTORS[name](3), CONDITIONS, seed=3)
        warm = set(world.lines["declaration_id"][world.days < 10])
        examined.append([one for one in world.examined if one in warm])

    assert examined[0] == examined[1]


def test_best_are_certain_and_the_rest_share_what_is_explored():
    scores = np.arange(200, dtype=float)

    chosen, propensity = choose(scores, Conditions(share=0.1, explored=0.2), np.random.default_rng(1), at_random=False)

    assert chosen.sum() == 20
    assert chosen[-16:].all()
    assert (propensity[-16:] == 1).all()
    assert propensity[0] == pytest.approx(4 / 184)


def test_no_one_finds_more_than_the_oracle_and_chance_finds_less_than_ours():
    world = SmallWorld(4)
    ours = operate(world, SELECTORS["ours"](4), CONDITIONS, seed=4)
    most = judge(oracle(ours, world.truth), world.truth, 0.1, CONDITIONS).revenue_usd
    found = judge(ours, world.truth, 0.1, CONDITIONS).revenue_usd
    blind = SmallWorld(4)
    by_chance = judge(
        operate(blind, SELECTORS["random"](4), CONDITIONS, seed=4), blind.truth, 0.1, CONDITIONS
    ).revenue_usd

    assert by_chance < found <= most


def test_weeks_together_find_what_is_found_of_all_their_days():
    world = SmallWorld(4)
    run = operate(world, SELECTORS["ours"](4), CONDITIONS, seed=4)

    weeks = by_week(run, world.truth, 0.1)

    every_day = Conditions(share=0.1, judged_days=1000)
    assert len(weeks) == 5
    assert sum(week.revenue_usd for week in weeks) == pytest.approx(judge(run, world.truth, 0.1, every_day).revenue_usd)


def test_days_of_a_new_scheme_are_counted_from_its_first_declaration():
    world = SmallWorld(5)
    run = operate(world, SELECTORS["importer_history"](5), CONDITIONS, seed=5)
    of_scheme = world.truth["scheme"] == "late"
    began = world.days[of_scheme].min()
    caught = [
        day
        for day, name in zip(world.days[of_scheme], world.truth["declaration_id"][of_scheme])
        if name in world.examined
    ]

    assert new_scheme_days(run, world.truth) == [min(caught, default=39) - began]


def test_revenue_of_a_declaration_is_shared_by_value():
    lines = {
        "declaration_id": np.array(["a", "a", "b"], object),
        "customs_value_usd": np.array([300.0, 100.0, 50.0]),
    }

    labels = labels_of(lines, [("a", "value", 80.0), ("b", "no-irregularity", 0.0)], np.ones(3))

    assert labels.irregular.tolist() == [1, 1, 0]
    np.testing.assert_allclose(labels.revenue_usd, [60, 20, 0])


def test_figures_carry_their_interval():
    told = {
        one["name"]: one["value"]
        for one in compare(SmallWorld, [6, 7], CONDITIONS, processes=1, selectors=("ours", "random", "xgboost"))
    }

    for name in ("revenue_at_5_over_oracle", "revenue_at_5_over_random", "precision_at_1", "precision_at_5_xgboost"):
        assert told[f"{name}_low"] <= told[name] <= told[f"{name}_high"]
    assert interval([2.0, 2.0]) == (2.0, 2.0)
