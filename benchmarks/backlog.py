"""How does a node catch up with a partner that was away for 14 days? Tens of thousands of messages wait, in order.

Run with `python benchmarks/backlog.py` from the project's root. Kenya queues a backlog whose messages were made over 14
days, and the first of them more than 60 days ago; Uganda, meanwhile, clears imports whose exports it has not heard of.
Then both run as processes, and the time is that from Uganda's return to the last receipt. Afterwards the imports are
compared with the exports that came late. The last line is one JSON object.
"""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import Progress  # noqa: E402
from sqlalchemy import text  # noqa: E402
from tests.simulators.processes import Served, serve_pair, settled, wait_for  # noqa: E402

from comity.cooperation.agreements.release import ReleaseRequest, release  # noqa: E402
from comity.cooperation.exchange.outbox import enqueue_many  # noqa: E402
from comity.entrypoints.demo.world.generate import World, generate_world  # noqa: E402
from comity.features.declarations.canonical import to_record  # noqa: E402
from comity.features.declarations.formats.wco_xml.write import write_wco_xml  # noqa: E402
from comity.features.declarations.read import read_documents  # noqa: E402
from comity.flows.clear_declaration import clear  # noqa: E402
from comity.flows.run_mirror import run  # noqa: E402
from comity.foundation.clock import FixedClock  # noqa: E402

MESSAGES, EXPIRED, CONSIGNMENTS, CHUNK = 30_000, 250, 300, 250
DAYS_AWAY = timedelta(days=14)
IN_ORDER = "SELECT sequence FROM exchange_inbox WHERE agreement_id = 'ke-ug' ORDER BY rowid"
MEMORY_GOAL_MB = 64.0


def queue(kenya: Served, world: World, messages: int, bar: Progress) -> None:
    """Queue the backlog: first what will have expired, then two weeks of records, the world's among them."""
    now, records = kenya.node.clock.now(), [to_record(one) for one in world.exports]
    task = bar.add_task("queueing", total=messages)
    for start in range(0, messages, CHUNK):
        numbers = range(start, min(start + CHUNK, messages))
        made = now - DAYS_AWAY + DAYS_AWAY * start / messages
        clock = FixedClock(now - timedelta(days=61) if start < EXPIRED else made)
        with kenya.node.database.transaction() as session:
            releases = []
            for number in numbers:
                known = number - EXPIRED
                payload = records[known] if 0 <= known < len(records) else {"kind": "export", "mrn": f"M{number}"}
                payload = {"function": "original", **payload}
                request = ReleaseRequest(
                    "UG", "export-record.v1", "export-declaration", "mirror-matching", f"d{number}", payload
                )
                releases.append(release(session, request=request, sender="KE", clock=clock))
            enqueue_many(session, releases, keys=kenya.node.keys, clock=clock)
        bar.advance(task, len(numbers))


def clear_imports(uganda: Served, world: World, bar: Progress) -> None:
    """Clear the imports while their exports are unknown."""
    clearing = uganda.node.clearing()
    for declaration in bar.track(world.imports, description="clearing imports"):
        (document,) = read_documents(write_wco_xml(declaration), name="import.xml").documents
        with uganda.node.database.transaction() as session:
            clear(session, document, clearing=clearing)


def catch_up(kenya: Served, uganda: Served, messages: int, bar: Progress) -> tuple[float, float, float]:
    """Let Uganda return; return seconds, and how many MB each node grew between the first third and the end."""
    kenya.start()
    wait_for(lambda: _rows(kenya, "SELECT 1 FROM exchange_peers WHERE state = 'unreachable'") != [], seconds=120)
    uganda.start()
    task, begun = bar.add_task("catching up", total=messages), time.monotonic()
    wait_for(lambda: _settled(kenya, bar, task) > 0, seconds=180)
    wait_for(lambda: _settled(kenya, bar, task) >= messages // 3, seconds=1_800, every=0.5)
    first = [_resident_mb(one) for one in (kenya, uganda)]
    wait_for(lambda: _settled(kenya, bar, task) == messages, seconds=3_600, every=0.5)
    seconds = time.monotonic() - begun
    grown = [_resident_mb(one) - before for one, before in zip((kenya, uganda), first, strict=True)]
    return seconds, grown[0], grown[1]


def _settled(kenya: Served, bar: Progress, task: Any) -> int:
    through = settled(kenya)
    bar.update(task, completed=through)
    return through


def _rows(served: Served, query: str) -> list[Any]:
    with served.node.database.reading() as session:
        return list(session.execute(text(query)))


def _resident_mb(served: Served) -> float:
    assert served.process is not None
    status = Path(f"/proc/{served.process.pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    messages = max(parser.parse_args().messages, EXPIRED + CONSIGNMENTS)
    world = generate_world(seed=1, consignments=min(CONSIGNMENTS, messages // 4))
    with tempfile.TemporaryDirectory() as folder, Progress(console=Console(stderr=True)) as bar:
        kenya, uganda = serve_pair(Path(folder))
        queue(kenya, world, messages, bar)
        clear_imports(uganda, world, bar)
        seconds, kenya_mb, uganda_mb = catch_up(kenya, uganda, messages, bar)
        came = [row.sequence for row in _rows(uganda, IN_ORDER)]
        expired = _rows(uganda, "SELECT 1 FROM exchange_inbox WHERE refusal = 'exchange.message-expired'")
        with uganda.node.database.transaction() as session:
            mirrored = run(session, "KE", clearing=uganda.node.clearing())
        for served in (kenya, uganda):
            served.kill()
            served.node.close()
    figures = [
        figure("backlog_messages", messages, "messages"),
        figure("caught_up_per_second", messages / seconds, "messages/s"),
        figure("lost", messages - len(came), "messages", most=0),
        figure("out_of_order", sum(a + 1 != b for a, b in pairwise(came)), "messages", most=0),
        figure("expired_taken", abs(len(expired) - min(EXPIRED, messages)), "messages", most=0),
        figure("sender_grew_mb", kenya_mb, "MB, from the first third to the end", most=MEMORY_GOAL_MB),
        figure("recipient_grew_mb", uganda_mb, "MB, from the first third to the end", most=MEMORY_GOAL_MB),
        figure("imports_unpaired", 1 - mirrored.paired / mirrored.imports, "share of the imports", most=0.1),
    ]
    tell("backlog", figures)


if __name__ == "__main__":
    main()
