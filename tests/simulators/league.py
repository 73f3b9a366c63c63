"""Three nodes in one process with the real flows: Kenya sends, Uganda holds, Rwanda may hold onward."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from comity.cooperation.agreements.agreement import Agreement, Marking, OnwardSharing
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.deliver import deliver_batch
from comity.cooperation.exchange.inbox import InboxLimits, receive_batch
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import OutboxMessage, add_peer, is_waiting
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.cooperation.identity.keys import NodeKeys, generate_keys
from comity.features.declarations.canonical import declaration_id, to_record
from comity.features.declarations.read import ReadDocument
from comity.features.mirror.settings import load_thresholds
from comity.features.risk.assess import SelectionPolicy
from comity.features.risk.profiles import load_profiles
from comity.flows.clear_declaration import Cleared, clear
from comity.flows.clearing import Clearing
from comity.flows.keep_received import keep_received
from comity.flows.receive_message import handlers_for
from comity.flows.sign_agreement import take_in
from comity.foundation.clock import FixedClock
from comity.foundation.rates import load_rates
from comity.foundation.storage.session import Database
from comity.foundation.trade.declaration import Declaration
from tests.builders.declarations import a_declaration

MRN = "26KE000111222333A4"


@cache
def keys_of(authority: str) -> NodeKeys:
    """Return an administration's keys, the same for the whole run."""
    return generate_keys(authority, f"Customs of {authority}")


@cache
def _tables() -> tuple[Any, Any, Any]:
    return load_profiles(), load_rates(), load_thresholds()


@dataclass(slots=True)
class Member:
    """One node with its equipment."""

    authority: str
    database: Database
    clearing: Clearing

    def clear(self, declaration: Declaration) -> Cleared:
        """Clear a declaration in a transaction of its own."""
        document = ReadDocument(declaration, (), 1, declaration_id(declaration))
        with self.database.transaction() as session:
            return clear(session, document, clearing=self.clearing)

    def send(
        self, message_type: str, payload: dict[str, Any], *, to: str, purpose: str = "stewardship"
    ) -> OutboxMessage:
        """Queue any message that an agreement covers, as a partner that keeps to no other rule could."""
        data_class = {"export-record.v1": "export-declaration"}.get(message_type, message_type)
        with self.database.transaction() as session:
            request = ReleaseRequest(to, message_type, data_class, purpose, "forged", payload)
            released = release(session, request=request, sender=self.authority, clock=self.clearing.clock)
            return enqueue(session, released, keys=self.clearing.keys, clock=self.clearing.clock)


@dataclass(slots=True)
class League:
    """The members, who can reach whom, and what each receipt of a message said."""

    clock: FixedClock
    members: dict[str, Member]
    away: set[str] = field(default_factory=set)

    @property
    def kenya(self) -> Member:
        return self.members["KE"]

    @property
    def uganda(self) -> Member:
        return self.members["UG"]

    @property
    def rwanda(self) -> Member:
        return self.members["RW"]

    def settle(self) -> None:
        """Deliver until nothing waits for anyone who is not away."""
        for _ in range(20):
            delivered = [self._deliver(one, other) for one in self.members for other in self.members if one != other]
            if not any(delivered):
                return
        raise AssertionError("the members never came to rest")

    def pass_days(self, days: int) -> None:
        """Let days go by."""
        self.clock.advance(timedelta(days=days))

    def _deliver(self, sender: str, recipient: str) -> bool:
        member = self.members[sender]
        with member.database.reading() as session:
            if {sender, recipient} & self.away or not is_waiting(session, recipient):
                return False
        self.clock.advance(timedelta(seconds=1))
        deliver_batch(
            member.database,
            recipient,
            keys=member.clearing.keys,
            transport=InMemoryTransport({recipient: lambda body: self.receive(recipient, body)}),
            clock=self.clock,
            limit=200,
        )
        return True

    def receive(self, recipient: str, body: bytes) -> bytes:
        """Give a member a batch."""
        member = self.members[recipient]

        def keeper(session: Any, messages: Any) -> None:
            keep_received(session, messages, clearing=member.clearing)

        return receive_batch(
            member.database,
            body,
            keys=member.clearing.keys,
            clock=self.clock,
            handlers=handlers_for(member.clearing),
            limits=InboxLimits(keeper=keeper),
        )


def agreement_between(one: str, other: str, clock: FixedClock, **changes: Any) -> Agreement:
    """Return an agreement on export records that may go on with consent and provides for others' data."""
    day = clock.now().date()
    drafted = draft_agreement(
        id=f"{one}-{other}".lower(),
        parties=(one, other),
        valid_from=day - timedelta(days=200),
        valid_to=day + timedelta(days=4_000),
    )
    terms = {"onward_sharing": OnwardSharing.WITH_CONSENT, "marking": Marking.CONFIDENTIAL, **changes}
    clauses = tuple(replace(clause, **terms) for clause in drafted.clauses)
    classes = tuple((name, (*fields, "onward")) for name, fields in drafted.data_classes)
    return replace(drafted, clauses=clauses, data_classes=classes)


def make_league(databases: dict[str, Database], clock: FixedClock, *agreements: Agreement) -> League:
    """Return members that all know each other, with agreements in force between some."""
    profiles, rates, thresholds = _tables()
    policy = SelectionPolicy(random_share=0.0)
    members = {
        name: Member(name, database, Clearing(keys_of(name), clock, profiles, rates, thresholds, policy, Random(1)))
        for name, database in databases.items()
    }
    for member in members.values():
        with member.database.transaction() as session:
            for other in members:
                if other != member.authority:
                    add_peer(session, PeerCard(keys_of(other).public, "https://127.0.0.1:1", ""), clock=clock)
            for agreement in agreements:
                if member.authority in agreement.parties:
                    signatures = [sign_agreement(agreement, keys_of(party)) for party in agreement.parties]
                    take_in(session, agreement, signatures, clearing=member.clearing)
    return League(clock, members)


def an_export(mrn: str = MRN, *, to: str = "UG", **changes: Any) -> Declaration:
    """Return an export declaration of Kenya."""
    sent = a_declaration(mrn=mrn, functional_reference_id=f"LRN-{mrn}", **changes)
    return replace(sent, goods_shipment=replace(sent.goods_shipment, destination_country=to))


def record_of(declaration: Declaration) -> dict[str, Any]:
    """Return the canonical record of a declaration."""
    return to_record(declaration)


def day_after(clock: FixedClock, days: int) -> date:
    """Return the day some days from now."""
    return clock.now().date() + timedelta(days=days)
