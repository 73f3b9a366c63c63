"""What the reader of workbooks gives of a sheet, and which workbooks it refuses before it has read them."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.foundation.sheets.ods import MOST_REPEATED_ROWS
from comity.foundation.sheets.sheet import MOST_COLUMNS, WorkbookRefused
from comity.foundation.sheets.workbook import MAX_PARTS, sheets_of
from tests.builders.workbooks import SHEET, cell, ods, sheet, workbook
from tests.conformance.fuzz.fuzz_sheets import one_input

SAID = "<table:table-cell><text:p>BX</text:p></table:table-cell>"


def rows_of(content):
    return [(number, row) for one in sheets_of(content) for number, row in one.rows()]


def test_cells_keep_their_kinds_and_dates_are_known_by_the_styles():
    book = openpyxl.Workbook()
    book.active.append(["code", 7, 2.5, True, date(2026, 3, 2), None, "last"])
    content = io.BytesIO()
    book.save(content)

    assert rows_of(content.getvalue()) == [(1, ["code", 7, 2.5, True, date(2026, 3, 2), "", "last"])]


def test_the_area_between_far_cells_is_never_made():
    content = workbook({SHEET: sheet([f"<row r='1048576'>{cell('XFD1048576', 'far')}</row>"])})

    ((number, row),) = rows_of(content)

    assert number == 1_048_576
    assert row == [*[""] * MOST_COLUMNS, "far"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (workbook({SHEET: sheet([f"<row r='1048577'>{cell('A1048577', 'x')}</row>"])}), "workbook-malformed"),
        (workbook({f"xl/media/{number}.png": b"" for number in range(MAX_PARTS)}), "too-large"),
        (
            ods(f"<table:table-row table:number-rows-repeated='{MOST_REPEATED_ROWS + 1}'>{SAID}</table:table-row>"),
            "workbook-malformed",
        ),
        (ods("</table:table><table:table>" * 201), "too-large"),
        (b"PK\x03\x04", "workbook-malformed"),
    ],
    ids=["rows beyond a sheet", "parts", "rows repeated", "sheets", "cut off"],
)
def test_refuses_what_no_sheet_holds(content, reason):
    with pytest.raises(WorkbookRefused) as refused:
        rows_of(content)

    assert refused.value.reason == reason
    assert refused.value.message.endswith(".")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 255), st.lists(st.sampled_from([b"<row r='1'>", b"<c r='ZZ9' t='s'><v>-1</v></c>",
    b"<c t='d'><v>x</v></c>", b"</row>", b"<worksheet>", b"</worksheet>", b"<mergeCell ref='A1:B9'/>", b"<xf/>",
    b"<si><t>", b"\xff", b"<sheet/>", b"<numFmt numFmtId='9e9'/>"]), max_size=12))  # fmt: skip
def test_no_part_of_a_workbook_makes_a_reader_raise(which, pieces):
    one_input(bytes([which]) + b"".join(pieces))
