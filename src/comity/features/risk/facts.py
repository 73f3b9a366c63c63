"""Do these facts fit the published columns? Checked once for each goods item, before any rule sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from comity.features.risk.columns import COLUMNS, LARGEST_BIGINT, LARGEST_DOUBLE, SqlType
from comity.features.risk.errors import FactsInvalid
from comity.features.risk.windows import Window

Facts = Mapping[str, object]
"""The published columns and windows of one goods item, by name; a nullable column may be left out."""

Row = tuple[object, ...]
"""Checked facts in the order of `COLUMNS`, then the windows asked for; None where unknown."""


def read_facts(facts: Facts, windows: Sequence[Window] = ()) -> Row:
    """Return the facts as a row, the windows' values at its end; NaN is unknown.

    Numbers beyond the limits of `columns` are held at the limit.

    Raises:
        FactsInvalid: a column has another type, an unknown name, or is unknown though it may not be.
    """
    get = facts.get
    row: list[object] = []
    present = 0
    for name, is_nullable, as_column in (*_READERS, *map(_window_reader, windows)) if windows else _READERS:
        value = get(name)
        if value is not None:
            value = as_column(name, value)
            present += 1
        elif name in facts:
            present += 1
        if value is None and not is_nullable:
            raise FactsInvalid(f"{name} may not be unknown: give it a value", path=name)
        row.append(value)
    if present != len(facts):
        unknown = sorted(set(facts) - {column.name for column in COLUMNS} - {window.name for window in windows})
        raise FactsInvalid(f"not a published column: {', '.join(unknown)}; the list is closed", path=unknown[0])
    return tuple(row)


def _as_boolean(name: str, value: object) -> object:
    if value is True or value is False:
        return value
    raise _mismatch(name, SqlType.BOOLEAN, value)


def _as_bigint(name: str, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _mismatch(name, SqlType.BIGINT, value)
    return max(-LARGEST_BIGINT, min(LARGEST_BIGINT, value))


def _as_double(name: str, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _mismatch(name, SqlType.DOUBLE, value)
    if value != value:  # noqa: PLR0124 - NaN alone differs from itself, as float and as Decimal
        return None
    return float(max(-LARGEST_DOUBLE, min(LARGEST_DOUBLE, value)))


def _as_varchar(name: str, value: object) -> object:
    if isinstance(value, str):
        return str(value)
    raise _mismatch(name, SqlType.VARCHAR, value)


def _mismatch(name: str, expected: SqlType, value: object) -> FactsInvalid:
    return FactsInvalid(f"{name} must be {expected}, not {type(value).__name__}", path=name)


_AS_TYPE: dict[SqlType, Callable[[str, object], object]] = {
    SqlType.BOOLEAN: _as_boolean,
    SqlType.BIGINT: _as_bigint,
    SqlType.DOUBLE: _as_double,
    SqlType.VARCHAR: _as_varchar,
}


def _window_reader(window: Window) -> tuple[str, bool, Callable[[str, object], object]]:
    return window.name, True, _AS_TYPE[window.column.type]


_READERS = tuple((column.name, column.is_nullable, _AS_TYPE[column.type]) for column in COLUMNS)
