"""How a checked table is given back: the same file with one more column, in which each faulty row is remarked on."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

import openpyxl
from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.errors import NotWritable
from comity.features.declarations.formats.tabular.cells import text_of
from comity.features.declarations.formats.tabular.delimited import TextSource, text_source
from comity.features.declarations.formats.tabular.header import header_of, kind_of_header
from comity.features.declarations.formats.tabular.remarks import Remarks, remark_column, remarks_on
from comity.features.declarations.formats.tabular.workbook import tables_of
from comity.features.declarations.reading import DEFAULT_LIMITS, Reading
from comity.foundation.errors import ComityError, Finding
from comity.foundation.sheets.ods import OFFICE, TABLE, TEXT
from comity.foundation.sheets.sheet import WorkbookRefused
from comity.foundation.sheets.workbook import MALFORMED

MOST_UNPACKED_BYTES = 32 * 2**20
"""A workbook is rewritten as a whole in memory, at about ten times its unpacked size: a guess that holds 300 MB."""


def write_remarks(content: bytes, reading: Reading, *, language: str | None = None) -> bytes:
    """Return the table that was read with a column of remarks, in the format, encoding and separator that came.

    Without a language the remarks are in that of the headers. Rows without faults are as they were.

    Raises:
        NotWritable: the file is no table, or a workbook too large to be rewritten.
    """
    if reading.format == "csv":
        return _csv(content, reading, language)
    if reading.format not in ("xlsx", "ods"):
        raise NotWritable("Expected a table (CSV, XLSX or ODS): only to a table can a column of remarks be added.")
    if any(finding.code == "declarations.too-large" for finding in reading.findings):
        raise NotWritable("The workbook holds more than is read: send it in several files, without merged cells.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise NotWritable("The workbook is too large to be written again: send it as CSV.")
        spoken = next((table.header.language for table in tables_of(content, limits=DEFAULT_LIMITS, findings=[])), "en")
        remarks = remarks_on(reading, language=language or spoken)
        return _xlsx(content, remarks) if reading.format == "xlsx" else _ods(content, remarks)
    except (*MALFORMED, TypeError, AttributeError, WorkbookRefused, ComityError) as error:
        if isinstance(error, NotWritable):
            raise
        raise NotWritable("The workbook cannot be written again: it is malformed.") from error


@dataclass(slots=True)
class _Lines:
    """The lines of a text, and those given since they were last taken: the text of one row as it came."""

    text: io.StringIO
    given: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        for line in self.text:
            self.given.append(line)
            yield line

    def taken(self) -> str:
        said = "".join(self.given)
        self.given.clear()
        return said


def _csv(content: bytes, reading: Reading, language: str | None) -> bytes:
    findings: list[Finding] = []
    source = text_source(content, findings)
    if source is None:
        raise NotWritable("The file's encoding is not known, so that nothing can be added to it.")
    lines = _Lines(io.StringIO(content.decode(source.encoding.codec, errors="replace"), newline=""))
    rows = csv.reader(lines, delimiter=source.delimiter, strict=True)
    written: list[str] = []
    remarks: Remarks | None = None
    width, place = 0, None
    try:
        for number, cells in enumerate(rows, start=1):
            raw = lines.taken()
            if remarks is None and any(map(str.strip, cells)):
                header, _ = header_of(cells, place="")
                remarks = remarks_on(reading, language=language or (header.language if header else "en"))
                place, width = remark_column(cells), len(cells)
                written.append(_with(raw, cells, remarks.heading(), source, width, place))
            else:
                said = "" if remarks is None else remarks.at("", number)
                written.append(_with(raw, cells, said, source, width, place))
    except csv.Error:
        written.append(lines.taken() + lines.text.read())
    return "".join(written).encode(source.encoding.codec, errors="replace")


def _with(raw: str, cells: list[str], said: str, source: TextSource, width: int, place: int | None) -> str:
    """Return a row with its remark: as it came where there is none, else with one more cell."""
    body = raw.rstrip("\r\n")
    end = raw[len(body) :] or ("\n" if said else "")
    if place is not None and place < len(cells):
        if cells[place] == said:
            return raw
        return _line([*cells[:place], said, *cells[place + 1 :]], source.delimiter) + end
    if not said:
        return raw
    missing = source.delimiter * max(width - len(cells), 0) if cells else ""
    return body + missing + source.delimiter + _line([said], source.delimiter) + end


def _line(cells: list[str], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(cells)
    return text.getvalue()


def _xlsx(content: bytes, remarks: Remarks) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        start, cells = next(
            (
                (row[0].row, [str(cell.value or "") for cell in row])
                for row in sheet.iter_rows()
                if any(c.value for c in row)
            ),
            (0, []),
        )
        if not start or kind_of_header(cells) is None:
            continue
        found = remark_column(cells)
        column = (len(cells) if found is None else found) + 1
        sheet.cell(start, column).value = remarks.heading()
        numbers = {row for name, row in remarks.rows if name == sheet.title and row > start}
        if found is not None:
            numbers |= set(range(start + 1, sheet.max_row + 1))
        for row in sorted(numbers):
            sheet.cell(row, column).value = remarks.at(sheet.title, row) or None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _ods(content: bytes, remarks: Remarks) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            said = old.read(part)
            if part.filename == "content.xml":
                tree = etree.fromstring(said, etree.XMLParser(resolve_entities=False, no_network=True))
                for table in tree.iter(f"{TABLE}table"):
                    _remark_table(table, remarks)
                said = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
            new.writestr(part, said)
    return out.getvalue()


def _remark_table(table: _Element, remarks: Remarks) -> None:
    name = table.get(f"{TABLE}name", "")
    number = 0
    place: int | None = None
    for row in table.iter(f"{TABLE}table-row"):
        first, number = number + 1, number + int(row.get(f"{TABLE}number-rows-repeated") or 1)
        cells = _texts(row)
        if place is None:
            if any(cells):
                if kind_of_header(cells) is None:
                    return
                found = remark_column(cells)
                place = len(cells) if found is None else found
                _put(row, place, remarks.heading())
            continue
        said = remarks.at(name, first)
        if said or (place < len(cells) and cells[place]):
            _put(row, place, said)


def _texts(row: _Element) -> list[str]:
    """Return the texts of a row's cells, without the empty ones at its end."""
    texts: list[str] = []
    for cell in row:
        repeated = min(int(cell.get(f"{TABLE}number-columns-repeated") or 1), 1000)
        texts += ["".join(map(str, cell.itertext()))] * repeated
    while texts and not text_of(texts[-1]):
        texts.pop()
    return texts


def _put(row: _Element, place: int, said: str) -> None:
    """Set the cell at a place of a row to a text: what stands after it, only remarks or nothing, is let go."""
    at = 0
    for cell in list(row):
        repeated = int(cell.get(f"{TABLE}number-columns-repeated") or 1)
        if at + repeated > place:
            if at < place:
                cell.set(f"{TABLE}number-columns-repeated", str(place - at))
            else:
                row.remove(cell)
        at = min(at + repeated, place)
    if at < place:
        etree.SubElement(row, f"{TABLE}table-cell").set(f"{TABLE}number-columns-repeated", str(place - at))
    added = etree.SubElement(row, f"{TABLE}table-cell")
    if said:
        added.set(f"{OFFICE}value-type", "string")
        etree.SubElement(added, f"{TEXT}p").text = said
