"""The schema: migrations and tables say the same, on both engines."""

from __future__ import annotations

import importlib
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import comity
from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database
from comity.migrations.upgrade import migrate


def test_migrations_make_the_tables_that_the_code_declares(tmp_path):
    source = Path(comity.__file__).parent
    for path in source.rglob("tables.py"):
        importlib.import_module(".".join(("comity", *path.relative_to(source).with_suffix("").parts)))
    database = Database(f"sqlite:///{tmp_path / 'node.db'}")

    migrate(database)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    database.dispose()


def test_migrating_twice_changes_nothing(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'node.db'}")

    migrate(database)
    migrate(database)

    database.dispose()
