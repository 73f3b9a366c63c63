"""What code lists and movement events cost: import, look-up, correlation, EPCIS; beside the bare limit of each.

Run with `python benchmarks/documents.py codes` from the project's root. Import: a generated list of 100,000 places
(CSV, seeded) into SQLite and into a real PostgreSQL, beside `sqlite3` inserting rows of the same width from memory.
Look-up: one declaration of two items checked against that list. Correlation: every subheading of a generated
concordance through two steps, first asked and asked again. EPCIS: a document of 500 events, beside `json.loads` and
lxml merely parsing the same bytes. An import is one pass, all else the best of several. `--rows N --events N`: shorter.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402
from tests.builders.declarations import a_declaration  # noqa: E402
from tests.conftest import postgresql_database, started_postgresql  # noqa: E402
from tests.simulators.databases import sqlite_with_tables  # noqa: E402

from comity.features.codes.correlate import Concordance  # noqa: E402
from comity.features.declarations.read import read_documents  # noqa: E402
from comity.flows.check_codes import CodeChecks  # noqa: E402
from comity.flows.import_codes import Wanted, import_codes  # noqa: E402
from comity.foundation.clock import FixedClock  # noqa: E402
from comity.foundation.storage.session import Database  # noqa: E402
from comity.migrations.upgrade import migrate  # noqa: E402

CLOCK = FixedClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
PASSES = 5
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EPC = "urn:epc:id:sgtin:9521141.001234."


def list_of_places(rows: int) -> bytes:
    """Return a list of places of the form of UN/LOCODE, each with a name."""
    draw = random.Random(1)
    codes = [a + b + c + d + e for a in "KU" for b in "EG" for c in _LETTERS for d in _LETTERS for e in _LETTERS][:rows]
    extra = [f"{number:06d}" for number in range(rows - len(codes))]
    lines = [f"{code},Place {draw.randrange(10**6)} of {code},2020-01-01," for code in (*codes, *extra)]
    return ("code,name,valid_from,valid_to\n" + "\n".join(lines) + "\n").encode()


def seconds_of(act: Callable[[], object], passes: int = PASSES) -> float:
    """Return the time of the best of several passes."""
    best = float("inf")
    for _ in range(passes):
        started = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - started)
    return best


def imported_in(database: Database, content: bytes) -> float:
    """Return how long it takes to read, compare, keep and commit the list."""
    started = time.perf_counter()
    with database.transaction() as session:
        told = import_codes(session, "UNLOCODE.csv", content, wanted=Wanted(), clock=CLOCK)
    if told.findings:
        raise SystemExit("the list of the benchmark has faults")
    return time.perf_counter() - started


def bare_insert(rows: int) -> float:
    """Return how long sqlite3 takes to insert as many rows of the same width, with its index, and commit."""
    made = [
        ("UNLOCODE", f"{one:06d}", f"Place {one} of {one:06d}", f"{one:06d} place {one}", "2020-01-01", None, 1)
        for one in range(rows)
    ]
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "bare.db")
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE t(id INTEGER PRIMARY KEY, l, c, n, s, f, t, v); CREATE INDEX i ON t(l, c);"
        )
        started = time.perf_counter()
        with connection:
            connection.executemany("INSERT INTO t(l, c, n, s, f, t, v) VALUES (?,?,?,?,?,?,?)", made)
        taken = time.perf_counter() - started
        connection.close()
    return taken


def checked_in(database: Database) -> float:
    """Return how long the codes of one declaration of two items take to check, in a session that is open."""
    checks, declaration = CodeChecks("KE"), a_declaration(2)
    with database.reading() as session:
        checks.check(session, declaration, clock=CLOCK)
        return seconds_of(lambda: [checks.check(session, declaration, clock=CLOCK) for _ in range(50)]) / 50


def correlation() -> tuple[float, float]:
    """Return how long a correlation through two steps takes, asked for the first time and again."""
    codes = [f"{number:06d}" for number in range(10_000, 15_600)]
    draw = random.Random(2)
    step = [(code, draw.choice(codes)) for code in codes for _ in range(draw.choice((1, 1, 1, 2)))]
    pairs = {("HS2012", "HS2017"): step, ("HS2017", "HS2022"): step}
    first = float("inf")
    for _ in range(PASSES):
        concordance = Concordance(pairs)
        started = time.perf_counter()
        _ask(concordance, codes)
        first = min(first, time.perf_counter() - started)
    return first / len(codes), seconds_of(lambda: _ask(concordance, codes)) / len(codes)


def _ask(concordance: Concordance, codes: list[str]) -> None:
    for code in codes:
        concordance.correlate(code, source="HS2012", target="HS2022")


def epcis_documents(events: int) -> tuple[bytes, bytes]:
    """Return a document of object events in JSON and the same in XML."""
    told = [
        {
            "type": "ObjectEvent",
            "eventTime": "2026-03-02T08:00:00Z",
            "eventTimeZoneOffset": "+03:00",
            "epcList": [f"{EPC}{number}"],
            "action": "OBSERVE",
            "bizStep": "departing",
            "disposition": "in_transit",
            "readPoint": {"id": "urn:epc:id:sgln:9521141.00001.0"},
        }
        for number in range(events)
    ]
    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-02T09:00:00Z",
        "epcisBody": {"eventList": told},
    }
    one = (
        "<ObjectEvent><eventTime>2026-03-02T08:00:00Z</eventTime><eventTimeZoneOffset>+03:00</eventTimeZoneOffset>"
        "<epcList><epc>{epc}</epc></epcList><action>OBSERVE</action>"
        "<bizStep>urn:epcglobal:cbv:bizstep:departing</bizStep><disposition>urn:epcglobal:cbv:disp:in_transit</disposition>"
        "<readPoint><id>urn:epc:id:sgln:9521141.00001.0</id></readPoint></ObjectEvent>"
    )
    inner = "".join(one.format(epc=f"{EPC}{number}") for number in range(events))
    xml = (
        '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"'
        f' creationDate="2026-03-02T09:00:00Z"><EPCISBody><EventList>{inner}</EventList></EPCISBody>'
        "</epcis:EPCISDocument>"
    )
    return json.dumps(document).encode(), xml.encode()


@contextmanager
def postgresql() -> Iterator[Database]:
    """Give a database of a real PostgreSQL with every table."""
    with started_postgresql() as server, postgresql_database(server) as url:
        database = Database(url)
        migrate(database)
        yield database
        database.dispose()


def measure(rows: int = 100_000, events: int = 500) -> dict[str, float]:
    """Return the figures."""
    content = list_of_places(rows)
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite_with_tables(Path(folder) / "node.db")
        on_sqlite = imported_in(database, content)
        again = imported_in(database, content)
        checked = checked_in(database)
        database.dispose()
    with postgresql() as database:
        on_postgresql = imported_in(database, content)
    first, known = correlation()
    as_json, as_xml = epcis_documents(events)
    for one in (as_json, as_xml):
        if not all(document.document for document in read_documents(one).documents):
            raise SystemExit("a document that should be accepted was refused")
    json_seconds, xml_seconds = (seconds_of(lambda one=one: read_documents(one)) for one in (as_json, as_xml))
    return {
        "codes_import_rows_per_second_sqlite": rows / on_sqlite,
        "codes_import_rows_per_second_postgresql": rows / on_postgresql,
        "codes_import_again_seconds": again,
        "codes_import_over_bare_sqlite": on_sqlite / bare_insert(rows),
        "codes_check_ms": checked * 1e3,
        "correlate_first_us": first * 1e6,
        "correlate_again_us": known * 1e6,
        "epcis_json_events_per_second": events / json_seconds,
        "epcis_json_over_bare_json": json_seconds / seconds_of(lambda: json.loads(as_json)),
        "epcis_xml_events_per_second": events / xml_seconds,
        "epcis_xml_over_bare_lxml": xml_seconds / seconds_of(lambda: etree.fromstring(as_xml)),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=500)
    asked = parser.parse_args()
    tell("codes", [figure(name, value) for name, value in measure(asked.rows, asked.events).items()])


if __name__ == "__main__":
    main()
