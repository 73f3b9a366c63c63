"""Is a field personal data? The list is in `personal.toml`, each entry with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from comity.cooperation.agreements.analyse.fields import overlap

_TEXT = Path(__file__).parent / "personal.toml"


@dataclass(frozen=True, slots=True)
class PersonalFields:
    """One entry of the list: paths or words, and why they are personal data."""

    reason: str
    fields: tuple[str, ...]
    words: frozenset[str]


@lru_cache(maxsize=1)
def personal_list() -> tuple[PersonalFields, ...]:
    """Return the list, read once."""
    entries = tomllib.loads(_TEXT.read_text(encoding="utf-8"))["personal"]
    return tuple(
        PersonalFields(entry["reason"], tuple(entry.get("fields", ())), frozenset(entry.get("words", ())))
        for entry in entries
    )


def why_personal(field: str) -> str | None:
    """Return the reason for which a dotted field is, or holds, personal data, or None."""
    parts = set(field.split("."))
    for entry in personal_list():
        if parts & entry.words or any(overlap(field, one) for one in entry.fields):
            return entry.reason
    return None


def personal_among(fields: Iterable[str]) -> frozenset[str]:
    """Return those of the fields that are, or hold, personal data."""
    return frozenset(field for field in fields if why_personal(field) is not None)
