"""Some nodes in one process that all know each other, with agreements in force between each two, and books to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from comity.cooperation.accounts.send import Bookkeeping
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.agreements.store import add_signature, keep_agreement
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.deliver import DeliveryReport, deliver_batch
from comity.cooperation.exchange.errors import PartnerUnreachable
from comity.cooperation.exchange.inbox import receive_batch
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import OutboxMessage, add_peer, is_waiting
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.cooperation.identity.keys import generate_keys
from comity.flows.keep_accounts import account_handlers
from comity.foundation.clock import FixedClock
from comity.foundation.storage.session import Database
from tests.simulators.nodes import EXPORT, Node

RESULT = "examination-result.v1"


@dataclass(slots=True)
class Neighbours:
    """Nodes by authority; those in `away` are not reached."""

    nodes: dict[str, Node]
    clock: FixedClock
    away: set[str] = field(default_factory=set)

    def books(self, name: str) -> Bookkeeping:
        return Bookkeeping(self.nodes[name].keys, self.clock)

    def say(self, sender: str, recipient: str, subject: str, **payload: Any) -> OutboxMessage:
        """Queue an export record."""
        return self._queue(
            sender,
            ReleaseRequest(
                recipient, EXPORT, "export-declaration", "mirror-matching", subject, payload or {"mrn": subject}
            ),
        )

    def answer(self, sender: str, recipient: str, subject: str, export_message_id: str) -> OutboxMessage:
        """Queue the result of an examination that an export record led to."""
        payload = {"export_message_id": export_message_id, "outcome": "in-order"}
        return self._queue(
            sender, ReleaseRequest(recipient, RESULT, "examination-result", "feedback", subject, payload)
        )

    def deliver(self, sender: str, recipient: str) -> DeliveryReport:
        """Send one batch."""
        self.clock.advance(timedelta(seconds=1))
        node = self.nodes[sender]
        reached: Mapping[str, Any] = {
            name: lambda body, name=name: self.receive(name, body) for name in self.nodes if name not in self.away
        }
        return deliver_batch(
            node.database, recipient, keys=node.keys, transport=InMemoryTransport(reached), clock=self.clock
        )

    def receive(self, name: str, body: bytes) -> bytes:
        node = self.nodes[name]
        handlers = {EXPORT: node.take, RESULT: node.take, **account_handlers(self.books(name)), **node.handlers}
        return receive_batch(node.database, body, keys=node.keys, clock=self.clock, handlers=handlers)

    def settle(self, rounds: int = 12) -> None:
        """Deliver until nothing waits between those who are there."""
        for _ in range(rounds):
            waiting = [
                (one, other)
                for one in self.nodes
                for other in self.nodes
                if one != other and one not in self.away and self._waits(one, other)
            ]
            if not waiting:
                return
            for one, other in waiting:
                try:
                    self.deliver(one, other)
                except PartnerUnreachable:
                    continue
        still = [pair for pair in waiting if pair[1] not in self.away]
        assert not still, f"messages still wait: {still}"

    def _waits(self, one: str, other: str) -> bool:
        with self.nodes[one].database.reading() as session:
            return is_waiting(session, other)

    def _queue(self, sender: str, request: ReleaseRequest) -> OutboxMessage:
        node = self.nodes[sender]
        with node.database.transaction() as session:
            released = release(session, request=request, sender=sender, clock=self.clock)
            return enqueue(session, released, keys=node.keys, clock=self.clock)


def make_neighbours(databases: Mapping[str, Database], clock: FixedClock) -> Neighbours:
    """Return nodes that know each other; each two have signed an agreement `ke-ug`."""
    nodes = {name: Node(generate_keys(name, name), database) for name, database in databases.items()}
    for node in nodes.values():
        with node.database.transaction() as session:
            for other in nodes.values():
                if other is not node:
                    add_peer(session, PeerCard(other.keys.public, "https://127.0.0.1:1", ""), clock=clock)
    for one, other in combinations(sorted(nodes), 2):
        agreement = draft_agreement(
            id=f"{one}-{other}".lower(), parties=(one, other), valid_from=date(2026, 1, 1), valid_to=date(2030, 1, 1)
        )
        for name in (one, other):
            with nodes[name].database.transaction() as session:
                keep_agreement(session, agreement, clock=clock)
                for signer in (one, other):
                    keys = nodes[signer].keys
                    signature = sign_agreement(agreement, keys)
                    add_signature(session, agreement.id, signature, identity=keys.public, clock=clock)
    return Neighbours(nodes, clock)
