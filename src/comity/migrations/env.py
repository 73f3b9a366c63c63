"""What Alembic runs: the given connection, and the metadata of every `tables.py`."""

from __future__ import annotations

import importlib
from pathlib import Path

from alembic import context

import comity
from comity.foundation.storage.base import Base

SOURCE = Path(comity.__file__).parent


def import_tables() -> None:
    """Import every `tables.py`, so that the metadata is whole."""
    for path in sorted(SOURCE.rglob("tables.py")):
        importlib.import_module(".".join(("comity", *path.relative_to(SOURCE).with_suffix("").parts)))


import_tables()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
