"""Does one message, stream or partner hold up the others? Turns, sizes, failures that pass and failures that stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.cooperation.exchange import deliver
from comity.cooperation.exchange.errors import EnvelopeInvalid, MessageTooLarge
from comity.cooperation.exchange.outbox import enqueue_many
from comity.cooperation.exchange.store import PeerState, exchange_counts, list_messages, waiting_for
from comity.foundation.errors import ComityError
from tests.simulators.nodes import EXPORT, Pair, bring_into_force, partner_of


class OutOfOrder(ComityError):
    """The node is out of order."""

    code = "test.out-of-order"
    status = 503


class NotWanted(ComityError):
    """This is not wanted."""

    code = "test.not-wanted"


@pytest.fixture
def second(pair: Pair) -> str:
    agreement = replace(pair.agreement, id="ke-ug-2", title="A second one")
    bring_into_force(pair, agreement)
    return agreement.id


def fail_under(pair: Pair, agreement_id: str, error: Exception) -> None:
    def take(session, message):
        if message.header.agreement_id == agreement_id:
            raise error
        return pair.uganda.take(session, message)

    pair.uganda.handlers = {EXPORT: take}


def test_every_stream_has_its_turn_in_a_batch(pair, second):
    for number in range(10):
        pair.declare(f"a{number}", under="ke-ug")
    for number in range(2):
        pair.declare(f"b{number}", under=second)

    pair.deliver(limit=4)

    assert [message.payload["mrn"] for message in pair.uganda.taken] == ["a0", "a1", "b0", "b1"]


def test_stream_that_stands_still_lets_the_other_agreement_through_and_is_shown(pair, second):
    fail_under(pair, "ke-ug", RuntimeError("disk full"))
    for number in range(3):
        pair.declare(f"a{number}", under="ke-ug")
        pair.declare(f"b{number}", under=second)

    report = pair.deliver()

    assert (report.delivered, report.again) == (3, 3)
    assert dict(report.stuck) == {"ke-ug": "exchange.receiver-failed"}
    partner = partner_of(pair)
    assert (partner.state, partner.last_error) == (PeerState.REFUSING, "ke-ug: exchange.receiver-failed")
    pair.uganda.handlers = {}
    assert pair.deliver().delivered == 3
    assert partner_of(pair).state is PeerState.REACHED


def test_stream_that_stands_still_is_probed_with_its_first_message_only(pair, second):
    for number in range(3):
        pair.declare(f"a{number}", under="ke-ug")
        pair.declare(f"b{number}", under=second)

    with pair.kenya.database.reading() as session:
        waiting = waiting_for(session, "UG", most_messages=10, most_bytes=10**6, probing=["ke-ug"])

    assert [message.subject for message in waiting] == ["a0", "b0", "b1", "b2"]


def test_failure_of_the_node_is_temporary_and_refusal_of_the_business_final(pair):
    pair.declare("d1")
    fail_under(pair, "ke-ug", OutOfOrder())
    assert pair.deliver().again == 1
    fail_under(pair, "ke-ug", NotWanted())

    report = pair.deliver()

    assert report.refused == 1
    with pair.kenya.database.reading() as session:
        (message,) = list_messages(session, "UG")
    assert (message.state, message.outcome) == ("refused", "test.not-wanted")


def test_what_a_refusing_handler_wrote_is_undone(pair):
    from sqlalchemy import text

    def write_and_refuse(session, message):
        session.execute(text("DELETE FROM exchange_peers"))
        raise NotWanted

    pair.uganda.handlers = {EXPORT: write_and_refuse}
    pair.declare("d1")
    assert pair.deliver().refused == 1
    pair.uganda.handlers = {}
    pair.declare("d2")

    assert pair.deliver().delivered == 1


def test_batch_is_cut_at_its_bytes_and_one_message_always_goes(pair, monkeypatch):
    small = [pair.declare(f"d{number}") for number in range(3)]
    pair.declare("large", mrn="M" * 20_000)
    monkeypatch.setattr(deliver, "BATCH_BYTES", len(small[0].jws) + len(small[1].jws))

    sizes = [pair.deliver().sent for _ in range(4)]

    assert sizes == [2, 1, 1, 0]


def test_message_that_no_partner_could_take_is_refused_when_it_is_queued(pair):
    with pytest.raises(MessageTooLarge):
        pair.declare("d1", mrn="M" * 4_200_000)
    with pytest.raises(EnvelopeInvalid):
        pair.declare("d1", mrn="M\0")
    pair.declare("d2")

    assert pair.deliver().delivered == 1


def test_queueing_nothing_changes_nothing(pair):
    with pair.kenya.database.transaction() as session:
        assert enqueue_many(session, [], keys=pair.kenya.keys, clock=pair.clock) == []
        assert exchange_counts(session).sent == 0
