"""The schema: migrations and tables say the same on both engines, forward and back."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import comity
from comity.foundation.storage.base import Base
from comity.migrations.upgrade import configuration, migrate


@pytest.fixture
def declared() -> None:
    """Import every `tables.py`, so that the metadata is whole."""
    source = Path(comity.__file__).parent
    for path in source.rglob("tables.py"):
        importlib.import_module(".".join(("comity", *path.relative_to(source).with_suffix("").parts)))


def test_migrations_make_the_tables_that_the_code_declares(declared, empty_database):
    migrate(empty_database)

    with empty_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_changes_nothing(empty_database):
    migrate(empty_database)
    migrate(empty_database)


def test_every_step_can_be_taken_back(declared, empty_database):
    migrate(empty_database)

    with empty_database.engine.begin() as connection:
        command.downgrade(configuration(connection), "base")

    assert set(inspect(empty_database.engine).get_table_names()) <= {"alembic_version"}
