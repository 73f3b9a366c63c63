"""Workbooks made to end or fill a process: both commands that read workbooks refuse or read them, within bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.builders.workbooks import SHEET, cell, ods, sheet, workbook

MOST_MEMORY_KB = 400 * 1024
"""For the interpreter with all libraries, and the reader: each workbook below would take gigabytes as a whole."""
COLUMNS = {"reference": "A", "type_code": "IMA", "item": "1", "goods_code": "090111"}


def row(number: int, texts) -> str:
    return f"<row r='{number}'>{''.join(cell(f'{chr(65 + at)}{number}', text) for at, text in enumerate(texts))}</row>"


HEADER, ROW = row(1, COLUMNS), row(2, COLUMNS.values())
CORNERS = [HEADER, ROW, f"<row r='1048576'>{cell('XFD1048576', 'far')}</row>"]
MANY = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(3, 1_000_003))
WIDE = '<mergeCells><mergeCell ref="A3:XFD1048576"/></mergeCells>'
SAID = "<table:table-cell office:value-type='string'><text:p>BX</text:p></table:table-cell>"
TARGET = """
import sys
from comity.entrypoints.cli.main import main
try:
    main()
finally:
    with open("/proc/self/status") as status:
        print(next(line for line in status if line.startswith("VmHWM")).split()[1], file=sys.stderr)
"""

WORKBOOKS = {
    "corners": lambda: workbook({SHEET: sheet(CORNERS)}),
    "bomb": lambda: workbook({SHEET: b" " * (257 * 2**20)}),
    "bomb-packed-otherwise": lambda: workbook({SHEET: b" " * (200 * 2**20)}, zipfile.ZIP_BZIP2),
    "merged": lambda: workbook({SHEET: sheet([HEADER, ROW], f"<mergeCells>{MANY}</mergeCells>")}),
    "merged-into-one": lambda: workbook({SHEET: sheet([HEADER, ROW], WIDE)}),
    "deep": lambda: workbook({SHEET: b"<a>" * 1_000_000 + b"</a>" * 1_000_000}),
    "empty-rows": lambda: workbook({SHEET: sheet([HEADER, ROW, "<row/>" * 1_000_000])}),
    "nothing-asked-for": lambda: workbook({SHEET: sheet([HEADER, ROW], "<a/>" * 2_000_000)}),
    "styles": lambda: workbook({"xl/styles.xml": b"<styleSheet>" + b"<a/>" * 2_000_000 + b"</styleSheet>"}),
    "repeated": lambda: ods(f"<table:table-row table:number-rows-repeated='9999'>{SAID * 256}</table:table-row>" * 500),
}
TOLD = {  # workbook -> what `comity codes import` tells, what `comity check` tells
    "corners": (["codes.too-large"], ["declarations.reference-missing", "declarations.row-too-long"]),
    "bomb": (["codes.too-large"], ["declarations.too-large"]),
    "bomb-packed-otherwise": (["codes.archive-refused"], ["declarations.workbook-malformed"]),
    "merged": (["codes.too-large"], ["declarations.too-large"]),
    "merged-into-one": (["codes.too-large"], ["declarations.too-large"]),
    "deep": (["codes.workbook-malformed"], ["declarations.workbook-malformed"]),
    "empty-rows": ([], []),
    "nothing-asked-for": (["codes.workbook-malformed"], ["declarations.workbook-malformed"]),
    "styles": (["codes.workbook-malformed"], ["declarations.workbook-malformed"]),
    "repeated": (["codes.too-large"], ["declarations.header-missing"]),
}


def measured(*command: str) -> tuple[str, int]:
    ran = subprocess.run(
        [sys.executable, "-c", TARGET, *command],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert ran.returncode in (0, 1), ran.stderr[-500:]
    return ran.stdout, int(ran.stderr.splitlines()[-1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workbooks")
    for name, made in WORKBOOKS.items():
        (folder / f"{name}.xlsx").write_bytes(made())
    return folder


def told(said: list[dict]) -> dict[str, list[str]]:
    return {Path(one["file"]).stem: [error["code"] for error in one["errors"]] for one in said}


def test_code_lists_in_hostile_workbooks_are_refused_or_read(folder, tmp_path):
    home = str(tmp_path / "ke")
    measured("init", "--authority", "KE", "--name", "Kenya", "--home", home)

    said, memory = measured("codes", "import", str(folder), "--home", home, "--json")

    files = json.loads(said)["files"]
    assert told(files) == {name: codes for name, (codes, _) in TOLD.items()}
    assert [one["entries"] for file in files for one in file["lists"]] == [1]
    assert memory < MOST_MEMORY_KB


def test_declarations_in_hostile_workbooks_are_refused_or_read(folder):
    said, memory = measured("check", str(folder), "--json")

    assert told([json.loads(line) for line in said.splitlines() if line]) == {
        name: codes for name, (_, codes) in TOLD.items()
    }
    assert memory < MOST_MEMORY_KB


def test_workbook_that_is_too_large_is_not_written_again(folder, tmp_path):
    out = tmp_path / "remarks.xlsx"

    said, memory = measured("check", str(folder / "merged-into-one.xlsx"), "--remarks", str(out), "--json")

    assert "declarations.not-writable" in said
    assert not out.exists()
    assert memory < MOST_MEMORY_KB
