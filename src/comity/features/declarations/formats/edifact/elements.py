"""What one element of a segment says: text, number, instant, day, mass, place, and why it cannot be read.

Formats of instants are UN/EDIFACT 2379, units UN/ECE Rec 20. Values are those of the canonical record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from comity.features.declarations.formats.edifact.message import Segment, components
from comity.features.declarations.formats.edifact.separators import Separators

MAX_TEXT = 1024
"""The canonical record's bound; a longer text (several FTX lines together) is an error, never cut."""

_NUMBER = re.compile(r"-?(?:[0-9]{1,18}(?:[.,][0-9]{0,9})?|[.,][0-9]{1,9})")
_FORMATS = {
    "2": "DDMMYY",
    "3": "MMDDYY",
    "4": "DDMMYYYY",
    "101": "YYMMDD",
    "102": "YYYYMMDD",
    "201": "YYMMDDhhmm",
    "202": "YYMMDDhhmmss",
    "203": "YYYYMMDDhhmm",
    "204": "YYYYMMDDhhmmss",
    "205": "YYYYMMDDhhmm",
    "301": "YYMMDDhhmm",
    "302": "YYMMDDhhmmss",
    "303": "YYYYMMDDhhmm",
    "304": "YYYYMMDDhhmmss",
}
_ZONED = frozenset({"205", "301", "302", "303", "304"})
_PLACES = {
    form: tuple(slice(letters.find(one), letters.rfind(one) + 1) if one in letters else None for one in "YMDhms")
    for form, letters in _FORMATS.items()
}
_CENTURY_TURNS = 69
"""Years of two digits from here on are of the twentieth century, as POSIX reads them."""
_BY_LENGTH = {6: "101", 8: "102", 10: "201", 12: "203", 14: "204"}
_ZONE = re.compile(r"(?P<hours>[+-]?[0-9]{2})(?P<minutes>[0-9]{2})?|Z|UTC|GMT|ZZZ")
_KILOGRAMS = {
    "KGM": Decimal(1),
    "KG": Decimal(1),
    "KGS": Decimal(1),
    "GRM": Decimal("0.001"),
    "TNE": Decimal(1000),
    "LBR": Decimal("0.45359237"),
    "LBS": Decimal("0.45359237"),
}
"""Factors to kilograms (Rec 20; the pound by the international yard and pound agreement of 1959)."""

_CUBIC_METRES = {"MTQ": Decimal(1), "LTR": Decimal("0.001"), "FTQ": Decimal("0.028316846592")}


class Unreadable(ValueError):
    """A value has not the form its place needs: a code without `declarations.`, and what was expected."""

    def __init__(self, code: str, expected: str) -> None:
        super().__init__(expected)
        self.code = code
        self.expected = expected


class Context:
    """What a value is read with: service characters, code tables of the mapping, the year the interchange was sent.

    The components of the segment in hand are kept, because several rules read the same segment.
    """

    __slots__ = ("_components", "_is_plain", "_read", "_segment", "codes", "separators", "year")

    def __init__(self, separators: Separators, codes: Mapping[str, Mapping[str, str]], year: int | None = None) -> None:
        self.separators = separators
        self.codes = codes
        self.year = year
        self._segment: Segment | None = None
        self._components: list[list[str]] = []
        self._read: set[int] = set()
        self._is_plain = False

    def part(self, segment: Segment, element: int, component: int = 1) -> str:
        """Return a component (both counted from 1) without outer blanks, or an empty text.

        Raises:
            Unreadable: it is longer than any text that is kept.
        """
        if segment is not self._segment:
            self._take(segment)
        self._read.add(element)
        if element >= len(self._components):
            return ""
        apart = self._components[element]
        if component > len(apart):
            return ""
        if self._is_plain:
            return apart[component - 1]
        found = apart[component - 1].strip()
        if len(found) > MAX_TEXT:
            raise _too_long()
        return found

    def _take(self, segment: Segment) -> None:
        """Take a segment in hand; it is plain where no component can have outer blanks or be too long."""
        self._segment, self._components = segment, components(segment, self.separators)
        self._read = {0, 1}
        whole = "".join(segment)
        self._is_plain = len(whole) <= MAX_TEXT and " " not in whole and whole.isprintable()

    def unread(self, segment: Segment) -> list[int]:
        """Return which elements of the segment in hand say something that nobody has read."""
        if segment is not self._segment:
            return []
        return [index for index, element in enumerate(segment) if element and index not in self._read]


