"""What is each item worth to customs? Price, Article 8, transport to CIF or FOB, in the national currency.

WTO Valuation Agreement: Article 1 and 8 (transaction value), 8.2 (transport by national choice), 9 (the rate of the day
the declaration is accepted). Costs of the whole shipment are apportioned over the items.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from comity.features.tariff.law import Factor, NationalLaw
from comity.features.tariff.rate import plain
from comity.features.tariff.valuation.apportion import apportion
from comity.features.tariff.valuation.article8 import load_adjustments
from comity.features.tariff.valuation.incoterms import (
    DUTIES,
    EXPORT_CARRIAGE,
    INSURANCE,
    MAIN_CARRIAGE,
    Incoterm,
    load_incoterms,
)
from comity.foundation.errors import Finding, Severity
from comity.foundation.rates import ExchangeRates
from comity.foundation.trade.declaration import Declaration, GoodsItem
from comity.foundation.trade.money import Money
from comity.foundation.trade.transport import CustomsValuation

CIF = "CIF"
ZERO = Decimal(0)


@dataclass
class _Working:
    """The value of one item while it is worked out."""

    item: GoodsItem
    path: str
    value: Decimal | None = None
    fob: Decimal = ZERO
    later_costs: Decimal = ZERO
    lines: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, amount: Decimal, words: str) -> None:
        if self.value is not None:
            self.value += amount
            self.lines.append(f"{'+' if amount >= 0 else '-'} {plain(abs(amount))} {words}")


@dataclass(frozen=True, slots=True)
class ItemValue:
    """The customs value of one item in the national currency, unrounded, with its arithmetic.

    `method` is WCO DM 122; `later_costs` are costs after importation, which belong to the base of VAT; `missing` says
    in dotted words what was not known: then there may be no value.
    """

    value: Decimal | None
    currency: str
    basis: str
    method: str
    lines: tuple[str, ...] = ()
    later_costs: Decimal = ZERO
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Valued:
    """The values of a declaration's items, in their order, and what was found while valuing them."""

    items: tuple[ItemValue, ...]
    findings: tuple[Finding, ...]


def customs_values(declaration: Declaration, *, law: NationalLaw, rates: ExchangeRates, on: date) -> Valued:
    """Return the customs value of each item."""
    return _Valuing(declaration, law, rates, on).valued()


