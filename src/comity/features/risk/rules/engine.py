"""Does DuckDB take the rules too? Bound once on an empty table of the published columns; the rows live elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from comity.features.risk.columns import COLUMNS
from comity.features.risk.errors import RuleInvalid
from comity.features.risk.windows import Window

if TYPE_CHECKING:
    import duckdb

_LAST_CASED = 0x1_FFFF  # every script with small and capital letters lies in planes 0 and 1


def columns_ddl(windows: Sequence[Window] = ()) -> str:
    """Return the column list of a table of facts with derived columns, as SQL."""
    columns = [*COLUMNS, *(window.column for window in windows)]
    return ", ".join(f'"{each.name}" {each.type}{"" if each.is_nullable else " NOT NULL"}' for each in columns)


def bind(conditions: Sequence[str], windows: Sequence[Window] = ()) -> None:
    """Prepare conditions in canonical SQL on an empty table with these derived columns, all in one query.

    Raises:
        RuleInvalid: DuckDB refuses one, or it is no condition there.
    """
    if not conditions:
        return
    import duckdb

    derived = "".join(f', CAST(NULL AS {each.column.type}) AS "{each.name}"' for each in windows)
    facts = f"(SELECT *{derived} FROM facts)"  # noqa: S608 - the names are of a closed list
    query = f"SELECT {', '.join(conditions)} FROM {facts}"  # noqa: S608 - written by emit_sql, never the analyst's text
    try:
        types = {str(described[1]) for described in _connection().cursor().execute(query).description or ()}
    except duckdb.Error as error:
        raise RuleInvalid("the batch engine does not take this condition; report it with the condition") from error
    if types != {"BOOLEAN"}:
        raise RuleInvalid("the batch engine takes this for no condition; report it with the condition")


@lru_cache(maxsize=2)
def letter_changes(function: str) -> MappingProxyType[int, int]:
    """Return what DuckDB's `lower` or `upper` makes of each letter that changes, by code point."""
    changed = (
        _connection()
        .cursor()
        .execute(
            f"SELECT i, ord({function}(chr(i::INTEGER))) FROM range(1, {_LAST_CASED}) t(i)"  # noqa: S608 - our two names
            f" WHERE i NOT BETWEEN 55296 AND 57343 AND {function}(chr(i::INTEGER)) <> chr(i::INTEGER)"
        )
    )
    return MappingProxyType(dict(changed.fetchall()))


@lru_cache(maxsize=1)
def _connection() -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect(config={"threads": "1", "enable_external_access": "false"})
    connection.execute(f"CREATE TABLE facts ({columns_ddl()})")
    connection.execute("SET lock_configuration = true")
    return connection
