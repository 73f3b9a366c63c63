"""What does the partner's export record say beside each import, where an agreement has it sent, and where it is here?

The facts a mirror would find, by this world's own arithmetic on the two declarations; severity by the default limits of
the mirror requirements (value 0.95 to 1.25, severest at half or 2.5 times; masses 2 %).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from comity.entrypoints.demo.world.simulation.lie import Ground, Lies
from comity.entrypoints.demo.world.simulation.market import Columns
from comity.entrypoints.demo.world.simulation.trade import Draw, between


def partner_facts(draw: Draw, ground: Ground, true: Columns, told: Columns, lies: Lies) -> Columns:
    """Return the partner facts of a day's lines: equal for the lines of one declaration."""
    say = ground.behaviour["partner"]
    _, first, at = np.unique(true["declaration"], return_index=True, return_inverse=True)
    count = len(first)
    expected = np.isin(told["export"][first], ground.partners)
    is_ghost = np.bincount(at, lies.kind == "ghost-import", count) > 0
    found = expected & ~is_ghost & (draw.random(count) < say["found"])
    wrong = found & (draw.random(count) < say["wrong_pairs"])
    exported_value = np.where(lies.colludes, told["price"], true["price"])
    value = _sum(at, told["price"] * (1 + true["freight"]), count) / _sum(at, exported_value, count)
    mass = _sum(at, told["gross"], count) / _sum(at, true["gross"], count)
    amount = _sum(at, told["packages"], count) / _sum(at, true["packages"], count)
    whole = _completeness(draw, say, count)
    value = value / whole * np.exp(_noise(draw, count, say, "value")) * _exporter_errs(draw, say, count)
    mass = mass / whole * np.exp(_noise(draw, count, say, "mass"))
    goods = np.bincount(at, told["goods"] != true["goods"], count) > 0
    origin = np.bincount(at, (told["origin"] != true["origin"]) & ~lies.colludes, count) > 0
    goods = goods | wrong | (draw.random(count) < say["goods_differ"])
    origin = origin | (draw.random(count) < say["origin_differs"])
    value = np.where(wrong, value * np.exp(draw.normal(0, 1.0, count)), value)
    mass = np.where(wrong, mass * np.exp(draw.normal(0, 1.0, count)), mass)
    doubtful = wrong | (draw.random(count) < say["doubtful"])
    sure = np.where(doubtful, between(draw, say["doubtful_probability"], count), between(draw, say["certain"], count))
    severity = np.where(found, _severity(value, mass, goods, origin), 0.0)
    illicit = np.bincount(at, lies.scheme >= 0, count) > 0
    alert = draw.random(count) < np.where(illicit, say["alert_illicit"], say["alert_honest"])
    facts = {
        "mirror_expected": expected,
        "mirror_found": found,
        "mirror_probability": np.where(found, sure, np.nan),
        "mirror_value_ratio": np.where(found, value, np.nan),
        "mirror_mass_ratio": np.where(found, mass, np.nan),
        "mirror_quantity_ratio": np.where(found, amount / whole, np.nan),
        "mirror_goods_differ": np.where(found, goods.astype(float), np.nan),
        "mirror_origin_differs": np.where(found, origin.astype(float), np.nan),
        "mirror_severity": severity,
        "partner_alert": expected & alert,
    }
    return {name: held[at] for name, held in facts.items()}


def _sum(at: Any, weights: Any, count: int) -> Any:
    return np.bincount(at, weights, count)


def _completeness(draw: Draw, say: Any, count: int) -> Any:
    """Return the share of the export that is beside the import: not one while parts of a consolidation are missing."""
    parts = (draw.random(count) < say["consolidated"]) & (draw.random(count) < say["consolidated_incomplete"])
    halves = (draw.random(count) < say["split"]) & (draw.random(count) < say["split_incomplete"])
    share = draw.uniform(0.3, 0.7, count)
    return np.where(parts, share, np.where(halves, 1 / share, 1.0))


def _noise(draw: Draw, count: int, say: Any, what: str) -> Any:
    tail = draw.random(count) < say[f"{what}_tail"]
    return draw.normal(0.0, np.where(tail, say[f"{what}_tail_sd"], say[f"{what}_sd"]))


def _exporter_errs(draw: Draw, say: Any, count: int) -> Any:
    errs = draw.random(count) < say["exporter_errs"]
    return np.exp(np.where(errs, draw.normal(0.0, say["exporter_error_sd"], count), 0.0))


def _severity(value: Any, mass: Any, goods: Any, origin: Any) -> Any:
    low = np.clip((0.95 - value) / 0.45, 0, 0.8)
    high = np.clip((value - 1.25) / 1.25, 0, 0.8)
    worth = np.where((value < 0.95) | (value > 1.25), 0.2 + np.maximum(low, high), 0.0)
    off = np.abs(mass - 1)
    weight = np.where(off > 0.02, 0.2 + np.clip((off - 0.02) / 0.5, 0, 0.8), 0.0)
    return np.maximum.reduce([worth, weight, np.where(goods, 0.6, 0.0), np.where(origin, 0.6, 0.0)])