def text(value: str) -> str | None:
    """Return the text, or None where it is empty."""
    if len(value) > MAX_TEXT:
        raise _too_long()
    return value or None


def _too_long() -> Unreadable:
    return Unreadable("value-too-long", f"Expected a text of at most {MAX_TEXT} characters; a longer one came.")


def number(value: str) -> Decimal | None:
    """Return the decimal; both `.` and `,` mark decimals, whatever UNA says (ISO 9735-1, 10.4)."""
    value = value.replace(" ", "")
    if not value:
        return None
    if not _NUMBER.fullmatch(value):
        raise Unreadable("number-form", "Expected digits with at most one decimal mark; another text came.")
    return Decimal(value.replace(",", "."))


def whole(value: str) -> int | None:
    """Return the whole number."""
    found = number(value)
    if found is None:
        return None
    if found != found.to_integral_value() or found < 0:
        raise Unreadable("number-form", "Expected a whole number; another came.")
    return int(found)


def instant(value: str, form: str) -> datetime | None:
    """Return the instant of a date or time; without a zone it is taken as UTC, a day alone as its midnight."""
    if not value:
        return None
    form = form or _BY_LENGTH.get(len(value), "")
    if not form:
        raise _no_date()
    letters = _FORMATS.get(form)
    if letters is None:
        raise Unreadable("date-format-code", "Expected a format of UN/EDIFACT 2379 that is read (102, 203 and so on).")
    offset = timedelta(0)
    if form in _ZONED:
        value, offset = value[: len(letters)], _offset(value[len(letters) :])
    if len(value) != len(letters) or not value.isdecimal() or not value.isascii():
        raise _no_date()
    year, month, day_, hour, minute, second = (0 if one is None else int(value[one]) for one in _PLACES[form])
    if letters.count("Y") == 2:
        year += 1900 if year >= _CENTURY_TURNS else 2000
    try:
        return datetime(year, month, day_, hour, minute, second, tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        raise _no_date() from None


def _offset(zone: str) -> timedelta:
    found = _ZONE.fullmatch(zone.strip() or "Z")
    if found is None:
        raise _no_date()
    hours = int(found["hours"] or 0)
    return timedelta(hours=hours, minutes=int(found["minutes"] or 0) * (-1 if hours < 0 else 1))


def day(value: str, form: str, *, not_after: int | None = None) -> date | None:
    """Return the day; a year of two digits is never after `not_after`, as of a birth."""
    found = instant(value, form)
    if found is None:
        return None
    is_short = (form or _BY_LENGTH.get(len(value), "")) in ("2", "3", "101", "201", "202")
    if is_short and not_after is not None and found.year > not_after:
        try:
            return found.date().replace(year=found.year - 100)
        except ValueError:
            raise _no_date() from None
    return found.date()


def _no_date() -> Unreadable:
    return Unreadable("date-form", "Expected a date or time in the format its qualifier names; another text came.")


def mass(value: str, unit: str) -> Decimal | None:
    """Return kilograms."""
    return _measured(value, unit or "KGM", _KILOGRAMS, "KGM, TNE, GRM or LBR")


def volume(value: str, unit: str) -> Decimal | None:
    """Return cubic metres."""
    return _measured(value, unit or "MTQ", _CUBIC_METRES, "MTQ, LTR or FTQ")


def _measured(value: str, unit: str, factors: Mapping[str, Decimal], known: str) -> Decimal | None:
    found = number(value)
    if found is None:
        return None
    if unit not in factors:
        raise Unreadable("unit-unknown", f"Expected the unit {known}; another came.")
    return found * factors[unit]


def celsius(value: str, unit: str) -> Decimal | None:
    """Return degrees Celsius; Fahrenheit is turned, to a tenth."""
    found = number(value)
    if found is None or unit in ("", "CEL", "C"):
        return found
    if unit not in ("FAH", "F"):
        raise Unreadable("unit-unknown", "Expected the unit CEL or FAH; another came.")
    return ((found - 32) * 5 / 9).quantize(Decimal("0.1"))
