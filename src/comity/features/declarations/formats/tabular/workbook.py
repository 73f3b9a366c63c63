"""The tables of a workbook's sheets, XLSX or ODS.

A sheet that is hidden is told and not read; one whose first cell begins with `#` is a remark; merged cells among the
rows are refused, because they say which rows they mean only to the eye.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from comity.features.declarations.formats.tabular.cells import text_of
from comity.features.declarations.formats.tabular.header import header_of, kind_of_header
from comity.features.declarations.formats.tabular.table import CHUNK_ROWS, Chunk, Table, squared
from comity.features.declarations.reading import Limits
from comity.foundation.errors import Finding, Severity
from comity.foundation.sheets.sheet import Sheet
from comity.foundation.sheets.workbook import sheets_of

MOST_KEPT_CELLS = 500_000
"""Up to this number the cells of a sheet are kept from the first pass to the second, about 50 MB (a guess)."""


def tables_of(content: bytes, *, limits: Limits, findings: list[Finding]) -> Iterator[Table]:
    """Yield the table of each sheet that has a header; what else a sheet is, is told.

    Raises:
        WorkbookRefused: it is malformed, protected, unpacks to too much, or holds a document type.
    """
    for sheet in sheets_of(content):
        table = _table(sheet, limits, findings)
        if table is not None:
            yield table


def _table(sheet: Sheet, limits: Limits, findings: list[Finding]) -> Table | None:
    place = f"sheet {_printable(sheet.name)}, "
    start, cells = next(((number, row) for number, row in sheet.rows() if any(map(text_of, row))), (0, []))
    if not cells or text_of(cells[0]).startswith("#"):
        return None
    if sheet.is_hidden:
        message = "The sheet is hidden: it is not read. Show it, or delete it."
        findings.append(Finding("declarations.sheet-hidden", place[:-2], message, Severity.WARNING))
        return None
    if kind_of_header(cells) is None:
        message = "The sheet's first row does not name the columns: it is not read."
        findings.append(Finding("declarations.sheet-ignored", f"{place}row {start}", message, Severity.WARNING))
        return None
    header, faults = header_of(cells, place=f"{place}row {start}")
    findings += faults
    if header is None or faults:
        return None
    return Table(header, _Rows(sheet, start, len(header.columns), limits, place, findings).chunks, place)


@dataclass(slots=True)
class _Rows:
    """The rows of a sheet below its header, kept from the first pass where they are few."""

    sheet: Sheet
    start: int
    width: int
    limits: Limits
    place: str
    findings: list[Finding]
    kept: list[Chunk] = field(default_factory=list)
    is_kept: bool = False

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows; at the end of the first pass, tell of merged cells."""
        if self.is_kept:
            yield from self.kept
            return
        is_keeping = True
        rows = ((number, row) for number, row in self.sheet.rows() if number > self.start)
        while read := list(islice(rows, CHUNK_ROWS)):
            chunk = squared([row for _, row in read], [number for number, _ in read], self.width)
            is_keeping = is_keeping and (len(self.kept) + 1) * CHUNK_ROWS * self.width <= 2 * MOST_KEPT_CELLS
            if is_keeping:
                self.kept.append(chunk)
            else:
                self.kept.clear()
            yield chunk
        self.is_kept = is_keeping
        merged = min((row for row in self.sheet.merged_rows if row > self.start), default=None)
        if merged is not None:
            message = "Cells are merged: only the eye sees which rows they mean. Unmerge them, and fill each row."
            finding = Finding("declarations.cells-merged", f"{self.place}row {merged}", message)
            if finding not in self.findings:
                self.findings.append(finding)


def _printable(name: str) -> str:
    return "".join(character for character in name[:31] if character.isprintable())
