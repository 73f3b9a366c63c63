"""How many messages a second do two nodes exchange end to end? Two processes, TLS, every signature, seal and proof.

Run with `python benchmarks/exchange.py` from the project's root. One node queues a backlog, both run as `comity serve`,
and the time is that from the first delivery attempt to the last receipt, read from the sender's own database. Beside it
stands the bare limit of the primitives on one core in the same run. The last line is one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.simulators.processes import Served, serve_pair, wait_for  # noqa: E402

from comity.cooperation.agreements.release import ReleaseRequest, release  # noqa: E402
from comity.cooperation.exchange import jws  # noqa: E402
from comity.cooperation.exchange.envelope import open_sealed, seal  # noqa: E402
from comity.cooperation.exchange.outbox import enqueue_many  # noqa: E402
from comity.cooperation.exchange.store import exchange_times  # noqa: E402
from comity.cooperation.identity.keys import generate_keys  # noqa: E402
from comity.entrypoints.demo.world.generate import generate_world  # noqa: E402
from comity.features.declarations.canonical import to_record  # noqa: E402

MESSAGES, CHUNK, GOAL = 5_000, 250, 500  # `--messages` sets another number, for a short run
Request = Callable[[int], ReleaseRequest]


def queue(kenya: Served, request: Request, messages: int) -> float:
    """Queue the backlog and return the seconds it took: releases decided, minimised, signed, logged, committed."""
    begun = time.perf_counter()
    for start in range(0, messages, CHUNK):
        with kenya.node.database.transaction() as session:
            released = [
                release(session, request=request(number), sender="KE", clock=kenya.node.clock)
                for number in range(start, min(start + CHUNK, messages))
            ]
            enqueue_many(session, released, keys=kenya.node.keys, clock=kenya.node.clock)
    return time.perf_counter() - begun


def measure(request: Request, messages: int) -> tuple[float, float]:
    """Return messages queued a second, and messages delivered a second."""
    with tempfile.TemporaryDirectory() as folder:
        kenya, uganda = serve_pair(Path(folder))
        queued = queue(kenya, request, messages)
        uganda.start()
        wait_for(lambda: _answers(uganda))
        begun = kenya.node.clock.now()
        kenya.start()
        wait_for(lambda: kenya.counts().delivered > 0)
        first = kenya.node.clock.now()
        wait_for(lambda: kenya.counts().delivered == messages, seconds=300, every=0.5)
        with kenya.node.database.reading() as session:
            _, last = exchange_times(session)
        for served in (kenya, uganda):
            served.kill()
            served.node.close()
    assert last is not None
    start = max(begun, first - timedelta(seconds=1))
    return messages / queued, messages / (last - start).total_seconds()


def bare_limit() -> float:
    """Return how many messages a second one core could sign, seal, open and verify, with their receipts."""
    sender, recipient = generate_keys("KE", "a"), generate_keys("UG", "b")
    content, rounds = b"x" * 2_500, 500
    begun = time.perf_counter()
    for _ in range(rounds):
        signed = jws.sign(content, typ="t", keys=sender)
        closed = seal(signed, recipient=recipient.public, agreement_hash="h")
        jws.verify(open_sealed(closed, keys=recipient, agreement_hash="h"), typ="t", sender=sender.public)
        jws.verify(jws.sign(content[:300], typ="t", keys=recipient), typ="t", sender=recipient.public)
    return rounds / (time.perf_counter() - begun)


def _answers(served: Served) -> bool:
    import socket

    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", served.node.configuration.port)) == 0


def _figure(name: str, value: float, goal: int | None = None) -> dict[str, Any]:
    holds = None if goal is None else value >= goal
    return {"name": name, "value": round(value, 1), "unit": "messages/s", "goal": goal, "holds": holds}


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    messages = parser.parse_args().messages
    records = [to_record(one) for one in generate_world(seed=1, consignments=messages).exports]

    def export(number: int) -> ReleaseRequest:
        payload = records[number % len(records)]
        return ReleaseRequest("UG", "export-record.v1", "export-declaration", "mirror-matching", f"d{number}", payload)

    def result(number: int) -> ReleaseRequest:
        payload = {"export_message_id": f"{number:064d}", "outcome": "value", "discrepancies": ["undervaluation"]}
        return ReleaseRequest("UG", "examination-result.v1", "examination-result", "feedback", f"d{number}", payload)

    queued, exports = measure(export, messages)
    _, results = measure(result, messages)
    figures = [
        _figure("exchange_export_records_per_second", exports, GOAL),
        _figure("exchange_examination_results_per_second", results, GOAL),
        _figure("queued_per_second", queued),
        _figure("bare_limit_of_primitives_one_core_per_second", bare_limit()),
    ]
    for one in figures:
        print(f"{one['name']:50} {one['value']} {one['unit']}")
    print(json.dumps({"benchmark": "exchange", "cores": os.cpu_count(), "figures": figures}))


if __name__ == "__main__":
    main()
