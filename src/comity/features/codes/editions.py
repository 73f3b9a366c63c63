"""Which edition of the Harmonized System is in force in a country on a day (HS Convention, Article 16).

The dates are data (`editions.toml`); a country that took an edition up later has its own row there or in the node's
`hs-editions.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from comity.features.codes.errors import CodeListSettingsInvalid, EditionUnknown

HERE = Path(__file__).parent
_LEAST_MARKS = 0.5  # a guess: half of the headings an edition brought are enough to know it from the one before
_CHAPTERS = 90  # a nomenclature has 96 chapters; a tariff may leave a few out


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition: its name (`HS2022`), its year, the day it is in force from, and headings it brought."""

    name: str
    year: int
    valid_from: date
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The editions, the oldest first, and who took one up on another day."""

    editions: tuple[Edition, ...]
    adoptions: dict[tuple[str, str], date]

    def in_force(self, country: str | None, on: date) -> Edition:
        """Return the edition in force in a country on a day; before the first one, the first."""
        chosen = self.editions[0]
        for edition in self.editions:
            day = self.adoptions.get((country or "", edition.name), edition.valid_from)
            if day <= on:
                chosen = edition
        return chosen

    def named(self, name: str) -> Edition:
        """Return the edition of a name such as `HS2022`, `hs 2022`, `2022` or `H6`.

        Raises:
            EditionUnknown: there is none.
        """
        wanted = name.upper().replace(" ", "").replace("-", "")
        for number, edition in enumerate(self.editions):
            if wanted in (edition.name, str(edition.year), f"H{number}"):
                return edition
        raise EditionUnknown(f"known are {', '.join(one.name for one in self.editions)}")


@lru_cache(maxsize=8)
def load_calendar(*more: Path) -> Calendar:
    """Return the calendar of editions: the shipped one, with the adoptions of further files.

    Raises:
        CodeListSettingsInvalid: a file lacks something, or is not TOML.
    """
    editions: list[Edition] = []
    adoptions: dict[tuple[str, str], date] = {}
    for path in (HERE / "editions.toml", *more):
        try:
            told = tomllib.loads(path.read_text(encoding="utf-8"))
            editions += [
                Edition(one["name"], one["year"], one["valid_from"], frozenset(one["marks"]))
                for one in told.get("editions", [])
            ]
            for one in told.get("adoptions", []):
                adoptions |= dict.fromkeys(((each, one["edition"]) for each in one["countries"]), one["valid_from"])
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise CodeListSettingsInvalid(f"{path.name} lacks {error}", path=str(path)) from error
    return Calendar(tuple(sorted(editions, key=lambda one: one.year)), adoptions)


def is_edition_year(year: int) -> bool:
    """Claim that an edition of the Harmonized System is named after this year."""
    return any(one.year == year for one in load_calendar().editions)


def name_of_edition(year: int) -> str:
    """Return the name of the edition of a year."""
    return f"HS{year}"


def recognised(codes: Collection[str]) -> Edition | None:
    """Return the edition of a whole nomenclature of two, four and six digits, or None where the codes are not one.

    Subheadings alone are not: a list of those that a system accepts often holds national ones beside them.
    """
    digits = [code for code in codes if code.isdigit() and len(code) in (2, 4, 6)]
    headings = {code for code in digits if len(code) == 4}
    if len(digits) - len({code for code in digits if len(code) > 2}) < _CHAPTERS or len(digits) < 0.99 * len(codes):
        return None
    found = [
        edition
        for edition in load_calendar().editions
        if edition.marks and len(edition.marks & headings) >= _LEAST_MARKS * len(edition.marks)
    ]
    return found[-1] if found else load_calendar().editions[0]
