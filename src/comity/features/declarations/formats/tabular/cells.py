"""What one cell says: text, country, number, date, flag or a list, and why it cannot be read.

Numbers have no thousands separators; the decimal separator is the table's (`.` or `,`). Dates are ISO 8601.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from comity.features.declarations.formats.tabular.column import Column, Form

Cell = str | int | float | Decimal | bool | datetime | date | time | None

_NUMBER = re.compile(r"[0-9]{1,30}(?:[.,][0-9]{1,30})?")
_COUNTRY = re.compile("[A-Z]{2}")
_CURRENCY = re.compile("[A-Z]{3}")
_REFERENCE = re.compile(r"(?:(?:([A-Z0-9]{1,3})/)?([A-Z0-9]{1,4}):)?(.{1,70}?)(?:#([0-9]{1,5}))?", re.DOTALL)
_PACKAGES = re.compile(r"([0-9]{1,8})?(?: ?\b([A-Z0-9]{2})\b)?(?: (.{1,512}))?", re.DOTALL)
_FLAGS = {"1": True, "0": False, "yes": True, "no": False, "true": True, "false": False}
SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell cannot be read: a code without its prefix `declarations.`, and advice."""

    code: str
    message: str


def text_of(cell: Cell) -> str:
    """Return a cell as text, without blanks around it; numbers as a spreadsheet shows them, up to 15 digits."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return format(Decimal(format(cell, ".15g")), "f")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def value_of(cell: Cell, column: Column, *, decimal_mark: str) -> Any | Fault | None:
    """Return the canonical record's value of a cell, None when it is empty, or the fault."""
    text = text_of(cell)
    if text.startswith("'") and text[1:2] in "=+-@":
        text = text[1:]  # written so that a spreadsheet does not take it for a formula
    if not text:
        return None
    if column.form is Form.GOODS_CODE and isinstance(cell, int | float) and len(text) % 2:
        return Fault("goods-code-form", "A leading zero was lost: format the column as text and write the whole code.")
    return _READERS[column.form](text, column, decimal_mark)


def _text(text: str, column: Column, _mark: str) -> str | Fault:
    if len(text) > column.length:
        return Fault("value-too-long", f"Expected at most {column.length} characters; {len(text)} came. Shorten it.")
    return text


def _country(text: str, _column: Column, _mark: str) -> str | Fault:
    if _COUNTRY.fullmatch(text):
        return text
    return Fault("country-form", "Expected a country of two capital letters (ISO 3166-1 alpha-2).")


def _currency(text: str, _column: Column, _mark: str) -> str | Fault:
    if _CURRENCY.fullmatch(text):
        return text
    return Fault("currency-form", "Expected a currency of three capital letters (ISO 4217).")


def _goods_code(text: str, _column: Column, _mark: str) -> str | Fault:
    digits = text.replace(".", "").replace(" ", "")
    if digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 12:
        return digits
    return Fault("goods-code-form", "Expected a goods code of 6 to 12 digits.")


def _number(text: str, column: Column, mark: str) -> str | Fault:
    other = "," if mark == "." else "."
    if _NUMBER.fullmatch(text) is None or other in text:
        return Fault(
            "number-form",
            f"Expected a number that is not negative, with “{mark}” before decimals and no thousands separators.",
        )
    whole, _, decimals = text.partition(mark)
    decimals = decimals.rstrip("0")
    if len(whole.lstrip("0")) + len(decimals) > column.length or len(decimals) > column.places:
        return Fault(
            "number-precision",
            f"Expected at most {column.length} digits, {column.places} of them decimals. Round it.",
        )
    return text.replace(",", ".")


def _whole(text: str, column: Column, _mark: str) -> int | Fault:
    text = text.removesuffix(".0")
    if text.isascii() and text.isdigit() and len(text) <= column.length:
        return int(text)
    return Fault("number-form", f"Expected a whole number of at most {column.length} digits.")


def _instant(text: str, _column: Column, _mark: str) -> str | Fault:
    try:
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return Fault("date-form", "Expected a date that exists: 2026-03-02, or 2026-03-02T08:00:00Z.")
    return found.isoformat()


def _flag(text: str, _column: Column, _mark: str) -> bool | Fault:
    found = _FLAGS.get(text.lower())
    return Fault("value-form", "Expected yes or no (also 1 or 0).") if found is None else found


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(SEPARATOR) if entry.strip()]


def _list(text: str, column: Column, _mark: str) -> list[str] | Fault:
    entries = _entries(text)
    if any(len(entry) > column.length for entry in entries):
        return Fault("value-too-long", f"Expected entries of at most {column.length} characters, separated by “;”.")
    return entries


def _references(text: str, column: Column, _mark: str) -> list[dict[str, Any]] | Fault:
    found = []
    for entry in _entries(text):
        match = _REFERENCE.fullmatch(entry)
        if match is None or len(match[3].strip()) > column.length:
            return Fault(
                "value-form", f"Expected TYPE:NUMBER entries separated by “;”, numbers of at most {column.length}."
            )
        category, kind, number, line = match.groups()
        record: dict[str, Any] = {"id": number.strip()}
        record |= {} if category is None else {"category_code": category}
        record |= {} if kind is None else {"type_code": kind}
        record |= {} if line is None else {"line": int(line)}
        found.append(record)
    return found


def _sealed(text: str, column: Column, _mark: str) -> list[dict[str, Any]] | Fault:
    found = []
    for sequence, entry in enumerate(_entries(text), start=1):
        container, *seals = (part.strip() for part in entry.split("="))
        if not container or len(container) > column.length or any(not 1 <= len(seal) <= 35 for seal in seals):
            return Fault("value-form", "Expected container numbers separated by “;”, each with its seals after “=”.")
        record: dict[str, Any] = {"id": container, "sequence": sequence}
        if seals:
            record["seals"] = [{"id": seal, "sequence": place} for place, seal in enumerate(seals, start=1)]
        found.append(record)
    return found


def _packages(text: str, _column: Column, _mark: str) -> list[dict[str, Any]] | Fault:
    found = []
    for entry in _entries(text):
        match = _PACKAGES.fullmatch(entry)
        if match is None or (match[1] is None and match[2] is None):
            return Fault("value-form", "Expected a number, a package type and marks, such as 40 CT ABC/1-40.")
        quantity, kind, marks = match.groups()
        record: dict[str, Any] = {} if quantity is None else {"quantity": int(quantity)}
        record |= {} if kind is None else {"type_code": kind}
        record |= {} if marks is None else {"marks": marks.strip()}
        found.append(record)
    return found


_READERS: dict[Form, Callable[[str, Column, str], Any]] = {
    Form.TEXT: _text,
    Form.COUNTRY: _country,
    Form.CURRENCY: _currency,
    Form.NUMBER: _number,
    Form.WHOLE: _whole,
    Form.INSTANT: _instant,
    Form.FLAG: _flag,
    Form.LIST: _list,
    Form.REFERENCES: _references,
    Form.SEALED: _sealed,
    Form.PACKAGES: _packages,
    Form.GOODS_CODE: _goods_code,
}
