"""Whether an XLSX (ECMA-376) or ODS (ISO/IEC 26300) file is safe to open, and the tables of its sheets.

Read as a stream with bounded memory, no entities, no network. A sheet that is hidden is told and not read; one whose
first cell begins with `#` is a remark; merged cells among the rows are refused, because they say which rows they mean
only to the eye.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import ClassVar

from lxml import etree

from comity.features.declarations.formats.tabular.cells import text_of
from comity.features.declarations.formats.tabular.header import header_of, kind_of_header
from comity.features.declarations.formats.tabular.sheets_ods import ods_sheets
from comity.features.declarations.formats.tabular.sheets_xlsx import xlsx_sheets
from comity.features.declarations.formats.tabular.table import CHUNK_ROWS, Chunk, Row, Sheet, Table, squared
from comity.features.declarations.reading import Limits
from comity.foundation.errors import ComityError, Finding, Severity

MAX_UNPACKED_BYTES = 256 * 2**20
"""A guess: 200,000 rows of 100 cells of ten characters unpack to about this."""
MAX_PARTS = 2_000
MAX_SHEETS = 200
MOST_KEPT_CELLS = 500_000
"""Up to this number the cells of a sheet are kept from the first pass to the second, about 50 MB (a guess)."""
MALFORMED = (
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
    KeyError,
    ValueError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
"""What zipfile, lxml and our own reading raise on bytes that are no workbook."""


class WorkbookRefused(ComityError):
    """The workbook cannot be opened: save it again as .xlsx or .ods, without a password."""

    code: ClassVar[str] = "declarations.workbook-malformed"
    status: ClassVar[int] = 422


class WorkbookTooLarge(WorkbookRefused):
    """The workbook unpacks to more than is read: send the declarations in several files."""

    code: ClassVar[str] = "declarations.too-large"


class WorkbookHasEntities(WorkbookRefused):
    """The workbook holds a document type declaration, which is never read: save it again as .xlsx."""

    code: ClassVar[str] = "declarations.doctype-refused"


def tables_of(content: bytes, *, limits: Limits, findings: list[Finding]) -> Iterator[Table]:
    """Yield the table of each sheet that has a header; what else a sheet is, is told.

    Raises:
        WorkbookRefused: it is malformed, protected, unpacks to too much, or holds a document type.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_unsafe(archive)
            is_ods = "content.xml" in archive.namelist()
            sheets = list(islice((ods_sheets if is_ods else xlsx_sheets)(archive), MAX_SHEETS))
            for sheet in sheets:
                sheet.rows = partial(_guarded, sheet.rows)
                table = _table(sheet, limits, findings)
                if table is not None:
                    yield table
    except MALFORMED as error:
        raise WorkbookRefused from error


def _guarded(rows: Callable[[], Iterator[tuple[int, Row]]]) -> Iterator[tuple[int, Row]]:
    try:
        yield from rows()
    except MALFORMED as error:
        raise WorkbookRefused from error


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


def _refuse_unsafe(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise WorkbookTooLarge
    if any(part.flag_bits & 1 for part in parts):
        raise WorkbookRefused
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            _refuse_entities(archive, part)


def _refuse_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as unpacked:
        before = b""
        while chunk := unpacked.read(2**20):
            seen = before + chunk
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen or (not before and seen[:2] in (b"\xff\xfe", b"\xfe\xff")):
                raise WorkbookHasEntities
            before = chunk[-16:]


def _printable(name: str) -> str:
    return "".join(character for character in name[:31] if character.isprintable())
