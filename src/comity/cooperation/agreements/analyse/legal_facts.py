"""What does an administration's law say, as far as it changes what two nodes do? A file of facts with their sources.

One list of tables for each fact; of several, the newest whose `valid_from` has come counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from comity.cooperation.agreements.analyse.errors import LegalFactsInvalid

LARGEST_FILE = 64 * 1024
"""Bytes; a guess: seven facts with their history and sources take under 4 KB."""

HS_EDITIONS = (1988, 1992, 1996, 2002, 2007, 2012, 2017, 2022, 2028)
"""source: World Customs Organization, amendments to the Nomenclature of the Harmonized System."""

_AUTHORITY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,3})? [A-Z]{3}")
_LONGEST_SOURCE = 500


@dataclass(frozen=True, slots=True)
class LegalFact:
    """One fact from its day on."""

    value: Any
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class LegalFacts:
    """The facts of one administration, each with its history, the oldest first."""

    administration: str
    facts: MappingProxyType[str, tuple[LegalFact, ...]]

    def on(self, name: str, day: date) -> LegalFact | None:
        """Return the fact that counts on a day; None when none is stated."""
        begun = [fact for fact in self.facts.get(name, ()) if fact.valid_from <= day]
        return begun[-1] if begun else None


def read_legal_facts(content: bytes) -> LegalFacts:
    """Read a file of legal facts.

    Raises:
        LegalFactsInvalid: with the place of the first fault.
    """
    if len(content) > LARGEST_FILE:
        raise LegalFactsInvalid(f"a file of legal facts has at most {LARGEST_FILE} bytes")
    try:
        record = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise LegalFactsInvalid("the file is not TOML in UTF-8") from error
    administration = record.pop("administration", None)
    if not isinstance(administration, str) or not _AUTHORITY.fullmatch(administration):
        raise LegalFactsInvalid("must be two letters (ISO 3166)", path="administration")
    return LegalFacts(
        administration, MappingProxyType({name: tuple(_history(name, told)) for name, told in record.items()})
    )


def _history(name: str, told: object) -> Iterator[LegalFact]:
    if name not in FORMS:
        raise LegalFactsInvalid(f"is not a known fact; known are {', '.join(sorted(FORMS))}", path=name)
    if not isinstance(told, list) or not told or not all(isinstance(one, dict) for one in told):
        raise LegalFactsInvalid(f"must be one or more tables [[{name}]]", path=name)
    facts = [_fact(name, one, f"{name}[{position}]") for position, one in enumerate(told)]
    yield from sorted(facts, key=lambda fact: fact.valid_from)


def _fact(name: str, told: dict[str, Any], path: str) -> LegalFact:
    if told.keys() != {"value", "source", "valid_from"}:
        raise LegalFactsInvalid("must have value, source and valid_from, and nothing else", path=path)
    form, is_of_form = FORMS[name]
    if not is_of_form(told["value"]):
        raise LegalFactsInvalid(f"must be {form}", path=f"{path}.value")
    source = told["source"]
    if not isinstance(source, str) or not source.strip() or len(source) > _LONGEST_SOURCE or not source.isprintable():
        raise LegalFactsInvalid(f"must be a text of at most {_LONGEST_SOURCE} characters", path=f"{path}.source")
    if type(told["valid_from"]) is not date:
        raise LegalFactsInvalid("must be a day, for example 2026-01-31", path=f"{path}.valid_from")
    return LegalFact(told["value"], source, told["valid_from"])


def _is_years(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100


def _all_match(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and form.fullmatch(one) for one in value)


FORMS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "hs_edition": (
        "a year of the Harmonized System, for example 2022",
        lambda value: isinstance(value, int) and value in HS_EDITIONS,
    ),
    "valuation_basis": ("CIF or FOB", lambda value: value in ("CIF", "FOB")),
    "retention_years": ("a number of years, 1 to 100", _is_years),
    "de_minimis": (
        "an amount with its currency, for example “150.00 EUR”",
        lambda value: isinstance(value, str) and _AMOUNT.fullmatch(value) is not None,
    ),
    "languages": ("a list of languages (ISO 639-1)", lambda value: bool(value) and _all_match(value, _LANGUAGE)),
    "electronic_signatures": ("true or false", lambda value: isinstance(value, bool)),
    "adequate_protection": ("a list of countries (ISO 3166)", lambda value: _all_match(value, _AUTHORITY)),
}
