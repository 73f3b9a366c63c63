"""Which record types does TARIC3 have, what names a record, and which other records does it name?"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
FIRST, LAST = "validity.start.date", "validity.end.date"


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type: its element, key fields, required and optional fields, and field -> type it refers to."""

    name: str
    key: tuple[str, ...]
    required: frozenset[str]
    optional: frozenset[str]
    references: Mapping[str, str]

    @property
    def fields(self) -> frozenset[str]:
        """Return every field the schema knows."""
        return frozenset(self.key) | self.required | self.optional


@dataclass(frozen=True, slots=True)
class RecordTypes:
    """The record types by element name, and the names that stand for them in other editions."""

    types: Mapping[str, RecordType]
    aliases: Mapping[str, str]

    def find(self, element: str) -> RecordType | None:
        """Return the record type of an element's local name, or None."""
        return self.types.get(self.aliases.get(element, element))

    def field(self, name: str) -> str:
        """Return the field's name in this edition."""
        return self.aliases.get(name, name)


@lru_cache(maxsize=1)
def load_record_types() -> RecordTypes:
    """Return the record types (`record_types.toml`)."""
    told = tomllib.loads((HERE / "record_types.toml").read_text(encoding="utf-8"))
    named_by = {key[0]: name for name, (key, _, _) in told["types"].items() if len(key) == 1}
    renamed: dict[str, str] = told["references"]
    types = {}
    for name, (key, required, optional) in told["types"].items():
        fields = [*key, *required, *optional]
        own = key[0] if len(key) == 1 else None
        references = {
            field: target
            for field in fields
            if field not in (own, "language.id") and (target := renamed.get(field) or named_by.get(field))
        }
        types[name] = RecordType(name, tuple(key), frozenset(required), frozenset(optional), references)
    return RecordTypes(types, told["aliases"])


@lru_cache(maxsize=1)
def load_expressions() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return how duty expressions join, and what actions do (`expressions.toml`)."""
    told = tomllib.loads((HERE / "expressions.toml").read_text(encoding="utf-8"))
    return told["components"], told["actions"]
