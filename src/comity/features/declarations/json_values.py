"""What one value of a JSON document says: text, instants, numbers. Faults are noted with their place, not raised.

A place is a tuple of member names and indexes; the document's own syntax turns it into a JSON pointer, or into an XPath
where XML was brought into the shape of JSON before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from comity.foundation.errors import Finding, Severity

Steps = tuple[str | int, ...]

MAX_TEXT = 2_000
"""Longest identifier or text of a document: a guess, above every GS1 Digital Link seen; the standards set none."""

_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[Tt](?P<time>\d{2}:\d{2}(?P<second>:\d{2})?)(?:\.(?P<part>\d{1,12}))?(?P<zone>[Zz]|[+-]\d{2}:\d{2})"
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[Ee][+-]?\d{1,2})?")


class Context:
    """Notes the findings of one document up to a limit, and knows whether its numbers are text (XML) or not (JSON)."""

    __slots__ = ("_left_out", "_limit", "_place", "_told", "findings", "is_text")

    def __init__(self, place: Callable[[Steps], str], *, limit: int, is_text: bool) -> None:
        self._place = place
        self._limit = limit
        self._left_out = False
        self._told: set[str] = set()
        self.findings: list[Finding] = []
        self.is_text = is_text

    def error(self, at: Steps, code: str, message: str) -> None:
        """Note an error; `code` is without its prefix `declarations.`."""
        self._add(at, code, message, Severity.ERROR)

    def warning(self, at: Steps, code: str, message: str) -> None:
        """Note a warning; `code` is without its prefix `declarations.`."""
        self._add(at, code, message, Severity.WARNING)

    def once(self, key: str, at: Steps, code: str, message: str) -> None:
        """Note a warning the first time its key comes."""
        if key not in self._told:
            self._told.add(key)
            self.warning(at, code, message)

    def _add(self, at: Steps, code: str, message: str, severity: Severity) -> None:
        if len(self.findings) < self._limit:
            self.findings.append(Finding(f"declarations.{code}", self._place(at), message, severity))
        elif severity is Severity.ERROR and not self._left_out:
            self._left_out = True
            message = f"More than {self._limit} faults and remarks: the rest is not listed. Correct these first."
            self.findings.append(Finding("declarations.too-many-findings", self._place(at), message))


def json_pointer(steps: Steps) -> str:
    """Return a place as a JSON pointer (RFC 6901)."""
    return "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def text(value: Any, at: Steps, context: Context) -> str | None:
    """Return a text without the blanks around it."""
    if value is None:
        return None
    if not isinstance(value, str):
        context.error(at, "value-form", "Expected text; another kind of value came. Correct it.")
        return None
    bare = value.strip()
    if not bare:
        context.error(at, "value-missing", "An empty value came: give it, or leave the member out.")
        return None
    if len(bare) > MAX_TEXT:
        context.error(at, "value-too-long", f"Expected at most {MAX_TEXT} characters; more came. Shorten it.")
        return None
    return bare


def instant(value: Any, at: Steps, context: Context) -> datetime | None:
    """Return an instant (RFC 3339) with its time zone; parts of a second beyond microseconds are cut off.

    XML in use leaves the seconds out now and then; RFC 3339, which JSON is held to, does not allow it.
    """
    found = text(value, at, context)
    if found is None:
        return None
    match = _INSTANT.fullmatch(found)
    if match is not None and (match["second"] or context.is_text):
        zone = "+00:00" if match["zone"] in "Zz" else match["zone"]
        part = (match["part"] or "")[:6].ljust(6, "0")
        try:
            return datetime.fromisoformat(
                f"{match['day']}T{match['time']}{'' if match['second'] else ':00'}.{part}{zone}"
            )
        except ValueError:
            pass
    context.error(
        at, "instant-form", "Expected an instant with its time zone, such as 2026-01-31T08:30:00Z; another text came."
    )
    return None


def number(value: Any, at: Steps, context: Context) -> Decimal | None:
    """Return a number: in XML from its text, in JSON from a number only."""
    if value is None:
        return None
    if context.is_text and isinstance(value, str) and not value.strip():
        context.warning(at, "value-missing", "An empty number came: it is read as none. Give it, or leave it out.")
        return None
    if context.is_text and isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        try:
            return Decimal(value.strip())
        except InvalidOperation:
            pass
    elif isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        found = Decimal(value)
        if abs(found.adjusted()) <= 40:
            return found
    context.error(at, "number-form", "Expected a number, with a decimal point and no quotes; another value came.")
    return None
