"""What columns, sheets and faults are called in each language: one file of words a language, in `languages/`."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any


class Language(StrEnum):
    """The languages tables are written in."""

    EN = "en"
    FR = "fr"
    ES = "es"
    PT = "pt"
    AR = "ar"
    RU = "ru"


LANGUAGES = tuple(one.value for one in Language)
_FOLDER = Path(__file__).parent / "languages"
_ALIKE = str.maketrans({"_": " ", "’": "'", "ё": "е", "\u00a0": " ", "\u202f": " ", "ـ": None})


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, by the names the code has for what they call."""

    language: str
    is_right_to_left: bool
    decimal_mark: str
    labels: Mapping[str, str]
    notes: Mapping[str, str]
    forms: Mapping[str, str]
    sheets: Mapping[str, str]
    remarks: Mapping[str, str]
    flags: Mapping[str, bool]
    yes: str
    no: str
    _patterns: Mapping[str, str]
    _roles: Mapping[str, str]
    _parts: Mapping[str, str]

    def label_of(self, column: str) -> str:
        """Return what a column is called: its own label, or that of a party's part or of an amount's currency.

        Raises:
            KeyError: the language has no word for the column.
        """
        if column in self.labels:
            return self.labels[column]
        if column.endswith("_currency"):
            return self._patterns["currency"].format(column=self.label_of(column.removesuffix("_currency")))
        role, _, part = column.rpartition("_")
        return self._patterns["party"].format(role=self._roles[role], part=self._parts[part])


@cache
def words_of(language: str) -> Words:
    """Return the words of one of `LANGUAGES`."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        said: dict[str, Any] = tomllib.load(file)
    yes, no = said["flags"]["yes"], said["flags"]["no"]
    return Words(
        language,
        said["language"]["direction"] == "rtl",
        said["language"]["decimal_mark"],
        said["columns"],
        said["notes"],
        said["forms"],
        said["sheets"],
        said.get("remarks", {}),
        {word.casefold(): True for word in yes} | {word.casefold(): False for word in no},
        yes[0],
        no[0],
        said["language"],
        said["roles"],
        said["parts"],
    )


@cache
def flags() -> dict[str, bool]:
    """Return what says yes and what says no, in every language."""
    found = {"1": True, "0": False}
    for language in LANGUAGES:
        found |= words_of(language).flags
    return found


def alike(text: str) -> str:
    """Return a text so that two that read alike are equal: case, blanks, marks above letters of Arabic, quotes."""
    text = text.strip().strip('"\ufeff').casefold().translate(_ALIKE)
    if not text.isascii():
        text = "".join(one for one in text if unicodedata.category(one) != "Mn" or one in "\u0306\u0301")
    return " ".join(text.replace(":", " ").split())
