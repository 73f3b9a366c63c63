"""What a rule's expression is made of: the nodes of its tree, each with its position in the text (from 0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class TextLiteral:
    """A text in quotes, with its escapes resolved."""

    value: str
    position: int


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    """A number without sign."""

    value: float
    position: int


@dataclass(frozen=True, slots=True)
class TruthLiteral:
    """`true` or `false`."""

    value: bool
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name that stands alone: one of the two elements of a condition over pairs."""

    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)`, or `receiver.function(arguments)`."""

    function: str
    arguments: tuple[Expression, ...]
    receiver: Expression | None
    position: int


@dataclass(frozen=True, slots=True)
class Not:
    """`!operand`."""

    operand: Expression
    position: int


@dataclass(frozen=True, slots=True)
class Minus:
    """`-operand`."""

    operand: Expression
    position: int


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`."""

    operator: str
    left: Expression
    right: Expression
    position: int


@dataclass(frozen=True, slots=True)
class PairCondition:
    """`{ContextHelper here, ContextHelper other -> body}`: a claim about the rule's element and one other."""

    here: str
    other: str
    body: Expression
    position: int


Expression: TypeAlias = TextLiteral | NumberLiteral | TruthLiteral | Name | Call | Not | Minus | Binary | PairCondition
