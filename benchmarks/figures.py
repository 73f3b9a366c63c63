"""How every benchmark tells its figures: each with its unit, its goal and whether it holds; all as one JSON object."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

Figure = dict[str, Any]


def figure(
    name: str, value: float | None, unit: str = "", *, least: float | None = None, most: float | None = None
) -> Figure:
    """Return one figure; `least` or `most` is its goal. `holds` is None without a goal, or without a value."""
    goal = most if least is None else least
    holds = None
    if goal is not None and value is not None:
        holds = value >= goal if least is not None else value <= goal
    shown = None if value is None else round(value, 4 if abs(value) < 10 else 1)
    return {"name": name, "value": shown, "unit": unit, "goal": goal, "holds": holds}


def tell(benchmark: str, figures: Sequence[Figure]) -> None:
    """Print a line for each figure, and all of them as JSON on the last line."""
    width = max(len(one["name"]) for one in figures)
    for one in figures:
        verdict = {True: "", False: f"  FALLS SHORT of {one['goal']}", None: ""}[one["holds"]]
        print(f"{one['name']:{width}}  {one['value']} {one['unit']}{verdict}")
    print(json.dumps({"benchmark": benchmark, "cores": os.cpu_count(), "figures": list(figures)}))
