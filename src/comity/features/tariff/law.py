"""What did a nation choose? Basis of value, apportioning, factors for freight, rounding, bases of taxes, reliefs.

WTO Valuation Agreement, Article 8.2 (CIF or FOB) and 9 (rates of exchange); the rest is national law. `laws.toml`
carries what is published; an administration's own file in the same form goes before it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from comity.features.tariff.errors import NationalLawInvalid
from comity.features.tariff.measure import MeasureKind, MeasureType

MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_CEILING}
ANY = "*"
_PLACE = re.compile(r"line [0-9]+, column [0-9]+")
BASES = frozenset({"value", "customs", "additional", "excise", "fee", "later-costs"})


@dataclass(frozen=True, slots=True)
class Rounding:
    """To which multiple an amount, and the base before it, are rounded; `source` is the law that says so."""

    amount: Decimal = Decimal("0.01")
    mode: str = "half-up"
    base: Decimal | None = None
    base_mode: str = "half-up"
    source: str | None = None

    def round_amount(self, amount: Decimal) -> Decimal:
        """Return the amount as it is charged."""
        return _rounded(amount, self.amount, self.mode)

    def round_base(self, base: Decimal) -> Decimal:
        """Return the base as rates of it are applied to it."""
        return base if self.base is None else _rounded(base, self.base, self.base_mode)


@dataclass(frozen=True, slots=True)
class Factor:
    """A share of the FOB (or EXW, invoice) value that stands for a cost nobody declared, and its source."""

    share: Decimal
    of: str
    source: str


@dataclass(frozen=True, slots=True)
class Relief:
    """Which kinds of charge a procedure frees from, by the start of the procedure's code; `share` 1 is wholly."""

    procedure: str
    kinds: frozenset[str]
    share: Decimal
    source: str


@dataclass(frozen=True)
class NationalLaw:
    """The choices of one nation, in force from `valid_from`."""

    country: str
    currency: str
    basis: str
    source: str
    valid_from: date
    apportion: str = "value"
    freight: Factor | None = None
    insurance: Factor | None = None
    rounding: Mapping[str, Rounding] = field(default_factory=dict)
    bases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bases_source: str | None = None
    reliefs: tuple[Relief, ...] = ()
    types: Mapping[str, MeasureType] = field(default_factory=dict)

    def rounding_of(self, kind: MeasureKind) -> Rounding:
        """Return how a charge of a kind is rounded."""
        return self.rounding.get(kind.value) or self.rounding.get("default") or Rounding()


def law_of(country: str, on: date, *, own: tuple[NationalLaw, ...] = ()) -> NationalLaw:
    """Return the nation's law on a day: its own file's, else a published one, else the general one."""
    for laws in (own, load_laws()):
        for wanted in (country, ANY):
            held = [law for law in laws if law.country == wanted and law.valid_from <= on]
            if held and (laws is own or wanted == country):
                return max(held, key=lambda law: law.valid_from)
    general = next(law for law in load_laws() if law.country == ANY)
    return replace(general, currency=load_currencies().get(country, general.currency))


@lru_cache(maxsize=1)
def load_currencies() -> dict[str, str]:
    """Return the currency of each country (`currencies.toml`)."""
    told = tomllib.loads((Path(__file__).parent / "currencies.toml").read_text(encoding="utf-8"))
    return {country: currency for currency, countries in told["currencies"].items() for country in countries.split()}


@lru_cache(maxsize=1)
def load_laws() -> tuple[NationalLaw, ...]:
    """Return the laws shipped with the package."""
    return read_laws((Path(__file__).parent / "laws.toml").read_text(encoding="utf-8"))


