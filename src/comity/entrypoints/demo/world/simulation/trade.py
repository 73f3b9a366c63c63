"""What is truly imported from one day to the next, before anybody lies? A few weeks of lines at once, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from comity.entrypoints.demo.world.simulation.behaviour import Behaviour
from comity.entrypoints.demo.world.simulation.market import Columns, Market

BLOCK_DAYS = 28
Draw = np.random.Generator


@dataclass(frozen=True, slots=True)
class Climate:
    """How prices and volumes move: `drift` by goods and day (logarithm), `wave` by goods (share, first day)."""

    drift: Any
    amplitude: Any
    phase: Any


@dataclass(frozen=True, slots=True)
class Period:
    """When the world plays and how much is declared: lines in the mean of all days."""

    start: date
    days: int
    lines_per_day: int


def make_climate(draw: Draw, behaviour: Behaviour, *, goods: int, days: int) -> Climate:
    """Return the walk of every reference price and the year's wave of every kind of goods."""
    steps = draw.normal(0.0, behaviour["price"]["drift_month_sd"] / np.sqrt(30), (goods, days + BLOCK_DAYS))
    amplitude = between(draw, behaviour["season"]["amplitude"], goods)
    return Climate(np.cumsum(steps, axis=1), amplitude, draw.uniform(0, 365, goods))


def between(draw: Draw, bounds: Sequence[float], count: int) -> Any:
    """Return `count` numbers spread evenly between the two bounds."""
    low, high = bounds
    return draw.uniform(low, high, count)


def trade_of(
    draw: Draw, market: Market, behaviour: Behaviour, *, climate: Climate, period: Period, first: int
) -> Columns:
    """Return the true lines of the block of days that begins on day `first`, in the order of acceptance.

    `day` counts from the start, `second` in the day; `declaration` numbers the block's declarations from 0; `price` is
    in USD at the place of dispatch, `freight` its share for carriage and insurance.
    """
    days = min(BLOCK_DAYS, period.days - first)
    declarations = _declarations(draw, market, behaviour, climate=climate, period=period, span=(first, days))
    told = behaviour["declarations"]
    counts = np.array(list(map(int, told["items"])))
    shares = np.array(list(told["items"].values()), dtype=float)
    number = len(declarations["day"])
    held = market.partnerships["products"][declarations["partnership"]]
    items = np.minimum(draw.choice(counts, number, p=shares / shares.sum()), held)
    at = np.repeat(np.arange(number), items)
    item = np.arange(len(at)) - np.repeat(np.cumsum(items) - items, items)
    offset = (draw.random(number) * held).astype(int)
    lines = {name: column[at] for name, column in declarations.items()}
    product = market.partnerships["first_product"][lines["partnership"]] + (offset[at] + item) % held[at]
    lines |= {"declaration": at, "item": item + 1, "items": items[at], "product": product}
    lines["trader"] = market.partnerships["trader"][lines["partnership"]]
    lines |= _worth(draw, market, behaviour, lines=lines, climate=climate)
    return lines


def _declarations(
    draw: Draw, market: Market, behaviour: Behaviour, *, climate: Climate, period: Period, span: tuple[int, int]
) -> Columns:
    first, days = span
    parts, traders = market.partnerships, market.traders
    middle = first + days / 2
    main = market.products["goods"][parts["first_product"]]
    wave = 1 + climate.amplitude[main] * np.sin(2 * np.pi * (middle + climate.phase[main]) / 365)
    trader = parts["trader"]
    weight = (
        traders["rate"][trader] * np.exp(np.clip(traders["growth"][trader] * middle, -1, 1)) * parts["weight"] * wave
    )
    ends = np.minimum(parts["end"], traders["end"][trader])
    weight = np.where((parts["start"] < first + days) & (ends > first), weight, 0.0)
    per_day = _per_day(behaviour, period, first=first, days=days)
    counts = draw.poisson(per_day)
    day = np.repeat(np.arange(first, first + days), counts)
    sums = np.cumsum(weight)
    chosen = np.searchsorted(sums, draw.random(len(day)) * sums[-1], side="right")
    opens, closes = behaviour["declarations"]["opening_hours_utc"]
    second = draw.integers(opens * 3600, closes * 3600, len(day))
    runs = (parts["start"][chosen] <= day) & (ends[chosen] > day)
    day, chosen, second = day[runs], chosen[runs], second[runs]
    order = np.lexsort((second, day))
    return {"day": day[order], "second": second[order], "partnership": chosen[order]}


def _per_day(behaviour: Behaviour, period: Period, *, first: int, days: int) -> Any:
    """Return the declarations expected on each day: few on Sundays, more before the turn of the year."""
    told = behaviour["declarations"]["items"]
    mean = sum(int(items) * share for items, share in told.items()) / sum(told.values())
    dates = [period.start + timedelta(days=first + number) for number in range(days)]
    weekdays = np.array(behaviour["season"]["weekdays"], dtype=float)
    share = weekdays[[held.weekday() for held in dates]] / weekdays.mean()
    peak = np.array([1 + behaviour["season"]["year_end"] * (held.month in (11, 12)) for held in dates])
    return period.lines_per_day / mean * share * peak * _DROPPED


_DROPPED = 1.22
"""Declarations drawn for one that is made: partnerships end within a block, and have fewer goods than items drawn."""


def _worth(draw: Draw, market: Market, behaviour: Behaviour, *, lines: Columns, climate: Climate) -> Columns:
    told, prices, tariff = behaviour["declarations"], behaviour["price"], market.tariff
    product, count = lines["product"], len(lines["product"])
    goods = market.products["goods"][product]
    size = market.products["size"][product] + draw.normal(0.0, told["mass_sd"], count) - np.log(lines["items"])
    net = np.round(np.maximum(0.5, np.exp(tariff.log_mass[goods] + size)), 1)
    level = tariff.log_price[goods] + market.products["level"][product] + climate.drift[goods, lines["day"]]
    level = level + prices["bulk_elasticity"] * size + draw.normal(0.0, prices["consignments_sd"], count)
    sold_off = draw.random(count) < prices["clearance_lots"]
    level[sold_off] += np.log(between(draw, prices["clearance_price"], int(sold_off.sum())))
    declarations = int(lines["declaration"][-1]) + 1 if count else 0
    return {
        "goods": goods,
        "origin": market.products["origin"][product],
        "export": market.partnerships["export_country"][lines["partnership"]],
        "regime": market.partnerships["regime"][lines["partnership"]],
        "net": net,
        "gross": np.round(net * draw.uniform(1.01, 1.06, count), 1),
        "packages": np.maximum(1.0, np.round(net / tariff.kg_per_pack[goods])),
        "quantity": np.maximum(1.0, np.round(net / tariff.kg_per_unit[goods])),
        "price": net * np.exp(level),
        "freight": between(draw, told["freight"], declarations)[lines["declaration"]],
    }
