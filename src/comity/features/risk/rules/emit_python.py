"""How is a checked rule said in Python? In a true-form and a false-form, so that unknown is neither: exact SQL logic.

Text of the analyst never becomes source: constants are bound to names, columns come from the closed list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from comity.features.risk.columns import SqlType
from comity.features.risk.errors import RuleInvalid
from comity.features.risk.rules import semantics
from comity.features.risk.rules.functions import EXTREMES, FUNCTIONS
from comity.features.risk.rules.tree import ARITHMETIC, COMPARISONS, NEGATED, Node, Op

MOST_EMITTED = 20_000  # nodes written: a guard against conditions that repeat conditions
_PYTHON_OPERATOR = {Op.EQ: "==", Op.NE: "!=", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}
_BOOLEAN_FORMS = frozenset({Op.COLUMN, Op.CONSTANT, Op.CASE, Op.COALESCE})


def column_variable(name: str) -> str:
    """Return the Python variable that holds a column."""
    return f"c_{name}"


class Emitter:
    """Writes Python expressions; `names` is the namespace they need."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"nan_is_none": semantics.number_or_unknown, "remainder": semantics.remainder}
        self._temporaries = 0
        self._emitted = 0

    def begin_rule(self) -> None:
        """Start the next rule: its temporaries may overwrite those of the rule before."""
        self._temporaries = self._emitted = 0

    def true_form(self, node: Node) -> str:
        """Return an expression that is truthy exactly when the condition is TRUE."""
        self._count()
        return self._form(node, is_true=True)

    def false_form(self, node: Node) -> str:
        """Return an expression that is truthy exactly when the condition is FALSE."""
        self._count()
        return self._form(node, is_true=False)

    def value_form(self, node: Node) -> str:
        """Return an expression of the node's value, None for NULL."""
        self._count()
        if node.type is SqlType.BOOLEAN and node.op not in _BOOLEAN_FORMS:
            if not node.is_nullable:
                return f"(True if {self.true_form(node)} else False)"
            return f"(True if {self.true_form(node)} else False if {self.false_form(node)} else None)"
        return self._value(node)

    def _count(self) -> None:
        self._emitted += 1
        if self._emitted > MOST_EMITTED:
            raise RuleInvalid("the condition repeats itself too often when it is worked out: split the profile")

    def _form(self, node: Node, *, is_true: bool) -> str:
        op, args = node.op, node.args
        form = self.true_form if is_true else self.false_form
        if op is Op.NOT:
            return self.false_form(args[0]) if is_true else self.true_form(args[0])
        if op in (Op.AND, Op.OR):
            word = " and " if (op is Op.AND) is is_true else " or "
            return "(" + word.join(form(arg) for arg in args) + ")"
        if op in COMPARISONS:
            sign = _PYTHON_OPERATOR[op if is_true else NEGATED[op]]
            return self._guarded(args, lambda left, right: f"{left} {sign} {right}")
        if op in (Op.IS_NULL, Op.IS_TRUE, Op.IS_FALSE):
            return self._is(node, is_true=is_true)
        if op is Op.IN:
            return self._in(node, is_true=is_true)
        if op is Op.CASE:
            return self._case(node, form)
        if op is Op.COALESCE:
            return self._coalesced(args, is_true=is_true)
        return self._claim(node, is_true=is_true)

    def _claim(self, node: Node, *, is_true: bool) -> str:
        """Write what is a claim in itself: a constant, a column, a pattern, a function."""
        word = "" if is_true else "not "
        if node.op is Op.CONSTANT:
            return str(node.value is is_true)
        if node.op is Op.COLUMN:
            name = column_variable(str(node.value))
            return name if is_true else f"({name} is False)"
        if node.op is Op.LIKE:
            test = self._bind(semantics.like(str(node.value)))
            return self._guarded(node.args, lambda text: f"{word}{test}({text})")
        return self._guarded(node.args, lambda *values: f"{word}{self._called(node, values)}")

    def _is(self, node: Node, *, is_true: bool) -> str:
        arg = node.args[0]
        if node.op is not Op.IS_NULL:
            form = self.true_form(arg) if node.op is Op.IS_TRUE else self.false_form(arg)
            return form if is_true else f"(not {form})"
        if not arg.is_nullable:
            return str(not is_true)
        if arg.type is SqlType.BOOLEAN and arg.op not in _BOOLEAN_FORMS:
            known = f"({self.true_form(arg)} or {self.false_form(arg)})"
            return f"(not {known})" if is_true else known
        return f"({self.value_form(arg)} is{'' if is_true else ' not'} None)"

    def _in(self, node: Node, *, is_true: bool) -> str:
        values = node.value if isinstance(node.value, tuple) else ()
        if not is_true and None in values:
            return "False"
        listed = self._bind(frozenset(value for value in values if value is not None))
        word = "in" if is_true else "not in"
        return self._guarded(node.args, lambda value: f"{value} {word} {listed}")

    def _case(self, node: Node, form: Callable[[Node], str]) -> str:
        *branches, otherwise = node.args
        pairs = zip(branches[::2], branches[1::2], strict=True)
        written = "".join(f"{form(then)} if {self.true_form(when)} else " for when, then in pairs)
        return f"({written}{form(otherwise)})"

    def _coalesced(self, args: Sequence[Node], *, is_true: bool) -> str:
        first, rest = args[0], args[1:]
        form, other = (self.true_form, self.false_form) if is_true else (self.false_form, self.true_form)
        if not rest:
            return form(first)
        return f"({form(first)} or not {other(first)} and {self._coalesced(rest, is_true=is_true)})"

    def _value(self, node: Node) -> str:
        op, args = node.op, node.args
        if op is Op.COLUMN:
            return column_variable(str(node.value))
        if op is Op.CONSTANT:
            return self._constant(node)
        if op is Op.CASE:
            return self._case(node, self.value_form)
        if op is Op.COALESCE:
            return self._first_known(args)
        if op is Op.NULLIF:
            return self._nullif(*args)
        if op in ARITHMETIC:
            return self._arithmetic(node)
        if op is Op.NEG:
            return self._strict(args, lambda value: f"-{value}")
        if node.value in EXTREMES:
            function = self._bind(EXTREMES[str(node.value)])
            return f"{function}({', '.join(self.value_form(arg) for arg in args)})"
        return self._strict(args, lambda *values: self._called(node, values))

    def _constant(self, node: Node) -> str:
        if isinstance(node.value, bool) or node.value is None:
            return str(node.value)
        return self._bind(node.value)

    def _called(self, node: Node, values: Sequence[str]) -> str:
        return f"{self._bind(FUNCTIONS[str(node.value)].python)}({', '.join(values)})"

    def _first_known(self, args: Sequence[Node]) -> str:
        first, rest = args[0], args[1:]
        if not rest or not first.is_nullable:
            return self.value_form(first)
        name = self._temporary()
        return f"({name} if ({name} := {self.value_form(first)}) is not None else {self._first_known(rest)})"

    def _nullif(self, left: Node, right: Node) -> str:
        ours, theirs = self._temporary(), self._temporary()
        first = f"({ours} := {self.value_form(left)})"
        return f"(None if {first} is not None and {ours} == ({theirs} := {self.value_form(right)}) else {ours})"

    def _arithmetic(self, node: Node) -> str:
        left_is_whole = all(arg.type is SqlType.BIGINT for arg in node.args)
        divides = node.op in (Op.DIV, Op.MOD)

        def write(left: str, right: str) -> str:
            left = f"float({left})" if left_is_whole else left
            if node.op is Op.MOD:
                return f"remainder({left}, {right})"
            text = f"{left} {node.op.value} {right}"
            return f"nan_is_none({text})" if node.may_be_nan else f"({text})"

        return self._strict(node.args, write, nonzero=divides)

    def _strict(self, args: Sequence[Node], write: Callable[..., str], *, nonzero: bool = False) -> str:
        """Write a value that is NULL when an argument is, or when the last is zero and `nonzero` forbids it."""
        guards, values = self._operands(args)
        if nonzero:
            last = args[-1]
            if last.op is not Op.CONSTANT or not last.value:
                if not values[-1].isidentifier():
                    name = self._temporary()
                    guards.append(f"({name} := {values[-1]}) != 0")
                    values[-1] = name
                else:
                    guards.append(f"{values[-1]} != 0")
        written = write(*values)
        return f"({written} if {' and '.join(guards)} else None)" if guards else f"({written})"

    def _guarded(self, args: Sequence[Node], write: Callable[..., str]) -> str:
        """Write a claim that is false when an argument is NULL."""
        guards, values = self._operands(args)
        return "(" + " and ".join([*guards, write(*values)]) + ")"

    def _operands(self, args: Sequence[Node]) -> tuple[list[str], list[str]]:
        guards, values = [], []
        for arg in args:
            written = self.value_form(arg)
            if arg.is_nullable and arg.op is not Op.COLUMN:
                name = self._temporary()
                guards.append(f"({name} := {written}) is not None")
                written = name
            elif arg.is_nullable:
                guards.append(f"{written} is not None")
            values.append(written)
        return guards, values

    def _temporary(self) -> str:
        self._temporaries += 1
        return f"t{self._temporaries}"

    def _bind(self, value: Any) -> str:
        name = f"k{len(self.names)}"
        self.names[name] = value
        return name
