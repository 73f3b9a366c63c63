"""How many entry summary declarations one core reads, and holds against schemas and all rules, in a second.

Run with `python benchmarks/ens_rules.py` from the project's root, or as a part of `make bench-documents`. Each figure
stands beside lxml parsing and validating the same messages against the same schema, which is what nobody can go below.
Data: the published messages and packs where they are beside the project; else generated messages under one small pack.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402
from tests.builders.entry_summaries import an_entry_summary  # noqa: E402
from tests.conformance.entry_summary import unpack  # noqa: E402

from comity.features.declarations.read import DEFAULT_LIMITS, read_documents  # noqa: E402
from comity.features.declarations.requirements import read_requirements  # noqa: E402
from comity.features.declarations.rule_packs.book import RuleBook  # noqa: E402
from comity.foundation.clock import SystemClock  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "entry-summary"
PASSES = 3
RULE = {"test": "count('GOOITEGDS') >= 1 && exists('HEAHEA/RefNumHEA4')", "errorCode": "1", "errorMessage": "Example."}


def per_second(act: Callable[[bytes], object], messages: Sequence[bytes]) -> float:
    """Return how many messages a second `act` manages in its best pass, by the processor's time."""
    best = float("inf")
    for _ in range(PASSES):
        started = time.process_time()
        for message in messages:
            act(message)
        best = min(best, time.process_time() - started)
    return len(messages) / best


def material(folder: Path) -> tuple[list[bytes], Path, Path | None]:
    """Return messages, their rules and their schemas."""
    if DATA.is_dir():
        cases = unpack(DATA, folder)
        return [case.path.read_bytes() for case in cases], DATA / "rules", DATA / "xsd"
    pack = {"element": "/", "name": "example", "asserts": [RULE]}
    (folder / "example.json").write_text(json.dumps(pack), encoding="utf-8")
    return [an_entry_summary()] * 300, folder, None


def measure(most: int | None = None) -> dict[str, float]:
    """Return the figures of `benchmarks/documents.py`, of at most so many messages."""
    with tempfile.TemporaryDirectory() as made:
        messages, rules, schemas = material(Path(made))
        messages = messages[:most]
        required = read_requirements(rules=rules, schemas=schemas, clock=SystemClock())
        book, today = RuleBook(rules), SystemClock().now().date()
        roots = {message: etree.fromstring(message) for message in messages}
        figures = {
            "ens_rules_per_second": per_second(
                lambda one: book.findings(roots[one], folder="", today=today, limits=DEFAULT_LIMITS), messages
            ),
            "ens_checked_per_second": per_second(lambda one: read_documents(one, requirements=required), messages),
            "ens_bare_lxml_per_second": per_second(etree.fromstring, messages),
        }
        if schemas is not None:
            bare = {
                root: etree.XMLSchema(etree.parse(schemas / f"{root}-v11-2-New.xsd")) for root in ("CC315A", "CC313A")
            }

            def validate(message: bytes) -> bool:
                root = etree.fromstring(message)
                return bare[root.tag.rpartition("}")[2]].validate(root)

            figures["ens_bare_xsd_per_second"] = per_second(validate, messages)
        return figures


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=int, help="how many messages; all without it")
    figures = measure(asked.parse_args().messages)
    tell("ens_rules", [figure(name, value, "messages/s") for name, value in figures.items()])


if __name__ == "__main__":
    main()
