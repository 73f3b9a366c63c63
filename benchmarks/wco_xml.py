"""How many WCO XML declarations one core reads and checks in a second, beside lxml merely parsing the same bytes.

Run with `python benchmarks/wco_xml.py` from the project's root. Data: 500 generated declarations of one to six items
(seeded), and the published samples where they are beside the project. Each figure is the best of several passes, so
that another process on the machine does not count as ours. The last line is one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.builders.declarations import a_declaration, an_item, with_shipment  # noqa: E402

from comity.features.declarations.formats.wco_xml.write import write_wco_xml  # noqa: E402
from comity.features.declarations.read import read_documents  # noqa: E402

GOAL_PER_SECOND = 3_000
PASSES = 7
SAMPLES = ROOT.parent / "shared" / "data" / "wco-declarations" / "samples"


def generated(number: int, seed: int = 1) -> list[bytes]:
    """Return declarations of one to six goods items, two on average: most trade declares few."""
    draw = random.Random(seed)
    documents = []
    for index in range(number):
        items = draw.choice((1, 1, 1, 2, 2, 6))
        goods = tuple(
            replace(an_item(place), net_mass_kg=Decimal(draw.randrange(1, 1200)), gross_mass_kg=Decimal(1230))
            for place in range(1, items + 1)
        )
        declaration = a_declaration(items, functional_reference_id=f"KE-2026-{index:06d}")
        documents.append(write_wco_xml(with_shipment(declaration, items=goods)))
    return documents


def published() -> list[bytes]:
    """Return the published samples that are declarations and are accepted."""
    contents = [path.read_bytes() for path in sorted(SAMPLES.rglob("*.xml"))] if SAMPLES.is_dir() else []
    return [one for one in contents if any(document.declaration for document in read_documents(one).documents)]


def per_second(act: Callable[[bytes], object], documents: Sequence[bytes]) -> float | None:
    """Return how many documents a second `act` manages in its best pass; None without documents."""
    if not documents:
        return None
    best = float("inf")
    for _ in range(PASSES):
        started = time.perf_counter()
        for document in documents:
            act(document)
        best = min(best, time.perf_counter() - started)
    return len(documents) / best


def figure(name: str, value: float | None, *, unit: str = "declarations/s", goal: int | None = None) -> dict:
    """Return one figure of the result."""
    holds = None if goal is None or value is None else value >= goal
    return {
        "name": name,
        "value": None if value is None else round(value, 1),
        "unit": unit,
        "goal": goal,
        "holds": holds,
    }


def measure() -> dict[str, float]:
    """Return the figures named in `benchmarks/documents.py`: the worse of generated and published documents."""
    rates, ratios = [], []
    for documents in filter(None, (generated(500), published())):
        ours, bare = per_second(read_documents, documents) or 0, per_second(etree.fromstring, documents) or 0
        rates.append(ours)
        ratios.append(bare / ours)
    return {"wco_xml_per_second": min(rates), "wco_xml_over_bare_lxml": max(ratios)}


def main() -> None:
    """Measure and print."""
    figures = []
    for name, documents in (("generated", generated(500)), ("published samples", published())):
        if documents and not all(one.declaration for content in documents for one in read_documents(content).documents):
            raise SystemExit(f"{name}: a document that should be accepted was refused")
        size = sum(map(len, documents)) / len(documents) / 1024 if documents else None
        elements = sum(sum(1 for _ in etree.fromstring(one).iter("*")) for one in documents) / (len(documents) or 1)
        figures += [
            figure(f"{name}: read and checked", per_second(read_documents, documents), goal=GOAL_PER_SECOND),
            figure(f"{name}: lxml parses only", per_second(etree.fromstring, documents)),
            figure(f"{name}: mean size", size, unit="KiB"),
            figure(f"{name}: mean elements", elements if documents else None, unit="elements"),
        ]
    for one in figures:
        print(f"{one['name']:40} {one['value']} {one['unit']}")
    print(json.dumps({"benchmark": "wco_xml", "cores": os.cpu_count(), "figures": figures}))


if __name__ == "__main__":
    main()