def read_laws(text: str) -> tuple[NationalLaw, ...]:
    """Return the laws of a TOML text, one for each country named.

    Raises:
        NationalLawInvalid: it is not TOML, or a choice is missing or unknown; `path` names it.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        path = place[0] if place else "the end of the file"
        raise NationalLawInvalid("The file is not TOML; correct its syntax.", path=path) from error
    laws: list[NationalLaw] = []
    for position, row in enumerate(told.get("law", [])):
        where = f"law {position + 1}"
        if not isinstance(row, dict):
            raise NationalLawInvalid("Expected a table [[law]].", path=where)
        try:
            laws += [_law(row, country) for country in row["countries"]]
        except KeyError as error:
            raise NationalLawInvalid(f"Expected `{error.args[0]}` in the law; add it.", path=where) from error
        except (ValueError, TypeError, InvalidOperation, AttributeError) as error:
            raise NationalLawInvalid("A choice of the law is not one of those documented.", path=where) from error
    return tuple(laws)


def _law(row: Mapping[str, Any], country: str) -> NationalLaw:
    basis = _one_of(row["basis"], ("CIF", "FOB"))
    apportion = _one_of(row.get("apportion", "value"), ("value", "mass"))
    bases = dict(row.get("bases", {}))
    source = bases.pop("source", None)
    for held in bases.values():
        if not set(held) <= BASES:
            raise ValueError("an unknown part of a tax base")
    return NationalLaw(
        country=country,
        currency=row["currencies"][country] if "currencies" in row else row["currency"],
        basis=basis,
        source=row["source"],
        valid_from=_day(row["valid_from"]),
        apportion=apportion,
        freight=_factor(row.get("freight")),
        insurance=_factor(row.get("insurance")),
        rounding={kind: _rounding(told) for kind, told in row.get("rounding", {}).items()},
        bases={kind: tuple(held) for kind, held in bases.items()} or dict(DEFAULT_BASES),
        bases_source=source,
        reliefs=tuple(_relief(told) for told in row.get("relief", [])),
        types={told["id"]: _type(told) for told in row.get("type", [])},
    )


DEFAULT_BASES = {
    "excise": ("value", "customs", "additional"),
    "vat": ("value", "customs", "additional", "excise", "fee", "later-costs"),
}


def _rounding(told: Mapping[str, Any]) -> Rounding:
    base = told.get("base")
    return Rounding(
        amount=_step(told.get("amount", "0.01")),
        mode=_one_of(told.get("mode", "half-up"), tuple(MODES)),
        base=None if base is None else _step(base),
        base_mode=_one_of(told.get("base_mode", "half-up"), tuple(MODES)),
        source=told.get("source"),
    )


def _factor(told: Mapping[str, Any] | None) -> Factor | None:
    if told is None:
        return None
    share = Decimal(str(told["share"]))
    if not 0 <= share <= 1:
        raise ValueError("a share from 0 to 1 was expected")
    return Factor(share, _one_of(told["of"], ("FOB", "INVOICE")), told["source"])


def _relief(told: Mapping[str, Any]) -> Relief:
    share = Decimal(str(told.get("share", "1")))
    if not 0 < share <= 1:
        raise ValueError("a share above 0, at most 1, was expected")
    kinds = frozenset(MeasureKind(kind).value for kind in told["kinds"])
    return Relief(str(told["procedure"]), kinds, share, told["source"])


def _type(told: Mapping[str, Any]) -> MeasureType:
    return MeasureType(told["id"], MeasureKind(told["kind"]), bool(told.get("end_use", False)), told.get("words", ""))


def _step(told: object) -> Decimal:
    step = Decimal(str(told))
    if not step.is_finite() or step <= 0:
        raise ValueError("a positive multiple was expected")
    return step


def _one_of(told: object, allowed: tuple[str, ...]) -> str:
    if told not in allowed:
        raise ValueError("an unknown choice")
    return str(told)


def _day(told: object) -> date:
    if not isinstance(told, date):
        raise TypeError("a day was expected")
    return told


def _rounded(amount: Decimal, step: Decimal, mode: str) -> Decimal:
    if step == _CENT:
        return amount.quantize(_CENT, MODES[mode])
    times = (amount / step).quantize(Decimal(1), MODES[mode])
    return times * step


_CENT = Decimal("0.01")
