"""Where do the duties and taxes that are declared differ from ours?"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from comity.features.tariff.duty.charge import Charge
from comity.features.tariff.duty.plan import GROUPS
from comity.foundation.rates import ExchangeRates
from comity.foundation.trade.declaration import DutyTaxFee

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Difference:
    """A group of charges (customs, additional, excise, vat, fee) that is declared with another amount than ours."""

    group: str
    declared: Decimal
    ours: Decimal


def differences(
    declared: Iterable[DutyTaxFee], charges: Iterable[Charge], *, currency: str, rates: ExchangeRates, on: date
) -> tuple[Difference, ...]:
    """Return the groups that differ by more than one step of rounding; one without a declared amount is not told."""
    told: dict[str, Decimal] = {}
    for duty in declared:
        group, money = load_tax_types().get((duty.type_code or "").upper()), duty.assessed or duty.payable
        amount = rates.convert(money, currency, on=on) if money else None
        if group and amount is not None:
            told[group] = told.get(group, ZERO) + amount.amount
    ours: dict[str, Decimal] = {}
    steps: dict[str, Decimal] = {}
    for charge in charges:
        group = GROUPS[charge.kind]
        ours[group] = ours.get(group, ZERO) + charge.amount
        steps[group] = charge.rounding.amount
    return tuple(
        Difference(group, amount, ours.get(group, ZERO))
        for group, amount in sorted(told.items())
        if abs(amount - ours.get(group, ZERO)) > steps.get(group, Decimal("0.01"))
    )


@lru_cache(maxsize=1)
def load_tax_types() -> dict[str, str]:
    """Return which group of charges each declared type code is (`tax_types.toml`)."""
    told = tomllib.loads((Path(__file__).parent / "tax_types.toml").read_text(encoding="utf-8"))
    return {code: group for group, codes in told["groups"].items() for code in codes}
