"""How many transit messages and ASYCUDA exports one core reads and checks in a second, beside lxml merely parsing them.

Run with `python benchmarks/ncts_xml.py` from the project's root. Data: the published messages that are accepted where
they are beside the project; generated messages of every type (seeded draws of their elements), their JSON twins, and
exports of one to six items. Each figure is the best of several passes. The last line is one JSON object.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402
from benchmarks.wco_xml import bests  # noqa: E402
from tests.builders.asycuda import export  # noqa: E402
from tests.builders.ncts import as_json, message  # noqa: E402

from comity.features.declarations.formats.ncts_xml.grammar import grammar  # noqa: E402
from comity.features.declarations.read import read_documents  # noqa: E402

SAMPLES = ROOT.parent / "shared" / "data" / "ncts" / "samples"


def messages(number: int, seed: int = 1) -> list[bytes]:
    """Return messages of every type in turn, each with a draw of its elements."""
    draw, names = random.Random(seed), sorted(grammar().messages)
    made = [etree.tostring(message(names[place % len(names)], draw=draw)) for place in range(number * 2)]
    return [one for one in made if _is_accepted(one)][:number]


def twins(number: int) -> list[bytes]:
    """Return the JSON twins of the same messages."""
    return [as_json(etree.fromstring(one)) for one in messages(number)]


def published() -> list[bytes]:
    """Return the published messages in XML that are accepted."""
    contents = [path.read_bytes() for path in sorted(SAMPLES.glob("*.xml"))] if SAMPLES.is_dir() else []
    return [one for one in contents if _is_accepted(one)]


def exports(number: int, seed: int = 1) -> list[bytes]:
    """Return exports of one to six items, two on average."""
    draw = random.Random(seed)
    return [export(draw.choice((1, 1, 1, 2, 2, 6))).encode() for _ in range(number)]


def _is_accepted(content: bytes) -> bool:
    return all(document.document is not None for document in read_documents(content).documents)


def measure() -> dict[str, float]:
    """Return messages and exports a second, and how much longer each takes than lxml merely parsing it."""
    figures = {}
    for name, documents in (
        ("ncts_generated", messages(200)),
        ("ncts_published", published()),
        ("asycuda", exports(60)),
    ):
        if documents:
            ours, bare = bests((read_documents, etree.fromstring), documents)
            figures |= {f"{name}_per_second": ours, f"{name}_over_bare_lxml": bare / ours}
    documents = twins(200)
    return figures | ({"ncts_json_per_second": bests((read_documents,), documents)[0]} if documents else {})


def main() -> None:
    """Measure and print."""
    tell("ncts_xml", [figure(name, value) for name, value in measure().items()])


if __name__ == "__main__":
    main()
