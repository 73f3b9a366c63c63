"""May this text become a profile's condition? Stricter than compiling: what can never hit, or always does, is refused.

Compiling alone answers for conditions that were accepted before; a person who writes one is told here what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlglot import exp

from comity.features.risk.columns import BY_NAME
from comity.features.risk.errors import RuleInvalid
from comity.features.risk.rules.check_types import Checker, check_types
from comity.features.risk.rules.compile import Rule, compile_rule
from comity.features.risk.rules.parse import LONGEST_TEXT, parse_expression
from comity.features.risk.rules.possible import first_impossible, is_always_true
from comity.features.risk.rules.refusals import refused
from comity.features.risk.rules.tree import Node, Op

_QUOTED = re.compile(r"'(?:[^']|'')*'")
_CALLS_A_PROFILE = frozenset({"profile", "rule", "hits", "hit"})
_NO_RECURSION = "profiles do not name profiles, neither themselves nor others: write the condition itself"


def accept_rule(text: str, *, profile_ids: Collection[str] = ()) -> Rule:
    """Return the compiled rule, prepared by DuckDB too.

    Raises:
        RuleInvalid: not one condition over the published columns; or it names a profile, divides by a constant zero,
            can never be true, or is true of every line. Says where, with advice.
    """
    if len(text) <= LONGEST_TEXT:
        _refuse_profiles(text, profile_ids)
    tree = parse_expression(text)
    for each in tree.find_all(exp.Anonymous):
        if each.name.lower() in _CALLS_A_PROFILE:
            raise refused(each, _NO_RECURSION)
    rule = compile_rule(text)
    _refuse_zero_divisors(tree)
    _refuse_the_impossible(tree)
    if is_always_true(rule.tree):
        advice = "it would select all trade: add a limit, or write IS NOT NULL where that is meant"
        raise RuleInvalid(f"this is true of every line whose facts are known; {advice}", position=0)
    return rule


def _refuse_profiles(text: str, profile_ids: Collection[str]) -> None:
    plain = _QUOTED.sub(lambda quoted: " " * len(quoted.group()), text).lower()
    for name in profile_ids:
        for spelled in {name.lower(), name.lower().replace("-", "_")} - set(BY_NAME):
            found = re.search(rf"(?<![\w-]){re.escape(spelled)}(?![\w-])", plain)
            if found:
                raise RuleInvalid(_NO_RECURSION, position=found.start())


def _refuse_zero_divisors(tree: exp.Expr) -> None:
    for each in tree.find_all(exp.Div, exp.Mod):
        if fixed_number(Checker().value(each.expression)) == 0:
            raise refused(each.expression, "this divides by zero: name a divisor that is not always 0")


def fixed_number(node: Node) -> float | None:
    """Return the number that arithmetic of constants comes to, None when a column or a function is in it."""
    if node.op is Op.CONSTANT and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return float(node.value)
    parts = [fixed_number(arg) for arg in node.args]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    if node.op is Op.NEG:
        return -known[0]
    if node.op in (Op.ADD, Op.SUB):
        return known[0] + known[1] if node.op is Op.ADD else known[0] - known[1]
    return known[0] * known[1] if node.op is Op.MUL else None


def _refuse_the_impossible(tree: exp.Expr) -> None:
    parts = _joined_by_and(tree)
    place = first_impossible([check_types(part) for part in parts])
    if place is None:
        return
    if place == 0:
        raise refused(parts[0], "this can never be true: correct its values, or the limits that leave nothing between")
    raise refused(
        parts[place], "this can never be true together with what stands before it: correct a value, or join with OR"
    )


def _joined_by_and(tree: exp.Expr) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, exp.Paren):
            waiting.append(each.this)
        elif isinstance(each, exp.And):
            waiting += [each.expression, each.this]
        else:
            found.append(each)
    return found
