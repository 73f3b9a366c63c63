"""What does a rule answer for one row? Text in, a Python function out, exact in SQL's three-valued logic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from comity.features.risk.columns import COLUMNS
from comity.features.risk.facts import Facts, Row, read_facts
from comity.features.risk.rules import engine
from comity.features.risk.rules.check_types import check_types
from comity.features.risk.rules.emit_python import Emitter, column_variable
from comity.features.risk.rules.emit_sql import to_sql
from comity.features.risk.rules.parse import parse_expression
from comity.features.risk.rules.tree import Node, Op
from comity.features.risk.windows import Window

_PUBLISHED = tuple(column_variable(column.name) for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked condition: as written, as canonical SQL for the batch engine, and as a function of one row.

    `columns_used` are published columns, keys and measures of windows among them. A row for `judge_row` has the
    published columns and then the value of each of `windows`; in the batch each is a column of the window's name.
    """

    text: str
    sql: str
    columns_used: frozenset[str]
    windows: tuple[Window, ...]
    tree: Node = field(repr=False, compare=False)
    judge_row: Callable[[Row], bool | None] = field(repr=False, compare=False)

    def evaluate(self, facts: Facts) -> bool | None:
        """Return True, False, or None when the facts do not tell.

        Raises:
            FactsInvalid: the facts do not fit the published columns.
        """
        return self.judge_row(read_facts(facts, self.windows))


def compile_rule(text: str, *, is_bound: bool = True) -> Rule:
    """Return the rule; with `is_bound` it is also prepared by DuckDB on an empty table.

    Raises:
        RuleInvalid: not one condition over the published columns; says where, and the nearest name.
    """
    tree = check_types(parse_expression(text))
    windows = windows_of([tree])
    rule = Rule(text, to_sql(tree), _columns_of(tree), windows, tree, _function_of(tree, windows))
    if is_bound:
        engine.bind([rule.sql], rule.windows)
    return rule


def windows_of(trees: Iterable[Node]) -> tuple[Window, ...]:
    """Return the distinct windows in conditions, in one order."""
    found: set[Window] = set()
    waiting = list(trees)
    while waiting:
        node = waiting.pop()
        waiting.extend(node.args)
        if node.window is not None:
            found.add(node.window)
    return tuple(sorted(found, key=lambda window: window.name))


def compile_hits(rules: Sequence[Rule], windows: Sequence[Window] = ()) -> Callable[[Row], list[int]]:
    """Return one function that tells which of the rules are TRUE for a row, by position.

    The row has the published columns and then the value of each of `windows`: at least those of the rules.
    """
    emitter = Emitter()
    lines = []
    for position, rule in enumerate(rules):
        emitter.begin_rule()
        lines.append(f"    if {emitter.true_form(rule.tree)}: hit({position})")
    body = "\n".join(lines)
    first = f"    {_unpacked(windows)} = row\n    found = []\n    hit = found.append\n"
    source = f"def judge(row):\n{first}{body}\n    return found\n"
    function: Callable[[Row], list[int]] = _made(source, emitter.names)
    return function


def _unpacked(windows: Sequence[Window]) -> str:
    return ", ".join([*_PUBLISHED, *(column_variable(window.name) for window in windows)])


def _function_of(tree: Node, windows: Sequence[Window]) -> Callable[[Row], bool | None]:
    emitter = Emitter()
    is_true, is_false = emitter.true_form(tree), emitter.false_form(tree)
    source = (
        f"def judge(row):\n    {_unpacked(windows)} = row\n"
        f"    if {is_true}: return True\n    if {is_false}: return False\n    return None\n"
    )
    function: Callable[[Row], bool | None] = _made(source, emitter.names)
    return function


def _made(source: str, names: dict[str, Any]) -> Any:
    namespace = dict(names)
    exec(compile(source, "<risk rules>", "exec"), namespace)  # noqa: S102 - written by Emitter: no text of the rule in it
    return namespace["judge"]


def _columns_of(tree: Node) -> frozenset[str]:
    window = tree.window
    if window is not None:
        return frozenset({*window.keys, *([window.measure] if window.measure else [])})
    own = {str(tree.value)} if tree.op is Op.COLUMN else set()
    return frozenset(own.union(*(_columns_of(arg) for arg in tree.args)))
