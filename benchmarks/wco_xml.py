"""How many WCO XML declarations one core reads and checks in a second, beside lxml merely parsing the same bytes.

Run with `python benchmarks/wco_xml.py` from the project's root. Data: 500 generated declarations of one to six items
(seeded), and the published samples where they are beside the project. Each document counts with the best of several
passes, so that another process on the machine does not count as ours; the reader remembers parts of documents that came
before, so documents that repeat nothing are measured beside, each read once. The last line is one JSON object.
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
from functools import reduce
from pathlib import Path
from xml.etree import ElementTree as ET

from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.builders.declarations import a_declaration, an_item, with_shipment  # noqa: E402

from comity.features.declarations.formats.wco_xml.write import write_wco_xml  # noqa: E402
from comity.features.declarations.read import read_documents  # noqa: E402

GOAL_PER_SECOND = 8_000
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


def unrepeated(number: int, seed: int) -> list[bytes]:
    """Return generated declarations whose parties, numbers and amounts are in no other document."""
    documents = []
    for index, content in enumerate(generated(number, seed)):
        own = b"%d%05d" % (seed % 10, index)
        documents.append(reduce(lambda text, change: text.replace(change[0], change[1] % own), OWN, content))
    return documents


OWN = (
    (b"<ID>KE0000000", b"<ID>KE%s"),
    (b">INV-100<", b">INV-%s<"),
    (b">6KE000000001-COFFEE1<", b">6KE-%s<"),
    (b">BL-778899<", b">BL-%s<"),
    (b">S-1<", b">S-%s<"),
    (b">KBX 123A<", b">KBX %s<"),
    (b"Highland Coffee Growers", b"Example Grower %s"),
    (b"Lakeside Roasters", b"Example Roaster %s"),
    (b"1 Market Road", b"%s Market Road"),
    (b">5400.25<", b">%s.25<"),
    (b">5600<", b">%s<"),
    (b">300<", b">%s<"),
    (b">12.5<", b">%s.5<"),
    (b"KE/1-20", b"KE/%s"),
    (b"washed arabica", b"washed arabica, lot %s"),
)
"""What is said in every generated declaration, and what an own one says instead."""


def bests(acts: Sequence[Callable[[bytes], object]], documents: Sequence[bytes]) -> list[float]:
    """Return how many documents a second each act manages: the best time of each document, the acts taking turns."""
    best = [[float("inf")] * len(documents) for _ in acts]
    for _ in range(PASSES):
        for act, times in zip(acts, best, strict=True):
            for place, document in enumerate(documents):
                started = time.perf_counter()
                act(document)
                times[place] = min(times[place], time.perf_counter() - started)
    return [len(documents) / sum(times) for times in best]


def once(number: int = 400) -> float:
    """Return how many unrepeated documents a second are read, each once: best of three sets."""
    rates = []
    for seed in (11, 12, 13):
        documents = unrepeated(number, seed)
        started = time.perf_counter()
        for document in documents:
            read_documents(document)
        rates.append(number / (time.perf_counter() - started))
    return max(rates)


def as_dict(content: bytes) -> dict:
    """Read a document as a user without a reader would: the standard library's tree, made into dicts, unchecked."""
    return _dict_of(ET.fromstring(content))


def _dict_of(element: ET.Element) -> dict:
    inside: dict = {}
    for child in element:
        inside.setdefault(child.tag.rpartition("}")[2], []).append(_dict_of(child) if len(child) else child.text)
    return inside


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


def checked_sets() -> list[tuple[str, list[bytes]]]:
    """Return the sets of documents, each of which is accepted; the published ones where they are beside the project."""
    sets = [(name, some) for name, some in (("generated", generated(500)), ("published", published())) if some]
    for name, documents in [*sets, ("unrepeated", unrepeated(20, 11))]:
        if not all(one.declaration for content in documents for one in read_documents(content).documents):
            raise SystemExit(f"{name}: a document that should be accepted was refused")
    return sets


def measure() -> dict[str, float]:
    """Return the figures named in `benchmarks/documents.py`: the worse of generated and published documents.

    `…_unrepeated_per_second` is of documents that have nothing in common but their structure, each read once;
    `…_as_dict_per_second` is of ElementTree and dicts, which check nothing.
    """
    found = [bests((read_documents, etree.fromstring, as_dict), documents) for _, documents in checked_sets()]
    return {
        "wco_xml_per_second": min(ours for ours, _, _ in found),
        "wco_xml_over_bare_lxml": max(bare / ours for ours, bare, _ in found),
        "wco_xml_unrepeated_per_second": once(),
        "wco_xml_as_dict_per_second": min(plain for _, _, plain in found),
    }


def main() -> None:
    """Measure and print."""
    figures = []
    for name, documents in checked_sets():
        ours, bare, plain = bests((read_documents, etree.fromstring, as_dict), documents)
        elements = sum(sum(1 for _ in etree.fromstring(one).iter("*")) for one in documents) / len(documents)
        figures += [
            figure(f"{name}: read and checked", ours, goal=GOAL_PER_SECOND),
            figure(f"{name}: lxml parses only", bare),
            figure(f"{name}: ElementTree made into dicts, unchecked", plain),
            figure(f"{name}: time over bare lxml", bare / ours, unit="×"),
            figure(f"{name}: mean size", sum(map(len, documents)) / len(documents) / 1024, unit="KiB"),
            figure(f"{name}: mean elements", elements, unit="elements"),
        ]
    figures.append(figure("unrepeated: read and checked, each once", once()))
    for one in figures:
        print(f"{one['name']:52} {one['value']} {one['unit']}")
    print(json.dumps({"benchmark": "wco_xml", "cores": os.cpu_count(), "figures": figures}))


if __name__ == "__main__":
    main()
