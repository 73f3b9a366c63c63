"""What one cell says: text, country, number, date, flag or a list, and why it cannot be read.

Numbers and dates are read in the table's notation (`notation.py`); what is stored is digits, a point, and ISO 8601.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, cast

import msgspec

from comity.features.declarations.formats.tabular.column import Column, Form
from comity.features.declarations.formats.tabular.notation import Notation, plain

Cell = str | int | float | Decimal | bool | datetime | date | time | None

_COUNTRY = re.compile("[A-Z]{2}")
_CURRENCY = re.compile("[A-Z]{3}")
_REFERENCE = re.compile(r"(?:(?:([A-Z0-9]{1,3})/)?([A-Z0-9]{1,4}):)?(.{1,70}?)(?:#([0-9]{1,5}))?", re.DOTALL)
_PACKAGES = re.compile(r"([0-9]{1,8})?(?: ?\b([A-Z0-9]{2})\b)?(?: (.{1,512}))?", re.DOTALL)
_FORMULA = re.compile(r"[=@\t]|[+-].*[(|!=]", re.DOTALL)
_BROKEN = re.compile(r"#(?:REF|DIV/0|VALUE|NAME|NUM|NULL|N/A)[!?]?|Err:[0-9]{3}")
SEPARATOR = ";"
MOST_REMEMBERED = 20_000
"""Cells of a column kept with what they say: a guess; the whole is forgotten when it is full."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell cannot be read: a code without its prefix `declarations.`, and advice."""

    code: str
    message: str


class Cells(dict[Cell, Any]):
    """What the cells of one column say, each different cell read once. `has_faults` once any of them is a `Fault`."""

    def __init__(self, column: Column, hint: Any, notation: Notation, flags: dict[str, bool]) -> None:
        """`hint` is the type of the value; `flags` the words for yes and no."""
        super().__init__()
        self.column = column
        self.has_faults = False
        self._hint = hint
        self._notation = notation
        self._flags = flags
        self._pattern = _plain_pattern(column, notation)
        self._is_plain = re.compile(self._pattern).fullmatch
        self._are_plain_numbers = re.compile(rf"(?:{self._pattern})?(?:\n(?:{self._pattern})?)*+").fullmatch

    def read(self, cells: Sequence[Cell]) -> list[Any]:
        """Return what each cell says. Numbers, which seldom repeat, are taken a column at once where all are plain."""
        if self.column.form is Form.NUMBER and all(type(cell) is str for cell in cells):
            texts = cast("Sequence[str]", cells)
            if self._are_plain_numbers("\n".join(texts)):
                return [Decimal(text) if text else None for text in texts]
        return list(map(self.__getitem__, cells))

    def __missing__(self, cell: Cell) -> Any:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        if isinstance(cell, str) and self._is_plain(cell):
            value: Any = Decimal(cell) if self.column.form is Form.NUMBER else cell
        else:
            value = self._value_of(cell)
            if isinstance(value, Fault):
                self.has_faults = True
        self[cell] = value
        return value

    def _value_of(self, cell: Cell) -> Any:
        column = self.column
        if column.form is Form.FLAG:
            text = text_of(cell)
            value = _flag(text, self._flags) if text else None
        else:
            value = value_of(cell, column, notation=self._notation)
        if value is None or isinstance(value, Fault):
            return value
        if isinstance(value, str) and self._hint in (str, str | None):
            return value
        if column.form is Form.NUMBER:
            return Decimal(value)
        try:
            return msgspec.convert(value, self._hint)
        except (msgspec.ValidationError, ValueError, ArithmeticError):
            choices = ", ".join(one.value for one in column.choices)
            return Fault("value-form", f"Expected one of: {choices}." if choices else "Expected another form.")


def _plain_pattern(column: Column, notation: Notation) -> str:
    """Return the pattern of cells that say just what they are written as, so that nothing need be looked at."""
    if column.form is Form.NUMBER and notation.decimal_mark == ".":
        return rf"[0-9]{{1,{column.length - column.places}}}(?:\.[0-9]{{1,{column.places}}})?"
    if column.form is Form.GOODS_CODE:
        return "[0-9]{6,12}"
    if column.form is Form.TEXT and column.length > 1:
        return rf"[0-9A-DF-Za-z](?:[ -~]{{0,{column.length - 2}}}[!-~])?"  # not E: a broken cell may show Err:502
    return r"[^\s\S]"


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


def value_of(cell: Cell, column: Column, *, notation: Notation) -> Any | Fault | None:
    """Return the canonical record's value of a cell (but flags), None when it is empty, or the fault."""
    text = text_of(cell)
    if text.startswith("'") and text[1:2] in "=+-@":
        text = text[1:]  # written so that a spreadsheet does not take it for a formula
    elif text[:1] in ("=", "+", "-", "@", "\t") and _FORMULA.match(text):
        return Fault("formula-refused", "A formula came, which is not read. Write the value, or “'” before the text.")
    if not text:
        return None
    if text[0] in "#E" and _BROKEN.fullmatch(text):
        return Fault("cell-broken", "The spreadsheet shows an error in this cell. Correct its formula, or the value.")
    if not isinstance(cell, str) and column.form is not Form.NUMBER:
        return _typed(cell, text, column, notation)
    return READERS[column.form](text, column, notation)


