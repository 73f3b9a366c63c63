"""Can this rule ever be true, and can it ever be other than true? Decided for all rows at once by z3.

What z3 sees allows more rows than there are: arithmetic and most functions may give any value, text is its place in an
order. So what it calls impossible is impossible, and a rule that some row makes true is never refused. Numbers are
exact: columns lie within their limits, counts are whole. A rule that is too hard for the steps allowed is let through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import z3

from comity.features.risk.columns import LARGEST_BIGINT, LARGEST_DOUBLE, SqlType
from comity.features.risk.rules.tree import ARITHMETIC, COMPARISONS, Node, Op
from comity.features.risk.windows import Kind

MOST_STEPS = 4_000_000  # z3's own count of work ("rlimit"): about a second; a guess
_GOODS = (("hs2", 2), ("hs4", 4), ("hs6", 6), ("hs_code", 12))
_SIGNS: dict[Op, Callable[[Any, Any], Any]] = {
    Op.EQ: lambda left, right: left == right,
    Op.NE: lambda left, right: left != right,
    Op.LT: lambda left, right: left < right,
    Op.LE: lambda left, right: left <= right,
    Op.GT: lambda left, right: left > right,
    Op.GE: lambda left, right: left >= right,
}


def first_impossible(parts: Sequence[Node]) -> int | None:
    """Return the place of the first condition that cannot be true together with those before it, None without one."""
    written = _Written(parts)
    for place, part in enumerate(parts):
        written.solver.add(written.condition(part)[0])
        if written.is_impossible():
            return place
    return None


def is_always_true(tree: Node) -> bool:
    """Claim that no row makes the condition other than true, or only one in which a fact is unknown, never false."""
    written = _Written([tree])
    is_true, is_false = written.condition(tree)
    if written.is_impossible(z3.Not(is_true)):
        return True
    known = z3.And(*written.known_columns) if written.known_columns else z3.BoolVal(val=True)
    return written.is_impossible(is_false) and written.is_impossible(known, z3.Not(is_true))


class _Written:
    """Conditions over the same row, as z3 reads them. A condition is a pair: it is true, it is false."""

    def __init__(self, trees: Sequence[Node]) -> None:
        context = z3.Context()
        self.context = context
        self.solver = z3.Solver(ctx=context)
        self.solver.set("rlimit", MOST_STEPS)
        self.known_columns: list[Any] = []
        constants = {""}
        for tree in trees:
            constants |= _texts(tree)
        ends = {end for end in map(after_prefix, constants) if end is not None}
        self._constants = sorted(constants)
        self._places = {text: place for place, text in enumerate(sorted(constants | ends))}
        self._values: dict[Node, tuple[Any, Any]] = {}
        self._claims: dict[Node, tuple[Any, Any]] = {}
        self._columns: dict[str, tuple[Any, Any]] = {}

    def is_impossible(self, *more: Any) -> bool:
        """Claim that no row satisfies all that was added and `more`."""
        self._relate_goods_codes()
        return bool(self.solver.check(*more) == z3.unsat)

    def condition(self, node: Node) -> tuple[Any, Any]:
        """Return when the condition is true, and when it is false."""
        if node not in self._claims:
            self._claims[node] = self._condition(node)
        return self._claims[node]

    def _condition(self, node: Node) -> tuple[Any, Any]:
        op, args = node.op, node.args
        if op in (Op.IS_NULL, Op.IS_TRUE, Op.IS_FALSE):
            claim = self._is(op, args[0])
            return claim, z3.Not(claim)
        if op in COMPARISONS and args[0].type is SqlType.BOOLEAN:
            return self._same_claim(op, args)
        if op in COMPARISONS or op in (Op.IN, Op.LIKE) or (op is Op.CALL and node.value == "starts_with"):
            return self._compared(node)
        written = _CLAIMS.get(op)
        if written is not None:
            return written(self, node)
        known, value = self._free(node, "claim")
        return z3.And(known, value), z3.And(known, z3.Not(value))

    def _fixed_claim(self, node: Node) -> tuple[Any, Any]:
        return self._bool(is_so=node.value is True), self._bool(is_so=node.value is False)

    def _not(self, node: Node) -> tuple[Any, Any]:
        is_true, is_false = self.condition(node.args[0])
        return is_false, is_true

    def _junction(self, node: Node) -> tuple[Any, Any]:
        pairs = [self.condition(arg) for arg in node.args]
        first, second = (z3.And, z3.Or) if node.op is Op.AND else (z3.Or, z3.And)
        return first(*(one for one, _ in pairs)), second(*(one for _, one in pairs))

    def _coalesced_claims(self, node: Node) -> tuple[Any, Any]:
        is_true, is_false = self.condition(node.args[-1])
        for arg in reversed(node.args[:-1]):
            first, second = self.condition(arg)
            is_true = z3.Or(first, z3.And(z3.Not(second), is_true))
            is_false = z3.Or(second, z3.And(z3.Not(first), is_false))
        return is_true, is_false

    def _case_of_claims(self, node: Node) -> tuple[Any, Any]:
        is_true, is_false = self.condition(node.args[-1])
        for when, then in _branches(node):
            test, (first, second) = self.condition(when)[0], self.condition(then)
            is_true, is_false = z3.If(test, first, is_true), z3.If(test, second, is_false)
        return is_true, is_false

    def _is(self, op: Op, arg: Node) -> Any:
        if arg.type is SqlType.BOOLEAN:
            is_true, is_false = self.condition(arg)
            return is_true if op is Op.IS_TRUE else is_false if op is Op.IS_FALSE else z3.Not(z3.Or(is_true, is_false))
        return z3.Not(self._value(arg)[0])

    def _same_claim(self, op: Op, args: Sequence[Node]) -> tuple[Any, Any]:
        (true_1, false_1), (true_2, false_2) = (self.condition(arg) for arg in args)
        same = z3.Or(z3.And(true_1, true_2), z3.And(false_1, false_2))
        other = z3.Or(z3.And(true_1, false_2), z3.And(false_1, true_2))
        return (same, other) if op is Op.EQ else (other, same)

    def _compared(self, node: Node) -> tuple[Any, Any]:
        known, value = self._value(node.args[0])
        if node.op in COMPARISONS:
            others, right = self._value(node.args[1])
            known, claim = z3.And(known, others), _SIGNS[node.op](value, right)
            return z3.And(known, claim), z3.And(known, z3.Not(claim))
        if node.op is Op.IN:
            listed = node.value if isinstance(node.value, tuple) else ()
            equal = [value == self._constant(each) for each in listed if each is not None]
            claim = z3.Or(*equal, self._bool(is_so=False))
            certain = self._bool(is_so=None not in listed)
            return z3.And(known, claim), z3.And(known, certain, z3.Not(claim))
        claim = self._likeness(node, value)
        if claim is None:
            known, claim = self._free(node, "likeness")
        return z3.And(known, claim), z3.And(known, z3.Not(claim))

    def _likeness(self, node: Node, value: Any) -> Any | None:
        """Return the claim of a plain prefix, None for what z3 is not told."""
        text = _prefix(node)
        if text is not None:
            return self._begins(value, text)
        if node.op is Op.LIKE and not set(str(node.value)) & {"%", "_"}:
            return value == self._places[str(node.value)]
        return None

    def _begins(self, value: Any, text: str) -> Any:
        end = after_prefix(text)
        begins = value >= self._places[text]
        return begins if end is None else z3.And(begins, value < self._places[end])

    def _value(self, node: Node) -> tuple[Any, Any]:
        if node not in self._values:
            self._values[node] = self._worked_out(node)
        return self._values[node]

    def _worked_out(self, node: Node) -> tuple[Any, Any]:
        written = _VALUES.get(node.op)
        if written is not None:
            return written(self, node)
        if node.op is Op.CALL and node.value == "abs":
            known, value = self._value(node.args[0])
            return known, z3.If(value >= 0, value, -value)
        return self._free(node, "value")

    def _fixed_value(self, node: Node) -> tuple[Any, Any]:
        return self._bool(is_so=node.value is not None), self._constant(node.value)

    def _negative(self, node: Node) -> tuple[Any, Any]:
        known, value = self._value(node.args[0])
        return known, -value

    def _coalesced_values(self, node: Node) -> tuple[Any, Any]:
        known, value = self._value(node.args[-1])
        for arg in reversed(node.args[:-1]):
            first, one = self._value(arg)
            known, value = z3.Or(first, known), z3.If(first, one, value)
        return known, value

    def _nullif(self, node: Node) -> tuple[Any, Any]:
        (known, value), (others, other) = (self._value(arg) for arg in node.args)
        return z3.And(known, z3.Not(z3.And(others, value == other))), value

    def _case_of_values(self, node: Node) -> tuple[Any, Any]:
        known, value = self._value(node.args[-1])
        for when, then in _branches(node):
            test, (first, one) = self.condition(when)[0], self._value(then)
            known, value = z3.If(test, first, known), z3.If(test, one, value)
        return known, value

    def _free(self, node: Node, of: str) -> tuple[Any, Any]:
        """Return any value, the same for the same node; a column's within its limits."""
        is_column = node.op is Op.COLUMN
        name = str(node.value) if is_column else f"{of} {len(self._values) + len(self._claims) + len(self._columns)}"
        if name in self._columns:
            return self._columns[name]
        known = z3.Bool(f"{name} known", self.context) if node.is_nullable else self._bool(is_so=True)
        if node.type is SqlType.BOOLEAN:
            value = z3.Bool(name, self.context)
        elif is_column and node.type is SqlType.BIGINT:
            value = z3.ToReal(z3.Int(name, self.context))
        else:
            value = z3.Real(name, self.context)
        self._columns[name] = known, value
        if is_column:
            self.known_columns.append(known)
            self.solver.add(*self._limits(node, value))
        elif node.type is SqlType.VARCHAR or (node.op is Op.CALL and node.value == "length"):
            self.solver.add(value >= 0)
        if node.op in ARITHMETIC:
            self.solver.add(z3.Implies(known, z3.And(*(self._value(arg)[0] for arg in node.args))))
        return known, value

    def _limits(self, node: Node, value: Any) -> list[Any]:
        if node.type is SqlType.VARCHAR:
            return [value >= 0]
        if node.type is SqlType.BOOLEAN:
            return []
        limit = int(LARGEST_DOUBLE) if node.type is SqlType.DOUBLE else LARGEST_BIGINT
        window = node.window
        lowest = 0 if window is not None and window.kind is not Kind.SUM else -limit
        highest = 1 if window is not None and window.kind is Kind.SHARE else limit
        return [value >= lowest, value <= highest]

    def _relate_goods_codes(self) -> None:
        """Tell that the chapter, heading and subheading are the first digits of the code, where both are named."""
        for place, (short, digits) in enumerate(_GOODS):
            for longer, _ in _GOODS[place + 1 :]:
                if short in self._columns and longer in self._columns:
                    (known, value), (others, other) = self._columns[short], self._columns[longer]
                    for text in self._constants:
                        if len(text) == digits:
                            is_text = z3.And(known, others, value == self._places[text])
                            self.solver.add(z3.Implies(is_text, self._begins(other, text)))

    def _constant(self, value: object) -> Any:
        if isinstance(value, str):
            return z3.RealVal(self._places[value], self.context)
        if isinstance(value, int | float):
            exact = Fraction(value)
            return z3.RealVal(f"{exact.numerator}/{exact.denominator}", self.context)
        return z3.RealVal(0, self.context)

    def _bool(self, *, is_so: bool) -> Any:
        return z3.BoolVal(is_so, self.context)


