"""How a database is brought to the newest schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config

from comity.foundation.storage.session import Database


def migrate(database: Database) -> None:
    """Run every migration that this database has not seen yet; does nothing when it is up to date."""
    with database.engine.begin() as connection:
        command.upgrade(configuration(connection), "head")


def configuration(connection: Any) -> Config:
    """Return Alembic's configuration for one open SQLAlchemy connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
