"""What reading, classifying and assessing trade documents costs and finds: every part's figures in one JSON object.

Run with `make bench-documents`, or `python benchmarks/documents.py [PART…]`. Each part is a module beside this one with
`measure() -> dict[str, float]`; what it measures, on what, and beside what, is said there.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

PARTS = ("wco_xml",)
"""The modules that measure, in the order in which they run."""

GOALS = {
    "wco_xml_per_second": (">=", 8_000),
    "wco_xml_over_bare_lxml": ("<=", 2.0),
    "edifact_mb_per_second": (">=", 20),
    "csv_rows_per_second": (">=", 100_000),
    "duty_items_per_second": (">=", 50_000),
    "classify_p95_ms": ("<=", 50),
    "clear_hs6_top1": (">=", 0.75),
    "clear_hs6_top5": (">=", 0.92),
}
"""Figure -> what it must be at least, or at most."""


def holds(name: str, value: float) -> bool | None:
    """Claim that a figure reaches its goal; None where it has none."""
    if name not in GOALS:
        return None
    direction, goal = GOALS[name]
    return value >= goal if direction == ">=" else value <= goal


def main() -> None:
    """Measure each part and print the figures."""
    figures: dict[str, float] = {}
    for part in sys.argv[1:] or PARTS:
        figures |= importlib.import_module(f"benchmarks.{part}").measure()
    for name, value in figures.items():
        verdict = {True: "holds", False: "FALLS SHORT", None: ""}[holds(name, value)]
        print(f"{name:32} {value:>14,.4g}  {verdict}")
    print(json.dumps({"benchmark": "documents", "cores": os.cpu_count(), "figures": figures}))


if __name__ == "__main__":
    main()
