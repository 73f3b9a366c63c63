"""How many messages a second do two nodes exchange end to end? Processes of their own, TLS 1.3, every proof on.

Run with `python benchmarks/exchange.py` from the project's root; the last line is one JSON object.

Both nodes run as `comity serve` with durable databases, on this machine's cores, which they share with the process that
queues: releases are decided, minimised, signed and logged while others are delivered. A rate is what came back with a
receipt in a window of `--seconds`, counted in the sender's own database. Beside it, in the same run: the rate that the
primitives alone would allow (`share_of_floor`), and a bare HTTPS POST of the same bytes to a server that only answers
(`bare_https_ratio`). `--growth N` sends N messages and tells how the nodes' memory grew after the first tenth. The
log's figures are those of `benchmarks/ledger.py`.
"""

from __future__ import annotations

import json
import os
import ssl
import statistics
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import httpx  # noqa: E402
from benchmarks import ledger  # noqa: E402
from benchmarks.figures import Figure, figure, tell  # noqa: E402
from sqlalchemy import text  # noqa: E402
from tests.conftest import postgresql_database, started_postgresql  # noqa: E402
from tests.simulators.bare_https import served_bare  # noqa: E402
from tests.simulators.processes import Served, serve_pair, wait_for  # noqa: E402

from comity.cooperation.agreements.permissions import Question, decide  # noqa: E402
from comity.cooperation.agreements.policies import _decided  # noqa: E402
from comity.cooperation.agreements.release import Release, ReleaseRequest, release_many  # noqa: E402
from comity.cooperation.agreements.store import find_agreement  # noqa: E402
from comity.cooperation.exchange import jws  # noqa: E402
from comity.cooperation.exchange.deliver import Line, Load, prepare  # noqa: E402
from comity.cooperation.exchange.envelope import MESSAGE_TYPE, open_sealed, seal  # noqa: E402
from comity.cooperation.exchange.inbox import receive_batch  # noqa: E402
from comity.cooperation.exchange.outbox import enqueue_many  # noqa: E402
from comity.cooperation.exchange.store import delivery_times  # noqa: E402
from comity.cooperation.exchange.transport import HttpTransport  # noqa: E402
from comity.cooperation.ledger.tree import commitment, leaf_hash, node_hash  # noqa: E402
from comity.entrypoints.demo.world.generate import generate_world  # noqa: E402
from comity.features.declarations.canonical import to_record  # noqa: E402

CHUNK, MOST_WAITING, BATCH = 250, 5_000, 500
WARM_UP_SECONDS = 3.0
MILLION = 1_000_000
STEADY_RATE = 500  # messages a second at which the delivery time is measured
Request = Callable[[int], ReleaseRequest]
_LAST_DELIVERED = text(
    "SELECT max(sequence) FROM exchange_outbox WHERE partner = 'UG' AND state = 'delivered' AND agreement_id = 'ke-ug'"
)


def result(number: int) -> ReleaseRequest:
    """Return an examination result: the smallest message that a feature really sends."""
    payload = {"export_message_id": f"{number:064d}", "outcome": "value", "discrepancies": ["undervaluation"]}
    return ReleaseRequest("UG", "examination-result.v1", "examination-result", "feedback", f"d{number}", payload)


def export_records(count: int) -> Request:
    """Return export records of the demonstration's world: the importer pairs each one on arrival."""
    records = [to_record(one) for one in generate_world(seed=1, consignments=count).exports]

    def export(number: int) -> ReleaseRequest:
        payload = records[number % len(records)]
        return ReleaseRequest("UG", "export-record.v1", "export-declaration", "mirror-matching", f"d{number}", payload)

    return export


class Queue(threading.Thread):
    """Queues messages at Kenya until stopped or done: as many as are taken, or `rate` a second."""

    def __init__(self, kenya: Served, request: Request, *, total: int | None = None, rate: int | None = None) -> None:
        super().__init__(daemon=True)
        self.kenya, self.request, self.total, self.rate = kenya, request, total, rate
        self.queued = 0
        self.stopping = threading.Event()

    def run(self) -> None:
        begun = time.perf_counter()
        while not self.stopping.is_set() and self.queued != self.total:
            if self.rate is not None:
                due = int((time.perf_counter() - begun) * self.rate) - self.queued
                if due > 0:
                    self._queue(due)
                time.sleep(0.01)
            elif self.queued % MOST_WAITING == 0 and self.queued - delivered(self.kenya) >= MOST_WAITING:
                time.sleep(0.02)
            else:
                self._queue(CHUNK if self.total is None else min(CHUNK, self.total - self.queued))

    def _queue(self, count: int) -> None:
        queue(self.kenya, self.request, count, start=self.queued)
        self.queued += count


