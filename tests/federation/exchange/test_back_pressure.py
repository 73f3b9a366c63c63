"""A node that is busy or low on disk says so, and when to come back; a full queue holds what is owed, in order."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.crowd import Crowd
from comity.cooperation.exchange.deliver import deliver_batch
from comity.cooperation.exchange.errors import Busy, PartnerBusy, QueueFull
from comity.cooperation.exchange.inbox import InboxLimits, receive_batch
from comity.cooperation.exchange.operation.held import hold_back, need_room, release_held
from comity.cooperation.exchange.operation.store import held_counts, queue_length
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.sender import SenderThread
from comity.cooperation.exchange.store import exchange_counts
from tests.simulators.messages import batch_of, header, sealed
from tests.simulators.nodes import EXPORT
from tests.simulators.processes import wait_for


def receive(pair, body, crowd):
    limits = InboxLimits(entered=crowd.entered)
    handlers = {EXPORT: pair.uganda.take}
    return receive_batch(
        pair.uganda.database, body, keys=pair.uganda.keys, clock=pair.clock, handlers=handlers, limits=limits
    )


def test_second_batch_of_a_partner_at_the_same_time_is_answered_busy_and_comes_through_later(pair):
    crowd = Crowd(most=8, most_each=1)
    body = batch_of(pair, sealed(pair, header(pair)))

    with crowd.entered("KE"), pytest.raises(Busy):
        receive(pair, body, crowd)
    assert pair.uganda.taken == []

    receive(pair, body, crowd)
    assert len(pair.uganda.taken) == 1


def test_one_partner_cannot_keep_the_others_out_but_all_together_are_bounded():
    crowd = Crowd(most=2, most_each=1)

    with crowd.entered("KE"), crowd.entered("TZ"), pytest.raises(Busy), crowd.entered("RW"):
        pass
    with crowd.entered("RW"):
        pass


def test_stranger_never_occupies_a_partners_place(pair):
    entered = []
    crowd = Crowd(most=8, most_each=1, entrance=lambda: entered.append(1))

    with pytest.raises(Exception, match="signature"):
        receive(pair, batch_of(pair, sealed(pair, header(pair)), keys=pair.uganda.keys), crowd)
    assert entered == []


def test_sender_waits_as_long_as_the_busy_partner_asked(pair):
    pair.declare("d1")
    asked = threading.Event()

    class Busily:
        def post(self, _peer, _body):
            asked.set()
            raise PartnerBusy(retry_after_seconds=120.0)

    waits = []
    thread = SenderThread(pair.kenya.database, "UG", keys=lambda: pair.kenya.keys, transport=Busily(), clock=pair.clock)
    thread._stopping.wait = lambda seconds: (waits.append(seconds), thread._stopping.set())
    thread.start()
    wait_for(asked.is_set)
    thread.join(10)

    assert waits == [120.0]
    with pair.kenya.database.reading() as session:
        assert exchange_counts(session).waiting == 1


def owe(pair, subject, *, most_waiting):
    request = ReleaseRequest("UG", EXPORT, "export-declaration", "mirror-matching", subject, {"mrn": subject})
    with pair.kenya.database.transaction() as session:
        released = release(session, request=request, sender="KE", clock=pair.clock)
        try:
            need_room(session, released, most_waiting=most_waiting)
        except QueueFull:
            hold_back(session, request, clock=pair.clock)
            return False
        enqueue(session, released, keys=pair.kenya.keys, clock=pair.clock)
    return True


def test_full_queue_holds_what_is_owed_and_lets_it_go_in_order_when_there_is_room(pair):
    queued = [owe(pair, f"d{number}", most_waiting=3) for number in range(6)]
    pair.deliver(limit=2)
    behind = owe(pair, "d6", most_waiting=3)

    with pair.kenya.database.transaction() as session:
        first = release_held(session, "UG", keys=pair.kenya.keys, clock=pair.clock, most_waiting=3)
        assert queue_length(session, "UG", "ke-ug") == 3
        assert held_counts(session) == {"UG": 2}
    pair.deliver()
    with pair.kenya.database.transaction() as session:
        release_held(session, "UG", keys=pair.kenya.keys, clock=pair.clock, most_waiting=3)
    pair.deliver()

    assert (queued, behind, first) == ([True] * 3 + [False] * 3, False, 2)
    assert [message.header.subject for message in pair.uganda.taken] == [f"d{number}" for number in range(7)]


def test_what_was_held_under_an_agreement_that_has_ended_does_not_leave(pair):
    owe(pair, "d0", most_waiting=1)
    owe(pair, "d1", most_waiting=1)
    pair.deliver()
    pair.clock.advance(timedelta(days=365 * 6))

    with pair.kenya.database.transaction() as session:
        queued = release_held(session, "UG", keys=pair.kenya.keys, clock=pair.clock, most_waiting=1)
        assert held_counts(session) == {}

    assert queued == 0


def test_busy_answer_over_memory_leaves_everything_waiting(pair):
    pair.declare("d1")
    crowd = Crowd(most=8, most_each=1)

    class Direct:
        def post(self, _peer, body):
            return receive(pair, body, crowd)

    pair.clock.advance(timedelta(seconds=1))
    with crowd.entered("KE"), pytest.raises(Busy):
        deliver_batch(pair.kenya.database, "UG", keys=pair.kenya.keys, transport=Direct(), clock=pair.clock)

    with pair.kenya.database.reading() as session:
        assert exchange_counts(session).waiting == 1
