"""Which columns does each side need, and what of a record cannot be used? Bad values are named; the rest goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from comity.features.mirror.errors import LinkageInputInvalid

COLUMNS = {
    "id": "VARCHAR",
    "day": "DATE",
    "mode": "VARCHAR",
    "exporter_name": "VARCHAR",
    "importer_name": "VARCHAR",
    "container": "VARCHAR",
    "document": "VARCHAR",
    "reference": "VARCHAR",
    "hs6": "VARCHAR",
    "gross_mass_kg": "DOUBLE",
    "value": "DOUBLE",
    "packages": "BIGINT",
}
"""Column -> its type.

`reference` is an export's MRN or UCR, on an import the one that it cites (WCO DM D014, D018, 016); `day` the day of
acceptance; `value` in one currency and on one basis; `mode` UN/ECE Rec 19. All but the first two may be absent.
"""

REQUIRED = ("id", "day")
HEAVIEST_KG = 1e9
"""A thousand kilotonnes: no ship carries as much; heavier is a mistake in the unit."""

FARTHEST_YEARS = 20
"""A day further than this from the median day of its side is a mistyped century."""

Source = Path | Mapping[str, Any]
"""A CSV or Parquet file, or columns (numpy arrays) by name."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong in how many records of one side, and what was done."""

    side: str
    column: str
    records: int
    done: str


def take_in(connection: duckdb.DuckDBPyConnection, side: str, source: Source) -> list[Fault]:
    """Make the table `side` with every column of its type, from which what cannot be used is left out; tell what.

    Raises:
        LinkageInputInvalid: the file cannot be read, or lacks its id or its day.
    """
    _read(connection, side, source)
    faults = []
    for column, condition, change, done in (
        ("id", "id IS NULL", "DELETE", "left out"),
        ("day", "day IS NULL", "DELETE", "left out"),
        ("day", _is_far(side), "DELETE", "left out"),
        ("gross_mass_kg", f"gross_mass_kg <= 0 OR gross_mass_kg > {HEAVIEST_KG}", "NULL", "not compared"),
        ("value", "value <= 0 OR NOT isfinite(value)", "NULL", "not compared"),
        ("packages", "packages <= 0", "NULL", "not compared"),
        ("hs6", "NOT regexp_full_match(hs6, '[0-9]{6}')", "NULL", "not compared"),
    ):
        number = _count(connection, f"SELECT count(*) FROM {side} WHERE {condition}")
        if number:
            statement = (
                f"DELETE FROM {side} WHERE {condition}"
                if change == "DELETE"
                else f"UPDATE {side} SET {column} = NULL WHERE {condition}"
            )
            connection.execute(statement)
            faults.append(Fault(side, column, number, done))
    repeated = _count(connection, f"SELECT count(*) - count(DISTINCT id) FROM {side}")
    if repeated:
        connection.execute(
            f"CREATE OR REPLACE TABLE {side} AS SELECT * FROM {side}"
            f" QUALIFY row_number() OVER (PARTITION BY id ORDER BY day, gross_mass_kg, value) = 1"
        )
        faults.append(Fault(side, "id", repeated, "left out, the first of each was taken"))
    if not _count(connection, f"SELECT count(*) FROM {side}"):
        faults.append(Fault(side, "id", 0, "nothing to pair: the side is empty"))
    return faults


def _read(connection: duckdb.DuckDBPyConnection, side: str, source: Source) -> None:
    try:
        if isinstance(source, Path):
            read = "read_parquet" if source.suffix.lower() == ".parquet" else "read_csv"
            more = ", all_varchar = true" if read == "read_csv" else ""
            connection.execute(f"CREATE TABLE {side}_given AS SELECT * FROM {read}(?{more})", [str(source)])
        else:
            given = {name: np.ascontiguousarray(one) for name, one in source.items()}  # found by its name in this frame
            connection.execute(f"CREATE TABLE {side}_given AS SELECT * FROM given")
            del given
        there = {row[0] for row in connection.execute(f"DESCRIBE {side}_given").fetchall()}
        if missing := [name for name in REQUIRED if name not in there]:
            raise LinkageInputInvalid(f"Expected columns {', '.join(COLUMNS)}; {', '.join(missing)} is missing.")
        told = ", ".join(
            f"TRY_CAST({name if name in there else 'NULL'} AS {kind}) AS {name}" for name, kind in COLUMNS.items()
        )
        connection.execute(f"CREATE TABLE {side} AS SELECT {told} FROM {side}_given")
        connection.execute(f"DROP TABLE {side}_given")
    except duckdb.Error as error:
        raise LinkageInputInvalid("The file cannot be read as a CSV or Parquet table.") from error


def _is_far(side: str) -> str:
    middle = f"(SELECT median(day)::DATE FROM {side})"
    return f"abs(date_diff('day', day, {middle})) > {FARTHEST_YEARS * 366}"


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