def queue(kenya: Served, request: Request, count: int, *, start: int = 0) -> None:
    """Release, sign, log and commit messages at Kenya."""
    node = kenya.node
    with node.database.transaction() as session:
        requests = [request(start + number) for number in range(count)]
        released = release_many(session, requests=requests, sender="KE", clock=node.clock)
        enqueue_many(session, [one for one in released if isinstance(one, Release)], keys=node.keys, clock=node.clock)


def delivered(kenya: Served) -> int:
    """Return how many messages Kenya has receipts of: the last of the stream, by index, since it is asked often."""
    with kenya.node.database.reading() as session:
        return session.scalar(_LAST_DELIVERED) or 0


@contextmanager
def running(engine: str, folder: Path) -> Iterator[tuple[Served, Served]]:
    """Give two served nodes on an engine, and end them."""
    server = started_postgresql() if engine == "postgresql" else nullcontext("")
    with server as url, _database(url) as first, _database(url) as second:
        kenya, uganda = serve_pair(folder, (first, second))
        try:
            for served in (uganda, kenya):
                served.start()
                wait_for(lambda served=served: _answers(served))
            yield kenya, uganda
        finally:
            for served in (kenya, uganda):
                served.kill()
                served.node.close()


def sustained(engine: str, request: Request, seconds: float) -> float:
    """Return the messages a second that came back with a receipt, while others were queued."""
    with tempfile.TemporaryDirectory() as folder, running(engine, Path(folder)) as (kenya, _uganda):
        flow = Queue(kenya, request)
        flow.start()
        wait_for(lambda: delivered(kenya) > 0)
        time.sleep(min(WARM_UP_SECONDS, seconds))
        begun = kenya.node.clock.now()
        time.sleep(seconds)
        ended = kenya.node.clock.now()
        flow.stopping.set()
        flow.join()
        with kenya.node.database.reading() as session:
            times = delivery_times(session)
        return sum(begun < receipt <= ended for _, receipt in times) / (ended - begun).total_seconds()


def steady(seconds: float) -> float:
    """Return the 99th percentile of milliseconds from a message's release to its receipt, at `STEADY_RATE` a second."""
    with tempfile.TemporaryDirectory() as folder, running("sqlite", Path(folder)) as (kenya, _uganda):
        flow = Queue(kenya, result, rate=STEADY_RATE)
        flow.start()
        wait_for(lambda: delivered(kenya) > 0)
        time.sleep(min(WARM_UP_SECONDS, seconds))
        begun = kenya.node.clock.now()
        time.sleep(seconds)
        flow.stopping.set()
        flow.join()
        wait_for(lambda: delivered(kenya) == flow.queued)
        with kenya.node.database.reading() as session:
            times = delivery_times(session)
        waited = [(receipt - created).total_seconds() * 1e3 for created, receipt in times if created > begun]
        return statistics.quantiles(waited, n=100)[98]


