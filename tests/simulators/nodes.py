"""Two nodes in one process that exchange through memory, on databases of the caller's choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, select
from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Agreement
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.agreements.store import add_signature, keep_agreement
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.courier.online import receive
from comity.cooperation.exchange.courier.unpack import Desk
from comity.cooperation.exchange.deliver import DeliveryReport, deliver_batch
from comity.cooperation.exchange.inbox import InboxLimits
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import OutboxMessage, Peer, add_peer
from comity.cooperation.exchange.taking import Handler, ReceivedMessage
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.cooperation.identity.keys import MemorySigner, NodeKeys, generate_keys, new_signer
from comity.cooperation.identity.statement import recovery_hash
from comity.foundation.clock import FixedClock
from comity.foundation.storage.session import Database

EXPORT = "export-record.v1"
Tamper = Callable[[bytes], bytes]


# What a handler did, in the inbox's transaction: undone where the inbox undoes it.
_EFFECTS = Table("simulated_effects", MetaData(), Column("place", Integer, primary_key=True), Column("id", String(64)))


@dataclass(slots=True)
class Node:
    """One node: its keys and database, and what its handler was given."""

    keys: NodeKeys
    database: Database
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    given: dict[str, ReceivedMessage] = field(default_factory=dict)
    recovery: MemorySigner | None = None

    def __post_init__(self) -> None:
        _EFFECTS.create(self.database.engine, checkfirst=True)

    def take(self, session: Session, message: ReceivedMessage) -> str:
        self.given[message.message_id] = message
        session.execute(_EFFECTS.insert().values(id=message.message_id))
        return "stored"

    @property
    def taken(self) -> list[ReceivedMessage]:
        """The messages that had an effect, in order, as often as they had one."""
        with self.database.reading() as session:
            return [self.given[one] for one in session.scalars(select(_EFFECTS.c.id).order_by(_EFFECTS.c.place))]


@dataclass(slots=True)
class Pair:
    """Kenya and Uganda with one agreement in force; `tamper` changes batches on the wire, `reply` the answers."""

    kenya: Node
    uganda: Node
    agreement: Agreement
    clock: FixedClock
    tamper: Tamper = lambda body: body
    reply: Tamper = lambda answer: answer
    batches: list[bytes] = field(default_factory=list)
    is_down: bool = False

    def declare(self, subject: str, *, under: str | None = None, **payload: Any) -> OutboxMessage:
        """Release and queue one export record from Kenya to Uganda, under a certain agreement where one is named."""
        request = ReleaseRequest(
            "UG", EXPORT, "export-declaration", "mirror-matching", subject, payload or {"mrn": subject}, under
        )
        with self.kenya.database.transaction() as session:
            released = release(session, request=request, sender="KE", clock=self.clock)
            return enqueue(session, released, keys=self.kenya.keys, clock=self.clock)

    def deliver(self, limit: int = 200) -> DeliveryReport:
        """Send one batch from Kenya to Uganda."""
        self.clock.advance(timedelta(seconds=1))
        transport = InMemoryTransport({} if self.is_down else {"UG": self._arrive})
        return deliver_batch(
            self.kenya.database, "UG", keys=self.kenya.keys, transport=transport, clock=self.clock, limit=limit
        )

    def receive(self, body: bytes) -> bytes:
        """Give Uganda a batch."""
        handlers = self.uganda.handlers or {EXPORT: self.uganda.take}
        desk = Desk(self.uganda.database, self.uganda.keys, self.clock)
        return receive(desk, body, handlers=handlers, limits=InboxLimits())

    def _arrive(self, body: bytes) -> bytes:
        self.batches.append(body)
        return self.reply(self.receive(self.tamper(body)))


def make_pair(first: Database, second: Database, clock: FixedClock, *, valid_to: date = date(2030, 1, 1)) -> Pair:
    """Return two nodes that know each other and have signed an agreement."""
    nodes = {
        "KE": _a_node("KE", "Kenya", first),
        "UG": _a_node("UG", "Uganda", second),
    }
    agreement = draft_agreement(id="ke-ug", parties=("KE", "UG"), valid_from=date(2026, 1, 1), valid_to=valid_to)
    for node in nodes.values():
        with node.database.transaction() as session:
            for other in nodes.values():
                if other is not node:
                    add_peer(session, PeerCard(other.keys.public, "https://127.0.0.1:1", ""), clock=clock)
    pair = Pair(nodes["KE"], nodes["UG"], agreement, clock)
    bring_into_force(pair, agreement)
    return pair


def _a_node(authority: str, name: str, database: Database) -> Node:
    recovery = new_signer()
    return Node(
        generate_keys(authority, name, recovery=recovery_hash(recovery.public_key)), database, recovery=recovery
    )


def bring_into_force(pair: Pair, agreement: Agreement) -> None:
    """Let both nodes keep an agreement that both have signed."""
    for node in (pair.kenya, pair.uganda):
        with node.database.transaction() as session:
            keep_agreement(session, agreement, clock=pair.clock)
            for signer in (pair.kenya, pair.uganda):
                signature = sign_agreement(agreement, signer.keys)
                add_signature(session, agreement.id, signature, identity=signer.keys.public, clock=pair.clock)


def partner_of(pair: Pair) -> Peer:
    """Return Uganda as Kenya keeps it."""
    from comity.cooperation.exchange.store import find_peer

    with pair.kenya.database.reading() as session:
        return find_peer(session, "UG")
