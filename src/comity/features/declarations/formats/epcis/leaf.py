"""What one value of an event says: identifiers, words, instants, numbers. Faults are noted, not raised.

A place is a tuple of member names and indexes; the document's own syntax turns it into a JSON pointer or an XPath.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from comity.foundation.errors import Finding, Severity

Steps = tuple[str | int, ...]

MAX_TEXT = 2_000
"""Longest identifier or text of an event: a guess, above every Digital Link seen; the standard sets none."""

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-_]*:[^\s<>\"{}|\\^`]+")
_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[Tt](?P<time>\d{2}:\d{2}(?P<second>:\d{2})?)(?:\.(?P<part>\d{1,12}))?(?P<zone>[Zz]|[+-]\d{2}:\d{2})"
)
_OFFSET = re.compile(r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)")
_UNIT = re.compile(r"[A-Z0-9]{2,3}")
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


def uri(value: Any, at: Steps, context: Context) -> str | None:
    """Return an identifier: a URI (RFC 3986) or a compact one with the prefix of a namespace."""
    found = text(value, at, context)
    if found is not None and _URI.fullmatch(found) is None:
        context.error(
            at,
            "identifier-form",
            "Expected a URI, such as urn:epc:id:sgtin:… or https://id.gs1.org/…; another text came.",
        )
        return None
    return found


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


def offset(value: Any, at: Steps, context: Context) -> str | None:
    """Return how the place of the event writes its time: ±hh:mm."""
    found = text(value, at, context)
    if found is not None and _OFFSET.fullmatch(found) is None:
        context.error(at, "value-form", "Expected an offset from UTC between -14:00 and +14:00, such as +02:00.")
        return None
    return found


def unit(value: Any, at: Steps, context: Context) -> str | None:
    """Return a unit of two or three capital letters or digits (UN/ECE Recommendation 20)."""
    found = text(value, at, context)
    if found is not None and _UNIT.fullmatch(found) is None:
        context.error(at, "unit-form", "Expected a unit of UN/ECE Recommendation 20, such as KGM; another text came.")
        return None
    return found


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


def action(value: Any, at: Steps, context: Context) -> str | None:
    """Return what an event does to the identifiers it names: ADD, OBSERVE or DELETE."""
    found = text(value, at, context)
    if found is not None and found not in ("ADD", "OBSERVE", "DELETE"):
        context.error(at, "action-unknown", "Expected ADD, OBSERVE or DELETE as the action; another came.")
        return None
    return found


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _known(words: str) -> tuple[frozenset[str], tuple[str, ...]]:
    told = _vocabulary()
    return frozenset(told[words]), tuple(told["prefixes"][words])


def word(words: str) -> Callable[[Any, Steps, Context], str | None]:
    """Make a reader of a word of the vocabulary: bare, by its URI, or one of another namespace as it is.

    The JSON Schema of EPCIS closes the vocabulary, so that a word it does not have is an error there. Its XML Schema
    takes any URI: there it is told, and kept as it came.
    """
    known, prefixes = _known(words)

    def read(value: Any, at: Steps, context: Context) -> str | None:
        found = text(value, at, context)
        if found is None or found in known:
            return found
        own = next((found[len(prefix) :] for prefix in prefixes if found.startswith(prefix)), None)
        if own in known:
            return own
        if own is None and _URI.fullmatch(found):
            return found
        note = context.warning if context.is_text else context.error
        note(
            at,
            "word-unknown",
            "Expected a word of the Core Business Vocabulary 2.0, or a URI of another vocabulary; another text came.",
        )
        return found if context.is_text else None

    return read
