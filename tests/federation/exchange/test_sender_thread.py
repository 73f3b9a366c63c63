"""Does the sender's thread live on through everything, and stop when it is told to?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from comity.cooperation.exchange import sender
from comity.cooperation.exchange.errors import PartnerUnreachable
from comity.cooperation.exchange.sender import SenderThread
from comity.cooperation.exchange.store import PeerState, exchange_counts
from comity.cooperation.ledger.append import head
from comity.cooperation.ledger.store import cosigned_size
from comity.foundation.clock import SystemClock
from tests.simulators.nodes import EXPORT, Pair, partner_of


class Line:
    """A way to Uganda that fails in the ways it is told to, in turn, and counts the batches."""

    def __init__(self, pair: Pair, *failures: Exception) -> None:
        self.pair, self.failures, self.posted = pair, list(failures), 0

    def post(self, _peer, body: bytes) -> bytes:
        self.posted += 1
        if self.failures:
            raise self.failures.pop(0)
        return self.pair.receive(body)


@pytest.fixture(autouse=True)
def hurried(monkeypatch, pair):
    monkeypatch.setattr(sender, "IDLE_SECONDS", 0.02)
    monkeypatch.setattr(sender, "WITNESS_SECONDS", 0.1)
    monkeypatch.setattr(sender, "FIRST_BACKOFF_SECONDS", 0.02)
    pair.clock = SystemClock()


@contextmanager
def running(pair: Pair, line: Line) -> Iterator[SenderThread]:
    thread = SenderThread(
        pair.kenya.database, "UG", keys=lambda: pair.kenya.keys, transport=line, clock=pair.clock, limit=10
    )
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()
    assert not thread.is_alive()


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.01)


def delivered(pair: Pair) -> int:
    with pair.kenya.database.reading() as session:
        return exchange_counts(session).delivered


def test_backlog_is_delivered_and_the_log_cosigned(pair):
    for number in range(25):
        pair.declare(f"d{number}")

    with running(pair, Line(pair)):
        wait_for(lambda: delivered(pair) == 25)

        def is_cosigned() -> bool:
            with pair.kenya.database.reading() as session:
                return cosigned_size(session, "UG") == head(session).size

        wait_for(is_cosigned)

    assert len(pair.uganda.taken) == 25


def test_thread_outlives_failures_of_every_kind(pair):
    pair.declare("d1")
    line = Line(pair, PartnerUnreachable(), RuntimeError("a fault in a library"), OSError("no file handles"))

    with running(pair, line):
        wait_for(lambda: delivered(pair) == 1)

    assert line.posted >= 4
    assert partner_of(pair).state is PeerState.REACHED


def test_thread_outlives_a_database_that_is_away(pair, monkeypatch):
    real, failures = sender.is_waiting, [RuntimeError("the database restarts")] * 3
    monkeypatch.setattr(
        sender, "is_waiting", lambda *where: (_ for _ in ()).throw(failures.pop()) if failures else real(*where)
    )
    pair.declare("d1")

    with running(pair, Line(pair)):
        wait_for(lambda: delivered(pair) == 1)

    assert failures == []


def test_news_does_not_cut_the_back_off_short(pair, monkeypatch):
    monkeypatch.setattr(sender, "FIRST_BACKOFF_SECONDS", 30.0)
    pair.declare("d1")
    line = Line(pair, *[PartnerUnreachable()] * 100)

    with running(pair, line) as thread:
        wait_for(lambda: partner_of(pair).state is PeerState.UNREACHABLE)
        for _ in range(20):
            thread.wake()
            time.sleep(0.01)

    assert line.posted == 1


def test_stream_that_stands_still_is_not_hammered(pair):
    def fail(_session, _message):
        raise RuntimeError("disk full")

    pair.uganda.handlers = {EXPORT: fail}
    for number in range(5):
        pair.declare(f"d{number}")
    line = Line(pair)

    with running(pair, line):
        wait_for(lambda: line.posted >= 3)
        time.sleep(0.5)
        posted = line.posted
        pair.uganda.handlers = {}
        wait_for(lambda: delivered(pair) == 5)

    assert posted < 12


def test_only_one_batch_is_in_flight(pair):
    for number in range(40):
        pair.declare(f"d{number}")
    flying, most = threading.Semaphore(0), []

    class Watched(Line):
        def post(self, peer, body):
            flying.release()
            most.append(flying._value)
            answer = super().post(peer, body)
            flying.acquire()
            return answer

    with running(pair, Watched(pair)) as thread:
        thread.wake()
        wait_for(lambda: delivered(pair) == 40)

    assert set(most) == {1}


def test_answer_that_could_not_be_kept_is_asked_for_again_and_nothing_is_doubled(pair, monkeypatch):
    real, failures = sender.keep, [RuntimeError("the database restarts")] * 2
    monkeypatch.setattr(
        sender, "keep", lambda *what: (_ for _ in ()).throw(failures.pop()) if failures else real(*what)
    )
    for number in range(35):
        pair.declare(f"d{number}")

    with running(pair, Line(pair)):
        wait_for(lambda: delivered(pair) == 35)

    assert failures == []
    assert [message.header.sequence for message in pair.uganda.taken] == list(range(1, 36))


def test_message_that_fails_in_the_middle_of_a_backlog_is_overtaken_by_none(pair):
    failures = [RuntimeError("disk full")] * 3

    def fail_at_the_fifteenth(session, message):
        if message.header.sequence == 15 and failures:
            raise failures.pop()
        return pair.uganda.take(session, message)

    pair.uganda.handlers = {EXPORT: fail_at_the_fifteenth}
    for number in range(45):
        pair.declare(f"d{number}")

    with running(pair, Line(pair)):
        wait_for(lambda: delivered(pair) == 45)

    assert failures == []
    assert [message.header.sequence for message in pair.uganda.taken] == list(range(1, 46))


def test_answers_are_kept_when_the_thread_is_stopped_in_the_middle(pair):
    for number in range(60):
        pair.declare(f"d{number}")

    with running(pair, Line(pair)):
        wait_for(lambda: len(pair.uganda.taken) > 15)

    assert delivered(pair) == len(pair.uganda.taken)
