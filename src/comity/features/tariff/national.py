"""What does a nation's own TOML file say? Its law, its rates of exchange, its agreements."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from comity.features.tariff.errors import NationalLawInvalid
from comity.features.tariff.law import NationalLaw, read_laws
from comity.features.tariff.origin.agreements import read_agreements
from comity.features.tariff.origin.criteria import Agreement
from comity.foundation.rates import NationalRate


@dataclass(frozen=True, slots=True)
class National:
    """Laws, rates of exchange and agreements of one nation."""

    laws: tuple[NationalLaw, ...] = ()
    rates: tuple[NationalRate, ...] = ()
    agreements: tuple[Agreement, ...] = ()

    def agreement(self, area: str, on: date) -> Agreement | None:
        """Return the agreement whose preferences are for an area, in force on the day, or None."""
        held = (one for one in self.agreements if one.area == area and one.first <= on)
        return max((one for one in held if one.last is None or on <= one.last), key=lambda one: one.first, default=None)


@lru_cache(maxsize=64)
def read_national(text: str) -> National:
    """Return what a file says.

    Raises:
        NationalLawInvalid: it is not TOML of the documented form.
    """
    laws = read_laws(text)
    told = tomllib.loads(text)
    return National(laws, _rates(told.get("rate", [])), read_agreements(told.get("agreement", [])))


def together(files: Iterable[National]) -> National:
    """Return what several files say together."""
    held = list(files)
    return National(
        tuple(law for one in held for law in one.laws),
        tuple(rate for one in held for rate in one.rates),
        tuple(agreement for one in held for agreement in one.agreements),
    )


def _rates(rows: object) -> tuple[NationalRate, ...]:
    if not isinstance(rows, list):
        raise NationalLawInvalid("Expected tables [[rate]].", path="rate")
    made = []
    for position, row in enumerate(rows, start=1):
        try:
            value = Decimal(str(row["value"]))
            first, last = row["valid_from"], row.get("valid_to")
            rate = NationalRate(row["national"], row["foreign"], value / Decimal(str(row.get("units", 1))), first, last)
        except (KeyError, TypeError, ValueError, InvalidOperation, ArithmeticError, AttributeError) as error:
            raise NationalLawInvalid(
                "Expected national, foreign, value, valid_from.", path=f"rate {position}"
            ) from error
        is_day = isinstance(first, date) and (last is None or isinstance(last, date))
        if not (rate.value.is_finite() and rate.value > 0 and is_day):
            raise NationalLawInvalid("A rate of exchange above 0 and days were expected.", path=f"rate {position}")
        made.append(rate)
    return tuple(made)
