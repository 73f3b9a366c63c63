"""How are windows over history said to the batch engine? As a SELECT that adds one column for each.

For each set of keys, what happened is gathered by instant, the instants that are asked about are added as nothing
happening, and a window of SQL with a range of seconds is laid over it; a range ends one second before the row itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from comity.features.risk.windows import DAY_SECONDS, LARGEST_SUMMED, MEASURES, THOUSANDTHS, Kind, Window

_AT = 'CAST(floor(epoch("accepted_at")) AS BIGINT)'
_RESULT_AT = 'CAST(floor(epoch("examined_at")) AS BIGINT)'
_NOTHING = ", ".join(f'0 AS "{name}"' for name in ("n", *MEASURES, "looked", "wrong"))


def windows_sql(terms: Iterable[Window], lines_table: str, history_table: str) -> str:
    """Return a query (DuckDB) of the rows of `lines_table` with one column more for each distinct term.

    Both tables have `declaration_id`, `accepted_at` and the published columns that the terms name; the history also has
    `examined_at` (NULL before) and `irregular`, and holds lines of the same kind of declaration. The lines may be part
    of it. Names of tables are the caller's own, never text of an analyst.
    """
    by_keys: dict[tuple[str, ...], list[Window]] = {}
    for term in sorted(set(terms), key=lambda one: one.name):
        by_keys.setdefault(term.keys, []).append(term)
    if not by_keys:
        return f"SELECT * FROM {lines_table}"  # noqa: S608 - our own names throughout this file
    tables, added, joins = [], [], []
    for number, (keys, of_keys) in enumerate(by_keys.items()):
        tables.append(f"w{number} AS ({_told(keys, of_keys, lines_table, history_table)})")
        added += [f'w{number}."{term.name}"' for term in of_keys]
        on = " AND ".join(f'lines."{key}" = w{number}."{key}"' for key in keys)
        joins.append(
            f'LEFT JOIN w{number} ON {on} AND CAST(floor(epoch(lines."accepted_at")) AS BIGINT) = w{number}.moment'
        )
    return (
        f"WITH {', '.join(tables)} SELECT lines.*, {', '.join(added)}"  # noqa: S608
        f" FROM {lines_table} AS lines {' '.join(joins)}"
    )


def _told(keys: tuple[str, ...], terms: Sequence[Window], lines: str, history: str) -> str:
    quoted = ", ".join(f'"{key}"' for key in keys)
    known = " AND ".join(f'"{key}" IS NOT NULL' for key in keys)
    sums = ", ".join(f'sum({_whole(name)}) AS "{name}"' for name in MEASURES)
    zeros = ", ".join(f'0 AS "{name}"' for name in MEASURES)
    declared = (
        f"SELECT {quoted}, {_AT} AS moment, 1 AS n, {sums}, 0 AS looked, 0 AS wrong FROM {history} WHERE {known}"  # noqa: S608
        f' GROUP BY {quoted}, {_AT}, "declaration_id"'
    )
    found = (
        f"SELECT {quoted}, max(greatest({_RESULT_AT}, {_AT})) AS moment, 0 AS n, {zeros}, 1 AS looked,"  # noqa: S608
        f' max(CASE WHEN "irregular" THEN 1 ELSE 0 END) AS wrong FROM {history}'
        f' WHERE {known} AND "examined_at" IS NOT NULL GROUP BY {quoted}, "declaration_id"'
    )
    asked = f"SELECT DISTINCT {quoted}, {_AT} AS moment, {_NOTHING} FROM {lines} WHERE {known}"  # noqa: S608
    measured = ", ".join(f'sum("{name}") AS "{name}"' for name in MEASURES)
    gathered = (
        f"SELECT {quoted}, moment, sum(n) AS n, {measured}, sum(looked) AS looked, sum(wrong) AS wrong"  # noqa: S608
        f" FROM ({declared} UNION ALL {found} UNION ALL {asked}) GROUP BY {quoted}, moment"
    )
    columns = ", ".join(f'{_column(term, quoted)} AS "{term.name}"' for term in terms)
    return f"SELECT {quoted}, moment, {columns} FROM ({gathered})"  # noqa: S608


def _whole(measure: str) -> str:
    held = f'greatest(-{LARGEST_SUMMED!r}, least({LARGEST_SUMMED!r}, "{measure}"))'
    whole = f"CAST(round({held} * {THOUSANDTHS}) AS BIGINT)"
    return f'CASE WHEN "{measure}" IS NULL OR isnan("{measure}") THEN 0 ELSE {whole} END'


def _column(term: Window, partition: str) -> str:
    seconds = f"BETWEEN {term.days * DAY_SECONDS} PRECEDING AND 1 PRECEDING"
    span = f"OVER (PARTITION BY {partition} ORDER BY moment RANGE {seconds})"
    if term.kind is Kind.COUNT:
        return f"CAST(coalesce(sum(n) {span}, 0) AS BIGINT)"
    if term.kind is Kind.SUM:
        return f'CAST(coalesce(sum("{term.measure}") {span}, 0) AS DOUBLE) / {THOUSANDTHS}'
    if term.kind is Kind.IRREGULAR:
        return f"CAST(coalesce(sum(wrong) {span}, 0) AS BIGINT)"
    if term.kind is Kind.SHARE:
        return f"CAST(sum(wrong) {span} AS DOUBLE) / nullif(CAST(sum(looked) {span} AS DOUBLE), 0)"
    return f"CAST((moment - max(CASE WHEN n > 0 THEN moment END) {span}) // {DAY_SECONDS} AS BIGINT)"
