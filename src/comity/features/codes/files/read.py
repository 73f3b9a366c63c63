"""What code lists a file holds: unpack it, see its layout, and read every list in it.

No bytes raise; malformed rows are findings with their number, and the rest goes on.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from comity.features.codes.entries import DEFAULT_LIMITS, CodeLimits, Published
from comity.features.codes.files.objects import read_json
from comity.features.codes.files.table import read_table
from comity.features.codes.files.unpack import unpacked
from comity.foundation.errors import Finding, Severity
from comity.foundation.sheets.sheet import MOST_COLUMNS, Row, WorkbookRefused
from comity.foundation.sheets.workbook import sheets_of

READABLE = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".xlsx", ".ods", ".gz", ".zip")
_DELIMITERS = ",;\t|"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_MAX_NAME = 80
_SHEETS_TOO_LARGE = (
    "Expected at most {limits.max_entries} rows and {columns} columns in a sheet, and {limits.max_cells} cells in all."
    " Import the lists one by one."
)


def read_code_lists(name: str, content: bytes, *, limits: CodeLimits = DEFAULT_LIMITS) -> Published:
    """Return every list and correlation in the bytes; `name` is the file's, for the names of lists that have none."""
    published = Published()
    for one in unpacked(name, content, limits=limits):
        if isinstance(one, Finding):
            published.findings.append(one)
            continue
        found = _read_file(*one, limits=limits)
        _merge(published, found)
    return published


def _merge(into: Published, found: Published) -> None:
    """Add what one file of an archive holds; parts of one list (UN/LOCODE comes in three) become one."""
    known = {one.name: index for index, one in enumerate(into.lists)}
    for one in found.lists:
        if one.name in known:
            earlier = into.lists[known[one.name]]
            seen = {entry.code for entry in earlier.entries}
            rest = tuple(entry for entry in one.entries if entry.code not in seen)
            into.lists[known[one.name]] = type(one)(one.name, (*earlier.entries, *rest), earlier.published)
        else:
            into.lists.append(one)
    into.correlations += found.correlations
    into.findings += found.findings


def _read_file(name: str, content: bytes, *, limits: CodeLimits) -> Published:
    if not content.strip():
        return _refused("file-empty", "The file is empty. Fetch it again.")
    if content.startswith(b"PK\x03\x04"):
        return _read_workbook(name, content, limits)
    head = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if head in (b"{", b"["):
        return read_json(list_name(name), content.removeprefix(b"\xef\xbb\xbf"), limits=limits)
    if b"\x00" in content[:4096] or head == b"<":
        return _refused(
            "layout-unknown", "Expected JSON, CSV, XLSX or ODS, packed with gzip or zip or not; other bytes came."
        )
    return _read_csv(name, _decoded(content), limits)


def _read_csv(name: str, text: str, limits: CodeLimits) -> Published:
    try:
        rows = list(_csv_rows(text, limits))
    except csv.Error:
        return _refused("file-malformed", "The table cannot be read: a quote is not closed. Fetch the file again.")
    if len(rows) > limits.max_entries:
        return _refused("too-large", f"Expected at most {limits.max_entries} rows. Import the lists one by one.")
    return read_table(list_name(name), rows, limits=limits)


def list_name(file: str) -> str:
    """Return the name of a list from its file's: without folders and endings, of letters, digits, `.`, `_`, `-`."""
    stem = PurePath(file.replace("\\", "/")).name
    while "." in stem and stem.lower().endswith(READABLE):
        stem = stem.rpartition(".")[0]
    return _NOT_IN_NAMES.sub("-", stem).strip("-")[:_MAX_NAME] or "list"


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what UNECE publishes in


def _csv_rows(text: str, limits: CodeLimits) -> Iterator[tuple[int, Sequence[Any]]]:
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for count, cells in enumerate(reader):
        if count > limits.max_entries:
            yield reader.line_num, []
            return
        yield reader.line_num, cells[: limits.max_columns]


def _read_workbook(name: str, content: bytes, limits: CodeLimits) -> Published:
    published = Published()
    room = limits.max_cells
    sheets: list[tuple[str, list[tuple[int, Row]]]] = []
    try:
        for sheet in sheets_of(content):
            rows: list[tuple[int, Row]] = []
            for number, row in sheet.rows():
                room -= len(row)
                if room < 0 or len(row) > MOST_COLUMNS or len(rows) == limits.max_entries:
                    return _refused("too-large", _SHEETS_TOO_LARGE.format(limits=limits, columns=MOST_COLUMNS))
                rows.append((number, row))
            sheets.append((sheet.name, rows))
    except WorkbookRefused as refused:
        return _refused(refused.reason, refused.message)
    for title, rows in sheets:
        own = list_name(name) if len(sheets) == 1 else list_name(title)
        found = read_table(own, rows, limits=limits) if rows else Published()
        _merge(published, found)
    return published


def _refused(code: str, message: str) -> Published:
    return Published(findings=[Finding(f"codes.{code}", "/", message, Severity.ERROR)])
