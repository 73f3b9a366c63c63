"""Is this call a window over history, and are its days, keys and measure of the closed lists?

`count_last(30, importer_id)`, `sum_last(customs_value_usd, 30, importer_id, hs6)`, `days_since_last(importer_id, hs6)`.
"""

from __future__ import annotations

from sqlglot import exp

from comity.features.risk.columns import LARGEST_BIGINT, LARGEST_DOUBLE
from comity.features.risk.rules.refusals import nearest_of, refused
from comity.features.risk.rules.tree import Node, Op
from comity.features.risk.windows import KEYS, LEADING_KEYS, MEASURES, MOST_DAYS, MOST_KEYS, Kind, Window, in_order


def window_of(tree: exp.Expr) -> Node | None:
    """Return the checked window, None when `tree` is no call of one.

    Raises:
        RuleInvalid: days, keys or measure that are not of the closed lists.
    """
    if not isinstance(tree, exp.Anonymous) or tree.name.lower() not in list(Kind):
        return None
    kind = Kind(tree.name.lower())
    arguments = list(tree.expressions)
    measure = _measure(tree, arguments.pop(0) if arguments else None) if kind is Kind.SUM else None
    days = MOST_DAYS if kind is Kind.RECENCY else _days(tree, arguments.pop(0) if arguments else None, kind)
    window = Window(kind, days, _keys(tree, arguments), measure)
    column = window.column
    bound = float(LARGEST_BIGINT) if kind is not Kind.SUM else LARGEST_DOUBLE
    return Node(Op.COLUMN, column.type, is_nullable=True, value=column.name, bound=bound, window=window)


def _days(tree: exp.Expr, given: exp.Expr | None, kind: Kind) -> int:
    text = str(given.this) if isinstance(given, exp.Literal) and not given.is_string else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST_DAYS):
        raise refused(given or tree, f"{kind} needs its days here: a whole number from 1 to {MOST_DAYS} written out")
    return int(text)


def _measure(tree: exp.Expr, given: exp.Expr | None) -> str:
    name = _column_name(given)
    if name not in MEASURES:
        raise refused(given or tree, f"sum_last sums one of: {', '.join(MEASURES)}", nearest=nearest_of(name, MEASURES))
    return name


def _keys(tree: exp.Expr, given: list[exp.Expr]) -> tuple[str, ...]:
    if not 1 <= len(given) <= MOST_KEYS:
        raise refused(tree, f"a window needs 1 to {MOST_KEYS} key columns, of: {', '.join(KEYS)}")
    names = set()
    for each in given:
        name = _column_name(each)
        if name not in KEYS:
            nearest = nearest_of(name, KEYS)
            raise refused(each, f"the keys of a window are columns of: {', '.join(KEYS)}", nearest=nearest)
        if name in names:
            raise refused(each, f"{name} is a key already: name it once")
        names.add(name)
    if names.isdisjoint(LEADING_KEYS):
        raise refused(tree, f"a window needs at least one of: {', '.join(LEADING_KEYS)}")
    return in_order(names)


def _column_name(tree: exp.Expr | None) -> str:
    is_plain = isinstance(tree, exp.Column) and isinstance(tree.this, exp.Identifier) and len(tree.parts) == 1
    return tree.name.lower()[:100] if is_plain and tree is not None else ""