def growth(messages: int, seconds: float) -> float:
    """Return by how many megabytes both nodes' memory grew from the first tenth of the messages to the last."""
    with tempfile.TemporaryDirectory() as folder, running("sqlite", Path(folder)) as (kenya, uganda):
        flow = Queue(kenya, result, total=messages)
        flow.start()
        wait_for(lambda: flow.queued >= messages // 10, seconds=seconds, every=0.5)
        before = _resident_mb(kenya) + _resident_mb(uganda)
        wait_for(lambda: flow.queued == messages, seconds=seconds, every=0.5)
        wait_for(lambda: delivered(kenya) == messages, seconds=seconds, every=0.5)
        return _resident_mb(kenya) + _resident_mb(uganda) - before


def bare(seconds: float) -> tuple[float, float]:
    """Return messages a second that a bare HTTPS POST of a batch's bytes carries, and that the primitives allow."""
    with tempfile.TemporaryDirectory() as folder:
        kenya, uganda = serve_pair(Path(folder))
        queue(kenya, result, BATCH)
        line = Line(kenya.node.keys, HttpTransport(), kenya.node.clock)
        prepared = prepare(kenya.node.database, "UG", line, Load(BATCH))
        answer = receive_batch(
            uganda.node.database,
            prepared.body,
            keys=uganda.node.keys,
            clock=uganda.node.clock,
            handlers=uganda.node.handlers,
        )
        with served_bare(uganda.node.certificate, uganda.node.tls_key, len(answer)) as url:
            posted = _posted(url, uganda.node.certificate, prepared.body, seconds)
        floor = _floor(kenya, uganda, [message.jws for message in prepared.messages], Path(folder))
        for served in (kenya, uganda):
            served.node.close()
    return posted * BATCH, floor


def _posted(url: str, certificate: Path, body: bytes, seconds: float) -> float:
    context = ssl.create_default_context(cadata=certificate.read_text())
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with httpx.Client(verify=context, trust_env=False) as client:
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            client.post(url, content=body).raise_for_status()
            count += 1
        return count / (time.perf_counter() - begun)


def _floor(kenya: Served, uganda: Served, signed: list[bytes], folder: Path) -> float:
    """Return messages a second that the primitives allow on two cores, one for each side, and nothing else done.

    Sender: decide, encode, sign, hash into the log, seal, verify the receipt, hash it into the log. Recipient: open,
    verify, decode, decide, hash into the log, sign the receipt. Each side one fsync a batch.
    """
    sender, recipient = kenya.node.keys, uganda.node.keys
    with kenya.node.database.reading() as session:
        agreement = find_agreement(session, "ke-ug").agreement
    question = Question("KE", "UG", "examination-result", "examination-result.v1", "feedback")
    digest = "0" * 64
    sealed = [seal(one, recipient=recipient.public, agreement_hash=digest) for one in signed]
    receipts = [jws.sign(b"r" * 330, typ="receipt", keys=recipient) for _ in signed]

    def decided() -> None:
        _decided.cache_clear()
        decide(agreement, question)

    def logged(statement: bytes) -> None:
        node_hash(leaf_hash(commitment(b"s" * 32, statement)), b"n" * 32)

    def send(place: int) -> None:
        decided()
        content = json.dumps(json.loads(jws.peek(signed[place])), sort_keys=True, separators=(",", ":")).encode()
        logged(jws.sign(content, typ=MESSAGE_TYPE, keys=sender))
        seal(signed[place], recipient=recipient.public, agreement_hash=digest)
        logged(jws.verify(receipts[place], typ="receipt", sender=recipient.public))

    def receive(place: int) -> None:
        content = jws.verify(
            open_sealed(sealed[place], keys=recipient, agreement_hash=digest), typ=MESSAGE_TYPE, sender=sender.public
        )
        json.loads(content)
        decided()
        logged(content)
        jws.sign(b"r" * 330, typ="receipt", keys=recipient)

    slowest = max(_seconds_a_message(side, len(signed), folder) for side in (send, receive))
    return 1 / slowest


def _seconds_a_message(side: Callable[[int], None], count: int, folder: Path) -> float:
    rounds = 5
    with (folder / "floor").open("wb") as file:
        begun = time.perf_counter()
        for _ in range(rounds):
            for place in range(count):
                side(place)
            file.write(b"x" * 2_000 * count)
            file.flush()
            os.fsync(file.fileno())
        return (time.perf_counter() - begun) / (rounds * count)


@contextmanager
def _database(server: str) -> Iterator[str]:
    with postgresql_database(server) if server else nullcontext("") as url:
        yield url


def _answers(served: Served) -> bool:
    import socket

    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", served.node.configuration.port)) == 0


def _resident_mb(served: Served) -> float:
    """Return the memory of a node's process that is its own (Linux: RssAnon)."""
    assert served.process is not None
    status = Path(f"/proc/{served.process.pid}/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0]) / 1024


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each rate is measured")
    parser.add_argument("--growth", type=int, default=MILLION, help="messages over which memory is watched")
    parser.add_argument("--entries", type=int, default=ledger.ENTRIES, help="size of the log that gives proofs")
    asked = parser.parse_args()
    tell("exchange", measure(asked))


def measure(asked: Namespace) -> list[Figure]:
    """Measure every figure, telling on stderr what is under way."""
    _tell(f"the log, proofs at {asked.entries:,} entries")
    logged = ledger.measure(asked.entries)
    _tell("bare HTTPS and primitives")
    posted, floor = bare(min(10.0, asked.seconds))
    _tell(f"{asked.seconds:.0f} s with SQLite")
    sqlite = sustained("sqlite", result, asked.seconds)
    _tell(f"{asked.seconds:.0f} s with PostgreSQL")
    postgresql = sustained("postgresql", result, asked.seconds)
    _tell("export records, paired on arrival")
    exports = sustained("sqlite", export_records(5_000), min(20.0, asked.seconds))
    _tell(f"delivery times at {STEADY_RATE} a second")
    p99 = steady(min(30.0, asked.seconds))
    _tell(f"memory over {asked.growth} messages")
    grown = growth(asked.growth, seconds=max(120.0, asked.growth / 200))
    return [
        figure("messages_per_second_sqlite", sqlite, "messages/s", least=1_500),
        figure("messages_per_second_postgresql", postgresql, "messages/s", least=1_000),
        figure("export_records_per_second_sqlite", exports, "messages/s", least=500),
        figure("share_of_floor", sqlite / floor, "", least=0.4),
        figure("p99_delivery_ms_at_500", p99, "ms", most=250),
        figure("bare_https_ratio", sqlite / posted, ""),
        figure("floor_of_primitives_two_cores", floor, "messages/s"),
        figure("bare_https_messages_per_second", posted, "messages/s"),
        *logged,
        # A short run only fills the caches, so that it has no goal.
        figure("memory_growth_mb_over_1m", grown, "MB", most=20)
        if asked.growth == MILLION
        else figure("memory_growth_mb", grown, f"MB over {asked.growth} messages"),
    ]


def _tell(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
