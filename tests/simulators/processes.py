"""Two nodes as real `comity serve` processes, killed and started again at will."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import ExchangeCounts, exchange_counts
from comity.entrypoints.demo.stage import free_port
from comity.entrypoints.node import Node, NodeConfiguration, create_node
from comity.flows.sign_agreement import take_in
from comity.foundation.settings import read_settings
from tests.simulators.introduce import introduce


class Served:
    """A node with its process."""

    def __init__(self, authority: str, folder: Path, database_url: str = "") -> None:
        port = free_port()
        configuration = NodeConfiguration(authority, authority, f"https://127.0.0.1:{port}", "127.0.0.1", port)
        self.home = folder / authority.lower()
        settings = replace(read_settings({}), home=self.home, database_url=database_url)
        self.node: Node = create_node(configuration, settings)
        self._environment = {**os.environ, "COMITY_DATABASE_URL": database_url}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start `comity serve`."""
        log = (self.home / "serve.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "comity", "serve", "--home", str(self.home)],
            stdout=log,
            stderr=log,
            env=self._environment,
        )
        log.close()

    def kill(self) -> None:
        """Kill the process as a power cut would (signal 9)."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def counts(self) -> ExchangeCounts:
        """Return what the node's outbox and inbox hold."""
        with self.node.database.reading() as session:
            return exchange_counts(session)


def serve_pair(folder: Path, urls: tuple[str, str] = ("", "")) -> tuple[Served, Served]:
    """Return Kenya and Uganda, introduced and agreed, not started; `urls` are their databases, SQLite where empty."""
    kenya, uganda = Served("KE", folder, urls[0]), Served("UG", folder, urls[1])
    introduce(kenya.node, uganda.node)
    introduce(uganda.node, kenya.node)
    day = kenya.node.clock.now().date()
    agreement = draft_agreement(
        id="ke-ug", parties=("KE", "UG"), valid_from=day - timedelta(days=300), valid_to=day + timedelta(days=300)
    )
    signatures = [sign_agreement(agreement, served.node.keys) for served in (kenya, uganda)]
    for served in (kenya, uganda):
        with served.node.database.transaction() as session:
            take_in(session, agreement, signatures, clearing=served.node.clearing())
    return kenya, uganda


def settled(served: Served, agreement_id: str = "ke-ug") -> int:
    """Return how many messages of one agreement have their receipt; a node's own chores send others besides."""
    query = text("SELECT count(*) FROM exchange_outbox WHERE agreement_id = :id AND state <> 'waiting'")
    with served.node.database.reading() as session:
        return int(session.execute(query, {"id": agreement_id}).scalar_one())


def reach_over(served: Served, partner: str, port: int) -> None:
    """Let a node reach its partner at another port."""
    with served.node.database.transaction() as session:
        where = {"url": f"https://127.0.0.1:{port}", "authority": partner}
        session.execute(text("UPDATE exchange_peers SET url = :url WHERE authority = :authority"), where)


def queue(kenya: Served, count: int, *, start: int = 0, payload: dict[str, str] | None = None) -> None:
    """Queue export records at Kenya for Uganda."""
    with kenya.node.database.transaction() as session:
        for number in range(start, start + count):
            record = payload or {"kind": "export", "function": "original", "mrn": f"M{number}"}
            request = ReleaseRequest(
                "UG", "export-record.v1", "export-declaration", "mirror-matching", f"d{number}", record
            )
            released = release(session, request=request, sender="KE", clock=kenya.node.clock)
            enqueue(session, released, keys=kenya.node.keys, clock=kenya.node.clock)


def wait_for(holds: Callable[[], bool], *, seconds: float = 60.0, every: float = 0.05) -> None:
    """Wait until something holds; an assertion error when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(every)
