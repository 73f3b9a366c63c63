"""Which lists answer for which kind of code: data (`subjects.toml`), and the lists of the subject's own name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from comity.features.codes.errors import CodeListSettingsInvalid
from comity.features.codes.from_packages import COUNTRIES, CURRENCIES

HERE = Path(__file__).parent


class Subject(StrEnum):
    """What a code on a declaration stands for; the value is also the name of an administration's own list of it."""

    GOODS = "goods"
    PACKAGES = "packages"
    UNITS = "units"
    COUNTRIES = "countries"
    CURRENCIES = "currencies"
    LOCATIONS = "locations"
    OFFICES = "offices"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class AnsweringList:
    """A list that answers for a subject.

    `kinds` are the kinds of declaration it is for (empty: all). A partial list can tell that a code is known, not that
    it is unknown; a list by country tells so only of countries it has a code of.
    """

    name: str
    subject: Subject
    kinds: frozenset[str] = frozenset()
    is_partial: bool = False
    is_by_country: bool = False


@lru_cache(maxsize=1)
def answering_lists() -> tuple[AnsweringList, ...]:
    """Return every list that can answer, whether it is imported or not.

    Raises:
        CodeListSettingsInvalid: the file lacks a subject.
    """
    told = tomllib.loads((HERE / "subjects.toml").read_text(encoding="utf-8"))
    found = [AnsweringList(COUNTRIES, Subject.COUNTRIES), AnsweringList(CURRENCIES, Subject.CURRENCIES)]
    for subject in Subject:
        try:
            lists = told[subject.value]["lists"]
        except KeyError as error:
            raise CodeListSettingsInvalid(f"subjects.toml lacks {error}") from error
        found.append(AnsweringList(subject.value, subject, is_by_country=subject is Subject.OFFICES))
        found += [
            AnsweringList(
                name=one["name"],
                subject=subject,
                kinds=frozenset(one.get("kinds", ())),
                is_partial=one.get("is_partial", False),
                is_by_country=one.get("is_by_country", False),
            )
            for one in lists
        ]
    return tuple(found)
