"""What reading, classifying and assessing trade documents costs and finds: every part's figures in one JSON object.

Run with `make bench-documents`, or `python benchmarks/documents.py [PART…]`. Each part is a module beside this one with
`measure() -> dict[str, float]`; what it measures, on what, and beside what, is said there.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402

PARTS = ("classification", "wco_xml", "ens_rules", "edifact", "tabular", "ncts_xml", "duty", "codes")
"""The modules that measure, in the order in which they run."""

GOALS: dict[str, dict[str, float]] = {
    "wco_xml_per_second": {"least": 8_000},
    "wco_xml_over_bare_lxml": {"most": 2.0},
    "edifact_mb_per_second": {"least": 20},
    "csv_rows_per_second": {"least": 100_000},
    "duty_items_per_second": {"least": 50_000},
    "classify_p95_ms": {"most": 50},
    "clear_hs6_top1": {"least": 0.75},
    "clear_hs6_top5": {"least": 0.92},
}
"""Figure -> what it must be at least, or at most."""


def main() -> None:
    """Measure each part and print the figures."""
    figures: dict[str, float] = {}
    for part in sys.argv[1:] or PARTS:
        print(f"measuring: {part}", file=sys.stderr, flush=True)
        figures |= importlib.import_module(f"benchmarks.{part}").measure()
    tell("documents", [figure(name, value, **GOALS.get(name, {})) for name, value in figures.items()])


if __name__ == "__main__":
    main()
