"""Chores: run when their turn has come; one that fails does not end the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from comity.entrypoints.chores import FIRST_AFTER, Chore, ChoreThread
from comity.entrypoints.meters import Meters
from comity.foundation.clock import FixedClock


def test_chore_runs_in_its_interval_and_a_failing_one_does_not_end_the_others():
    clock = FixedClock(datetime(2026, 6, 1, tzinfo=UTC))
    node = SimpleNamespace(clock=clock, meters=Meters())
    ran = []

    def fail(_node):
        ran.append("failing")
        raise RuntimeError

    chores = [
        Chore("failing", timedelta(hours=1), fail),
        Chore("good", timedelta(days=1), lambda _: ran.append("good")),
    ]
    thread = ChoreThread(node, chores)

    thread.run_due()
    assert ran == []

    clock.advance(FIRST_AFTER)
    thread.run_due()
    thread.run_due()
    assert ran == ["failing", "good"]

    clock.advance(timedelta(hours=1))
    thread.run_due()
    assert ran == ["failing", "good", "failing"]
