"""Does the batch engine accept the rule too? Bound once on an empty DuckDB table of the published columns."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from comity.features.risk.columns import COLUMNS
from comity.features.risk.errors import RuleInvalid


def bind_rules(texts: Iterable[str]) -> None:
    """Prepare every rule on an empty table.

    Raises:
        RuleInvalid: DuckDB refuses one.
    """
    columns = ", ".join(f"{column.name} {column.type.value}" for column in COLUMNS.values())
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.execute(f"CREATE TABLE facts ({columns})")
        for text in texts:
            try:
                connection.execute(f"SELECT count(*) FROM facts WHERE ({text})")  # noqa: S608 - parsed and checked
            except duckdb.Error as error:
                raise RuleInvalid(f"the batch engine refuses the rule: {str(error).splitlines()[0]}") from error
