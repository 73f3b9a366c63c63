"""Databases with every table of the house: the tables are made once, a copy of the file is a database."""

from __future__ import annotations

import atexit
import importlib
import shutil
import tempfile
from functools import cache
from pathlib import Path

import comity
from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database


def sqlite_with_tables(path: Path) -> Database:
    """Return a SQLite database at `path` with every table and no row."""
    return Database(f"sqlite:///{shutil.copy(_template(), path)}")


def make_every_table(database: Database) -> None:
    """Make the tables of every package, whether it was imported or not."""
    source = Path(comity.__file__).parent
    for path in source.rglob("tables.py"):
        importlib.import_module(".".join(("comity", *path.relative_to(source).with_suffix("").parts)))
    Base.metadata.create_all(database.engine)


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="comity-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Database(f"sqlite:///{folder / 'node.db'}")
    make_every_table(made)
    made.dispose()  # the last connection: what is in the write-ahead log goes into the file
    return folder / "node.db"
