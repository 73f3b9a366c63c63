"""Which currency are the national amounts in? The export names it only where an amount was agreed in it.

Territories and their currencies: Unicode CLDR, as the package Babel carries it.
"""

from __future__ import annotations

from collections.abc import Iterable

from babel.numbers import get_territory_currencies

from comity.features.declarations.formats.bind import Fields


def national_currency(amounts: Iterable[Fields], country: str | None) -> tuple[str | None, bool]:
    """Return the national currency, and whether it was taken from the country because no amount shows it.

    An amount whose rate is one is in the national currency. Of several currencies of a country, that counts which is
    named after it (ISO 4217), else the one introduced last.
    """
    for one in amounts:
        if one.get("currency") and one.get("rate") == 1 and one.get("national") == one.get("foreign"):
            return one["currency"], False
    found: list[str] = [] if country is None else get_territory_currencies(country)
    own = [one for one in found if one.startswith(country or "")] or found
    return (own[-1] if own else None), True
