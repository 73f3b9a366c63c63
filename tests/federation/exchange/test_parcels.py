"""Does a message pass that is larger than what the line carries between two breaks? In parts, and once."""

from __future__ import annotations

import random
import time

import pytest

from comity.cooperation.exchange import sender
from comity.cooperation.exchange.batch import COURIER_TYPE
from comity.cooperation.exchange.courier.online import PART_KEPT, receive
from comity.cooperation.exchange.courier.part import SMALLEST_FILE_BYTES, Whole, cut
from comity.cooperation.exchange.courier.unpack import Desk, incomplete
from comity.cooperation.exchange.deliver import Line, Load, prepare
from comity.cooperation.exchange.errors import Busy, EnvelopeInvalid, LineBroken, PartnerBusy
from comity.cooperation.exchange.inbox import InboxLimits
from comity.cooperation.exchange.sender import SenderThread
from comity.cooperation.exchange.store import exchange_counts
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.foundation.clock import SystemClock
from tests.simulators.nodes import EXPORT, Pair

BEARS = 40_000


class WeakLine:
    """A way to Uganda that breaks under anything larger than it bears, and under every third post besides."""

    def __init__(self, pair: Pair, limits: InboxLimits = InboxLimits()) -> None:
        self.pair, self.limits, self.posted, self.arrived = pair, limits, 0, 0

    def post(self, _peer, body: bytes) -> bytes:
        self.posted += 1
        if len(body) > BEARS or self.posted % 3 == 0:
            raise LineBroken
        self.arrived += len(body)
        try:
            return self.give(body)
        except Busy as error:
            raise PartnerBusy from error

    def give(self, body: bytes) -> bytes:
        desk = Desk(self.pair.uganda.database, self.pair.uganda.keys, self.pair.clock)
        return receive(desk, body, handlers={EXPORT: self.pair.uganda.take}, limits=self.limits)


@pytest.fixture(autouse=True)
def hurried(monkeypatch, pair):
    monkeypatch.setattr(sender, "IDLE_SECONDS", 0.02)
    monkeypatch.setattr(sender, "FIRST_BACKOFF_SECONDS", 0.01)
    pair.clock = SystemClock()


def deliver_all(pair: Pair, line: WeakLine, count: int) -> None:
    thread = SenderThread(pair.kenya.database, "UG", keys=lambda: pair.kenya.keys, transport=line, clock=pair.clock)
    thread.start()
    deadline = time.monotonic() + 60
    while delivered(pair) < count:
        assert time.monotonic() < deadline, "it did not arrive in time"
        time.sleep(0.02)
    thread.stop()


def delivered(pair: Pair) -> int:
    with pair.kenya.database.reading() as session:
        return exchange_counts(session).delivered


def declare_large(pair: Pair) -> str:
    text = random.Random(1).randbytes(60_000).hex()
    pair.declare("large", mrn=text)
    return text


def test_a_message_larger_than_the_line_bears_arrives_in_parts_between_smaller_ones(pair):
    pair.declare("before")
    text = declare_large(pair)
    pair.declare("after")
    line = WeakLine(pair)

    deliver_all(pair, line, 3)

    assert [message.payload["mrn"] for message in pair.uganda.taken] == ["before", text, "after"]
    assert incomplete(Desk(pair.uganda.database, pair.uganda.keys, pair.clock), "batch") == []


def test_what_arrived_before_a_break_is_not_sent_again(pair):
    text = declare_large(pair)
    line = WeakLine(pair)

    deliver_all(pair, line, 1)

    assert line.arrived < 3.5 * len(text)


def test_an_answer_that_was_lost_is_given_again_and_nothing_is_doubled(pair):
    declare_large(pair)
    line = WeakLine(pair)
    give, lost = line.give, []

    def lose_the_first_answer(body: bytes) -> bytes:
        answer = give(body)
        if answer and not lost:
            lost.append(answer)
            raise LineBroken
        return answer

    line.give = lose_the_first_answer

    deliver_all(pair, line, 1)

    assert len(lost) == 1
    assert len(pair.uganda.taken) == 1


def test_a_node_that_is_busy_keeps_the_parts(pair):
    text, turned_away = declare_large(pair), []

    class Door:
        def __call__(self, party: str) -> Door:
            if not turned_away:
                turned_away.append(party)
                raise Busy
            return self

        def __enter__(self) -> None:
            return None

        def __exit__(self, *_error: object) -> None:
            return None

    line = WeakLine(pair, InboxLimits(entered=Door()))
    deliver_all(pair, line, 1)

    assert turned_away == ["KE"]
    assert line.arrived < 3 * len(text)
    assert len(pair.uganda.taken) == 1


def test_a_part_is_answered_with_nothing_until_the_last_is_there(pair):
    pair.declare("d1")
    line = Line(pair.kenya.keys, InMemoryTransport({}), pair.clock)
    prepared = prepare(pair.kenya.database, "UG", line, Load(batch_type=COURIER_TYPE))
    whole = Whole("batch", "UG", pair.clock.now(), 1, prepared.body + b" " * 20_000)
    first, second = [file for _, file in cut(whole, most_bytes=SMALLEST_FILE_BYTES, keys=pair.kenya.keys)]
    at = WeakLine(pair)

    assert at.give(first) == PART_KEPT
    with pytest.raises(EnvelopeInvalid):
        at.give(second)
    assert incomplete(Desk(pair.uganda.database, pair.uganda.keys, pair.clock), "batch") == []
