"""What declarations a table holds: CSV (RFC 4180; UTF-8; comma, semicolon or tab) and XLSX, one row per goods item."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from comity.features.declarations.formats.tabular.cells import Cell, text_of
from comity.features.declarations.formats.tabular.header import columns_of, decimal_mark_of, delimiter_of, is_header
from comity.features.declarations.formats.tabular.rows import Row, documents_of
from comity.features.declarations.formats.tabular.workbook import WorkbookRefused, sheets_of
from comity.features.declarations.reading import Limits, ReadDocument
from comity.foundation.errors import Finding, Severity


def read_csv(content: bytes, *, limits: Limits, findings: list[Finding]) -> Iterator[ReadDocument]:
    """Yield the declarations of a CSV file; faults of the file itself are added to `findings`. Never raises."""
    text = _decoded(content, findings)
    if text is None:
        return
    first_line = text.partition("\n")[0]
    rows: list[Row] = []
    names: list[str | None] | None = None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(first_line), strict=True)
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names, faults = columns_of(cells, place=f"row {reader.line_num}")
                findings += faults
                if faults:
                    return
                continue
            if len(rows) >= limits.max_rows:
                findings.append(_too_many_rows(limits))
                return
            rows.append(_row(f"row {reader.line_num}", names, cells, findings))
    except csv.Error:
        message = "The row is not CSV: a quotation mark is not closed, or a cell is too long. Was the file cut off?"
        findings.append(Finding("declarations.csv-malformed", f"row {reader.line_num}", message))
    yield from _documents(rows, limits=limits, findings=findings)


def read_xlsx(content: bytes, *, limits: Limits, findings: list[Finding]) -> Iterator[ReadDocument]:
    """Yield the declarations of every sheet that has a header; other sheets are noted. Never raises."""
    rows: list[Row] = []
    has_header = False
    try:
        for sheet, lines in sheets_of(content, limits=limits):
            before = len(findings)
            if _sheet_rows(sheet, lines, rows, limits=limits, findings=findings):
                has_header = True
            if any(one.severity is Severity.ERROR for one in findings[before:]):
                return
    except WorkbookRefused as refusal:
        findings.append(Finding(refusal.code, "/", refusal.message))
        return
    if not has_header:
        message = "Expected a sheet whose first row names the columns, “reference” among them; none came."
        findings.append(Finding("declarations.header-missing", "/", message))
        return
    yield from _documents(rows, limits=limits, findings=findings)


def _sheet_rows(
    sheet: str, lines: Iterable[tuple[int, Sequence[Cell]]], rows: list[Row], *, limits: Limits, findings: list[Finding]
) -> bool:
    names: list[str | None] | None = None
    for number, cells in lines:
        if not any(text_of(cell) for cell in cells):
            continue
        place = f"sheet {sheet}, row {number}"
        if names is None:
            if not is_header(cells):
                message = "The sheet's first row does not name the columns, “reference” among them: it is not read."
                findings.append(Finding("declarations.sheet-ignored", place, message, Severity.WARNING))
                return False
            names, faults = columns_of(cells, place=place)
            findings += faults
            if faults:
                return True
            continue
        if len(rows) >= limits.max_rows:
            findings.append(_too_many_rows(limits))
            return True
        rows.append(_row(place, names, cells, findings))
    return names is not None


def _row(place: str, names: Sequence[str | None], cells: Sequence[Cell], findings: list[Finding]) -> Row:
    if any(text_of(cell) for cell in cells[len(names) :]):
        message = "The row has more cells than the header: a value may hold the delimiter. Quote it."
        findings.append(Finding("declarations.row-too-long", place, message))
    return Row(place, {name: cell for name, cell in zip(names, cells, strict=False) if name is not None})


def _documents(rows: list[Row], *, limits: Limits, findings: list[Finding]) -> Iterator[ReadDocument]:
    texts = ((name, cell) for row in rows for name, cell in row.cells.items() if isinstance(cell, str))
    mark = decimal_mark_of(texts)
    if mark is None:
        message = "Numbers such as 1,234 could be thousands or decimals. Write them without thousands separators."
        findings.append(Finding("declarations.number-ambiguous", "/", message))
        return
    if not rows and not findings:
        findings.append(Finding("declarations.document-empty", "/", "The table has a header and no rows. Add them."))
    yield from documents_of(rows, decimal_mark=mark, limits=limits)


def _decoded(content: bytes, findings: list[Finding]) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content:
        findings.append(_encoding("Expected UTF-8; UTF-16 or NUL bytes came. Save as “CSV UTF-8”."))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        findings.append(_encoding(f"Expected UTF-8; row {line} holds other bytes. Save as “CSV UTF-8”."))
        return None


def _encoding(message: str) -> Finding:
    return Finding("declarations.encoding", "/", message)


def _too_many_rows(limits: Limits) -> Finding:
    message = f"Expected at most {limits.max_rows} rows; more came. Send several files."
    return Finding("declarations.too-many-rows", "/", message)
