"""What one cell of a comparison holds: a typed value that a template writes in the reader's locale."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Party


class Look(StrEnum):
    """How the value is written."""

    TEXT = "text"
    CODE = "code"
    GOODS_CODE = "goods-code"
    COUNTRY = "country"
    MONEY = "money"
    MASS = "mass"
    COUNT = "count"
    QUANTITY = "quantity"
    PARTY = "party"
    LIST = "list"
    PER_KILOGRAM = "per-kilogram"


FIGURES = frozenset({Look.MONEY, Look.MASS, Look.COUNT, Look.QUANTITY, Look.PER_KILOGRAM})


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of something in a UN/ECE Recommendation 20 unit."""

    amount: Decimal
    unit: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and how it is written; `also` is the same amount in the other side's currency."""

    look: Look
    value: str | Decimal | int | Money | Quantity | Party | tuple[str, ...] | None
    also: Money | None = None

    @property
    def is_absent(self) -> bool:
        """Claim that there is nothing to show."""
        return self.value is None or self.value in ("", ())

    @property
    def is_figure(self) -> bool:
        """Claim that the value is aligned as a figure."""
        return self.look in FIGURES


class State(StrEnum):
    """How the two sides of a row compare."""

    EQUAL = "equal"
    NEAR = "near"
    DIFFERENT = "different"
    ONE_SIDED = "one-sided"


@dataclass(frozen=True, slots=True)
class Difference:
    """How far ours is from theirs: relative (`ours / theirs - 1`), absolute, and its worth in duty when known."""

    share: Decimal | None = None
    amount: Cell | None = None
    duty: Money | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison. `label` is a message id."""

    label: str
    ours: Cell
    theirs: Cell
    state: State
    difference: Difference | None = None
    key: str = ""
