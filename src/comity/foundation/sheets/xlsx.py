"""What the sheets of an XLSX workbook say (ECMA-376 Part 1, SpreadsheetML), one row at a time."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from lxml.etree import _Element

from comity.foundation.sheets.parts import elements
from comity.foundation.sheets.sheet import (
    MOST_COLUMNS,
    MOST_MERGED_CELLS,
    MOST_MERGED_ROWS,
    MOST_ROWS,
    Row,
    Sheet,
    WorkbookTooLarge,
)

MOST_TEXTS = 2_000_000
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""Numbers of the built-in date and time formats (ECMA-376 Part 1, 18.8.30)."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_CELL_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MERGED = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_OFFICE_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def xlsx_sheets(archive: zipfile.ZipFile) -> Iterator[Sheet]:
    """Yield the sheets in the workbook's order.

    Raises:
        KeyError, ValueError, etree.XMLSyntaxError: it is no workbook.
    """
    book_path = _book_path(archive)
    related = _relations(archive, book_path)
    by_kind = {kind: path for path, kind in related.values()}
    texts = _shared_texts(archive, by_kind["sharedStrings"]) if "sharedStrings" in by_kind else []
    dates = _date_styles(archive, by_kind["styles"]) if "styles" in by_kind else frozenset()
    is_1904 = False
    with archive.open(book_path) as part:
        for one in elements(part, ("{*}workbookPr", "{*}sheet")):
            if one.tag.endswith("}workbookPr"):
                is_1904 = one.get("date1904") in ("1", "true")
                continue
            path, _ = related[one.get(_OFFICE) or one.get(_OFFICE_STRICT) or ""]
            reader = _SheetReader(archive, path, texts, dates, epoch=_epoch(is_1904=is_1904))
            sheet = Sheet(one.get("name", ""), one.get("state", "visible") != "visible", reader.rows)
            reader.merged_rows = sheet.merged_rows
            yield sheet


def _epoch(*, is_1904: bool) -> datetime:
    """Return the day that is number 0; day 60 of the 1900 system never was, dates before it are not used in trade."""
    return datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook has no time zones


class _SheetReader:
    """Reads the rows of one sheet, as often as asked."""

    def __init__(
        self, archive: zipfile.ZipFile, path: str, texts: list[str], dates: frozenset[int], *, epoch: datetime
    ) -> None:
        self._archive = archive
        self._path = path
        self._texts = texts
        self._dates = dates
        self._epoch = epoch
        self.merged_rows: set[int] = set()

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield the number and the cells of each row that has any; see `Sheet`."""
        row: Row = []
        number = last = merged_cells = 0
        with self._archive.open(self._path) as part:
            for element in elements(part, ("{*}c", "{*}row", "{*}mergeCell")):
                tag = element.tag.rpartition("}")[2]
                if tag == "c":
                    place = _column_of(element.get("r"), len(row))
                    row += [""] * (place - len(row))
                    if place < MOST_COLUMNS or len(row) <= MOST_COLUMNS:
                        row.append(self._cell(element))
                elif tag == "row":
                    number = int(element.get("r") or last + 1)
                    if not last < number <= MOST_ROWS:
                        raise ValueError("rows out of order, or more than a sheet has")
                    last = number
                    if any(cell != "" for cell in row):
                        yield number, row
                    row = []
                else:
                    merged_cells += self._merge(element.get("ref", ""))
                    if len(self.merged_rows) > MOST_MERGED_ROWS or merged_cells > MOST_MERGED_CELLS:
                        raise WorkbookTooLarge

    def _merge(self, range_: str) -> int:
        """Note the first and last row of a merged range; return how many cells it has."""
        match = _MERGED.fullmatch(range_)
        if match is None:
            return 0
        first, last = int(match[2]), int(match[4])
        self.merged_rows |= {first, last}
        return (abs(last - first) + 1) * (abs(_column_of(match[3] + "1", 0) - _column_of(match[1] + "1", 0)) + 1)

    def _cell(self, element: _Element) -> Any:
        kind = element.get("t", "n")
        if kind == "inlineStr":
            return "".join(one.text or "" for one in element.iterfind("{*}is//{*}t"))
        value = element.findtext("{*}v") or ""
        if not value:
            return "=" if element.find("{*}f") is not None and kind != "str" else ""
        read = {"s": self._text, "b": _flag, "d": datetime.fromisoformat, "n": float}.get(kind, str)
        if kind == "n" and int(element.get("s") or 0) in self._dates:
            return self._instant(float(value))
        return _whole_or(read(value))

    def _text(self, place: str) -> str:
        return self._texts[int(place)]

    def _instant(self, days: float) -> Any:
        """Return a moment; a time alone stays the number it is, and a day alone is a date."""
        if not 61 <= days < 2_958_466:
            return days
        moment = self._epoch + timedelta(seconds=round(days * 86_400))
        return moment.date() if days == int(days) else moment


def _flag(value: str) -> bool:
    return value in ("1", "true")


def _whole_or(value: Any) -> Any:
    """Return a number without decimals as a whole number, and any other value as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _column_of(place: str | None, following: int) -> int:
    match = _CELL_PLACE.fullmatch(place or "")
    if match is None:
        return following
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    if column - 1 < following:
        return following
    return min(column - 1, MOST_COLUMNS)


def _relations(archive: zipfile.ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """Return what a part refers to, by id: the path of each, and the last word of its type."""
    folder, name = posixpath.split(path)
    found = {}
    with archive.open(f"{folder}/_rels/{name}.rels".lstrip("/")) as part:
        for one in elements(part, ("{*}Relationship",)):
            target = one.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[one.get("Id", "")] = whole, one.get("Type", "").rpartition("/")[2]
    return found


def _book_path(archive: zipfile.ZipFile) -> str:
    return next(path for path, kind in _relations(archive, "").values() if kind == "officeDocument")


def _shared_texts(archive: zipfile.ZipFile, path: str) -> list[str]:
    texts: list[str] = []
    with archive.open(path) as part:
        for element in elements(part, ("{*}si",)):
            runs = element.iterfind("{*}r/{*}t")
            texts.append((element.findtext("{*}t") or "") + "".join(one.text or "" for one in runs))
            if len(texts) > MOST_TEXTS:
                raise WorkbookTooLarge
    return texts


def _date_styles(archive: zipfile.ZipFile, path: str) -> frozenset[int]:
    """Return the styles of cells that show a number as a date."""
    own: dict[int, str] = {}
    formats: list[int] = []
    with archive.open(path) as part:
        for one in elements(part, ("{*}numFmt", "{*}xf")):
            number = int(one.get("numFmtId") or 0)
            if one.tag.endswith("}numFmt"):
                own[number] = _QUOTED.sub("", one.get("formatCode", "")).lower()
            elif (above := one.getparent()) is not None and above.tag.endswith("}cellXfs"):
                formats.append(number)
    dates = _BUILT_IN_DATES | {number for number, code in own.items() if re.search("[ydhs]|mm", code)}
    return frozenset(place for place, number in enumerate(formats) if number in dates)
