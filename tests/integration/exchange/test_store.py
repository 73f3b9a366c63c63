"""Are partners, streams, outbox and inbox kept as they must be, on both engines?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.errors import PeerChanged, PeerUnknown
from comity.cooperation.exchange.outbox import enqueue_many
from comity.cooperation.exchange.store import (
    PeerState,
    add_peer,
    exchange_counts,
    find_peer,
    is_waiting,
    list_messages,
    list_peers,
    note_contact,
    rewind,
    waiting_for,
)
from comity.cooperation.identity.keys import generate_keys
from comity.foundation.clock import FixedClock
from comity.foundation.storage.session import Database
from tests.simulators.databases import sqlite_with_tables
from tests.simulators.nodes import EXPORT, Pair, bring_into_force, make_pair, partner_of


@pytest.fixture
def pair(database: Database, tmp_path: Path, clock: FixedClock) -> Iterator[Pair]:
    other = sqlite_with_tables(tmp_path / "uganda.db")
    yield make_pair(database, other, clock)
    other.dispose()


def statements(database: Database, act) -> int:
    """Count the SQL statements that `act` sends, many rows in one counting once."""
    sent = []

    def count(_connection, _cursor, statement, *_more) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    act()
    event.remove(database.engine, "before_cursor_execute", count)
    return len(sent)


def queue(pair: Pair, names: list[tuple[str, str]]) -> list[str]:
    """Queue (subject, agreement) in this order in one transaction."""
    with pair.kenya.database.transaction() as session:
        released = [
            release(
                session,
                request=ReleaseRequest(
                    "UG", EXPORT, "export-declaration", "mirror-matching", subject, {"mrn": subject}, under
                ),
                sender="KE",
                clock=pair.clock,
            )
            for subject, under in names
        ]
        return [one.subject for one in enqueue_many(session, released, keys=pair.kenya.keys, clock=pair.clock)]


def waiting(pair: Pair, most_messages: int = 100, most_bytes: int = 10**7) -> list[str]:
    with pair.kenya.database.reading() as session:
        found = waiting_for(session, "UG", most_messages=most_messages, most_bytes=most_bytes)
    return [message.subject for message in found]


def test_messages_are_queued_in_the_order_given_and_chained_within_each_agreement(pair):
    bring_into_force(pair, replace(pair.agreement, id="a-second", title="Another"))
    names = [("d1", "ke-ug"), ("d2", "a-second"), ("d3", "ke-ug")]

    assert queue(pair, names) == ["d1", "d2", "d3"]
    assert waiting(pair) == ["d2", "d1", "d3"]
    with pair.kenya.database.reading() as session:
        assert {message.subject: message.sequence for message in list_messages(session, "UG")} == {
            "d1": 1,
            "d2": 1,
            "d3": 2,
        }


def test_queueing_that_is_rolled_back_leaves_no_gap(pair):
    with pytest.raises(RuntimeError), pair.kenya.database.transaction() as session:
        request = ReleaseRequest("UG", EXPORT, "export-declaration", "mirror-matching", "d0", {"mrn": "d0"})
        released = release(session, request=request, sender="KE", clock=pair.clock)
        enqueue_many(session, [released], keys=pair.kenya.keys, clock=pair.clock)
        raise RuntimeError("the flow failed after it queued")
    queue(pair, [("d1", "ke-ug")])

    assert pair.deliver().delivered == 1
    assert pair.uganda.taken[0].header.sequence == 1


def test_round_trip_needs_as_many_statements_for_fifty_messages_as_for_five(pair):
    queue(pair, [("first", "ke-ug")])
    pair.deliver()
    pair.deliver()
    counted = []
    for count in (5, 50):
        queue(pair, [(f"{count}-{number}", "ke-ug") for number in range(count)])
        counted.append(statements(pair.kenya.database, pair.deliver))

    assert counted[1] <= counted[0] + 2  # a tree that grew by a level reads a node more
    assert counted[0] < 40


def test_rewound_stream_waits_again_from_there(pair):
    queue(pair, [(f"d{number}", "ke-ug") for number in range(1, 5)])
    pair.deliver()
    with pair.kenya.database.transaction() as session:
        assert not is_waiting(session, "UG")
        rewind(session, "UG", "ke-ug", 3)

    assert waiting(pair) == ["d3", "d4"]
    assert pair.deliver().delivered == 2
    assert len(pair.uganda.taken) == 4


def test_counts_tell_what_was_sent_refused_and_still_waits(pair):
    queue(pair, [("d1", "ke-ug")])
    pair.deliver()
    pair.uganda.handlers = {"other.v1": pair.uganda.take}
    queue(pair, [("d2", "ke-ug")])
    pair.deliver()
    queue(pair, [("d3", "ke-ug")])

    with pair.kenya.database.reading() as session:
        counts = exchange_counts(session, "UG")
    assert (counts.sent, counts.delivered, counts.refused, counts.waiting, counts.receipts) == (3, 1, 1, 1, 2)
    with pair.uganda.database.reading() as session:
        assert (exchange_counts(session).received, exchange_counts(session).received_refused) == (1, 1)


def test_partner_keeps_its_key_and_may_change_its_address(pair):
    card = PeerCard(pair.uganda.keys.public, "https://elsewhere.example:8443", "")
    with pair.kenya.database.transaction() as session:
        add_peer(session, card, clock=pair.clock)
        with pytest.raises(PeerChanged):
            add_peer(session, replace(card, identity=generate_keys("UG", "Other").public), clock=pair.clock)

    partner = partner_of(pair)
    assert (partner.url, partner.fingerprint) == (card.url, pair.uganda.keys.public.fingerprint)


def test_unknown_partner_is_named(pair):
    with pair.kenya.database.reading() as session:
        with pytest.raises(PeerUnknown, match="TZ is not a partner"):
            find_peer(session, "TZ")
        assert [peer.authority for peer in list_peers(session)] == ["UG"]


def test_last_contact_is_that_of_the_last_round_trip_that_went_well(pair):
    reached = pair.clock.now()
    with pair.kenya.database.transaction() as session:
        note_contact(session, "UG", state=PeerState.REACHED, error=None, at=reached)
        note_contact(session, "UG", state=PeerState.UNREACHABLE, error="away", at=reached + timedelta(days=1))

    partner = partner_of(pair)
    assert (partner.state, partner.last_contact_at, partner.last_error) == (PeerState.UNREACHABLE, reached, "away")
