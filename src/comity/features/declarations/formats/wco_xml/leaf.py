"""What one element says: text, codes, countries, numbers, amounts, measures and instants (WCO DM formats).

Each function makes a reader of one element: it returns the value, or None after noting what is wrong. The value
itself is never repeated in a message.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import Context, local_name
from comity.foundation.trade.money import Money

Reader = Callable[[_Element, Context], Any]

_COUNTRY = re.compile("[A-Z]{2}")
_CURRENCY = re.compile("[A-Z]{3}")
_UNIT = re.compile("[A-Z0-9#]{1,5}")
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


def content(element: _Element, context: Context) -> str | None:
    """Return the text of a leaf element without the blanks around it; None when it has none, or has children."""
    if len(element):
        name = local_name(element.tag)
        context.error(element, "element-nested", f"{name} holds text only, but other elements came inside it.")
        return None
    value = element.text
    if value:
        value = value.strip()
        if value:
            return value
    context.error(
        element, "value-missing", f"{local_name(element.tag)} came empty: give its value or leave the element out."
    )
    return None


def text(length: int) -> Reader:
    """Make a reader of text of at most `length` characters (`an..length`)."""

    def read(element: _Element, context: Context) -> str | None:
        value = element.text
        value = value.strip() if value else None
        if not value or len(element):
            return content(element, context)  # empty or nested: told there
        if len(value) <= length:
            return value
        context.error(
            element,
            "value-too-long",
            f"Expected at most {length} characters (an..{length}); {len(value)} came. Shorten it.",
        )
        return None

    return read


def matching(pattern: str, expected: str, *, code: str = "value-form") -> Reader:
    """Make a reader of text of a given form; `expected` completes “Expected …”."""
    form = re.compile(pattern)

    def read(element: _Element, context: Context) -> str | None:
        value = content(element, context)
        if value is not None and form.fullmatch(value) is None:
            context.error(element, code, f"Expected {expected}; {_kind_of(value)} came.")
            return None
        return value

    return read


country = matching("[A-Z]{2}", "a country of two capital letters (ISO 3166-1 alpha-2)", code="country-form")
origin_country = matching(
    "[A-Z0-9]{2,4}", "a country of two capital letters, or a country group of up to four", code="country-form"
)
currency = matching("[A-Z]{3}", "a currency of three capital letters (ISO 4217)", code="currency-form")


def whole(digits: int) -> Reader:
    """Make a reader of a whole number of at most `digits` digits (`n..digits`)."""
    decimal = number(digits, 0)

    def read(element: _Element, context: Context) -> int | None:
        value = decimal(element, context)
        return None if value is None else int(value)

    return read


def number(digits: int, places: int, *, is_signed: bool = False) -> Reader:
    """Make a reader of a decimal of at most `digits` digits, `places` of them after the point (`n..digits,places`)."""
    quick = re.compile(rf"[0-9]{{1,{digits - places}}}" + (rf"(?:\.[0-9]{{1,{places}}})?" if places else ""))

    def read(element: _Element, context: Context) -> Decimal | None:
        value = content(element, context)
        if value is None:
            return None
        if quick.fullmatch(value) is not None:
            return Decimal(value)
        return _number_with_care(element, context, value, digits=digits, places=places, is_signed=is_signed)

    return read


def _number_with_care(
    element: _Element, context: Context, value: str, *, digits: int, places: int, is_signed: bool
) -> Decimal | None:
    form = f"n..{digits},{places}" if places else f"n..{digits}"
    if _DECIMAL.fullmatch(value) is None:
        context.error(
            element,
            "number-form",
            f"Expected a number with a decimal point and no spaces or separators ({form}); {_kind_of(value)} came.",
        )
        return None
    found = Decimal(value)
    _sign, figures, exponent = found.normalize().as_tuple()
    after = max(0, -int(exponent))
    total = max(len(figures) + max(0, int(exponent)), after)
    if total > digits or after > places:
        context.error(
            element,
            "number-precision",
            f"Expected at most {digits} digits, {places} of them after the point ({form});"
            f" {total} came, {after} of them after the point.",
        )
        return None
    if found < 0 and not is_signed:
        context.error(element, "number-negative", "Expected a number that is not negative.")
        return None
    return found


def amount(*, is_signed: bool = False) -> Reader:
    """Make a reader of an amount (`n..16,3`) with its `currencyID`."""
    decimal = number(16, 3, is_signed=is_signed)

    def read(element: _Element, context: Context) -> Money | None:
        value = decimal(element, context)
        unit = element.get("currencyID")
        if unit is None:
            context.error(
                element, "currency-missing", "Expected the attribute currencyID with a currency (ISO 4217); none came."
            )
            return None
        if _CURRENCY.fullmatch(unit) is None:
            context.error(
                element, "currency-form", "Expected currencyID to be three capital letters (ISO 4217); correct it."
            )
            return None
        return None if value is None else Money(value, unit)

    return read


def mass() -> Reader:
    """Make a reader of a mass (`n..16,6`) in kilograms; grams and tonnes are converted (UN/ECE Rec 20)."""
    decimal = number(16, 6)

    def read(element: _Element, context: Context) -> Decimal | None:
        value: Decimal | None = decimal(element, context)
        unit = element.get("unitCode")
        if unit not in _KILOGRAMS:
            context.error(element, "unit-unknown", "Expected a mass in KGM, GRM or TNE (UN/ECE Rec 20); convert it.")
            return None
        factor = _KILOGRAMS[unit]
        return value if factor is None or value is None else factor * value

    return read


def quantity(value_name: str, unit_name: str) -> Reader:
    """Make a reader of a quantity (`n..16,6`) that gives two values: the number, and `unitCode` where there is one."""
    decimal = number(16, 6)

    def read(element: _Element, context: Context) -> dict[str, Any] | None:
        value = decimal(element, context)
        if value is None:
            return None
        unit = element.get("unitCode")
        if unit is None:
            return {value_name: value}
        if _UNIT.fullmatch(unit) is None:
            context.error(
                element, "unit-form", "Expected unitCode to be one to five capital letters or digits (UN/ECE Rec 20)."
            )
            return None
        return {value_name: value, unit_name: unit}

    return read


def indicator(element: _Element, context: Context) -> bool | None:
    """Read whether containers are used (WCO DM 096): 1 yes, 0 no."""
    value = content(element, context)
    if value is None:
        return None
    if value not in ("0", "1", "true", "false"):
        context.error(element, "value-form", f"Expected 1 (in containers) or 0 (not); {_kind_of(value)} came.")
        return None
    return value in ("1", "true")


def instant(element: _Element, context: Context) -> datetime | None:
    """Read a date and time: a DateTimeString whose formatCode is 102, 203, 204 or 304 (UN/EDIFACT 2379).

    A date alone is midnight, and a time without a zone is taken, as UTC.
    """
    children = list(element)
    if len(children) != 1 or local_name(children[0].tag) != "DateTimeString":
        context.error(element, "date-form", "Expected one DateTimeString with its formatCode inside; correct it.")
        return None
    inner = children[0]
    value = content(inner, context)
    if value is None:
        return None
    code = inner.get("formatCode")
    if code not in _FORMATS:
        context.error(inner, "date-format-code", "Expected formatCode 102, 203, 204 or 304 (UN/EDIFACT 2379).")
        return None
    found = _instant_from(value, code)
    if found is None:
        context.error(
            inner,
            "date-form",
            f"Expected a date that exists, written {_FORMATS[code]} (format {code}); {_kind_of(value)} came.",
        )
    return found


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
    try:
        naive = datetime.strptime(match["day"], "%Y%m%d").replace(  # noqa: DTZ007 - the zone follows
            hour=int(match["hour"] or 0), minute=int(match["minute"] or 0), second=int(match["second"] or 0)
        )
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
