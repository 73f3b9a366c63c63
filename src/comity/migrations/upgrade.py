"""How a database is brought to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from comity.foundation.storage.session import Database


def migrate(database: Database) -> None:
    """Run every migration that this database has not seen yet; does nothing when it is up to date."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