_CLAIMS: dict[Op, Callable[[_Written, Node], tuple[Any, Any]]] = {
    Op.CONSTANT: _Written._fixed_claim,  # noqa: SLF001 - the tables belong to the class
    Op.NOT: _Written._not,  # noqa: SLF001
    Op.AND: _Written._junction,  # noqa: SLF001
    Op.OR: _Written._junction,  # noqa: SLF001
    Op.COALESCE: _Written._coalesced_claims,  # noqa: SLF001
    Op.CASE: _Written._case_of_claims,  # noqa: SLF001
}
_VALUES: dict[Op, Callable[[_Written, Node], tuple[Any, Any]]] = {
    Op.CONSTANT: _Written._fixed_value,  # noqa: SLF001
    Op.NEG: _Written._negative,  # noqa: SLF001
    Op.COALESCE: _Written._coalesced_values,  # noqa: SLF001
    Op.NULLIF: _Written._nullif,  # noqa: SLF001
    Op.CASE: _Written._case_of_values,  # noqa: SLF001
}


def _branches(node: Node) -> list[tuple[Node, Node]]:
    """Return the conditions and results of CASE, the last first."""
    return list(zip(node.args[:-1:2], node.args[1:-1:2], strict=True))[::-1]


def after_prefix(text: str) -> str | None:
    """Return the first text after all that begin with `text`, in the order of code points; None when there is none."""
    while text:
        last = ord(text[-1])
        if last < 0x10FFFF:
            return text[:-1] + chr(0xE000 if last == 0xD7FF else last + 1)
        text = text[:-1]
    return None


def _prefix(node: Node) -> str | None:
    """Return what the text must begin with and may go on from freely, None when the node says more or other."""
    if node.op is Op.LIKE:
        start, sign, rest = str(node.value).partition("%")
        return start if sign and not rest.strip("%") and "_" not in start else None
    if node.op is Op.CALL and node.value == "starts_with":
        given = node.args[1]
        return given.value if given.op is Op.CONSTANT and isinstance(given.value, str) else None
    return None


def _texts(tree: Node) -> set[str]:
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.args)
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        if node.op in (Op.CONSTANT, Op.IN, Op.LIKE):
            found |= {value for value in values if isinstance(value, str)}
        prefix = _prefix(node)
        if prefix is not None:
            found.add(prefix)
    return found
