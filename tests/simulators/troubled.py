"""Three nodes in trouble: each a process, each reached over a relay from each other, and a hostile partner beside them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations, permutations
from pathlib import Path
from random import Random

import httpx

from comity.cooperation.agreements.agreement import Agreement
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.outbox import enqueue_many
from comity.cooperation.exchange.store import add_peer
from comity.cooperation.identity.keys import NodeKeys, generate_keys
from comity.flows.sign_agreement import take_in
from tests.simulators.forgeries import Forger
from tests.simulators.nursery import Nursery
from tests.simulators.processes import Served, wait_for
from tests.simulators.relays import Relay

AUTHORITIES, HOSTILE = ("KE", "UG", "TZ"), "ZZ"


@dataclass
class Node:
    """A node, its process, and what was done to it."""

    served: Served
    pid: int | None = None
    kills: int = 0
    is_spared: threading.Lock = field(default_factory=threading.Lock)

    @property
    def authority(self) -> str:
        return self.served.node.keys.authority

    @property
    def port(self) -> int:
        return self.served.node.configuration.port

    def is_up(self) -> bool:
        try:
            return httpx.get(f"https://127.0.0.1:{self.port}/health", verify=False, timeout=2).is_success
        except httpx.HTTPError:
            return False

    def log_lines(self, words: str) -> int:
        return (self.served.home / "serve.log").read_text(encoding="utf-8", errors="replace").count(words)


@dataclass
class World:
    """Everything that takes part."""

    nodes: dict[str, Node]
    relays: dict[tuple[str, str], Relay]
    forgers: dict[str, Forger]
    nursery: Nursery
    random: Random
    partitions: int = 0
    queued: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    misnamed: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    failures: list[str] = field(default_factory=list)


@contextmanager
def world(folder: Path, seed: int) -> Iterator[World]:
    """Make three nodes that know and have signed with each other, the lines between them, and the hostile partner."""
    nodes = {name: Node(Served(name, folder)) for name in AUTHORITIES}
    hostile = generate_keys(HOSTILE, "Hostile")
    with ExitStack() as stack:
        relays = {}
        for number, (one, other) in enumerate(permutations(AUTHORITIES, 2)):
            home = nodes[other].served.home
            relay = Relay(nodes[other].port, home / "tls-cert.pem", home / "tls-key.pem", Random(seed + number))
            relays[one, other] = stack.enter_context(relay)
        _introduce(nodes, relays, hostile)
        agreements = {pair: _agree(nodes, pair, hostile) for pair in combinations((*AUTHORITIES, HOSTILE), 2)}
        forgers = {
            name: Forger(
                hostile,
                node.served.node.identity,
                agreements[name, HOSTILE],
                next(other for other in AUTHORITIES if other != name),
                _post(node),
            )
            for name, node in nodes.items()
        }
        reared = stack.enter_context(Nursery())
        made = World(nodes, relays, forgers, reared, Random(seed))
        for node in nodes.values():
            node.pid = reared.start(node.served.home)
        wait_for(lambda: all(node.is_up() for node in nodes.values()))
        yield made
        made.is_over.set()
        for node in nodes.values():
            node.served.node.close()


def _introduce(nodes: dict[str, Node], relays: dict[tuple[str, str], Relay], hostile: NodeKeys) -> None:
    for (one, other), relay in relays.items():
        partner = nodes[other].served.node
        card = PeerCard(partner.identity, f"https://127.0.0.1:{relay.port}", partner.certificate.read_text())
        with nodes[one].served.node.database.transaction() as session:
            add_peer(session, card, clock=partner.clock)
    for node in nodes.values():
        with node.served.node.database.transaction() as session:
            card = PeerCard(hostile.public, "https://127.0.0.1:1", node.served.node.certificate.read_text())
            add_peer(session, card, clock=node.served.node.clock)


def _agree(nodes: dict[str, Node], pair: tuple[str, str], hostile: NodeKeys) -> Agreement:
    keys = [nodes[name].served.node.keys if name in nodes else hostile for name in pair]
    day = nodes["KE"].served.node.clock.now().date()
    agreement = draft_agreement(
        id="-".join(sorted(pair)).lower(),
        parties=pair,
        valid_from=day - timedelta(days=30),
        valid_to=day + timedelta(days=300),
    )
    for name in pair:
        if name in nodes:
            node = nodes[name].served.node
            with node.database.transaction() as session:
                take_in(session, agreement, [sign_agreement(agreement, one) for one in keys], clearing=node.clearing())
    return agreement


def _post(node: Node) -> Callable[[bytes], tuple[int, bytes]]:
    def post(body: bytes) -> tuple[int, bytes]:
        try:
            answer = httpx.post(f"https://127.0.0.1:{node.port}/exchange/batch", content=body, verify=False, timeout=60)
        except httpx.HTTPError as error:
            raise ConnectionError from error
        if answer.status_code in (429, 500, 503):  # busy, or killed half-way: it is told again
            raise ConnectionError
        return answer.status_code, answer.content

    return post


def queue(at: World, one: str, other: str, count: int) -> None:
    """Queue export records in one direction; each is known by its number."""
    node, begin = at.nodes[one].served.node, at.queued[one, other]
    with node.database.transaction() as session:
        releases = []
        for number in range(begin, begin + count):
            payload = {"kind": "export", "function": "original", "mrn": f"{one}{other}{number}"}
            request = ReleaseRequest(
                other, "export-record.v1", "export-declaration", "mirror-matching", f"d{number}", payload
            )
            releases.append(release(session, request=request, sender=one, clock=node.clock))
        enqueue_many(session, releases, keys=node.keys, clock=node.clock)
    at.queued[one, other] += count
