"""How a value is written for its reader: numbers, amounts, masses, dates, countries, by CLDR (Unicode TR 35)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, get_currency_precision

from comity.foundation.trade.money import Money

NO_BREAK = "\u00a0"
MINUS = "\u2212"
_UNITS = {  # UN/ECE Recommendation 20 codes a reader would not know
    "NAR": "pcs",
    "PCE": "pcs",
    "C62": "pcs",
    "KGM": "kg",
    "GRM": "g",
    "TNE": "t",
    "LTR": "l",
    "MTR": "m",
    "MTK": "m²",
    "MTQ": "m³",
    "KWH": "kWh",
}


@dataclass(frozen=True, slots=True)
class Formats:
    """The writings of one locale. Every unit is shown; figures are grouped."""

    locale: Locale

    def number(self, value: Decimal | float, decimals: int = 0) -> str:
        """Write a number with at most `decimals` decimals."""
        pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
        return str(format_decimal(value, format=pattern, locale=self.locale))

    def money(self, value: Money) -> str:
        """Write an amount with its currency's decimals and its ISO 4217 code."""
        decimals = get_currency_precision(value.currency) if value.currency in _currencies() else 2
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return f"{format_decimal(value.amount, format=pattern, locale=self.locale)}{NO_BREAK}{value.currency}"

    def mass(self, kilograms: Decimal) -> str:
        """Write a mass in kilograms."""
        return f"{self.number(kilograms, 3)}{NO_BREAK}kg"

    def quantity(self, value: Decimal, unit: str | None) -> str:
        """Write a quantity with its UN/ECE Recommendation 20 unit."""
        return f"{self.number(value, 3)}{NO_BREAK}{_UNITS.get(unit or '', unit or '')}".rstrip(NO_BREAK)

    def share(self, value: Decimal | float) -> str:
        """Write a fraction in per cent: whole, but with one decimal above 99 so that nearly certain is not certain."""
        percent = Decimal(str(value)) * 100
        if 99 < percent < 100:
            return f"{self.number(min(percent, Decimal('99.9')), 1)}{self._before_percent}%"
        return f"{self.number(percent)}{self._before_percent}%"

    def signed_share(self, value: Decimal) -> str:
        """Write a relative difference with its sign: `+12%`, `−40%`; a small one with one decimal."""
        size = abs(value) * 100
        return self.signed(f"{self.number(size, 1 if size < 10 else 0)}{self._before_percent}%", value)

    @property
    def _before_percent(self) -> str:
        return NO_BREAK if self.locale.language == "fr" else ""

    def signed(self, written: str, value: Decimal) -> str:
        """Put the sign of `value` before the writing of its size."""
        return f"{'+' if value > 0 else MINUS if value < 0 else ''}{written}"

    def day(self, value: date | datetime) -> str:
        """Write a date."""
        return format_date(value, format="medium", locale=self.locale)

    def instant(self, value: datetime) -> str:
        """Write a date and time, in UTC (the tooltip says so)."""
        return format_datetime(value.astimezone(UTC), format="d MMM y, HH:mm", locale=self.locale)

    def country(self, code: str) -> str:
        """Write a country's name; an unknown code stays as it is."""
        return str(self.locale.territories.get(code, code))

    def listed(self, items: list[str]) -> str:
        """Write items with the language's own separators and its word for `and`."""
        from babel.lists import format_list

        return format_list(items, locale=self.locale) if items else ""


def utc(value: datetime) -> str:
    """Write an instant for the tooltip: `2026-03-02 08:00:00 UTC`."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def goods_code(code: str) -> str:
    """Write a goods code in the groups people read it in: `6109.10.00`."""
    if not code.isdigit() or len(code) < 6:
        return code
    return ".".join([code[:4], *(code[start : start + 2] for start in range(4, len(code), 2))])


def _currencies() -> frozenset[str]:
    return frozenset(get_global("all_currencies"))
