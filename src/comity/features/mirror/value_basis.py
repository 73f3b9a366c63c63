"""What is the value of the import over the value of the export, on like terms, in one currency?

CIF = FOB + freight + insurance (Incoterms 2020; WTO Valuation Agreement, Article 8.2). Where freight and insurance are
not declared the CIF/FOB factor of `thresholds.toml` stands for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from comity.features.mirror.in_words import Reason
from comity.features.mirror.record import CUSTOMS, STATISTICAL, MirrorRecord
from comity.features.mirror.settings import Thresholds
from comity.foundation.rates import ExchangeRates
from comity.foundation.trade.money import Money

FOB, CIF, UNKNOWN = "FOB", "CIF", "unknown"


@dataclass(frozen=True, slots=True)
class ValueRatio:
    """Import CIF over export FOB, and whether both show the same terms and currency; or why there is none."""

    ratio: float | None = None
    same_terms: bool = False
    why_not: Reason | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """An amount of one declaration, what it holds (FOB or CIF), and the day of its rate."""

    money: Money
    terms: str
    on: date


def value_ratio(
    imports: Sequence[MirrorRecord], exports: Sequence[MirrorRecord], *, rates: ExchangeRates, thresholds: Thresholds
) -> ValueRatio:
    """Return imports' value over exports' value as CIF over FOB.

    Each side's freight and insurance are used where declared. The currency is converted at the day's rate: which side
    converted the invoice is not known, so the day (export's or import's) that brings them nearer is used.
    """
    held = [record.value for record in (*imports, *exports) if record.value is not None and record.value.amount > 0]
    if not imports or not exports or len(held) < len(imports) + len(exports):
        return ValueRatio(why_not=Reason("mirror.not-comparable.value-missing"))
    terms = {_terms(record, thresholds) for record in (*imports, *exports)}
    same_terms = len(terms) == 1 and len({money.currency for money in held}) == 1 and (UNKNOWN, None) not in terms
    as_shown = same_terms or len(terms) == 1 or (UNKNOWN, None) in terms
    ours, theirs = [
        [price(record, rates=rates, thresholds=thresholds, as_shown=as_shown) for record in side]
        for side in (imports, exports)
    ]
    factor = 1.0 if (UNKNOWN, None) in terms else thresholds.cif_fob_factor
    to, day = theirs[0].money.currency, theirs[0].on
    quotients = []
    for on in sorted({day, ours[0].on}):
        here = _sum_fob(ours, to=to, on=on, rates=rates, factor=thresholds.cif_fob_factor)
        there = _sum_fob(theirs, to=to, on=day, rates=rates, factor=thresholds.cif_fob_factor)
        if here is not None and there:
            quotients.append(float(here / there) * factor)
    if not quotients:
        params = (("ours", ours[0].money.currency), ("theirs", to))
        return ValueRatio(why_not=Reason("mirror.not-comparable.rate-missing", params))
    return ValueRatio(min(quotients, key=lambda each: abs(each - thresholds.cif_fob_factor)), same_terms)


def price(record: MirrorRecord, *, rates: ExchangeRates, thresholds: Thresholds, as_shown: bool) -> Price:
    """Return the value without declared freight and insurance, and which terms are then left.

    Statistical and customs values have the terms of the law (exports FOB, imports CIF). `as_shown` takes the amount
    as it stands, because both sides show the same terms or one shows none. The record must have a value.
    """
    if record.value is None:
        raise ValueError("a record without a value has no price")
    terms, incoterm = _terms(record, thresholds)
    if as_shown or terms != CIF:
        return Price(record.value, FOB, record.date)
    wanted = [record.freight]
    if incoterm not in thresholds.with_freight:
        wanted.append(record.insurance)
    amounts = [rates.convert(charge, record.value.currency, on=record.date) for charge in wanted if charge is not None]
    left = record.value.amount - sum((money.amount for money in amounts if money), Decimal(0))
    if record.freight is None or None in amounts or left <= 0:
        return Price(record.value, CIF, record.date)
    return Price(Money(left, record.value.currency), FOB, record.date)


def _terms(record: MirrorRecord, thresholds: Thresholds) -> tuple[str, str | None]:
    if record.value_basis in (STATISTICAL, CUSTOMS):
        return (CIF, "customs") if record.kind == "import" else (FOB, "statistical")
    if record.incoterm in thresholds.goods_only:
        return FOB, record.incoterm
    if record.incoterm in thresholds.with_freight or record.incoterm in thresholds.with_freight_and_insurance:
        return CIF, record.incoterm
    return UNKNOWN, None


def _sum_fob(prices: Sequence[Price], *, to: str, on: date, rates: ExchangeRates, factor: float) -> Decimal | None:
    total = Decimal(0)
    for each in prices:
        money = rates.convert(each.money, to, on=on)
        if money is None:
            return None
        total += money.amount / Decimal(str(factor)) if each.terms == CIF else money.amount
    return total
