"""Which declaration a group of rows is, and what is wrong in which row and column."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from comity.features.declarations.canonical import from_record
from comity.features.declarations.errors import RecordInvalid
from comity.features.declarations.formats.tabular.cells import Cell, Fault, text_of, value_of
from comity.features.declarations.formats.tabular.column import Column
from comity.features.declarations.formats.tabular.columns import COLUMNS, REFERENCE
from comity.features.declarations.kinds import REQUESTS, function_of, kind_of
from comity.features.declarations.reading import Limits, ReadDocument, capped, is_refused
from comity.features.declarations.validate import validate
from comity.foundation.errors import Finding
from comity.foundation.trade.declaration import Declaration

_ITEM_PLACE = re.compile(r"/GoodsShipment/GovernmentAgencyGoodsItem(?:\[([0-9]+)\])?(?=/|$)")
_INDEX = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it is (`row 5`, or `sheet Goods, row 5`) and its cells by column name."""

    place: str
    cells: dict[str, Cell]


def documents_of(rows: Sequence[Row], *, decimal_mark: str, limits: Limits) -> Iterator[ReadDocument]:
    """Yield one document for every reference, in the order they first come; rows without one are refused by row."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        reference = text_of(row.cells.get(REFERENCE))
        groups.setdefault(reference or f"\x00{row.place}", []).append(row)
    for position, (reference, group) in enumerate(groups.items(), start=1):
        if position > limits.max_documents:
            message = f"Expected at most {limits.max_documents} declarations in a file; the rest was not read."
            yield _refused(group, position, Finding("declarations.too-many-documents", group[0].place, message))
            return
        if reference.startswith("\x00"):
            message = "Expected a reference, which says to which declaration the row belongs; none came."
            place = f"{group[0].place}, column {REFERENCE}"
            yield _refused(group, position, Finding("declarations.reference-missing", place, message))
            continue
        yield _document(group, position, decimal_mark=decimal_mark, limits=limits)


def _document(group: list[Row], position: int, *, decimal_mark: str, limits: Limits) -> ReadDocument:
    findings: list[Finding] = []
    record, item_rows = _record_of(group, findings, decimal_mark=decimal_mark)
    declaration: Declaration | None = None
    try:
        declaration = from_record(record)
    except RecordInvalid as error:
        if not findings:
            findings.append(Finding(error.code, group[0].place, error.message))
    else:
        told = {finding.path for finding in findings}
        checked = (_at_cell(one, group, item_rows) for one in validate(declaration, path=""))
        findings += [one for one in checked if one.path not in told]
    shown = capped(findings, limits.max_findings)
    return ReadDocument(None if is_refused(findings) else declaration, shown, position, _digest(group))


def _record_of(group: list[Row], findings: list[Finding], *, decimal_mark: str) -> tuple[dict[str, Any], list[Row]]:
    record: dict[str, Any] = {}
    items: list[dict[str, Any]] = []
    item_rows: list[Row] = []
    said: dict[str, tuple[Any, Row]] = {}
    for row in group:
        item: dict[str, Any] = {}
        for column in COLUMNS:
            cell = row.cells.get(column.name)
            if cell is None or cell == "":
                continue
            value = value_of(cell, column, decimal_mark=decimal_mark)
            if value is None:
                continue
            if isinstance(value, Fault):
                findings.append(_finding(value.code, row, column, value.message))
            elif column.is_item:
                put(item, column.target, value)
            elif column.name not in said:
                said[column.name] = value, row
                put(record, column.target, value)
            elif said[column.name][0] != value:
                message = f"Expected the same as in {said[column.name][1].place}, or nothing. Correct one of them."
                findings.append(_finding("row-conflict", row, column, message))
        if item:
            item.setdefault("sequence", len(items) + 1)
            items.append(item)
            item_rows.append(row)
        _amounts(row, findings)
    _complete(record, items)
    return record, item_rows


def _complete(record: dict[str, Any], items: list[dict[str, Any]]) -> None:
    type_code = record.get("type_code")
    record.setdefault("function_code", "13" if type_code in REQUESTS else "9")
    record["kind"] = kind_of(type_code).value
    record["function"] = function_of(record["function_code"], type_code).value
    if items:
        record.setdefault("goods_shipment", {})["items"] = items


def put(record: dict[str, Any], target: str, value: Any) -> None:
    """Put a value at a dotted path of a record; `amendments` is a list of one."""
    *steps, last = target.split(".")
    for step in steps:
        inner = record.setdefault(step, [{}] if step == "amendments" else {})
        record = inner[0] if isinstance(inner, list) else inner
    record[last] = value


def _amounts(row: Row, findings: list[Finding]) -> None:
    """Refuse an amount without its currency, and a currency without an amount."""
    for column in _CURRENCIES:
        amount = column.name.removesuffix("_currency")
        has_amount, has_currency = bool(text_of(row.cells.get(amount))), bool(text_of(row.cells.get(column.name)))
        if has_amount and not has_currency:
            findings.append(
                _finding("currency-missing", row, column, "Expected the currency of the amount (ISO 4217).")
            )
        elif has_currency and not has_amount:
            message = "Expected the amount of this currency, or no currency."
            findings.append(Finding("declarations.amount-missing", f"{row.place}, column {amount}", message))


_CURRENCIES = tuple(column for column in COLUMNS if column.name.endswith("_currency"))


def _at_cell(finding: Finding, group: list[Row], item_rows: list[Row]) -> Finding:
    """Return the finding at the row and column that says the element at its path."""
    row = group[0]
    found = _ITEM_PLACE.match(finding.path)
    if found is not None and item_rows:
        row = item_rows[int(found[1] or 1) - 1]
    element = _INDEX.sub("", finding.path).removeprefix("/")
    column = _COLUMN_OF.get(element)
    return replace(finding, path=row.place if column is None else f"{row.place}, column {column}")


_COLUMN_OF: dict[str, str] = {}
for _column in COLUMNS:
    _COLUMN_OF.setdefault(_column.element, _column.name)
_COLUMN_OF["GoodsShipment/GovernmentAgencyGoodsItem"] = "item"


def _finding(code: str, row: Row, column: Column, message: str) -> Finding:
    return Finding(f"declarations.{code}", f"{row.place}, column {column.name}", message)


def _refused(group: list[Row], position: int, finding: Finding) -> ReadDocument:
    return ReadDocument(None, (finding,), position, _digest(group))


def _digest(group: list[Row]) -> str:
    """Return the hash of what the rows say, wherever they stand and in whatever order the columns are."""
    said = [{name: text_of(cell) for name, cell in sorted(row.cells.items()) if text_of(cell)} for row in group]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
