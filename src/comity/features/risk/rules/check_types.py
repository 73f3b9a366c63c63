"""Does every part of the rule have a type that fits? The project's own checker, stricter than SQL's: nothing is cast.

Numbers with a point are DOUBLE, arithmetic is in DOUBLE, and text is never compared with a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sqlglot import exp

from comity.features.risk.columns import BY_NAME, LARGEST_BIGINT, LARGEST_DOUBLE, SqlType
from comity.features.risk.errors import RuleInvalid
from comity.features.risk.rules import check_calls
from comity.features.risk.rules.check_windows import window_of
from comity.features.risk.rules.refusals import nearest_of, refused
from comity.features.risk.rules.tree import COMPARISONS, Node, Op, Scalar, arithmetic

DEEPEST = 32
LONGEST_LIST = 1_000
LONGEST_PATTERN = 200
_WHOLE = re.compile(r"[0-9]{1,16}")
_DECIMAL = re.compile(r"(?:[0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")
_COMPARISONS: dict[type[exp.Expr], Op] = {
    exp.EQ: Op.EQ,
    exp.NEQ: Op.NE,
    exp.LT: Op.LT,
    exp.LTE: Op.LE,
    exp.GT: Op.GT,
    exp.GTE: Op.GE,
}
_ARITHMETIC: dict[type[exp.Expr], Op] = {
    exp.Add: Op.ADD,
    exp.Sub: Op.SUB,
    exp.Mul: Op.MUL,
    exp.Div: Op.DIV,
    exp.Mod: Op.MOD,
}
_PREDICATES = (*_COMPARISONS, exp.Is, exp.In, exp.Like, exp.Between, exp.Not, exp.And, exp.Or)


def check_types(tree: exp.Expr) -> Node:
    """Return the checked condition.

    Raises:
        RuleInvalid: an unknown column or function, a type that does not fit, or a construct outside the language.
    """
    return Checker().condition(tree)


class Checker:
    """Walks sqlglot's tree once; every method returns a checked node or raises `RuleInvalid` with a position."""

    def __init__(self) -> None:
        self._depth = 0

    def condition(self, tree: exp.Expr) -> Node:
        """Return the checked node of a condition: TRUE, FALSE or unknown."""
        node = self.value(tree)
        if node.type is not SqlType.BOOLEAN or node.is_null_literal:
            said = "NULL" if node.is_null_literal else f"a {node.type} value"
            raise refused(tree, f"expected a condition, found {said}: compare it with something")
        return node

    def value(self, tree: exp.Expr) -> Node:
        """Return the checked node of any expression."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise refused(tree, f"at most {DEEPEST} levels inside each other: split the profile")
        node = self._dispatch(tree)
        self._depth -= 1
        return node

    def _dispatch(self, tree: exp.Expr) -> Node:
        kind = type(tree)
        if kind in _COMPARISONS:
            return self._comparison(tree, _COMPARISONS[kind])
        if kind in _ARITHMETIC:
            return self._arithmetic(tree, _ARITHMETIC[kind])
        check = _CHECKS.get(kind)
        if check is not None:
            return check(self, tree)
        window = window_of(tree)
        if window is not None:
            return window
        call = check_calls.call_of(tree)
        if call is not None:
            return check_calls.check_call(self, tree, *call)
        raise refused(tree, f"{_word(tree)} is not part of the rule language")

    def _paren(self, tree: exp.Expr) -> Node:
        self._depth -= 1  # brackets are counted by the parser
        node = self.value(tree.this)
        self._depth += 1
        return node

    def _column(self, tree: exp.Expr) -> Node:
        if not isinstance(tree, exp.Column) or not isinstance(tree.this, exp.Identifier) or len(tree.parts) != 1:
            raise refused(tree, "write the column's name alone, without a table")
        column = BY_NAME.get(tree.name.lower())
        if column is None:
            raise _unknown_column(tree)
        bound = float(LARGEST_BIGINT) if column.type is SqlType.BIGINT else LARGEST_DOUBLE
        return Node(
            Op.COLUMN,
            column.type,
            column.is_nullable,
            value=column.name,
            bound=bound if column.type.is_number else 0.0,
        )

    def _literal(self, tree: exp.Expr) -> Node:
        if not isinstance(tree, exp.Literal):
            raise refused(tree, "expected a number or a quoted text")
        if tree.is_string:
            return Node(Op.CONSTANT, SqlType.VARCHAR, is_nullable=False, value=str(tree.this))
        return _number(tree, str(tree.this))

    def _negative(self, tree: exp.Expr) -> Node:
        node = self._number(tree.this)
        if node.op is Op.CONSTANT and isinstance(node.value, int | float):
            return Node(Op.CONSTANT, node.type, is_nullable=False, value=-node.value, bound=node.bound)
        return Node(Op.NEG, node.type, node.is_nullable, (node,), bound=node.bound)

    def _junction(self, tree: exp.Expr) -> Node:
        op, kind = (Op.AND, exp.And) if isinstance(tree, exp.And) else (Op.OR, exp.Or)
        parts: list[exp.Expr] = []
        left = tree
        while isinstance(left, kind):  # AND chains are as long as the text allows: no recursion
            parts.append(left.expression)
            left = left.this
        parts.append(left)
        args = tuple(self.condition(part) for part in reversed(parts))
        return Node(op, SqlType.BOOLEAN, any(arg.is_nullable for arg in args), args)

    def _not(self, tree: exp.Expr) -> Node:
        node = self.condition(tree.this)
        return Node(Op.NOT, SqlType.BOOLEAN, node.is_nullable, (node,))

    def _comparison(self, tree: exp.Expr, op: Op) -> Node:
        left, right = self.operand(tree.this), self.operand(tree.expression)
        self.same_family(tree, (left, right))
        if left.type is SqlType.BOOLEAN and op not in (Op.EQ, Op.NE):
            raise refused(tree, f"conditions have no order: {op.value} needs numbers or text")
        return Node(op, SqlType.BOOLEAN, left.is_nullable or right.is_nullable, (left, right))

    def _between(self, tree: exp.Expr) -> Node:
        if tree.args.get("symmetric"):
            raise refused(tree, "BETWEEN SYMMETRIC is not part of the rule language: write the lower limit first")
        this, low, high = (self.operand(tree.args[name]) for name in ("this", "low", "high"))
        self.same_family(tree, (this, low, high))
        if this.type is SqlType.BOOLEAN:
            raise refused(tree, "BETWEEN needs numbers or text")
        sides = tuple(
            Node(op, SqlType.BOOLEAN, this.is_nullable or limit.is_nullable, (this, limit))
            for op, limit in ((Op.GE, low), (Op.LE, high))
        )
        return Node(Op.AND, SqlType.BOOLEAN, any(side.is_nullable for side in sides), sides)

    def _in(self, tree: exp.Expr) -> Node:
        others = [name for name, given in tree.args.items() if given and name not in ("this", "expressions")]
        listed = tree.expressions
        if others or not listed or len(listed) > LONGEST_LIST:
            raise refused(tree, f"IN needs a list of 1 to {LONGEST_LIST:,} values written out in brackets")
        this = self.operand(tree.this)
        values: list[Scalar] = []
        for each in listed:
            node = self.value(each)
            if node.op is not Op.CONSTANT:
                raise refused(each, "IN takes values written out, not columns: use = and OR")
            if not node.is_null_literal:
                self.same_family(each, (this, node))
            values.append(node.value if not isinstance(node.value, tuple) else None)
        if this.type is SqlType.BOOLEAN:
            raise refused(tree, "IN needs numbers or text: use the condition itself")
        is_nullable = this.is_nullable or None in values
        return Node(Op.IN, SqlType.BOOLEAN, is_nullable, (this,), tuple(values))

    def _like(self, tree: exp.Expr) -> Node:
        this = self.operand(tree.this)
        pattern = tree.expression
        if this.type is not SqlType.VARCHAR or not (isinstance(pattern, exp.Literal) and pattern.is_string):
            raise refused(tree, "LIKE compares text with a quoted pattern: % any characters, _ one character")
        if len(pattern.this) > LONGEST_PATTERN:
            raise refused(pattern, f"a LIKE pattern may have {LONGEST_PATTERN} characters")
        node = Node(Op.LIKE, SqlType.BOOLEAN, this.is_nullable, (this,), str(pattern.this))
        if not tree.args.get("negate"):  # NOT LIKE: sqlglot keeps the NOT as a mark on the pattern's own node
            return node
        return Node(Op.NOT, SqlType.BOOLEAN, node.is_nullable, (node,))

    def _is(self, tree: exp.Expr) -> Node:
        this, what = self.operand(tree.this), tree.expression
        if isinstance(what, exp.Null):
            return Node(Op.IS_NULL, SqlType.BOOLEAN, is_nullable=False, args=(this,))
        if not isinstance(what, exp.Boolean) or this.type is not SqlType.BOOLEAN:
            raise refused(tree, "IS takes NULL, and TRUE or FALSE after a condition")
        op = Op.IS_TRUE if what.this else Op.IS_FALSE
        return Node(op, SqlType.BOOLEAN, is_nullable=False, args=(this,))

    def _arithmetic(self, tree: exp.Expr, op: Op) -> Node:
        return arithmetic(op, self._number(tree.this), self._number(tree.expression))

    def _number(self, tree: exp.Expr) -> Node:
        node = self.operand(tree)
        if not node.type.is_number:
            raise refused(tree, f"expected a number, found {node.type}")
        return node

    def _case(self, tree: exp.Expr) -> Node:
        subject = tree.this
        args: list[Node] = []
        for branch in tree.args["ifs"]:
            if subject is None:
                condition = self.condition(branch.this)
            else:
                condition = self._comparison(exp.EQ(this=subject, expression=branch.this), Op.EQ)
            args += [condition, self.value(branch.args["true"])]
        otherwise = tree.args.get("default")
        null = Node(Op.CONSTANT, SqlType.BOOLEAN, is_nullable=True)
        args.append(self.value(otherwise) if otherwise is not None else null)
        results = [*args[1:-1:2], args[-1]]
        kind = self.same_family(tree, results, with_null=True)
        bound = max(each.bound for each in results)
        return Node(Op.CASE, kind, any(each.is_nullable for each in results), tuple(args), bound=bound)

    def operand(self, tree: exp.Expr) -> Node:
        """Return a checked node that is not NULL itself and not a condition without brackets."""
        if isinstance(tree, _PREDICATES):
            raise refused(tree, "put brackets around this condition: its place in the order of operators is not plain")
        node = self.value(tree)
        if node.is_null_literal:
            raise refused(tree, "nothing equals NULL: write IS NULL or IS NOT NULL")
        return node

    def same_family(self, tree: exp.Expr, nodes: Sequence[Node], *, with_null: bool = False) -> SqlType:
        """Return the type that all nodes share, DOUBLE for whole and other numbers together."""
        kinds = {node.type for node in nodes if not (with_null and node.is_null_literal)}
        if not kinds:
            raise refused(tree, "at least one value must not be NULL")
        if len(kinds) == 1:
            return kinds.pop()
        if all(kind.is_number for kind in kinds):
            return SqlType.DOUBLE
        raise refused(tree, _family_advice(nodes, kinds))

    def _boolean(self, tree: exp.Expr) -> Node:
        return Node(Op.CONSTANT, SqlType.BOOLEAN, is_nullable=False, value=bool(tree.this))

    def _null(self, _tree: exp.Expr) -> Node:
        return Node(Op.CONSTANT, SqlType.BOOLEAN, is_nullable=True)


_CHECKS: dict[type[exp.Expr], Callable[[Checker, exp.Expr], Node]] = {
    exp.Paren: Checker._paren,  # noqa: SLF001 - the table belongs to the class
    exp.Column: Checker._column,  # noqa: SLF001
    exp.Literal: Checker._literal,  # noqa: SLF001
    exp.Neg: Checker._negative,  # noqa: SLF001
    exp.And: Checker._junction,  # noqa: SLF001
    exp.Or: Checker._junction,  # noqa: SLF001
    exp.Not: Checker._not,  # noqa: SLF001
    exp.Between: Checker._between,  # noqa: SLF001
    exp.In: Checker._in,  # noqa: SLF001
    exp.Like: Checker._like,  # noqa: SLF001
    exp.Is: Checker._is,  # noqa: SLF001
    exp.Case: Checker._case,  # noqa: SLF001
    exp.Boolean: Checker._boolean,  # noqa: SLF001
    exp.Null: Checker._null,  # noqa: SLF001
}


def _unknown_column(tree: exp.Column) -> RuleInvalid:
    nearest = nearest_of(tree.name, list(BY_NAME))
    advice = f"did you mean {nearest}?" if nearest else "the published columns are in docs/reference/columns.md"
    hint = "; a text goes in single quotation marks" if tree.this.quoted else ""
    return refused(tree, f"{tree.name[:60]} is not a published column: {advice}{hint}", nearest=nearest)


def _number(tree: exp.Expr, text: str) -> Node:
    if _WHOLE.fullmatch(text) and int(text) <= LARGEST_BIGINT:
        return Node(Op.CONSTANT, SqlType.BIGINT, is_nullable=False, value=int(text), bound=float(int(text)))
    value = float(text) if _DECIMAL.fullmatch(text) else None
    if value is None or value > LARGEST_DOUBLE or 0 < value < 1 / LARGEST_DOUBLE:
        raise refused(tree, "expected a number from 1e-18 to 1e18")
    return Node(Op.CONSTANT, SqlType.DOUBLE, is_nullable=False, value=value, bound=value)


def _family_advice(nodes: Sequence[Node], kinds: set[SqlType]) -> str:
    told = " with ".join(sorted(kinds))
    column = next((node for node in nodes if node.op is Op.COLUMN), None)
    if column is not None and column.type is SqlType.VARCHAR:
        return f"{column.value} is text: put the value in single quotation marks (compared {told})"
    if column is not None:
        return f"{column.value} is {column.type}: compare it with the same (compared {told})"
    return f"types do not fit: {told}"


def _word(tree: exp.Expr) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(tree).__name__).upper()


assert set(_COMPARISONS.values()) == COMPARISONS  # noqa: S101 - two tables that must not drift apart
