"""Who cheats, how, since when, and what does being caught change? Schemes of traders and of rings with their broker.

That evasion grows with the duty is Fisman and Wei's finding (2004); every other share is told in `behaviour.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from comity.entrypoints.demo.world.simulation.behaviour import Behaviour
from comity.entrypoints.demo.world.simulation.market import (
    FOREVER,
    HOME_USE,
    SUSPENSION,
    TRANSIT,
    WAREHOUSE,
    Columns,
    Market,
)

MEANT_AT_MOST = 0.0025  # share of all lines one trader's scheme may mean: the largest are watched too closely; a guess


@dataclass(slots=True)
class Scheme:
    """One way of cheating that its members keep to. `depth` is the share hidden; `usage` that of fitting lines used."""

    name: str
    kind: str
    members: list[int]
    begins: int
    depth: float
    usage: float
    colludes: bool
    paused_until: int = -1
    quiet_since: int = 0
    caught: int = 0


@dataclass(slots=True)
class Habits:
    """What a trader may change: the scheme (-1: none), broker, office, and the company it trades as."""

    scheme: Any
    broker: Any
    office: Any
    company: Any
    spared: Any
    companies: int = 0


def fitting(market: Market, *, in_union: Any) -> dict[str, Any]:
    """Return for each kind of lie the products with which it pays, as claims by product. `in_union`: by country."""
    parts, products, tariff = market.partnerships, market.products, market.tariff
    goods, regime = products["goods"], parts["regime"][products["partnership"]]
    duty, lower = tariff.duty[goods], tariff.lower[goods]
    is_home = (regime == HOME_USE) | (regime == WAREHOUSE)
    is_foreign = ~in_union[products["origin"]]
    from_union = in_union[parts["export_country"][products["partnership"]]]
    saves = (lower >= 0) & (tariff.duty[np.maximum(lower, 0)] < duty)
    return {
        "undervaluation": is_home,
        "goods-shift": is_home & saves & is_foreign,
        "origin": is_home & is_foreign & from_union & (duty > 0),
        "ghost-import": is_home & is_foreign & ~from_union & (duty > 0),
        "quantity": is_home,
        "hidden-goods": is_home & (duty <= 25),
        "transit-diversion": regime == TRANSIT,
        "suspension-abuse": regime == SUSPENSION,
        "false-return": is_home & (np.nan_to_num(tariff.kg_per_unit[goods]) >= 5),
        "hub-origin": is_home & is_foreign & (duty >= 25),
    }


@dataclass(slots=True)
class Plotting:
    """Draws the schemes of a world."""

    random: Random
    market: Market
    behaviour: Behaviour
    fits: dict[str, Any]
    taken: set[int] = field(default_factory=set)

    def schemes(self, *, days: int) -> tuple[list[Scheme], int]:
        """Return every scheme of the period, the wholly new one last, and the day on which that begins."""
        told = self.behaviour["schemes"]
        new_day = int(days * told["new_scheme_at"])
        new = self._scheme("N1", self.random.choice(told["new_kinds"]), begins=new_day, size=8, most=told["new_scheme"])
        made: list[Scheme] = []
        for until, begins in ((told["standing"], None), (told["beginning_a_year"] * days / 365, days)):
            meant = 0.0
            for _ in range(2000):
                if meant >= until:
                    break
                day = -FOREVER if begins is None else self.random.randrange(max(1, begins))
                kind = self.random.choices(list(told["kinds"]), list(told["kinds"].values()))[0]
                size = self.random.randint(*told["ring_size"]) if self.random.random() < told["ring"] else 1
                one = self._scheme(f"S{len(made) + 1}", kind, begins=day, size=size, most=until - meant + 0.001)
                if one is not None:
                    made.append(one[0])
                    meant += one[1]
        return [*made, *([new[0]] if new else [])], new_day

    def _scheme(self, name: str, kind: str, *, begins: int, size: int, most: float) -> tuple[Scheme, float] | None:
        """Return a scheme and the share of lines it means, or None where nobody is left whom it would pay."""
        told, traders = self.behaviour["schemes"], self.market.traders
        share, weight = self._means(kind, max(0, begins))
        near = (traders["start"] >= begins - 60) & (traders["start"] <= begins)
        weight = weight * np.where(near, told["young"], 1.0) * np.where(traders["aeo"], told["aeo"], 1.0)
        weight[list(self.taken)] = 0.0
        members: list[int] = []
        usage, meant = self.random.uniform(*told["usage"]), 0.0
        while len(members) < size and meant < most and weight.sum() > 0:
            one = self.random.choices(range(len(weight)), weight.tolist())[0]
            members.append(one)
            meant += float(share[one]) * usage
            weight[one] = 0.0
        if not members:
            return None
        self.taken |= set(members)
        scope = self.behaviour["lies"]["quantity" if kind == "quantity" else "undervaluation"]
        colludes = self.random.random() < told["collusion"]
        return Scheme(name, kind, members, begins, self.random.uniform(*scope), usage, colludes), meant

    def _means(self, kind: str, day: int) -> tuple[Any, Any]:
        """Return each trader's share of all lines with goods that fit on the day, and how much the scheme tempts it."""
        parts, products, traders = self.market.partnerships, self.market.products, self.market.traders
        runs = (parts["start"] <= day) & (np.minimum(parts["end"], traders["end"][parts["trader"]]) > day + 30)
        weight = np.where(runs, traders["rate"][parts["trader"]] * parts["weight"], 0.0)
        part = products["partnership"]
        line = (weight / max(weight.sum(), 1e-9) / parts["products"])[part] * self.fits[kind]
        count = len(traders["rate"])
        share = np.bincount(parts["trader"][part], line, count)
        duty = np.exp(self.behaviour["schemes"]["duty_elasticity"] * self.market.tariff.duty[products["goods"]])
        tempts = np.bincount(parts["trader"][part], line * duty, count)
        return share, np.where(share <= MEANT_AT_MOST, np.sqrt(tempts), 0.0)


