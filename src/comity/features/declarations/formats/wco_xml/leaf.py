"""What the text of one element says: text, codes, countries, numbers, amounts, measures and instants (WCO DM formats).

Each function makes a leaf: `read` takes the text and the attribute that goes with it, and returns the value or raises
the `Fault`. The value itself is never repeated in a message.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple

from comity.foundation.trade.money import Money

Read = Callable[[str, str | None], Any]


class Fault(Exception):
    """One thing wrong with one element: a code without its prefix `declarations.`, and advice. It becomes a finding.

    `is_forgivable` where the sender's meaning is not in doubt; `value` is then what was meant, None for nothing.
    """

    def __init__(self, code: str, message: str, *, is_forgivable: bool = False, value: object = None) -> None:
        self.code = code
        self.message = message
        self.is_forgivable = is_forgivable
        self.value = value
        super().__init__(code)


class Leaf(NamedTuple):
    """An element with text only: how it is read, the attribute that belongs to it, and whether it gives several values.

    What `is_several` gives is a dict of values of the parent: a quantity and its unit.
    """

    read: Read
    attribute: str | None = None
    is_several: bool = False


_DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?|[+-]?\.[0-9]{1,40}")
_INSTANT = re.compile(
    r"(?P<day>[0-9]{8})(?:(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?"
    r"(?P<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_FORMATS = {"102": "YYYYMMDD", "203": "YYYYMMDDhhmm", "204": "YYYYMMDDhhmmss", "304": "YYYYMMDDhhmmss and Z or ±hh"}
_KILOGRAMS: dict[str | None, Decimal | None] = {
    None: None,
    "KGM": None,
    "GRM": Decimal("0.001"),
    "TNE": Decimal(1000),
}  # UN/ECE Rec 20
_CURRENCY = re.compile("[A-Z]{3}")
_UNIT = re.compile("[A-Z0-9#]{1,5}")


def text(length: int) -> Leaf:
    """Make a leaf of text of at most `length` characters (`an..length`), without the blanks around it."""

    def read(value: str, _attribute: str | None) -> str:
        value = value.strip()
        if 0 < len(value) <= length:
            return value
        _given(value)
        raise Fault(
            "value-too-long",
            f"Expected at most {length} characters (an..{length}); {len(value)} came. Shorten it.",
        )

    return Leaf(read)


def _given(value: str) -> str:
    value = value.strip()
    if not value:
        message = "The element came empty: give its value or leave the element out."
        raise Fault("value-missing", message, is_forgivable=True)
    return value


def matching(pattern: str, expected: str, *, code: str = "value-form") -> Leaf:
    """Make a leaf of text of a given form; `expected` completes “Expected …”."""
    has_form = re.compile(pattern).fullmatch

    def read(value: str, _attribute: str | None) -> str:
        value = _given(value)
        if has_form(value) is None:
            raise Fault(code, f"Expected {expected}; {_kind_of(value)} came.")
        return value

    return Leaf(read)


country = matching("[A-Z]{2}", "a country of two capital letters (ISO 3166-1 alpha-2)", code="country-form")

origin_country = matching(
    "[A-Z0-9]{2,4}",
    "a country of two capital letters (ISO 3166-1 alpha-2), or a group of two to four capital letters or digits",
    code="country-form",
)

currency = matching("[A-Z]{3}", "a currency of three capital letters (ISO 4217)", code="currency-form")


def number(digits: int, places: int, *, is_signed: bool = False) -> Leaf:
    """Make a leaf of a decimal of at most `digits` digits, `places` of them after the point (`n..digits,places`)."""
    return Leaf(_decimals(digits, places, is_signed=is_signed))


def _decimals(digits: int, places: int, *, is_signed: bool = False) -> Read:
    pattern = rf"[0-9]{{1,{digits - places}}}" + (rf"(?:\.[0-9]{{1,{places}}})?" if places else "")
    is_usual = re.compile(pattern).fullmatch

    def read(value: str, _attribute: str | None) -> Decimal:
        if is_usual(value) is not None:
            return Decimal(value)
        return _number_with_care(_given(value), digits=digits, places=places, is_signed=is_signed)

    return read


def whole(digits: int) -> Leaf:
    """Make a leaf of a whole number of at most `digits` digits."""
    decimal = _decimals(digits, 0)

    def read(value: str, _attribute: str | None) -> int:
        if len(value) <= digits and value.isascii() and value.isdigit():
            return int(value)
        return int(decimal(value, None))

    return Leaf(read)


def _number_with_care(value: str, *, digits: int, places: int, is_signed: bool) -> Decimal:
    form = f"n..{digits},{places}" if places else f"n..{digits}"
    if _DECIMAL.fullmatch(value) is None:
        raise Fault(
            "number-form",
            f"Expected a number with a decimal point and no spaces or separators ({form}); {_kind_of(value)} came.",
        )
    found = Decimal(value)
    _sign, figures, exponent = found.normalize().as_tuple()
    after = max(0, -int(exponent))
    total = max(len(figures) + max(0, int(exponent)), after)
    if total > digits or after > places:
        raise Fault(
            "number-precision",
            f"Expected at most {digits} digits, {places} of them after the point ({form});"
            f" {total} came, {after} of them after the point.",
        )
    if found < 0 and not is_signed:
        raise Fault("number-negative", "Expected a number that is not negative.")
    return found


def amount(*, is_signed: bool = False) -> Leaf:
    """Make a leaf of an amount (`n..16,3`) with its `currencyID`."""
    decimal = _decimals(16, 3, is_signed=is_signed)

    def read(value: str, unit: str | None) -> Money:
        if unit is None:
            raise Fault("currency-missing", "Expected the attribute currencyID with a currency (ISO 4217); none came.")
        if _CURRENCY.fullmatch(unit) is None:
            raise Fault("currency-form", "Expected currencyID to be three capital letters (ISO 4217); correct it.")
        return Money(decimal(value, None), unit)

    return Leaf(read, "currencyID")


def mass() -> Leaf:
    """Make a leaf of a mass (`n..16,6`) in kilograms; grams and tonnes are converted (UN/ECE Rec 20)."""
    decimal = _decimals(16, 6)

    def read(value: str, unit: str | None) -> Decimal:
        if unit not in _KILOGRAMS:
            raise Fault("unit-unknown", "Expected a mass in KGM, GRM or TNE (UN/ECE Rec 20); convert it.")
        factor = _KILOGRAMS[unit]
        found: Decimal = decimal(value, None)
        return found if factor is None else factor * found

    return Leaf(read, "unitCode")


def quantity(value_name: str, unit_name: str) -> Leaf:
    """Make a leaf of a quantity (`n..16,6`) that gives two values: the number, and `unitCode` where there is one."""
    decimal = _decimals(16, 6)

    def read(value: str, unit: str | None) -> dict[str, Any]:
        found = {value_name: decimal(value, None)}
        if unit is None:
            return found
        if _UNIT.fullmatch(unit) is None:
            raise Fault("unit-form", "Expected unitCode to be one to five capital letters or digits (UN/ECE Rec 20).")
        return {**found, unit_name: unit}

    return Leaf(read, "unitCode", is_several=True)


def _indicator(value: str, _attribute: str | None) -> bool:
    value = _given(value)
    if value not in ("0", "1", "true", "false"):
        raise Fault("value-form", f"Expected 1 (in containers) or 0 (not); {_kind_of(value)} came.")
    return value in ("1", "true")


indicator = Leaf(_indicator)
"""Reads whether containers are used (WCO DM 096): 1 yes, 0 no."""


def _date_time(value: str, code: str | None) -> datetime:
    value = _given(value)
    if code not in _FORMATS:
        meant = None if code is not None else next(filter(None, (_instant_from(value, one) for one in _FORMATS)), None)
        message = "Expected formatCode 102, 203, 204 or 304 (UN/EDIFACT 2379)."
        raise Fault("date-format-code", message, is_forgivable=meant is not None, value=meant)
    found = _instant_from(value, code)
    if found is None:
        raise Fault(
            "date-form",
            f"Expected a date that exists, written {_FORMATS[code]} (format {code}); {_kind_of(value)} came.",
        )
    return found


date_time = Leaf(_date_time, "formatCode")
"""Reads a DateTimeString whose formatCode is 102, 203, 204 or 304 (UN/EDIFACT 2379).

A date alone is midnight, and a time without a zone is taken, as UTC.
"""


def _instant_from(value: str, code: str) -> datetime | None:
    match = _INSTANT.fullmatch(value)
    if match is None:
        return None
    has_time, has_seconds, zone = match["hour"] is not None, match["second"] is not None, match["zone"]
    if (has_time, has_seconds, zone is not None) not in {
        "102": {(False, False, False)},
        "203": {(True, False, False)},
        "204": {(True, True, False)},
        "304": {(True, True, True)},
    }[code]:
        return None
    day = match["day"]
    try:
        naive = datetime(  # noqa: DTZ001 - the zone follows
            int(day[:4]), int(day[4:6]), int(day[6:]), int(match["hour"] or 0), int(match["minute"] or 0),
            int(match["second"] or 0),
        )  # fmt: skip
        return naive.replace(tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text_of_zone: str | None) -> timezone:
    if text_of_zone in (None, "Z"):
        return UTC
    digits = str(text_of_zone)[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if str(text_of_zone)[0] == "-" else offset)


def _kind_of(value: str) -> str:
    """Describe a value without repeating it."""
    kind = "digits" if value.isdigit() else "letters" if value.isalpha() else "characters"
    return f"{len(value)} {kind}"
