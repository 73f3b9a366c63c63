"""Which countries and currencies are there before any import? Those a registry package carries (decision 0022).

The package babel has the Unicode Common Locale Data Repository: territories of ISO 3166-1, and the currencies of ISO
4217 with the days each was used on. What customs need beyond is in `countries.toml`.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, __version__
from babel.core import get_global

from comity.features.codes.entries import CodeEntry, PublishedList

HERE = Path(__file__).parent
COUNTRIES, CURRENCIES = "ISO-3166-1", "ISO-4217"
SOURCE = f"package babel {__version__} (Unicode CLDR)"


@lru_cache(maxsize=1)
def lists_from_packages() -> dict[str, PublishedList]:
    """Return the lists that a node starts with, by name."""
    told = tomllib.loads((HERE / "countries.toml").read_text(encoding="utf-8"))
    english = Locale("en")
    left_out = set(told["not_countries"])
    countries = {
        code: CodeEntry(code, name)
        for code, name in english.territories.items()
        if len(code) == 2 and code.isalpha() and code not in left_out
    } | {one["code"]: _entry(one) for one in told["more"]}
    currencies = {code: CodeEntry(code, english.currencies.get(code, code), *days) for code, days in _used().items()}
    currencies |= {one["code"]: _entry(one) for one in told["currencies"]}
    return {
        COUNTRIES: PublishedList(COUNTRIES, tuple(sorted(countries.values()))),
        CURRENCIES: PublishedList(CURRENCIES, tuple(sorted(currencies.values()))),
    }


def _entry(told: dict[str, Any]) -> CodeEntry:
    return CodeEntry(told["code"], told["name"], told.get("valid_from"), told.get("valid_to"))


def _used() -> dict[str, tuple[date | None, date | None]]:
    """Return for each currency the first and the last day that any territory used it; no last day while one does."""
    firsts: dict[str, date] = {}
    lasts: dict[str, date] = {}
    for uses in get_global("territory_currencies").values():
        for code, start, end, _is_tender in uses:
            firsts[code] = min(firsts.get(code, date.max), date(*start) if start else date.min)
            lasts[code] = max(lasts.get(code, date.min), date(*end) if end else date.max)
    return {
        code: (None if first == date.min else first, None if lasts[code] == date.max else lasts[code])
        for code, first in firsts.items()
    }
