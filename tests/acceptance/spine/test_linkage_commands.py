"""`comity mirror link` on files: pairs with reasons, what could not be used, and why two records were paired or not."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.unit.mirror.linkage.worlds import true_pairs, world

ROOT = Path(__file__).resolve().parents[3]


def run(*command: str, expected: int = 0) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "comity", "mirror", "link", *command],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
    )
    assert ran.returncode == expected, ran.stdout[-500:] + ran.stderr[-1500:]
    return ran.stdout


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    made, folder = world("moderate", 600), tmp_path_factory.mktemp("linkage")
    sides = {"imports": made.imports, "exports": made.exports}
    with duckdb.connect() as connection:
        for side, suffix in (("imports", "csv"), ("exports", "parquet")):
            columns = sides[side]  # noqa: F841 - found by its name in this frame
            connection.execute(f"COPY (SELECT * FROM columns) TO '{folder / side}.{suffix}'")
    return made, folder / "imports.csv", folder / "exports.parquet"


def test_pairs_of_two_files_are_written_with_their_reasons(files, tmp_path):
    made, imports, exports = files
    pairs = tmp_path / "pairs.csv"

    told = json.loads(run(str(imports), str(exports), "-o", str(pairs), "--json"))

    with pairs.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    accepted = {(row["import_id"], row["export_id"]) for row in rows if float(row["probability"]) >= 0.5}
    assert (told["imports"], told["exports"], told["accepted"]) == (600, 600, len(accepted))
    assert len(accepted & true_pairs(made)) > 0.9 * len(true_pairs(made))
    assert all("bits" in row["reasons"] or "add up" in row["reasons"] for row in rows)
    assert told["faults"] == []


def test_why_two_records_were_paired_or_not(files):
    made, imports, exports = files
    ours, theirs = made.true_imports[0], made.true_exports[0]
    other = made.true_exports[1]

    paired = json.loads(run(str(imports), str(exports), "--why", ours, theirs, "--json"))["why"]
    apart = json.loads(run(str(imports), str(exports), "--why", ours, other, "--json"))["why"]

    assert paired["probability"] > 0.5
    assert paired["met_by"]
    assert apart["probability"] is None
    assert apart["bits"] < paired["bits"]
    assert {"import": ours, "export": theirs, "bits": paired["bits"]} in apart["rivals"]
    assert f"{ours} and {other}: not paired" in run(str(imports), str(exports), "--why", ours, other)


def test_what_cannot_be_used_is_told(files, tmp_path):
    _, imports, exports = files
    lines = imports.read_text(encoding="utf-8").splitlines(keepends=True)
    worse = tmp_path / "worse.csv"
    worse.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("what\n1\n", encoding="utf-8")

    assert "What could not be used" in run(str(worse), str(exports))
    assert "linkage-input-invalid" in run(str(unknown), str(exports), "--json", expected=1)
    assert "linkage-input-invalid" in run(str(imports), str(exports), "--why", "x", "y", "--json", expected=1)
