"""How is a checked rule said to DuckDB? Fully bracketed, with every rewriting that keeps the two executions equal.

`x / y` is `x / NULLIF(y, 0)`; arithmetic is in DOUBLE; a result that is no number is NULL.
"""

from __future__ import annotations

from comity.features.risk.columns import SqlType
from comity.features.risk.rules.tree import ARITHMETIC, COMPARISONS, Node, Op, Scalar

_POSTFIX = {Op.IS_NULL: "IS NULL", Op.IS_TRUE: "IS TRUE", Op.IS_FALSE: "IS FALSE"}


def to_sql(node: Node) -> str:
    """Return canonical SQL: of equal rules equal text; nothing of the analyst's text but quoted constants."""
    if node.op in COMPARISONS:
        left, right = (_as(one, SqlType.DOUBLE) if _is_mixed(node) else to_sql(one) for one in node.args)
        return f"({left} {node.op.value} {right})"
    if node.op in ARITHMETIC:
        return _arithmetic(node)
    if node.op in (Op.AND, Op.OR):
        return "(" + f" {node.op.name} ".join(to_sql(arg) for arg in node.args) + ")"
    if node.op in _POSTFIX:
        return f"({to_sql(node.args[0])} {_POSTFIX[node.op]})"
    return _WRITERS[node.op](node)


def _constant(node: Node) -> str:
    return _scalar(node.value if not isinstance(node.value, tuple) else None)


def _scalar(value: Scalar) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int):
        return f"CAST({value} AS BIGINT)"
    text = repr(value)
    return f"({text if 'e' in text else text + 'e0'})"


def _as(node: Node, kind: SqlType) -> str:
    """Return the SQL of `node`, cast where its type is another number than `kind`."""
    if node.type is kind or node.is_null_literal or not kind.is_number:
        return to_sql(node)
    return f"CAST({to_sql(node)} AS {kind})"


def _is_mixed(node: Node) -> bool:
    return {arg.type for arg in node.args} == {SqlType.BIGINT, SqlType.DOUBLE}


def _arithmetic(node: Node) -> str:
    left, right = (_as(arg, SqlType.DOUBLE) for arg in node.args)
    if node.op in (Op.DIV, Op.MOD):
        right = f"NULLIF({right}, 0e0)"
    text = f"({left} {node.op.value} {right})"
    return f"NULLIF({text}, CAST('NaN' AS DOUBLE))" if node.may_be_nan else text


def _in(node: Node) -> str:
    values = node.value if isinstance(node.value, tuple) else ()
    has_double = node.args[0].type is SqlType.DOUBLE or any(isinstance(each, float) for each in values)
    listed = ", ".join(_scalar(float(each) if has_double and isinstance(each, int) else each) for each in values)
    this = _as(node.args[0], SqlType.DOUBLE) if has_double else to_sql(node.args[0])
    return f"({this} IN ({listed}))"


def _case(node: Node) -> str:
    *branches, otherwise = node.args
    pairs = zip(branches[::2], branches[1::2], strict=True)
    written = " ".join(f"WHEN {to_sql(when)} THEN {_as(then, node.type)}" for when, then in pairs)
    return f"(CASE {written} ELSE {_as(otherwise, node.type)} END)"


def _nullif(node: Node) -> str:
    left, right = node.args
    equal = Node(Op.EQ, SqlType.BOOLEAN, is_nullable=True, args=(left, right))
    return f"(CASE WHEN {to_sql(equal)} THEN NULL ELSE {to_sql(left)} END)"


def _call(node: Node) -> str:
    if node.value in ("greatest", "least"):
        return f"{node.value}({', '.join(_as(arg, node.type) for arg in node.args)})"
    first = _as(node.args[0], SqlType.DOUBLE) if node.value in ("floor", "ceil") else to_sql(node.args[0])
    rest = [
        to_sql(arg) if arg.op is not Op.CONSTANT or arg.type is SqlType.VARCHAR else str(arg.value)
        for arg in node.args[1:]
    ]
    return f"{node.value}({', '.join([first, *rest])})"


_WRITERS = {
    Op.CONSTANT: _constant,
    Op.COLUMN: lambda node: f'"{node.value}"',
    Op.NOT: lambda node: f"(NOT {to_sql(node.args[0])})",
    Op.NEG: lambda node: f"(- {to_sql(node.args[0])})",
    Op.LIKE: lambda node: f"({to_sql(node.args[0])} LIKE {_scalar(str(node.value))})",
    Op.IN: _in,
    Op.CASE: _case,
    Op.COALESCE: lambda node: f"COALESCE({', '.join(_as(arg, node.type) for arg in node.args)})",
    Op.NULLIF: _nullif,
    Op.CALL: _call,
}
