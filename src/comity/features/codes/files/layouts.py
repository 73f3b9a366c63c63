"""Which columns of a table hold the code, its name and its days: the layouts that lists are published in.

A column is recognised by its heading without regard to capitals, blanks and underscores, whatever its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CODE = ("code", "hscode", "hs6", "id", "codevalue", "locode", "unlocode")
NAME = ("name", "description", "title", "label", "text", "meaning", "designation", "nomenclature", "libelle")
FROM = ("validfrom", "activefrom", "startdate", "validitystartdate", "from", "start", "effectivefrom", "begindate")
TO = ("validto", "activeto", "enddate", "validityenddate", "to", "end", "effectiveto", "expirydate")
STATE = ("state", "status")
LANGUAGE = ("language", "languagecode", "lang")
ENDED = frozenset({"invalid", "ended", "expired", "removed", "deleted", "withdrawn", "inactive", "obsolete"})
"""Words for a code that is no longer valid; the day beside it is then the first on which it is not."""

_SEPARATORS = re.compile(r"[\s_\-./]+")
_EDITION = re.compile(r"(?:hs|h)?\s*[-_]?\s*((?:19|20)[0-9]{2})(?:\D.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a list by number; those that say neither are kept as attributes under their headings."""

    code: int
    name: int | None = None
    valid_from: int | None = None
    valid_to: int | None = None
    state: int | None = None
    language: int | None = None


def plain(heading: str) -> str:
    """Return a heading as it is compared: small letters without separators."""
    return _SEPARATORS.sub("", heading.strip().lstrip("\ufeff")).casefold()


def layout_of(headings: Sequence[str], is_key: Callable[[int], bool]) -> Layout | None:
    """Return the layout of a table, or None where no column can hold the code, or no heading is one that is known.

    `is_key` tells whether a column has a value in every row and none twice; it decides where no heading does.
    """
    names = [plain(heading) for heading in headings]
    special = {
        key: _first(names, wanted)
        for key, wanted in (("name", NAME), ("valid_from", FROM), ("valid_to", TO), ("language", LANGUAGE))
    }
    special["state"] = _first(names, STATE)
    code = _code_column(names, set(special.values()), is_key)
    if code is None or not (_says_code(names[code]) or any(one is not None for one in special.values())):
        return None
    return Layout(code=code, **special)


def _code_column(names: Sequence[str], taken: set[int | None], is_key: Callable[[int], bool]) -> int | None:
    free = [index for index in range(len(names)) if index not in taken]
    exact = [index for word in CODE for index in free if names[index] == word]
    ending = [index for index in free if _says_code(names[index]) and index not in exact]
    rest = [index for index in free if index not in exact and index not in ending]
    if exact:
        return exact[0]
    return next((index for index in (*ending, *rest) if is_key(index)), ending[0] if ending else None)


def _says_code(name: str) -> bool:
    return name in CODE or name.endswith("code")


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(word) for word in wanted if word in names), None)


def edition_year(text: str) -> int | None:
    """Return the year a text names an edition of the Harmonized System by: `HS 2017`, `HS2017`, `2017`, `H6 2022`."""
    match = _EDITION.fullmatch(text.strip().lstrip("\ufeff"))
    return int(match[1]) if match else None
