"""The independent verifier: short, of nothing but the standard library, and no more lenient than the project's own."""

from __future__ import annotations

import ast
import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.cooperation.ledger.evidence import build_bundle
from comity.cooperation.ledger.verify_evidence import EvidenceInvalid, verify_bundle
from comity.flows.prove import bundle_for
from tests.conformance.protocol.evidence import as_text, bad_bundles, bundle, entry, good_bundles, note, owner
from tests.conformance.protocol.ledger import consistency, leaves_of
from tests.simulators.nodes import make_pair

PROGRAM = Path(__file__).resolve().parents[3] / "docs" / "protocol" / "verify_bundle.py"


def judge(folder: Path, bundles: list[Any]) -> list[bool]:
    """Give bundles to the program, in one run; return of each whether it holds."""
    files = []
    for number, one in enumerate(bundles):
        files.append(folder / f"{number}.json")
        files[-1].write_text(json.dumps(one), encoding="utf-8")
    command = [sys.executable, "-I", str(PROGRAM), *map(str, files)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=240)
    told = dict(line.split(": ", 1) for line in ran.stdout.splitlines() if not line.startswith("  "))
    held = [told[str(file)] == "holds" for file in files]
    assert ran.returncode == (0 if all(held) else 1), ran.stderr
    return held


def changes(value: Any) -> Iterator[Any]:
    """Give every value that differs from this one in one place."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield {other: value[other] for other in value if other != name}
            yield from ({**value, name: changed} for changed in changes(one))
        yield {**value, "another": 1}
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield value[:place] + value[place + 1 :]
            yield from ([*value[:place], changed, *value[place + 1 :]] for changed in changes(one))
        yield [*value, value[-1] if value else 1]
    elif isinstance(value, bool) or value is None:
        yield "x"
    elif isinstance(value, int):
        yield value + 1
    else:
        yield f"{value}x"
        if value:
            yield value[:-1] + chr(ord(value[-1]) ^ 1)
            yield chr(ord(value[0]) ^ 1) + value[1:]


def test_program_is_short_and_needs_nothing_but_one_package():
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert len(PROGRAM.read_text(encoding="utf-8").splitlines()) < 150
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}


def test_program_accepts_the_good_bundles_of_the_vectors_and_refuses_the_bad_ones(tmp_path):
    good, bad = dict(good_bundles()), dict(bad_bundles())

    held = dict(zip([*good, *bad], judge(tmp_path, [*good.values(), *bad.values()]), strict=True))

    assert [name for name in good if not held[name]] == []
    assert [name for name in bad if held[name]] == []


def test_program_accepts_cosignatures_of_any_two_sizes_and_refuses_a_fork_among_them(tmp_path):
    sizes = [(first, second) for first in range(10, 15) for second in (10, 14, 16)]

    assert all(judge(tmp_path, [two_sizes(*pair) for pair in sizes]))
    assert not any(judge(tmp_path, [two_sizes(*pair, history=" of another") for pair in sizes]))


def two_sizes(first: int, second: int, history: str = "") -> dict[str, Any]:
    smaller, leaves = min(first, second), leaves_of(16)
    return bundle(
        size=smaller,
        checkpoints=[note(first, owner(), "UG"), note(second, owner(), "RW", history=history)],
        consistency=[[as_text(step) for step in consistency(smaller, leaves[:one])] for one in (first, second)],
        entries=[entry(3, smaller), entry(9, smaller)],
    )


def test_program_refuses_every_bundle_that_differs_from_a_good_one_in_one_field(tmp_path):
    good = bundle()
    others = [copy.deepcopy(one) for one in changes(good)]
    assert len(others) > 300

    held = judge(tmp_path, others)

    assert [place for place, holds in enumerate(held) if holds] == []
    for one in others:
        with pytest.raises(EvidenceInvalid):
            verify_bundle(one)


@pytest.fixture
def delivered(database, tmp_path, clock):
    """Return Kenya and Uganda after messages were delivered and logs co-signed."""
    from comity.foundation.storage.base import Base
    from comity.foundation.storage.session import Database

    other = Database(f"sqlite:///{tmp_path / 'uganda.db'}")
    Base.metadata.create_all(other.engine)
    pair = make_pair(database, other, clock)
    for number in range(3):
        pair.declare(f"d{number}")
    pair.deliver()
    pair.deliver()
    yield pair
    other.dispose()


def test_program_accepts_what_a_node_proves_and_refuses_a_message_under_another_text(delivered, tmp_path):
    node = delivered.kenya
    with node.database.reading() as session:
        made = bundle_for(session, "d1", keys=node.keys, clock=delivered.clock)
        forged = build_bundle(
            session,
            subjects=["d1"],
            keys=node.keys,
            partners=[delivered.uganda.keys.public],
            context={
                "agreements": [{"agreement": {**made["context"]["agreements"][0]["agreement"], "title": "Another"}}]
            },
        )

    assert {one["kind"] for one in made["entries"]} >= {"message-sent", "receipt"}
    assert made["witnesses"]
    assert judge(tmp_path, [made, forged]) == [True, False]
