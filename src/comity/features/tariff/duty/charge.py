"""What is one charge, and by which arithmetic? A line that can be checked by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from comity.features.tariff.law import Rounding
from comity.features.tariff.measure import Measure, MeasureKind
from comity.features.tariff.rate import Rate, plain


class Charge(NamedTuple):
    """One charge of an item. `base` is the amount or value the rate was applied to, `amount` what is owed.

    `lines` is the arithmetic of a rate that is not a percentage only; `relief` the source of a relief from it.
    """

    order: int
    kind: MeasureKind
    measure: Measure
    rate: Rate
    base: Decimal
    amount: Decimal
    currency: str
    rounding: Rounding
    lines: tuple[str, ...] = ()
    parts: tuple[tuple[str, Decimal], ...] = ()
    relieved: Decimal = Decimal(0)
    relief: str | None = None
    note: str | None = None

    @property
    def arithmetic(self) -> str:
        """Return the arithmetic on one line."""
        words = ""
        if len(self.parts) > 1:
            words = " + ".join(f"{name} {plain(amount)}" for name, amount in self.parts)
            words += f" = {plain(sum((amount for _, amount in self.parts), Decimal(0)))}; "
        if self.rounding.base is not None:
            words += f"base rounded to {plain(self.rounding.base)} ({self.rounding.base_mode}) = {plain(self.base)}; "
        percent = self.rate.percent
        if self.lines:
            words += "; ".join(self.lines)
        else:
            owed = plain(self.base * (percent or 0) / 100)
            words += f"{plain(percent or Decimal(0))}% × {plain(self.base)} = {owed}"
        if self.relief is not None:
            words += f"; relief {plain(self.relieved)}"
        return f"{words} → {self.amount} {self.currency}"
