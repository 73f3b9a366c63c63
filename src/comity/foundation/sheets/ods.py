"""What the sheets of an ODS workbook say (ISO/IEC 26300, OpenDocument 1.3), one row at a time."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Any

from lxml.etree import _Element

from comity.foundation.sheets.parts import elements
from comity.foundation.sheets.sheet import MOST_COLUMNS, MOST_MERGED_ROWS, MOST_ROWS, Row, Sheet, WorkbookTooLarge

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OUTLINE = (f"{_STYLE}style", *(f"{TABLE}{one}" for one in ("table", "table-row", "table-cell")))
MOST_REPEATED_ROWS = 10_000
"""Equal rows one after another that are read; more are refused: nobody types them (a guess)."""
_MOST_SEARCHED_BYTES = 2 * 2**30
"""All sheets lie in one part, which is gone through for each of them: half a minute at this size (a guess)."""


def ods_sheets(archive: zipfile.ZipFile) -> Iterator[Sheet]:
    """Yield the sheets in the file's order.

    Raises:
        KeyError, ValueError, etree.XMLSyntaxError: it is no workbook.
    """
    hidden: set[str | None] = set()
    found: list[tuple[str, str | None]] = []
    with archive.open("content.xml") as part:
        for element in elements(part, _OUTLINE):
            if element.tag == f"{_STYLE}style":
                properties = element.find(f"{_STYLE}table-properties")
                if properties is not None and properties.get(f"{TABLE}display") == "false":
                    hidden.add(element.get(f"{_STYLE}name"))
            elif element.tag == f"{TABLE}table":
                found.append((element.get(f"{TABLE}name", ""), element.get(f"{TABLE}style-name")))
    if len(found) * archive.getinfo("content.xml").file_size > _MOST_SEARCHED_BYTES:
        raise WorkbookTooLarge
    for place, (name, style) in enumerate(found):
        sheet = Sheet(name, style in hidden, partial(_rows, archive, place, set()))
        sheet.rows = partial(_rows, archive, place, sheet.merged_rows)
        yield sheet


def _rows(archive: zipfile.ZipFile, wanted: int, merged_rows: set[int]) -> Iterator[tuple[int, Row]]:
    """Yield the rows of the sheet at a place among the sheets."""
    place = number = 0
    row: Row = []
    is_merged = False
    with archive.open("content.xml") as part:
        tags = tuple(f"{TABLE}{one}" for one in ("table", "table-row", "table-cell", "covered-table-cell"))
        for element in elements(part, tags):
            tag = element.tag.rpartition("}")[2]
            if tag == "table":
                place += 1
                number = 0
                if place > wanted:
                    return
            elif tag == "table-row":
                repeated = int(element.get(f"{TABLE}number-rows-repeated") or 1)
                says = any(cell != "" for cell in row)
                if says and (repeated > MOST_REPEATED_ROWS or number + repeated > MOST_ROWS):
                    raise ValueError("rows repeated beyond reason, or more than a sheet has")
                if place == wanted and says:
                    yield from ((number + count, list(row)) for count in range(1, repeated + 1))
                    merged_rows |= {number + 1} if is_merged else set()
                    if len(merged_rows) > MOST_MERGED_ROWS:
                        raise WorkbookTooLarge
                number += repeated
                row, is_merged = [], False
            elif place == wanted:
                repeated = int(element.get(f"{TABLE}number-columns-repeated") or 1)
                is_merged = is_merged or tag == "covered-table-cell" or _spans(element)
                row += [_cell(element)] * max(min(repeated, MOST_COLUMNS + 1 - len(row)), 0)


def _spans(element: _Element) -> bool:
    return any(element.get(f"{TABLE}number-{what}-spanned", "1") not in ("", "1") for what in ("columns", "rows"))


def _cell(element: _Element) -> Any:
    kind = element.get(f"{OFFICE}value-type")
    if kind in ("float", "currency", "percentage"):
        number = float(element.get(f"{OFFICE}value", ""))
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    if kind == "boolean":
        return element.get(f"{OFFICE}boolean-value") == "true"
    if kind == "date":
        text = element.get(f"{OFFICE}date-value", "")
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    said = "\n".join("".join(_said(one)) for one in element.iterfind(f"{TEXT}p"))
    if not said and element.get(f"{TABLE}formula") and kind is None:
        return "="
    return said


def _said(element: _Element) -> Iterator[str]:
    """Yield the text of a paragraph; blanks and line breaks have elements of their own, notes are not part of it."""
    yield element.text or ""
    for one in element:
        if one.tag == f"{TEXT}s":
            yield " " * min(int(one.get(f"{TEXT}c") or 1), 1000)
        elif one.tag == f"{TEXT}tab":
            yield "\t"
        elif one.tag == f"{TEXT}line-break":
            yield "\n"
        elif isinstance(one.tag, str):
            yield from _said(one)
        yield one.tail or ""
