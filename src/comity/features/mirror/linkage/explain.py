"""Why were two records paired, or not? By which passes they met, how they compare, and who stood against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from comity.features.mirror.errors import LinkageInputInvalid
from comity.features.mirror.linkage.compare import Field, comparing
from comity.features.mirror.linkage.learn import Model, levels_of

RIVALS = 5
"""Of the better candidates of each of the two records as many are told."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The pair that was asked about, by ids and by numbers, and its pattern of levels."""

    import_id: str
    export_id: str
    ours: int
    theirs: int
    pattern: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """The passes by which the two met (none: they were never compared), their pattern and weight, and the rivals.

    `rivals` are other candidates of either record: import, export and weight in bits, the weightiest first.
    """

    import_id: str
    export_id: str
    passes: tuple[str, ...]
    pattern: int
    bits: float
    rivals: tuple[tuple[str, str, float], ...]


def asked_about(connection: duckdb.DuckDBPyConnection, ids: tuple[str, str], fields: Sequence[Field]) -> Asked:
    """Compare the two records, whether any pass finds them or not; `compared` holds only them afterwards.

    Raises:
        LinkageInputInvalid: there is no such record.
    """
    numbers = []
    for table, one in zip(("i", "e"), ids, strict=True):
        row = connection.execute(f"SELECT rid FROM {table} WHERE id = ?", [one]).fetchone()
        if row is None:
            raise LinkageInputInvalid("There is no record of one of the two ids; it is not there, or was left out.")
        numbers.append(int(row[0]))
    connection.execute("CREATE TABLE asked AS SELECT ?::INTEGER AS i, ?::INTEGER AS e", numbers)
    for statement in comparing(fields, "asked"):
        connection.execute(statement)
    found = connection.execute("SELECT pattern FROM compared").fetchnumpy()["pattern"]
    return Asked(ids[0], ids[1], numbers[0], numbers[1], int(found[0]))


def explained(
    connection: duckdb.DuckDBPyConnection, asked: Asked, passes: Sequence[str], model: Model, fields: Sequence[Field]
) -> Explanation:
    """Return the explanation, once all candidates are weighed."""
    bits = float(model.bits(levels_of(np.array([asked.pattern], dtype=np.int64), fields))[0])
    rivals = connection.execute(
        "SELECT i.id, e.id, bits FROM weighed w JOIN i ON i.rid = w.i JOIN e ON e.rid = w.e"
        f" WHERE (w.i = ?) <> (w.e = ?) ORDER BY bits DESC, i.id, e.id LIMIT {RIVALS}",
        [asked.ours, asked.theirs],
    ).fetchall()
    return Explanation(
        asked.import_id,
        asked.export_id,
        tuple(passes),
        asked.pattern,
        bits,
        tuple((str(ours), str(theirs), float(weight)) for ours, theirs, weight in rivals),
    )
