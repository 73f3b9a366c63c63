"""The published vectors are what this project does, can be made again, and catch an implementation that differs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from comity.cooperation.agreements.partnership import partnership
from comity.cooperation.ledger.tree import leaf_hash
from tests.conformance.protocol.make_vectors import AREAS, FOLDER, all_vectors, written
from tests.conformance.protocol.operations import OPERATIONS

ROOT = Path(__file__).resolve().parents[3]
RUNNER = ROOT / "docs" / "protocol" / "run_vectors.py"


def run(*options: str, expected: int = 0) -> str:
    ran = subprocess.run([sys.executable, str(RUNNER), *options], capture_output=True, text=True, timeout=120)
    assert ran.returncode == expected, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran.stdout


def test_this_project_passes_every_vector():
    told = json.loads(run("--json"))

    assert told["failed"] == []
    assert told["unsupported"] == 0
    assert told["passed"] == len(list(all_vectors())) > 200


@pytest.mark.parametrize("area", AREAS)
def test_vectors_can_be_made_again_byte_for_byte(area):
    assert (FOLDER / f"{area}.json").read_text(encoding="utf-8") == written(area)


def test_every_file_is_made_by_the_generator_and_every_operation_is_used():
    assert {file.stem for file in FOLDER.glob("*.json")} == set(AREAS)
    assert {one["operation"] for one in all_vectors()} == set(OPERATIONS)


def test_every_operation_is_described():
    page = (ROOT / "docs" / "protocol" / "vectors.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.M)) == set(OPERATIONS)


def test_every_refusal_of_the_exchange_has_a_vector_or_is_named_as_having_none():
    described = (ROOT / "docs" / "protocol" / "exchange.md").read_text(encoding="utf-8")
    section = described.partition("## Refusal codes")[2].partition("\n## ")[0]
    codes = set(re.findall(r"^\| `([a-z.-]+)` \|", section, re.M))
    page = (ROOT / "docs" / "protocol" / "vectors.md").read_text(encoding="utf-8")
    without = set(
        re.findall(r"`([a-z]+\.[a-z-]+)`", page.partition("These codes have no vector")[2].partition("\n\n")[0])
    )

    shown = {one.get("tells", one["expected"].get("error")) for one in all_vectors()}

    assert codes - shown == without
    assert without <= codes


def test_the_partnerships_messages_are_described_as_they_are():
    page = (ROOT / "docs" / "protocol" / "partnership.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| `([^`]+)` \| `([^`]+)` \| (.+?) \|", page, re.M)
    agreement = partnership("KE", "UG")

    told = [(number, name, purpose, re.findall(r"`([^`]+)`", fields)) for number, name, purpose, fields in rows]

    clauses = sorted(agreement.clauses, key=lambda clause: int(clause.article))
    assert [(number, name, purpose, sorted(fields)) for number, name, purpose, fields in told] == [
        (one.article, one.id, one.purposes[0], list(agreement.fields_of(one.data_class))) for one in clauses
    ]


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("for line in sys.stdin: print('{\"result\": {}}', flush=True)", "FAILED"),
        ('for line in sys.stdin: print(\'{"error": "ledger.proof-invalid"}\', flush=True)', "FAILED"),
        ("for line in sys.stdin: print('hello', flush=True)", "not one line of JSON"),
        ("sys.exit(0)", "the program ended"),
        ("for line in sys.stdin: print('{\"unsupported\": true}', flush=True)", "not supported"),
    ],
)
def test_an_implementation_that_differs_is_told(program, told, tmp_path):
    other = tmp_path / "other.py"
    other.write_text(f"import sys\n{program}\n", encoding="utf-8")

    output = run("--command", f"{sys.executable} {other}", str(FOLDER / "tree.json"), expected=1)

    assert told in output


def test_roots_are_those_that_certificate_transparency_publishes():
    # the eight leaves of the tests of RFC 6962's and RFC 9162's reference implementation, and their roots
    contents = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf_hash(bytes.fromhex(one)).hex() for one in contents]

    roots = [OPERATIONS["root-make"]({"leaves": leaves[:size]})["root"] for size in range(9)]

    assert roots[0] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert roots[1] == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert roots[8] == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_canonical_numbers_are_those_of_rfc_8785():
    given = {"json": "[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]"}

    assert OPERATIONS["canonical-json"](given) == {"canonical": "[333333333.3333333,1e+30,4.5,0.002,1e-27]"}
