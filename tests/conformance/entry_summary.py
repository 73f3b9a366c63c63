"""How far do our errors agree with those a national system expects of published entry summary declarations?

Each message of `test-cases.tar.xz` has a `.ctl` file beside it with the expected errors: number, text, location. A file
that expects the schema to be broken names no number; then we agree where the schema is broken for us too.
"""

from __future__ import annotations

import tarfile
import tempfile
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from lxml import etree

from comity.features.declarations.read import read_documents
from comity.features.declarations.requirements import Requirements, read_requirements
from comity.foundation.clock import SystemClock
from comity.foundation.errors import Severity

ARCHIVE = "test-cases.tar.xz"
SCHEMA_BROKEN = ("schema", "")
_ERROR = "{http://www.govtalk.gov.uk/CM/errorresponse}Error"

Errors = frozenset[tuple[str, str]]
"""Numbers of rules with their locations."""


class Case(NamedTuple):
    """One published message: its file, and the errors expected of it."""

    path: Path
    expected: Errors


def unpack(folder: Path, into: Path) -> list[Case]:
    """Unpack the messages that have expected errors; nothing else of the archive is written."""
    with tarfile.open(folder / ARCHIVE) as archive:
        members = {PurePosixPath(one.name): one for one in archive if one.isfile() and one.size < 2**20}
        wanted = [path for path in members if path.suffix == ".xml" and path.with_suffix(".ctl") in members]
        for path in wanted:
            for one in (members[path], members[path.with_suffix(".ctl")]):
                archive.extract(one, into, filter="data")
    return [Case(into / path, expected_of(into / path.with_suffix(".ctl"))) for path in sorted(wanted)]


def expected_of(control: Path) -> Errors:
    """Return what a `.ctl` file expects."""
    space = _ERROR.partition("}")[0] + "}"
    found = set()
    for error in etree.parse(control).iter(_ERROR):
        number = error.findtext(f"{space}Number")
        found.add((number, error.findtext(f"{space}Location")) if number else SCHEMA_BROKEN)
    return frozenset(found)


def told_of(path: Path, requirements: Requirements, *, as_file: bool = True) -> Errors:
    """Return what we tell of a message; without `as_file` its bytes alone are read, not the name of its folder."""
    reading = read_documents(path if as_file else path.read_bytes(), requirements=requirements)
    found = [one for document in reading.documents for one in document.findings if one.severity is Severity.ERROR]
    return frozenset(
        (one.code.removeprefix("ens."), one.path) if one.code.startswith("ens.") else SCHEMA_BROKEN for one in found
    )


def compare(cases: list[Case], requirements: Requirements) -> dict[str, Any]:
    """Return the shares of agreement and, for each rule, how often it was told rightly, missed, and told wrongly."""
    same_codes = same_places = same_alone = 0
    hits, misses, false = Counter[str](), Counter[str](), Counter[str]()
    for path, expected in cases:
        told = told_of(path, requirements)
        wanted, found = {number for number, _ in expected}, {number for number, _ in told}
        same_codes += wanted == found
        same_places += expected == told
        same_alone += wanted == {number for number, _ in told_of(path, requirements, as_file=False)}
        hits.update(wanted & found)
        misses.update(wanted - found)
        false.update(found - wanted)
    rules = {
        number: {"hits": hits[number], "misses": misses[number], "false": false[number]}
        for number in sorted({*hits, *misses, *false})
    }
    total = max(len(cases), 1)
    return {
        "messages": len(cases),
        "exact_codes_share": round(same_codes / total, 4),
        "exact_places_share": round(same_places / total, 4),
        "exact_codes_share_without_folder": round(same_alone / total, 4),
        "rules": rules,
    }


def agreement(folder: Path) -> dict[str, Any]:
    """Return the agreement over all published messages of a collection with `rules`, `xsd` and the archive."""
    requirements = read_requirements(rules=folder / "rules", schemas=folder / "xsd", clock=SystemClock())
    assert requirements is not None
    with tempfile.TemporaryDirectory() as into:
        return compare(unpack(folder, Path(into)), requirements)


def as_table(rules: dict[str, dict[str, int]]) -> list[str]:
    """Return the lines of a table of the rules, those that do not agree first."""
    ordered = sorted(rules.items(), key=lambda one: (-(one[1]["misses"] + one[1]["false"]), one[0]))
    head = f"{'rule':>8} {'hits':>6} {'misses':>6} {'false':>6}"
    return [head, *(f"{number:>8} {one['hits']:6} {one['misses']:6} {one['false']:6}" for number, one in ordered)]
