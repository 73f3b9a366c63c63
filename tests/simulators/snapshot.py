"""A database as it was: taken from and put back into the same database, on either engine, as a backup would be."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import MetaData, Table, select

from comity.foundation.storage.session import Database

Snapshot = dict[str, list[dict[str, Any]]]


def take(database: Database) -> Snapshot:
    """Return every row of every table."""
    with database.reading() as session:
        return {
            table.name: [dict(row._mapping) for row in session.execute(select(table))] for table in _tables(database)
        }


def put_back(database: Database, snapshot: Snapshot) -> None:
    """Make the database what it was."""
    with database.transaction() as session:
        tables = _tables(database)
        for table in reversed(tables):
            session.execute(table.delete())
        for table in tables:
            if snapshot[table.name]:
                session.execute(table.insert(), snapshot[table.name])


def hashes(database: Database, *, but: tuple[str, ...] = ()) -> dict[str, str]:
    """Return a hash of each table's content, except of those named."""
    return {
        name: hashlib.sha256("\n".join(sorted(repr(sorted(row.items())) for row in rows)).encode()).hexdigest()
        for name, rows in take(database).items()
        if name not in but
    }


def _tables(database: Database) -> list[Table]:
    reflected = MetaData()
    reflected.reflect(database.engine)
    return list(reflected.sorted_tables)
