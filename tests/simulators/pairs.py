"""Two nodes for a test: Kenya on a database that is given, Uganda on SQLite beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from comity.foundation.clock import FixedClock
from comity.foundation.storage.session import Database
from tests.simulators.databases import sqlite_with_tables
from tests.simulators.nodes import Pair, make_pair


@contextmanager
def a_pair(database: Database, folder: Path, clock: FixedClock) -> Iterator[Pair]:
    """Give two nodes that know each other and have an agreement."""
    other = sqlite_with_tables(folder / "uganda.db")
    yield make_pair(database, other, clock)
    other.dispose()