class _Valuing:
    """One declaration being valued."""

    def __init__(self, declaration: Declaration, law: NationalLaw, rates: ExchangeRates, on: date) -> None:
        self._declaration, self._law, self._rates, self._on = declaration, law, rates, on
        self._shipment = declaration.goods_shipment
        self._findings: list[Finding] = []
        self._term = self._incoterm()
        self._working = [_Working(item, f"item {place}") for place, item in enumerate(self._shipment.items, start=1)]

    def valued(self) -> Valued:
        for working in self._working:
            self._price(working)
        by_price = [working for working in self._working if working.lines and working.lines[0].startswith("price")]
        if by_price:
            self._transport(by_price)
            self._adjust(by_price)
        return Valued(tuple(self._done(working) for working in self._working), tuple(self._findings))

    def _done(self, working: _Working) -> ItemValue:
        value = working.value
        if value is not None and value < 0:
            self._find("value-negative", working.path, "A value of at least 0 was expected; correct the deductions.")
            working.missing.append("value")
            value = None
        method = _method(working.item, self._shipment.valuation)
        return ItemValue(
            value if not working.missing else None,
            self._law.currency,
            self._law.basis,
            method,
            tuple(working.lines),
            working.later_costs,
            tuple(dict.fromkeys(working.missing)),
        )

    def _price(self, working: _Working) -> None:
        item = working.item
        price = item.invoice_amount
        if price is None and len(self._working) == 1:
            price = self._declaration.invoice_amount
        method = _method(item, self._shipment.valuation)
        declared = item.customs_value or (item.statistical_value if price is None else None)
        if declared is not None and (price is None or not method.startswith("1")):
            working.value = self._converted(declared, working, f"declared {self._law.basis} value")
        elif price is not None:
            working.value = self._converted(price, working, "price")
        else:
            working.missing.append("price")

    def _converted(self, money: Money, working: _Working, words: str) -> Decimal | None:
        rate = self._rates.rate(money.currency, self._law.currency, on=self._on)
        if rate is None:
            working.missing.append(f"exchange-rate.{money.currency}")
            working.lines.append(f"{words} {plain(money.amount)} {money.currency}: no rate of exchange on {self._on}")
            return None
        if money.currency == self._law.currency:
            working.lines.append(f"{words} {plain(money.amount)} {money.currency}")
            return money.amount
        value = money.amount * rate[0] / rate[1]
        by = f"× {plain(rate[0])}" + ("" if rate[1] == 1 else f" / {plain(rate[1])}")
        working.lines.append(
            f"{words} {plain(money.amount)} {money.currency} {by} = {plain(value)} {self._law.currency}"
        )
        return value

    def _incoterm(self) -> Incoterm | None:
        terms = self._shipment.trade_terms
        code = terms.incoterm if terms else None
        if code is None:
            return None
        term = load_incoterms().get(code)
        path = "goods_shipment.trade_terms.incoterm"
        if term is None:
            self._find("incoterm-unknown", path, "A term of Incoterms 2020 was expected; the price is taken as it is.")
        elif term.is_former:
            self._find("incoterm-former", path, f"The term is of an earlier edition; {term.code} stands for it.")
        if terms is not None and terms.place is None and terms.place_name is None:
            self._find("incoterm-place-missing", path, "A term needs its named place (L001); ask for it.")
        return term

    def _transport(self, items: Sequence[_Working]) -> None:
        if self._term is None:
            self._find(
                "incoterm-missing",
                "goods_shipment.trade_terms",
                f"Without a delivery term the price is taken as {self._law.basis}; ask for the term.",
            )
            return
        holds = self._term.holds
        freight, insurance = self._costs(items)
        self._find_fob(items, (freight, insurance), holds)
        if self._law.basis == CIF:
            if EXPORT_CARRIAGE not in holds and freight is None:
                self._find(
                    "export-carriage-unknown", "goods_shipment", "Carriage to the place of export is not declared."
                )
            if MAIN_CARRIAGE not in holds:
                self._put(items, freight, self._law.freight, "freight", 1)
            if INSURANCE not in holds:
                self._insure(items, insurance, covered=freight is None and MAIN_CARRIAGE not in holds, sign=1)
            return
        if INSURANCE in holds:
            self._insure(items, insurance, covered=freight is None and MAIN_CARRIAGE in holds, sign=-1)
        if MAIN_CARRIAGE in holds:
            self._put(items, freight, self._law.freight, "freight", -1)

    def _insure(self, items: Sequence[_Working], insurance: list[Decimal] | None, *, covered: bool, sign: int) -> None:
        """Count the insurance. Without an amount or factor it is 0 and told, unless freight's factor covers it."""
        if insurance is not None or self._law.insurance is not None:
            self._put(items, insurance, self._law.insurance, "insurance", sign)
        elif not covered:
            path = "goods_shipment.valuation"
            self._find("insurance-unknown", path, "No cost of insurance is declared; none was counted. Ask for it.")

    def _costs(self, items: Sequence[_Working]) -> tuple[list[Decimal] | None, list[Decimal] | None]:
        """Return freight and insurance of each item, or None where nobody declared any."""
        return (
            self._cost(items, _freight, ("64", "FR", "AK"), "freight"),
            self._cost(items, _insurance, ("67", "IN"), "insurance"),
        )

    def _cost(
        self,
        items: Sequence[_Working],
        direct: Callable[[CustomsValuation], Money | None],
        codes: tuple[str, ...],
        words: str,
    ) -> list[Decimal] | None:
        shares = [ZERO for _ in items]
        any_declared = False
        for place, working in enumerate(items):
            for money in _declared(working.item.valuation, direct, codes):
                any_declared = True
                shares[place] += self._in_currency(money, [working]) or ZERO
        for money in _declared(self._shipment.valuation, direct, codes):
            any_declared = True
            parts = self._over(items, self._in_currency(money, items) or ZERO, words)
            shares = [held + part for held, part in zip(shares, parts, strict=True)]
        return shares if any_declared else None

    def _put(
        self, items: Sequence[_Working], costs: list[Decimal] | None, factor: Factor | None, words: str, sign: int
    ) -> None:
        if costs is not None:
            for working, cost in zip(items, costs, strict=True):
                working.add(sign * cost, words)
            return
        if factor is None:
            for working in items:
                working.missing.append(words)
            return
        for working in items:
            words_of_share = f"{plain(factor.share)} × FOB {plain(working.fob)} ({factor.source})"
            working.add(sign * working.fob * factor.share, f"{words} by the factor {words_of_share}")

    def _find_fob(
        self,
        items: Sequence[_Working],
        costs: tuple[list[Decimal] | None, list[Decimal] | None],
        holds: frozenset[str],
    ) -> None:
        """Take out of each price what it holds of freight and insurance: factors are shares of the FOB value."""
        factors = (self._law.freight, self._law.insurance)
        for place, working in enumerate(items):
            declared, shares = ZERO, ZERO
            for part, cost, factor in zip((MAIN_CARRIAGE, INSURANCE), costs, factors, strict=True):
                if part in holds and cost is not None:
                    declared += cost[place]
                elif part in holds and factor is not None:
                    shares += factor.share
            working.fob = ((working.value or ZERO) - declared) / (1 + shares)

    def _adjust(self, items: Sequence[_Working]) -> None:
        for working in items:
            for code, money in working.item.valuation.charges if working.item.valuation else ():
                self._charge([working], code, money)
        for code, money in self._shipment.valuation.charges if self._shipment.valuation else ():
            self._charge(items, code, money)
        if self._term is not None and DUTIES in self._term.holds and not self._has("BC"):
            path = "goods_shipment.valuation"
            self._find("duties-in-price", path, "The price holds duties that are not shown apart; none was deducted.")

    def _charge(self, items: Sequence[_Working], code: str, money: Money) -> None:
        adjustment = load_adjustments().get(code)
        if adjustment is None:
            path = "goods_shipment.valuation.charges"
            self._find("adjustment-unknown", path, "A code of an addition or deduction was expected; it was left out.")
            return
        if adjustment.effect == "transport":
            return
        amount = self._in_currency(money, items)
        if amount is None:
            return
        words = f"{adjustment.words} (Article {adjustment.article})"
        sign = 1 if adjustment.effect == "add" else -1
        for working, part in zip(items, self._over(items, amount, adjustment.words), strict=True):
            working.add(sign * part, words)
            if adjustment.effect == "later":
                working.later_costs += part

    def _in_currency(self, money: Money, items: Sequence[_Working]) -> Decimal | None:
        converted = self._rates.convert(money, self._law.currency, on=self._on)
        if converted is None:
            for working in items:
                working.missing.append(f"exchange-rate.{money.currency}")
            return None
        return converted.amount

    def _over(self, items: Sequence[_Working], cost: Decimal, words: str) -> list[Decimal]:
        if len(items) == 1:
            return [cost]
        if self._law.apportion == "mass":
            weights = [working.item.gross_mass_kg or working.item.net_mass_kg or ZERO for working in items]
        else:
            weights = [max(working.value or ZERO, ZERO) for working in items]
        shares = apportion(cost, weights)
        if shares is None:
            path = "goods_shipment.items"
            self._find("not-apportioned", path, f"The {words} cannot be apportioned without a {self._law.apportion}.")
            for working in items:
                working.missing.append(f"share.{words}")
            return [ZERO for _ in items]
        return shares

    def _has(self, code: str) -> bool:
        told = [self._shipment.valuation, *(item.valuation for item in self._shipment.items)]
        return any(charge == code for one in told if one for charge, _ in one.charges)

    def _find(self, code: str, path: str, message: str) -> None:
        self._findings.append(Finding(f"tariff.{code}", path, message, Severity.WARNING))


def _method(item: GoodsItem, shipment: CustomsValuation | None) -> str:
    own = item.valuation.method_code if item.valuation else None
    return own or (shipment.method_code if shipment else None) or "1"


def _freight(valuation: CustomsValuation) -> Money | None:
    return valuation.freight


def _insurance(valuation: CustomsValuation) -> Money | None:
    return valuation.insurance


def _declared(
    valuation: CustomsValuation | None, direct: Callable[[CustomsValuation], Money | None], codes: tuple[str, ...]
) -> list[Money]:
    if valuation is None:
        return []
    own = direct(valuation)
    return [*([own] if own else []), *(money for code, money in valuation.charges if code in codes)]
