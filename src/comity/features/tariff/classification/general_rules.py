"""Which general rule does a suggestion rely on? GIR 1 to 6 of the Harmonized System, as data."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from comity.features.tariff.classification.words import raw_words, telling_words, with_meanings

_HERE = Path(__file__).parent


def rules_relied_on(description: str, *, heading_text: str, is_close: bool) -> tuple[str, ...]:
    """Return the rules in the order they are applied.

    `is_close`: a subheading of another heading is nearly as likely, so that the most specific has to be found.
    Rule 1 where the heading's text and the description share a word; rule 4 where they share none.
    """
    words = telling_words(description)
    said = frozenset((*words, *with_meanings(words)))
    first = "1" if said & frozenset(telling_words(heading_text)) else "4"
    called = frozenset(raw_words(description))
    signalled = [rule for rule, signals in _table()["signals"].items() if called & frozenset(signals.split())]
    closest = ["3(a)"] if is_close and "3(b)" not in signalled else []
    return (first, *sorted({*signalled, *closest}), "6")


def rule_text(rule: str) -> str | None:
    """Return a rule in words, or None where there is no such rule."""
    found = _table()["rules"].get(rule)
    return None if found is None else str(found)


def rule_names() -> tuple[str, ...]:
    """Return the rules in order."""
    return tuple(_table()["rules"])


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads((_HERE / "general_rules.toml").read_text(encoding="utf-8"))
