"""What an element of an entry summary declaration says: text, number, country, time; each fault noted at its place.

As lenient as the schema: blanks around a value and a sign before a number are the administration's rules to refuse.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

from comity.features.declarations.formats.ens_xml.elements import CHILDREN, REPEATED, UNKEPT
from comity.features.declarations.formats.wco_xml.context import Places
from comity.features.declarations.rule_packs.message import MessageElement
from comity.foundation.errors import Finding, Severity

MAX_TEXT = 350
"""Longest value, in characters: that of the longest type of the schemas (Alphanumeric_Max350)."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{0,20})?\Z|[+-]?\.[0-9]{1,20}\Z")
_INSTANT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})\Z")
_COUNTRY = re.compile(r"[A-Za-z]{2}\Z")


class Notes:
    """Collects the findings of one message, up to a limit; `places` tells where an element is in the document."""

    __slots__ = ("_limit", "_places", "findings", "unkept")

    def __init__(self, places: Places, limit: int) -> None:
        self._places = places
        self._limit = limit
        self.findings: list[Finding] = []
        self.unkept: MessageElement | None = None

    def error(self, at: MessageElement, code: str, message: str, *, below: str = "") -> None:
        """Note an error at an element, or where the element `below` should stand in it."""
        self._add(at, code, message, below, Severity.ERROR)

    def warning(self, at: MessageElement, code: str, message: str, *, below: str = "") -> None:
        """Note a warning."""
        self._add(at, code, message, below, Severity.WARNING)

    def _add(self, at: MessageElement, code: str, message: str, below: str, severity: Severity) -> None:
        if len(self.findings) <= self._limit:
            place = self._places.of(at.source) + (f"/{below}" if below else "")
            self.findings.append(Finding(f"declarations.{code}", place, message, severity))


def check_children(group: MessageElement, known: frozenset[str], notes: Notes) -> None:
    """Note every element that does not belong here, comes too often, or stands among text."""
    for name, found in group.children.items():
        if name not in known:
            message = (
                f"{name[:40]} is not an element of IE315 or IE313 at this place: check its spelling, or remove it."
            )
            notes.error(found[0], "element-unknown", message)
        elif len(found) > 1 and name not in REPEATED:
            notes.error(found[1], "element-repeated", f"{name} may come once here; it came again. Keep one.")
        elif name in UNKEPT:
            notes.unkept = found[0]
        for element in found:
            is_group = name in CHILDREN
            if is_group and element.children:
                check_children(element, CHILDREN[name], notes)
            elif name in known and bool(element.children) != is_group:
                _wrong_content(element, is_group=is_group, notes=notes)


def _wrong_content(element: MessageElement, *, is_group: bool, notes: Notes) -> None:
    if is_group:
        message = f"{element.name} came without its elements: give them or leave it out."
        notes.error(element, "value-missing", message)
    else:
        message = f"{element.name} holds text only, but other elements came inside it."
        notes.error(element, "element-nested", message)


def text_of(group: MessageElement, name: str, notes: Notes) -> str | None:
    """Return the text of an element in a group without the blanks around it, or None where it is absent."""
    found = group.children.get(name)
    if not found or found[0].children:
        return None
    value = found[0].text.strip()
    if not value:
        notes.error(found[0], "value-missing", f"{name} came empty: give its value or leave the element out.")
        return None
    if len(value) > MAX_TEXT:
        message = f"Expected at most {MAX_TEXT} characters; {len(value)} came. Shorten it."
        notes.error(found[0], "value-too-long", message)
        return None
    return value


def require(group: MessageElement, name: str, notes: Notes, *, what: str) -> None:
    """Note that an element is absent that must be there."""
    if name not in group.children:
        notes.error(group, "element-missing", f"Expected {name} ({what}); none came. Add it.", below=name)


def number_of(group: MessageElement, name: str, notes: Notes) -> Decimal | None:
    """Return the number in an element: digits with a decimal point, not negative."""
    value = text_of(group, name, notes)
    if value is None:
        return None
    element = group.children[name][0]
    if not _NUMBER.match(value):
        message = "Expected a number of at most 20 digits with a decimal point and no spaces; something else came."
        notes.error(element, "number-form", message)
        return None
    number = Decimal(value)
    if number < 0:
        notes.error(element, "number-negative", "Expected a number that is not negative.")
        return None
    return number


def whole_of(group: MessageElement, name: str, notes: Notes) -> int | None:
    """Return the whole number in an element."""
    number = number_of(group, name, notes)
    if number is None:
        return None
    if number != int(number):
        notes.error(group.children[name][0], "number-form", "Expected a whole number; a fraction came.")
        return None
    return int(number)


def country_of(group: MessageElement, name: str, notes: Notes) -> str | None:
    """Return the country in an element, in capital letters."""
    value = text_of(group, name, notes)
    if value is not None and not _COUNTRY.match(value):
        message = "Expected a country of two letters (ISO 3166-1 alpha-2); something else came."
        notes.error(group.children[name][0], "country-form", message)
        return None
    return value and value.upper()


def instant_of(group: MessageElement, name: str, notes: Notes) -> datetime | None:
    """Return the instant in an element: YYYYMMDDhhmm, taken as UTC."""
    value = text_of(group, name, notes)
    if value is None:
        return None
    found = _INSTANT.match(value)
    try:
        if found is not None:
            year, month, day, hour, minute = map(int, found.groups())
            return datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        pass  # a day that does not exist: told below
    message = "Expected a date and time that exist, written YYYYMMDDhhmm; something else came."
    notes.error(group.children[name][0], "date-form", message)
    return None