def _typed(cell: Cell, text: str, column: Column, notation: Notation) -> Any | Fault:
    """Read a number or date of a workbook in a column of another form: digits may have been lost on the way."""
    if isinstance(cell, int | float) and column.form in (Form.INSTANT, Form.DAY):
        return Fault("date-form", "A number came where a date is expected. Format the column as date, or as text.")
    if isinstance(cell, date) and column.form not in (Form.INSTANT, Form.DAY):
        return Fault("value-form", "The spreadsheet made a date of this cell. Format the column as text and retype it.")
    if isinstance(cell, int | float) and column.form is Form.GOODS_CODE and len(text) % 2:
        return Fault("goods-code-form", "A leading zero was lost: format the column as text and write the whole code.")
    if isinstance(cell, float) and len(text.partition(".")[0]) > 15:
        return Fault(
            "number-precision", "The spreadsheet kept 15 digits only: format the column as text and retype it."
        )
    if isinstance(cell, datetime) and column.form is Form.DAY:
        text = cell.date().isoformat()
    return READERS[column.form](text, column, notation)


def _text(text: str, column: Column, _notation: Notation) -> str | Fault:
    if len(text) > column.length:
        return Fault("value-too-long", f"Expected at most {column.length} characters; {len(text)} came. Shorten it.")
    return text


def _choice(text: str, _column: Column, _notation: Notation) -> str:
    return text.lower()


def _country(text: str, _column: Column, _notation: Notation) -> str | Fault:
    if _COUNTRY.fullmatch(text):
        return text
    return Fault("country-form", "Expected a country of two capital letters (ISO 3166-1 alpha-2).")


def _currency(text: str, _column: Column, _notation: Notation) -> str | Fault:
    if _CURRENCY.fullmatch(text):
        return text
    return Fault("currency-form", "Expected a currency of three capital letters (ISO 4217).")


def _goods_code(text: str, _column: Column, _notation: Notation) -> str | Fault:
    digits = plain(text).replace(".", "").replace(" ", "")
    if digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 12:
        return digits
    return Fault("goods-code-form", "Expected a goods code of 6 to 12 digits.")


def _number(text: str, column: Column, notation: Notation) -> str | Fault:
    found = notation.digits_of(text)
    if found is None:
        return Fault(
            "number-form",
            f"Expected a number that is not negative, with “{notation.decimal_mark}” before decimals as in the rest"
            " of the file, and without signs of any other kind.",
        )
    whole, _, decimals = found.partition(".")
    decimals = decimals.rstrip("0")
    if len(whole.lstrip("0")) + len(decimals) > column.length or len(decimals) > column.places:
        return Fault(
            "number-precision",
            f"Expected at most {column.length} digits, {column.places} of them decimals. Round it.",
        )
    return found


def _whole(text: str, column: Column, _notation: Notation) -> int | Fault:
    text = plain(text).removesuffix(".0")
    if text.isascii() and text.isdigit() and len(text) <= column.length:
        return int(text)
    return Fault("number-form", f"Expected a whole number of at most {column.length} digits.")


def _instant(text: str, _column: Column, notation: Notation) -> str | Fault:
    try:
        found = datetime.fromisoformat(notation.iso_date_of(plain(text)))
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return Fault("date-form", "Expected a date that exists: 2026-03-02, or 2026-03-02T08:00:00Z.")
    return found.isoformat() if found.year > 1900 else Fault("date-form", "Expected a date after 1900 (Gregorian).")


def _day(text: str, _column: Column, notation: Notation) -> str | Fault:
    try:
        found = date.fromisoformat(notation.iso_date_of(plain(text)))
    except ValueError:
        return Fault("date-form", "Expected a day that exists: 2026-03-02.")
    return found.isoformat() if found.year > 1850 else Fault("date-form", "Expected a day after 1850 (Gregorian).")


def _flag(text: str, words: dict[str, bool]) -> bool | Fault:
    found = words.get(text.casefold())
    return Fault("value-form", "Expected yes or no (also 1 or 0).") if found is None else found


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(SEPARATOR) if entry.strip()]


def _list(text: str, column: Column, _notation: Notation) -> list[str] | Fault:
    entries = _entries(text)
    if any(len(entry) > column.length for entry in entries):
        return Fault("value-too-long", f"Expected entries of at most {column.length} characters, separated by “;”.")
    return entries


def _references(text: str, column: Column, _notation: Notation) -> list[dict[str, Any]] | Fault:
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


def _reference(text: str, column: Column, notation: Notation) -> dict[str, Any] | Fault:
    found = _references(text, column, notation)
    if isinstance(found, list) and len(found) == 1:
        return found[0]
    return Fault("value-form", f"Expected one TYPE:NUMBER, its number of at most {column.length}.")


def _sealed(text: str, column: Column, _notation: Notation) -> list[dict[str, Any]] | Fault:
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


def _packages(text: str, _column: Column, _notation: Notation) -> list[dict[str, Any]] | Fault:
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


READERS: dict[Form, Callable[[str, Column, Notation], Any]] = {
    Form.TEXT: _text,
    Form.CHOICE: _choice,
    Form.COUNTRY: _country,
    Form.CURRENCY: _currency,
    Form.NUMBER: _number,
    Form.WHOLE: _whole,
    Form.INSTANT: _instant,
    Form.DAY: _day,
    Form.LIST: _list,
    Form.REFERENCE: _reference,
    Form.REFERENCES: _references,
    Form.SEALED: _sealed,
    Form.PACKAGES: _packages,
    Form.GOODS_CODE: _goods_code,
}
