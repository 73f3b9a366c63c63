"""When are goods made of foreign materials originating? Wholly obtained, change of classification, value, processing.

Each criterion answers whether it is met, is not met, or cannot be said without a fact. The tests are those common to
preferential rules: WTO Agreement on Rules of Origin, Annex II; the agreement's own numbers come as data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

HUNDRED = Decimal(100)
LEVELS = {"CC": 2, "CTH": 4, "CTSH": 6}
"""Change of chapter, heading, subheading: how many digits have to differ."""


@dataclass(frozen=True, slots=True)
class Material:
    """A material used: code, value in the currency of the ex-works price, country, and its own status."""

    code: str
    value: Decimal
    country: str | None = None
    is_originating: bool = False
    was_processed_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Making:
    """What is known of how the goods were made. None is not known."""

    wholly_obtained: bool | None = None
    materials: tuple[Material, ...] | None = None
    price: Decimal | None = None
    """Ex-works (or FOB, as the agreement says) price of the product."""
    processes: tuple[str, ...] | None = None
    country: str | None = None
    """Where the goods were made: the country whose origin is claimed."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion. `kind`: WO, CC, CTH, CTSH, MAX-FOREIGN (share of foreign value), BUILD-UP, BUILD-DOWN, PROCESS.

    `percent` is the limit of a value test; `process` the operation; `except_codes` codes from which no change counts.
    """

    kind: str
    percent: Decimal | None = None
    process: str | None = None
    except_codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        number = f" {self.percent}%" if self.percent is not None else ""
        return f"{self.kind}{number}{f' {self.process}' if self.process else ''}"


@dataclass(frozen=True, slots=True)
class ProductRule:
    """The rule for a code under an agreement: alternatives, each a list of criteria that must all be met."""

    code: str
    alternatives: tuple[tuple[Criterion, ...], ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A preferential agreement: its area, what it accepts, and what the law says of it.

    `cumulation` is none, bilateral, diagonal or full; `partners` are the countries it reaches. `tolerance_percent` is
    the share of the price that materials which fail the change of classification may have.
    """

    id: str
    area: str
    legal_reference: str
    proofs: tuple[str, ...] = ()
    proof_months: int | None = None
    proof_not_needed_below: Decimal | None = None
    cumulation: str = "none"
    partners: frozenset[str] = frozenset()
    tolerance_percent: Decimal | None = None
    needs_direct_transport: bool = True
    rules: tuple[ProductRule, ...] = ()
    first: date = date(1971, 12, 31)
    last: date | None = None

    def rule(self, code: str) -> ProductRule | None:
        """Return the rule with the longest code that the goods' code begins with, or None."""
        held = [rule for rule in self.rules if code.startswith(rule.code)]
        return max(held, key=lambda rule: len(rule.code)) if held else None


@dataclass(frozen=True, slots=True)
class Met:
    """Whether a criterion is met (None: not known), in words with the arithmetic."""

    is_met: bool | None
    words: str


def check(criterion: Criterion, code: str, making: Making, agreement: Agreement) -> Met:
    """Return whether the criterion is met."""
    if criterion.kind == "WO":
        known = {True: "are", False: "are not", None: "may be"}[making.wholly_obtained]
        return Met(making.wholly_obtained, f"goods {known} wholly obtained")
    if criterion.kind in LEVELS:
        return _change(criterion, code, making, agreement)
    if criterion.kind == "PROCESS":
        if making.processes is None:
            return Met(None, f"process {criterion.process}: not known")
        done = criterion.process in making.processes
        return Met(done, f"process {criterion.process} was {'' if done else 'not '}done")
    return _VALUES[criterion.kind](criterion, making, agreement)


def counts_as_originating(material: Material, making: Making, agreement: Agreement) -> bool:
    """Claim that a material counts as originating where the goods were made, by itself or by cumulation."""
    if material.is_originating and material.country in (None, making.country):
        return True
    if agreement.cumulation == "none":
        return False
    if material.is_originating and material.country in agreement.partners:
        return True
    return agreement.cumulation == "full" and any(
        country in agreement.partners or country == making.country for country in material.was_processed_in
    )


def _foreign(making: Making, agreement: Agreement) -> tuple[Material, ...]:
    return tuple(one for one in making.materials or () if not counts_as_originating(one, making, agreement))


def _change(criterion: Criterion, code: str, making: Making, agreement: Agreement) -> Met:
    if making.materials is None:
        return Met(None, f"{criterion.kind}: materials are not known")
    digits = LEVELS[criterion.kind]
    failing = [
        one
        for one in _foreign(making, agreement)
        if one.code[:digits] == code[:digits] or any(one.code.startswith(out) for out in criterion.except_codes)
    ]
    if not failing:
        return Met(is_met=True, words=f"{criterion.kind}: every foreign material has another code at {digits} digits")
    if agreement.tolerance_percent is not None and making.price:
        share = sum((one.value for one in failing), Decimal(0)) * HUNDRED / making.price
        within = share <= agreement.tolerance_percent
        words = f"{criterion.kind}: {share:.2f}% of the price fails, tolerance {agreement.tolerance_percent}%"
        return Met(within, words)
    return Met(
        is_met=False, words=f"{criterion.kind}: {len(failing)} foreign materials have the same code at {digits} digits"
    )


def _max_foreign(criterion: Criterion, making: Making, agreement: Agreement) -> Met:
    share = _foreign_share(making, agreement)
    if share is None:
        return Met(None, f"{criterion}: price or materials are not known")
    return Met(
        share <= (criterion.percent or 0), f"foreign materials {share:.2f}% of the price, at most {criterion.percent}%"
    )


def _build_down(criterion: Criterion, making: Making, agreement: Agreement) -> Met:
    share = _foreign_share(making, agreement)
    if share is None:
        return Met(None, f"{criterion}: price or materials are not known")
    content = HUNDRED - share
    return Met(
        content >= (criterion.percent or 0), f"(price - foreign) / price = {content:.2f}%, least {criterion.percent}%"
    )


def _build_up(criterion: Criterion, making: Making, agreement: Agreement) -> Met:
    if making.materials is None or not making.price or making.price <= 0:
        return Met(None, f"{criterion}: price or materials are not known")
    own = sum((one.value for one in making.materials if counts_as_originating(one, making, agreement)), Decimal(0))
    content = own * HUNDRED / making.price
    return Met(content >= (criterion.percent or 0), f"originating / price = {content:.2f}%, least {criterion.percent}%")


def _foreign_share(making: Making, agreement: Agreement) -> Decimal | None:
    if making.materials is None or not making.price or making.price <= 0:
        return None
    return sum((one.value for one in _foreign(making, agreement)), Decimal(0)) * HUNDRED / making.price


_VALUES: dict[str, Callable[[Criterion, Making, Agreement], Met]] = {
    "MAX-FOREIGN": _max_foreign,
    "BUILD-DOWN": _build_down,
    "BUILD-UP": _build_up,
}
KINDS = frozenset({"WO", "PROCESS", *LEVELS, *_VALUES})
