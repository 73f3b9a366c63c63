"""What is a checked rule made of? One small closed tree, from which both executions are written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from comity.features.risk.columns import SqlType
from comity.features.risk.windows import Window

Scalar = str | int | float | bool | None


class Op(StrEnum):
    """Every kind of node there is. `value` of a node is said in brackets."""

    CONSTANT = "constant"  # [the constant, None for NULL]
    COLUMN = "column"  # [the column's name]
    NOT = "not"
    AND = "and"
    OR = "or"
    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IS_NULL = "is null"
    IS_TRUE = "is true"
    IS_FALSE = "is false"
    IN = "in"  # [tuple of constants, None for NULL]
    LIKE = "like"  # [the pattern]
    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    MOD = "%"
    NEG = "neg"
    CASE = "case"  # arguments: condition, result, condition, result, …, else
    COALESCE = "coalesce"
    NULLIF = "nullif"
    CALL = "call"  # [the function's name]


NEGATED = {Op.EQ: Op.NE, Op.NE: Op.EQ, Op.LT: Op.GE, Op.GE: Op.LT, Op.GT: Op.LE, Op.LE: Op.GT}
COMPARISONS = frozenset(NEGATED)
ARITHMETIC = frozenset({Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MOD})


@dataclass(frozen=True, slots=True)
class Node:
    """One checked expression. `bound`: no finite value is larger in magnitude; infinite when it may overflow.

    `may_be_nan`: the operation itself may have no number as result (∞ − ∞, 0 · ∞); both executions make that NULL.
    `window`: of a derived column, what it is derived by.
    """

    op: Op
    type: SqlType
    is_nullable: bool
    args: tuple[Node, ...] = ()
    value: Scalar | tuple[Scalar, ...] = None
    bound: float = 0.0
    may_be_nan: bool = False
    window: Window | None = None

    @property
    def is_null_literal(self) -> bool:
        """Claim that this is the word NULL."""
        return self.op is Op.CONSTANT and self.value is None


def arithmetic(op: Op, left: Node, right: Node) -> Node:
    """Return `left op right`, computed in DOUBLE; a zero divisor gives NULL."""
    bound, may_be_nan = _BOUNDS[op](left, right)
    is_nullable = left.is_nullable or right.is_nullable or may_be_nan or (op in (Op.DIV, Op.MOD) and not _fixed(right))
    return Node(op, SqlType.DOUBLE, is_nullable, (left, right), None, bound, may_be_nan)


def _fixed(node: Node) -> bool:
    return node.op is Op.CONSTANT and bool(node.value)


def _sum(left: Node, right: Node) -> tuple[float, bool]:
    return left.bound + right.bound, math.isinf(left.bound) and math.isinf(right.bound)


def _product(left: Node, right: Node) -> tuple[float, bool]:
    return left.bound * right.bound if left.bound and right.bound else 0.0, any(
        math.isinf(one.bound) and not _fixed(other) for one, other in ((left, right), (right, left))
    )


def _quotient(left: Node, right: Node) -> tuple[float, bool]:
    may_be_nan = math.isinf(left.bound) and math.isinf(right.bound)
    if right.op is Op.CONSTANT and isinstance(right.value, int | float) and right.value:
        return left.bound / abs(right.value), may_be_nan
    return math.inf, may_be_nan


def _remainder(left: Node, _right: Node) -> tuple[float, bool]:
    return left.bound, math.isinf(left.bound)


_BOUNDS = {Op.ADD: _sum, Op.SUB: _sum, Op.MUL: _product, Op.DIV: _quotient, Op.MOD: _remainder}
