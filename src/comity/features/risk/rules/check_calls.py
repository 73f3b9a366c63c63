"""Is this function one of the closed list, and do its arguments fit?"""

from __future__ import annotations

from typing import Protocol

from sqlglot import exp

from comity.features.risk.columns import SqlType
from comity.features.risk.errors import RuleInvalid
from comity.features.risk.rules.functions import FUNCTIONS, VARIADIC, WHOLE_LITERAL, Function
from comity.features.risk.rules.refusals import nearest_of, refused
from comity.features.risk.rules.tree import Node, Op
from comity.features.risk.windows import Kind

MOST_ARGUMENTS = 20
_SPELLED: dict[type[exp.Expr], tuple[str, tuple[str, ...]]] = {
    exp.Abs: ("abs", ("this",)),
    exp.Round: ("round", ("this", "decimals")),
    exp.Floor: ("floor", ("this",)),
    exp.Ceil: ("ceil", ("this",)),
    exp.Length: ("length", ("this",)),
    exp.Lower: ("lower", ("this",)),
    exp.Upper: ("upper", ("this",)),
    exp.Trim: ("trim", ("this",)),
    exp.StartsWith: ("starts_with", ("this", "expression")),
    exp.EndsWith: ("ends_with", ("this", "expression")),
    exp.Contains: ("contains", ("this", "expression")),
    exp.Left: ("left", ("this", "expression")),
    exp.Right: ("right", ("this", "expression")),
    exp.Substring: ("substr", ("this", "start", "length")),
    exp.Nullif: ("nullif", ("this", "expression")),
    exp.Coalesce: ("coalesce", ("this", "expressions")),
    exp.Greatest: ("greatest", ("this", "expressions")),
    exp.Least: ("least", ("this", "expressions")),
}
_HARMLESS = frozenset({"ignore_nulls", "is_string", "safe", "typed", "position"})  # sqlglot's own marks, not the text's


class Checks(Protocol):
    """What is needed of the checker."""

    def value(self, tree: exp.Expr) -> Node:
        """Check any expression."""

    def operand(self, tree: exp.Expr) -> Node:
        """Check an expression that is not NULL."""

    def same_family(self, tree: exp.Expr, nodes: list[Node], *, with_null: bool = False) -> SqlType:
        """Return the type that the nodes share."""


def call_of(tree: exp.Expr) -> tuple[str, list[exp.Expr]] | None:
    """Return the function's name and arguments, None when `tree` is no function.

    Raises:
        RuleInvalid: a function outside the closed list.
    """
    spelled = _SPELLED.get(type(tree))
    if spelled is not None:
        name, slots = spelled
        others = [slot for slot, given in tree.args.items() if given and slot not in slots and slot not in _HARMLESS]
        if others:
            raise refused(tree, f"{name} takes plain arguments only")
        given = [tree.args.get(slot) for slot in slots]
        return name, [
            part for each in given if each is not None for part in (each if isinstance(each, list) else [each])
        ]
    if isinstance(tree, exp.Func):
        raise _unknown(tree)
    return None


def check_call(checker: Checks, tree: exp.Expr, name: str, arguments: list[exp.Expr]) -> Node:
    """Return the checked call.

    Raises:
        RuleInvalid: arguments of another number or type.
    """
    if name in VARIADIC:
        return _check_variadic(checker, tree, name, arguments)
    function = FUNCTIONS[name]
    values, literals = arguments[: function.text_arguments], arguments[function.text_arguments :]
    most = len(function.literals)
    if len(values) != function.text_arguments or not most - function.optional_literals <= len(literals) <= most:
        raise refused(tree, f"{name} takes another number of arguments: see docs/reference/columns.md")
    nodes = [checker.operand(each) for each in values]
    for node, each in zip(nodes, values, strict=True):
        if node.type not in function.takes:
            raise refused(each, f"{name} needs {' or '.join(function.takes)}, found {node.type}")
    nodes += [
        _whole_literal(checker, each, name, *bounds) for each, bounds in zip(literals, function.literals, strict=False)
    ]
    return _call(function, nodes)


def _call(function: Function, nodes: list[Node]) -> Node:
    kind = function.type or nodes[0].type
    bound = nodes[0].bound * 2 if kind.is_number else 0.0  # rounding goes up to one more
    if function.type is SqlType.BIGINT:
        bound = float(2**31)
    return Node(Op.CALL, kind, any(node.is_nullable for node in nodes), tuple(nodes), function.name, bound + 1)


def _whole_literal(checker: Checks, tree: exp.Expr, name: str, low: int, high: int) -> Node:
    node = checker.operand(tree)
    if node.op is not Op.CONSTANT or not isinstance(node.value, int) or not low <= node.value <= high:
        raise refused(tree, f"{name} needs {WHOLE_LITERAL} from {low} to {high} here")
    return node


def _check_variadic(checker: Checks, tree: exp.Expr, name: str, arguments: list[exp.Expr]) -> Node:
    most = 2 if name == "nullif" else MOST_ARGUMENTS
    if not 2 <= len(arguments) <= most:
        raise refused(tree, f"{name} takes 2 {'arguments' if most == 2 else f'to {most} arguments'}")
    check = checker.value if name == "coalesce" else checker.operand
    nodes = [check(each) for each in arguments]
    kind = checker.same_family(tree, nodes, with_null=name == "coalesce")
    bound = max(node.bound for node in nodes)
    if name == "nullif":
        if kind is SqlType.BOOLEAN:
            raise refused(tree, "nullif needs numbers or text: use CASE for conditions")
        return Node(Op.NULLIF, nodes[0].type, is_nullable=True, args=tuple(nodes), bound=nodes[0].bound)
    is_nullable = all(node.is_nullable for node in nodes)
    if name == "coalesce":
        return Node(Op.COALESCE, kind, is_nullable, tuple(nodes), bound=bound)
    if kind is SqlType.BOOLEAN:
        raise refused(tree, f"{name} needs numbers or text: use AND and OR for conditions")
    return Node(Op.CALL, kind, is_nullable, tuple(nodes), name, bound)


def _unknown(tree: exp.Func) -> RuleInvalid:
    name = (tree.name if isinstance(tree, exp.Anonymous) else tree.sql_name()).lower()[:60]
    nearest = nearest_of(name, [*FUNCTIONS, *VARIADIC, *Kind])
    advice = f"did you mean {nearest}?" if nearest else "the functions are in docs/reference/columns.md"
    return refused(tree, f"{name} is not a function of the rule language: {advice}", nearest=nearest)
