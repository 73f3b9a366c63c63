"""What do those who cheat declare instead of the truth, and what does it cost the treasury?

Duty ad valorem on the CIF value (WTO Valuation Agreement, Article 8.2), value added tax on value and duty; nothing
under suspension, in transit and on return.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from comity.entrypoints.demo.world.simulation.behaviour import Behaviour
from comity.entrypoints.demo.world.simulation.market import (
    HOME_USE,
    RETURN,
    WAREHOUSE,
    Columns,
    Market,
)
from comity.entrypoints.demo.world.simulation.schemes import Habits, Scheme
from comity.entrypoints.demo.world.simulation.trade import Draw, between

STATED = ("goods", "origin", "export", "regime", "net", "gross", "packages", "quantity", "price")
OCCASIONAL = ("undervaluation", "quantity", "goods-shift")
MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies are told upon: the market, claims by country, the partners' numbers, value added tax in per cent."""

    market: Market
    behaviour: Behaviour
    fits: dict[str, Any]
    in_union: Any
    partners: Any
    hubs: Any
    vat: float


@dataclass(frozen=True, slots=True)
class Lies:
    """What is wrong with each line of a day: kind (None: nothing), number of the scheme (-1: none), depth, revenue."""

    kind: Any
    scheme: Any
    depth: Any
    colludes: Any
    lost_usd: Any


def lie(
    draw: Draw, ground: Ground, true: Columns, *, schemes: list[Scheme], habits: Habits, day: int
) -> tuple[Columns, Lies]:
    """Return what is declared of a day's true lines, and what is wrong with it."""
    told: Columns = {name: true[name].copy() for name in STATED}
    lies = _choose(draw, ground, true, schemes=schemes, habits=habits, day=day)
    for kind in sorted(set(lies.kind[lies.kind != None].tolist())):  # noqa: E711 - by element
        if kind in _WAYS:
            _WAYS[kind](draw, ground, told, np.flatnonzero(lies.kind == kind), lies.depth)
    truly = {**true, "regime": _owed_regime(true["regime"], lies.kind)}
    evaded = np.maximum(0.0, due(ground, truly, true["freight"]) - due(ground, told, true["freight"]))
    lost = np.where(lies.kind == None, 0.0, evaded)  # noqa: E711 - by element
    hidden = np.flatnonzero(lies.kind == "hidden-goods")
    lost[hidden] = _smuggle(draw, ground, told, hidden)
    honest = np.flatnonzero(lies.kind == None)  # noqa: E711 - by element
    errs = honest[draw.random(len(honest)) < ground.behaviour["errors"]["honest_mistakes"]]
    lies.kind[errs] = MISTAKE
    lost[errs] = between(draw, ground.behaviour["errors"]["mistake_revenue_usd"], len(errs))
    return told, Lies(lies.kind, lies.scheme, lies.depth, lies.colludes, np.round(lost, 2))


def due(ground: Ground, lines: Columns, freight: Any) -> Any:
    """Return duty and tax in USD on lines as they are stated."""
    value = lines["price"] * (1 + freight)
    rate = np.where(ground.in_union[lines["origin"]], 0.0, ground.market.tariff.duty[lines["goods"]] / 100)
    owed = value * rate + value * (1 + rate) * ground.vat / 100
    return np.where((lines["regime"] == HOME_USE) | (lines["regime"] == WAREHOUSE), owed, 0.0)


