"""How declarations are written as a table, one row per goods item, so that reading gives them back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

from comity.features.declarations.canonical import to_record
from comity.features.declarations.errors import NotWritable
from comity.features.declarations.formats.tabular.column import Column, Form
from comity.features.declarations.formats.tabular.columns import COLUMNS
from comity.features.declarations.formats.tabular.declaration_columns import DECLARATION_COLUMNS
from comity.features.declarations.formats.tabular.item_columns import ITEM_COLUMNS
from comity.features.declarations.formats.tabular.rows import Row, documents_of
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.foundation.trade.declaration import Declaration

SHEET = "Declarations"


def write_csv(declarations: Sequence[Declaration], *, delimiter: str = ",") -> bytes:
    """Return a CSV file in UTF-8 with a header of every column that is used.

    Raises:
        NotWritable: a declaration says something that no column holds, or has no reference of its own.
    """
    header, rows = _table(declarations)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    return text.getvalue().encode("utf-8")


def write_xlsx(declarations: Sequence[Declaration]) -> bytes:
    """Return an XLSX file with one sheet; every cell is text, so that no code loses its zeros.

    Raises:
        NotWritable: as for `write_csv`.
    """
    header, rows = _table(declarations)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.append(header)
    for row in rows:
        cells = []
        for name in header:
            cell = WriteOnlyCell(sheet, row.get(name) or None)
            cell.data_type = "s" if row.get(name) else "n"
            cells.append(cell)
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _table(declarations: Sequence[Declaration]) -> tuple[list[str], list[dict[str, str]]]:
    rows: list[dict[str, str]] = []
    references: set[str] = set()
    for declaration in declarations:
        own = _rows_of(declaration)
        reference = declaration.functional_reference_id
        if reference is None or reference in references:
            raise NotWritable("Expected each declaration to have a functional reference of its own: use WCO XML.")
        references.add(reference)
        _refuse_loss(declaration, own)
        rows += own
    used = {name for row in rows for name in row}
    return [column.name for column in COLUMNS if column.name in used], rows


def _rows_of(declaration: Declaration) -> list[dict[str, str]]:
    record = to_record(declaration)
    common = _cells(record, DECLARATION_COLUMNS)
    items: list[dict[str, Any]] = record.get("goods_shipment", {}).get("items", [])
    return [common | _cells(item, ITEM_COLUMNS) for item in items] or [common]


def _cells(record: dict[str, Any], columns: Sequence[Column]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in columns:
        value = _at(record, column.target)
        if value is not None:
            text = _text_of(value, column.form)
            found[column.name] = f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
    return found


def _at(record: Any, target: str) -> Any:
    for step in target.split("."):
        if isinstance(record, list):
            record = record[0] if len(record) == 1 else None
        if not isinstance(record, dict):
            return None
        record = record.get(step)
    return record


def _text_of(value: Any, form: Form) -> str:
    if form is Form.FLAG:
        return "1" if value else "0"
    if form is Form.LIST:
        return ";".join(value)
    if form is Form.REFERENCES:
        return ";".join(map(_reference, value))
    if form is Form.SEALED:
        return ";".join("=".join([box.get("id", ""), *(seal["id"] for seal in box.get("seals", ()))]) for box in value)
    if form is Form.PACKAGES:
        return ";".join(" ".join(str(part[name]) for name in _PACKAGE if name in part) for part in value)
    return str(value)


_PACKAGE = ("quantity", "type_code", "marks")


def _reference(entry: dict[str, Any]) -> str:
    category = f"{entry['category_code']}/" if "category_code" in entry else ""
    kind = f"{category}{entry.get('type_code', '')}:" if "type_code" in entry else category
    line = f"#{entry['line']}" if "line" in entry else ""
    return f"{kind}{entry.get('id', '')}{line}"


def _refuse_loss(declaration: Declaration, rows: list[dict[str, str]]) -> None:
    """Read the rows back and compare: a column that cannot hold a value is found here, not by the reader."""
    table = [Row(f"row {number}", dict(row)) for number, row in enumerate(rows, start=2)]
    read = next(documents_of(table, decimal_mark=".", limits=DEFAULT_LIMITS), None)
    if read is not None and read.declaration == declaration:
        return
    findings = () if read is None else read.findings
    kept = _paths(to_record(read.declaration)) if read is not None and read.declaration is not None else set()
    lost = ", ".join(sorted(_paths(to_record(declaration)) - kept)) if kept else "see the findings"
    raise NotWritable(f"The table has no place for part of the declaration ({lost}): use WCO XML.", findings=findings)


def _paths(value: Any, path: str = "") -> set[str]:
    """Return the dotted paths of a record's values, lists transparent."""
    if isinstance(value, dict):
        return {one for name, inner in value.items() for one in _paths(inner, f"{path}.{name}" if path else name)}
    if isinstance(value, list):
        return {one for inner in value for one in _paths(inner, path)}
    return {path}
