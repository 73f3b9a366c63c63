"""The watcher over the senders outlives a database that is away for a while."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from comity.entrypoints import sending
from comity.entrypoints.sending import Senders


def test_watcher_goes_on_after_the_database_was_away(monkeypatch):
    monkeypatch.setattr(sending, "PARTNERS_LOOKED_FOR_SECONDS", 0.01)
    asked_again = threading.Event()
    failures = [RuntimeError("the database restarts")]

    def reading():
        if failures:
            raise failures.pop()
        asked_again.set()
        raise RuntimeError("still away")

    senders = Senders(SimpleNamespace(database=SimpleNamespace(reading=reading)))
    senders.start()

    went_on = asked_again.wait(5)
    senders.stop()

    assert went_on
