"""What does a rate of duty amount to? Ad valorem, specific, compound and mixed rates, with what is missing to say so.

A rate is a sum of terms and bounds after it, read from left to right: `5% + 10 EUR/100kg MAX 20%` is the sum, but at
most 20 %. This is how the duty expressions of TARIC are written (Regulation (EEC) No 2658/87, Part One, Section I).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

HUNDRED = Decimal(100)
ZERO = Decimal(0)


class TermKind(StrEnum):
    """What a term is taken of: the value, a quantity, or the composition of the goods."""

    PERCENT = "percent"
    SPECIFIC = "specific"
    TECHNICAL = "technical"


class BoundKind(StrEnum):
    """Whether the charge is at least or at most the sum that follows."""

    LEAST = "MIN"
    MOST = "MAX"


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a rate: `amount` percent, or `amount` of `currency` for `per` of `unit`, or a technical component.

    `sign` is 1 or -1. `unit` is a code of `units.toml`; `symbol` names a technical component (EA, ADSZ, ADFM).
    """

    kind: TermKind
    amount: Decimal = ZERO
    currency: str | None = None
    per: Decimal = Decimal(1)
    unit: str | None = None
    symbol: str | None = None
    sign: int = 1

    def __str__(self) -> str:
        if self.kind is TermKind.PERCENT:
            return f"{plain(self.amount)}%"
        if self.kind is TermKind.TECHNICAL:
            return self.symbol or ""
        if self.unit is None:
            return f"{plain(self.amount)} {self.currency}"
        per = "" if self.per == 1 else plain(self.per)
        return f"{plain(self.amount)} {self.currency}/{per}{self.unit}"


@dataclass(frozen=True, slots=True)
class Bound:
    """The charge is at least (MIN) or at most (MAX) the sum of these terms."""

    kind: BoundKind
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of duty. No term at all is free of duty."""

    terms: tuple[Term, ...] = ()
    bounds: tuple[Bound, ...] = ()

    @property
    def percent(self) -> Decimal | None:
        """Return the percentage of a purely ad valorem rate (0 where it is free), or None."""
        if self.bounds or any(term.kind is not TermKind.PERCENT for term in self.terms):
            return None
        return sum((term.sign * term.amount for term in self.terms), ZERO)

    def __str__(self) -> str:
        if not self.terms and not self.bounds:
            return "free"
        words = [_sum_in_words(self.terms) or "free"]
        words += [f"{bound.kind} {_sum_in_words(bound.terms)}" for bound in self.bounds]
        return " ".join(words)


FREE = Rate()


@dataclass(frozen=True, slots=True)
class Basis:
    """What a rate is applied to: the value in `currency`, and how to get a quantity and another currency's amount.

    `quantity` returns how many of a unit there are, or None; `convert` the amount in `currency`, or None.
    `technical` returns what a technical component amounts to, or None.
    """

    value: Decimal
    currency: str
    quantity: Callable[[str], Decimal | None]
    convert: Callable[[Decimal, str], Decimal | None]
    technical: Callable[[str], Decimal | None] = lambda _symbol: None


@dataclass(frozen=True, slots=True)
class Worked:
    """What a rate amounts to, unrounded; the lines of arithmetic; and what was not known, as dotted words."""

    amount: Decimal | None
    lines: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def apply_rate(rate: Rate, basis: Basis) -> Worked:
    """Return what the rate amounts to. Where a quantity, currency or component is missing there is no amount."""
    lines: list[str] = []
    missing: list[str] = []
    total = _sum(rate.terms, basis, lines, missing)
    for bound in rate.bounds:
        limit = _sum(bound.terms, basis, lines, missing, before=f"{bound.kind} ")
        if bound.kind is BoundKind.LEAST and limit > total:
            lines.append(f"at least {plain(limit)}")
            total = limit
        elif bound.kind is BoundKind.MOST and limit < total:
            lines.append(f"at most {plain(limit)}")
            total = limit
    if missing:
        return Worked(None, tuple(lines), tuple(dict.fromkeys(missing)))
    if total < ZERO:
        lines.append("not below 0")
        total = ZERO
    return Worked(total, tuple(lines))


def _sum(terms: tuple[Term, ...], basis: Basis, lines: list[str], missing: list[str], before: str = "") -> Decimal:
    total = ZERO
    for position, term in enumerate(terms):
        amount, text = _term(term, basis, missing)
        sign = before if position == 0 and term.sign > 0 else before + ("- " if term.sign < 0 else "+ ")
        lines.append(sign + text)
        total += term.sign * amount
    if len(terms) > 1:
        lines.append(f"{before}sum = {plain(total)}")
    return total


def _term(term: Term, basis: Basis, missing: list[str]) -> tuple[Decimal, str]:
    if term.kind is TermKind.PERCENT:
        amount = basis.value * term.amount / HUNDRED
        return amount, f"{term} × {plain(basis.value)} = {plain(amount)}"
    if term.kind is TermKind.TECHNICAL:
        worth = basis.technical(term.symbol or "")
        if worth is None:
            missing.append(f"component.{term.symbol}")
            return ZERO, f"{term} is not known"
        return worth, f"{term} = {plain(worth)}"
    return _specific(term, basis, missing)


def _specific(term: Term, basis: Basis, missing: list[str]) -> tuple[Decimal, str]:
    quantity = Decimal(1) if term.unit is None else basis.quantity(term.unit)
    each = basis.convert(term.amount, term.currency or basis.currency)
    if quantity is None:
        missing.append(f"quantity.{term.unit}")
        return ZERO, f"{term}: quantity is not known"
    if each is None:
        missing.append(f"exchange-rate.{term.currency}")
        return ZERO, f"{term}: rate of exchange is not known"
    amount = each * quantity / term.per
    converted = "" if term.currency in (None, basis.currency) else f" ({plain(each)} {basis.currency})"
    of = "" if term.unit is None else f" × {plain(quantity)} {term.unit}"
    return amount, f"{term}{converted}{of} = {plain(amount)}"


def _sum_in_words(terms: tuple[Term, ...]) -> str:
    words = ""
    for position, term in enumerate(terms):
        sign = ("- " if term.sign < 0 else "+ ") if position or term.sign < 0 else ""
        words += f"{' ' if position else ''}{sign}{term}"
    return words


def plain(number: Decimal) -> str:
    """Return a decimal as a person writes it: no exponent, no trailing zeros, at most ten digits after the point."""
    if number.as_tuple().exponent < -10:  # type: ignore[operator]
        number = round(number, 10)
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
