"""What one value says that only EPCIS has: identifiers, offsets, units, actions, words of the vocabulary."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from comity.features.declarations.json_values import Context, Steps, text

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-_]*:[^\s<>\"{}|\\^`]+")
_OFFSET = re.compile(r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)")
_UNIT = re.compile(r"[A-Z0-9]{2,3}")


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