def _choose(draw: Draw, ground: Ground, true: Columns, *, schemes: list[Scheme], habits: Habits, day: int) -> Lies:
    count = len(true["goods"])
    kind, depth, scheme = np.full(count, None, dtype=object), np.zeros(count), np.full(count, -1)
    colludes, chance, product = np.zeros(count, dtype=bool), draw.random(count), true["product"]
    theirs = habits.scheme[true["trader"]]
    for number in np.unique(theirs[theirs >= 0]).tolist():
        one = schemes[number]
        if one.begins > day or one.paused_until >= day:
            continue
        rows = np.flatnonzero(theirs == number)
        fit = ground.fits[one.kind][product[rows]] & ~habits.spared[product[rows]] & (chance[rows] < one.usage)
        rows = rows[fit]
        kind[rows], scheme[rows], colludes[rows] = one.kind, number, one.colludes
        depth[rows] = np.clip(one.depth * draw.uniform(0.8, 1.2, len(rows)), 0.02, 0.9)
    told = ground.behaviour["schemes"]
    duty = ground.market.tariff.duty[true["goods"]]
    often = told["opportunists"] * np.exp(told["duty_elasticity"] * (duty - duty.mean())) if count else duty
    for row in np.flatnonzero((theirs < 0) & (chance < often)).tolist():
        fits = [each for each in OCCASIONAL if ground.fits[each][product[row]]]
        if fits:
            kind[row] = fits[int(draw.integers(len(fits)))]
            depth[row] = draw.uniform(*ground.behaviour["lies"]["opportunist"])
    return Lies(kind, scheme, depth, colludes, np.zeros(count))


def _owed_regime(regime: Any, kind: Any) -> Any:
    """Return the regime under which the goods really enter."""
    return np.where((kind == "transit-diversion") | (kind == "suspension-abuse"), HOME_USE, regime)


def _smuggle(draw: Draw, ground: Ground, told: Columns, rows: Any) -> Any:
    """Hide goods among those declared; return the revenue they owed. Part of their mass is in the gross mass."""
    lies = ground.behaviour["lies"]
    hidden = np.minimum(lies["hidden_most_kg"], told["gross"][rows] * between(draw, lies["hidden_share"], len(rows)))
    told["gross"][rows] = np.round(told["gross"][rows] + hidden * lies["hidden_shows"] * draw.random(len(rows)) * 2, 1)
    return hidden * lies["hidden_usd_kg"] * lies["hidden_tax"]


def _undervalue(_draw: Draw, _ground: Ground, told: Columns, rows: Any, depth: Any) -> None:
    told["price"][rows] *= 1 - depth[rows]


def _hide_quantity(_draw: Draw, _ground: Ground, told: Columns, rows: Any, depth: Any) -> None:
    for name in ("price", "net", "gross"):
        told[name][rows] *= 1 - depth[rows]
    for name in ("packages", "quantity"):
        told[name][rows] = np.maximum(1.0, np.round(told[name][rows] * (1 - depth[rows])))


def _shift(_draw: Draw, ground: Ground, told: Columns, rows: Any, _depth: Any) -> None:
    told["goods"][rows] = ground.market.tariff.lower[told["goods"][rows]]
    told["quantity"][rows] = np.nan


def _launder(_draw: Draw, _ground: Ground, told: Columns, rows: Any, _depth: Any) -> None:
    told["origin"][rows] = told["export"][rows]


def _invent_export(draw: Draw, ground: Ground, told: Columns, rows: Any, _depth: Any) -> None:
    told["export"][rows] = told["origin"][rows] = draw.choice(ground.partners, len(rows))


def _through_hub(draw: Draw, ground: Ground, told: Columns, rows: Any, _depth: Any) -> None:
    told["export"][rows] = told["origin"][rows] = draw.choice(ground.hubs, len(rows))


def _feign_return(_draw: Draw, ground: Ground, told: Columns, rows: Any, _depth: Any) -> None:
    told["regime"][rows] = RETURN
    told["price"][rows] *= ground.behaviour["lies"]["return_value"]


_WAYS: dict[str, Callable[[Draw, Ground, Columns, Any, Any], None]] = {
    "undervaluation": _undervalue,
    "quantity": _hide_quantity,
    "goods-shift": _shift,
    "origin": _launder,
    "ghost-import": _invent_export,
    "hub-origin": _through_hub,
    "false-return": _feign_return,
}
"""Kinds that change what is stated; the others keep the papers true and divert or hide the goods."""
