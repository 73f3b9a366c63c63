"""What a text of an export means: numbers as a Java double or a person writes them, days in three orders, codes.

`<null/>`, empty elements and blanks mean nothing. A number that may mean two things, or a day, is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from comity.features.declarations.formats.bind import BadValue, Codec

MAX_TEXT = 1024
"""The longest text a value holds (the canonical form's bound)."""

_MAX_DIGITS = 24
_MAX_LENGTH = 40
_PLAIN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")
"""How nearly every number is written."""

_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:([.,])([0-9]*))?(?:[Ee]([+-]?[0-9]{1,2}))?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([,. '\u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]{0,6})?")
_SLASHED = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4}|[0-9]{2})(?:[ T].{0,20})?")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})")
_ISO = re.compile(r"([0-9]{4})[-/]?([0-9]{2})[-/]?([0-9]{2})(?:[ T].{0,20})?")
_NAMED = re.compile(r"([0-9]{1,2})[ -]([A-Za-z]{3})[a-z]*[ -]([0-9]{4}|[0-9]{2})")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: place for place, name in enumerate(_NAMES, 1)}


def text(value: str) -> str | None:
    """Return a text with its lines and blanks folded; None for none.

    Raises:
        BadValue: it is longer than a value holds.
    """
    folded = " ".join(value.split())
    if len(folded) > MAX_TEXT:
        raise BadValue("value-too-long", f"Expected at most {MAX_TEXT} characters; more came. It is not kept.")
    return folded or None


def lines(value: str) -> tuple[str, ...] | None:
    """Return the lines of a text, each without needless blanks; None for none.

    Raises:
        BadValue: they are longer than a value holds.
    """
    found = tuple(" ".join(line.split()) for line in value.splitlines() if line.strip())
    if sum(map(len, found)) > MAX_TEXT - 2 * len(found):
        raise BadValue("value-too-long", f"Expected at most {MAX_TEXT} characters; more came. It is not kept.")
    return found or None


def number(value: str) -> Decimal | None:
    """Return a number: `1234.5`, `1.2345E3`, `1,234.50`, `1234,5`; None for none.

    Raises:
        BadValue: it is none, or `1,234` and `1.234,` could mean two numbers.
    """
    bare = value.strip()
    if _PLAIN.fullmatch(bare):
        return Decimal(bare)
    if not bare:
        return None
    grouped = _GROUPED.fullmatch(bare) if len(bare) <= _MAX_LENGTH else None
    if grouped is not None and (grouped[1] != "." or bare.count(".") > 1 or "," in bare):
        bare = _ungrouped(bare, grouped[1])
    match = _NUMBER.fullmatch(bare) if len(bare) <= _MAX_LENGTH else None
    digits = 0 if match is None else len(match[2]) + len(match[4] or "")
    if match is None or not 0 < digits <= _MAX_DIGITS:
        raise BadValue("number-form", "Expected a number such as 1234.50; another text came. Correct it.")
    try:
        found = Decimal(bare.replace(",", "."))
    except InvalidOperation as error:
        raise BadValue("number-form", "Expected a number such as 1234.50; another text came. Correct it.") from error
    if abs(found.adjusted()) > _MAX_DIGITS:
        raise BadValue("number-form", f"Expected a number of at most {_MAX_DIGITS} digits; a longer one came.")
    return found


def _ungrouped(value: str, mark: str) -> str:
    """Return a number without the marks between its thousands; a single comma before three digits is not guessed."""
    if mark == "," and value.count(",") == 1 and "." not in value:
        raise BadValue(
            "number-ambiguous", "A comma before three digits may mean thousands or a fraction. Write a point."
        )
    return value.replace(mark, "")


def whole(value: str) -> int | None:
    """Return a whole number, also written `50.0`.

    Raises:
        BadValue: it is none.
    """
    found = number(value)
    if found is None:
        return None
    if found != found.to_integral_value() or abs(found) >= 10**12:
        raise BadValue("number-form", "Expected a whole number; another came. Correct it.")
    return int(found)


def country(value: str) -> str | None:
    """Return a country of two letters (ISO 3166-1).

    Raises:
        BadValue: it is none.
    """
    bare = value.strip().upper()
    if not bare:
        return None
    if len(bare) != 2 or not bare.isascii() or not bare.isalpha():
        raise BadValue("country-form", "Expected a country of two letters (ISO 3166-1); another text came.")
    return bare


def currency(value: str) -> str | None:
    """Return a currency of three letters (ISO 4217).

    Raises:
        BadValue: it is none.
    """
    bare = value.strip().upper()
    if not bare:
        return None
    if len(bare) != 3 or not bare.isascii() or not bare.isalpha():
        raise BadValue("currency-form", "Expected a currency of three letters (ISO 4217); another text came.")
    return bare


def flag(value: str) -> bool | None:
    """Return true, false, or None where it is neither."""
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(value.strip().lower())


class Calendar:
    """Reads the days of one document, in whose slashed days any that is past the twelfth shows the order of all."""

    __slots__ = ("_is_day_first",)

    def __init__(self, texts: Iterable[str]) -> None:
        firsts, seconds = False, False
        for one in texts:
            match = _SLASHED.fullmatch(one.strip())
            if match is not None:
                firsts |= int(match[1]) > 12
                seconds |= int(match[2]) > 12
        self._is_day_first = None if firsts == seconds else firsts

    def iso(self, value: str) -> str:
        """Return a day as YYYY-MM-DD, or the text as it is where it is no day or could be two."""
        bare = value.strip()
        if match := _ISO.fullmatch(bare):
            return f"{match[1]}-{match[2]}-{match[3]}"
        if match := _DOTTED.fullmatch(bare):
            return _written(match[1], match[2], match[3])
        if (match := _NAMED.fullmatch(bare)) and match[2].lower() in _MONTHS:
            return _written(match[1], str(_MONTHS[match[2].lower()]), match[3])
        match = _SLASHED.fullmatch(bare)
        if match is None:
            return value
        first, second = int(match[1]), int(match[2])
        is_day_first = self._is_day_first
        if first > 12 or second > 12:
            is_day_first = first > 12
        elif first == second:
            is_day_first = True
        if is_day_first is None:
            return value
        day, month = (match[1], match[2]) if is_day_first else (match[2], match[1])
        return _written(day, month, match[3])


def _written(day: str, month: str, year: str) -> str:
    return f"{year if len(year) == 4 else '20' + year}-{int(month):02d}-{int(day):02d}"


def day(value: str) -> date | None:
    """Return a day that the calendar wrote as YYYY-MM-DD.

    Raises:
        BadValue: it is no day that exists, or one that could be two.
    """
    bare = value.strip()
    if not bare:
        return None
    if _SLASHED.fullmatch(bare):
        raise BadValue("date-ambiguous", "This day can be read in two ways, and no other day here shows which.")
    try:
        return date.fromisoformat(bare)
    except ValueError as error:
        raise BadValue("date-form", "Expected a day that exists, such as 2026-03-14; another text came.") from error


def _instant(value: str) -> datetime | None:
    found = day(value)
    return None if found is None else datetime(found.year, found.month, found.day, tzinfo=UTC)


TEXT = Codec(text)
LINES = Codec(lines)
"""A name that the export writes above its address."""
NUMBER = Codec(number)
WHOLE = Codec(whole)
COUNTRY = Codec(country)
CURRENCY = Codec(currency)
FLAG = Codec(flag)
DAY = Codec(day)
MIDNIGHT = Codec(_instant)
"""A day where the vocabulary holds an instant: midnight, as UTC."""