@dataclass(frozen=True, slots=True)
class Reacting:
    """What members of a scheme do when one of them is caught, and when nobody is."""

    random: Random
    market: Market
    behaviour: Behaviour
    habits: Habits
    fits: dict[str, Any]

    def caught(self, scheme: Scheme, trader: int, *, day: int) -> None:
        """Let the trader react, and those colleagues who hear of it."""
        told = self.behaviour["reactions"]
        scheme.caught, scheme.quiet_since = scheme.caught + 1, day
        self._react(_drawn(self.random, told["own"]), scheme, trader, day=day)
        for colleague in scheme.members:
            if colleague != trader and self.random.random() < told["heard"]:
                self._react(_drawn(self.random, told["colleagues"]), scheme, colleague, day=day)

    def unnoticed(self, scheme: Scheme, *, day: int) -> None:
        """Let a scheme that nobody found for long grow bolder."""
        told = self.behaviour["reactions"]
        since = max(scheme.quiet_since, scheme.begins, 0)
        if day - since >= told["bolder_after_days"]:
            scheme.depth = min(0.8, scheme.depth * told["bolder"])
            scheme.usage = min(0.95, scheme.usage * told["bolder"])
            scheme.quiet_since = day

    def _react(self, way: str, scheme: Scheme, trader: int, *, day: int) -> None:
        told, habits, random = self.behaviour["reactions"], self.habits, self.random
        if way == "stop":
            habits.scheme[trader] = -1
        elif way == "pause":
            scheme.paused_until = max(scheme.paused_until, day + random.randint(*told["pause_days"]))
        elif way == "company":
            habits.company[trader] = habits.companies
            habits.companies += 1
        elif way == "broker":
            habits.broker[trader] = random.randrange(self.market.brokers)
            habits.office[trader] = random.randrange(len(self.market.offices[self.market.traders["home"][trader]]))
        elif way == "goods" and self._other_goods(scheme, trader):
            return
        else:
            scheme.depth, scheme.usage = scheme.depth * told["milder"], scheme.usage * told["milder"]

    def _other_goods(self, scheme: Scheme, trader: int) -> bool:
        """Claim that the trader goes on with other goods: half of those that fit are spared from now on."""
        owner = self.market.partnerships["trader"][self.market.products["partnership"]]
        own = np.flatnonzero((owner == trader) & self.fits[scheme.kind]).tolist()
        if len(own) < 2:
            return False
        self.habits.spared[own] = False
        self.habits.spared[self.random.sample(own, len(own) // 2)] = True
        return True


def settle(market: Market, schemes: list[Scheme]) -> Habits:
    """Return the habits at first; the members of a ring share a broker."""
    traders: Columns = market.traders
    count = len(traders["rate"])
    habits = Habits(
        scheme=np.full(count, -1),
        broker=traders["broker"].copy(),
        office=traders["office"].copy(),
        company=np.arange(count),
        spared=np.zeros(len(market.products["goods"]), dtype=bool),
        companies=count,
    )
    for number, scheme in enumerate(schemes):
        habits.scheme[scheme.members] = number
        habits.broker[scheme.members] = habits.broker[scheme.members[0]]
    return habits


def _drawn(random: Random, weights: dict[str, int]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]
