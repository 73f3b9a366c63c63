"""Any number of nodes in one process that negotiate through memory, each with its own database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from comity.cooperation.agreements.partnership import purpose_of
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.deliver import deliver_batch
from comity.cooperation.exchange.inbox import receive_batch
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import add_peer, list_messages
from comity.cooperation.exchange.taking import Handler, ReceivedMessage
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.cooperation.identity.keys import NodeKeys, generate_keys
from comity.flows.clearing import Clearing
from comity.flows.receive_negotiation import negotiation_handlers
from comity.foundation.clock import FixedClock
from comity.foundation.storage.session import Database

EXPORT = "export-record.v1"


@dataclass(slots=True)
class Party:
    """One administration: keys, database, and the export records it took."""

    keys: NodeKeys
    database: Database
    clock: FixedClock
    taken: list[ReceivedMessage] = field(default_factory=list)

    @property
    def authority(self) -> str:
        return self.keys.authority

    @property
    def clearing(self) -> Clearing:
        """Return what the flows of a negotiation need of the equipment: keys and clock."""
        return Clearing(self.keys, self.clock, None, None, None, None, None)  # type: ignore[arg-type]

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {EXPORT: self.take, **negotiation_handlers(self.clearing)}

    def take(self, _session: object, message: ReceivedMessage) -> str:
        self.taken.append(message)
        return "stored"


@dataclass(slots=True)
class Table:
    """Administrations around one table, all partners of each other."""

    parties: dict[str, Party]
    clock: FixedClock

    def __getitem__(self, authority: str) -> Party:
        return self.parties[authority]

    def deliver(self, sender: str, recipient: str) -> None:
        """Send what waits from one to the other."""
        self.clock.advance(timedelta(seconds=1))
        start, end = self[sender], self[recipient]

        def arrive(body: bytes) -> bytes:
            return receive_batch(end.database, body, keys=end.keys, clock=self.clock, handlers=end.handlers)

        transport = InMemoryTransport({recipient: arrive})
        deliver_batch(start.database, recipient, keys=start.keys, transport=transport, clock=self.clock)

    def send(self, sender: str, recipient: str, message_type: str, payload: dict[str, Any]) -> str:
        """Let a party send any payload it likes under the partnership, and return how the other took it."""
        start = self[sender]
        request = ReleaseRequest(recipient, message_type, message_type, purpose_of(message_type), "crafted", payload)
        with start.database.transaction() as session:
            released = release(session, request=request, sender=sender, clock=self.clock)
            queued = enqueue(session, replace(released, payload=payload), keys=start.keys, clock=self.clock)
        self.deliver(sender, recipient)
        return self.outcome(sender, recipient, queued.id)

    def outcome(self, sender: str, recipient: str, message_id: str) -> str:
        """Return the recipient's word about a message."""
        with self[sender].database.reading() as session:
            (told,) = [one.outcome for one in list_messages(session, recipient) if one.id == message_id]
        return str(told)

    def settle(self) -> None:
        """Let everything that waits arrive, also what it leads to."""
        for _ in range(3):
            for sender in self.parties:
                for recipient in self.parties:
                    if sender != recipient:
                        self.deliver(sender, recipient)


def sit_down(databases: Mapping[str, Database], clock: FixedClock) -> Table:
    """Return administrations that have pinned each other's cards."""
    parties = {one: Party(generate_keys(one, one), database, clock) for one, database in databases.items()}
    for party in parties.values():
        with party.database.transaction() as session:
            for other in parties.values():
                if other is not party:
                    add_peer(session, PeerCard(other.keys.public, "https://127.0.0.1:1", ""), clock=clock)
    return Table(parties, clock)
