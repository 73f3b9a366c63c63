"""Who sends: one thread per partner, started when the partner is known, stopped with the node."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from comity.cooperation.exchange.sender import SenderThread
from comity.cooperation.exchange.store import list_peers
from comity.entrypoints.meters import MeasuredTransport
from comity.entrypoints.node import Node

PARTNERS_LOOKED_FOR_SECONDS = 2.0  # a partner added while the node runs is served within this time

log = logging.getLogger(__name__)


class Senders:
    """The sender threads of a node, one per partner."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._threads: dict[str, SenderThread] = {}
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="senders", daemon=True)

    def start(self) -> None:
        """Start a sender for every partner known, and watch for new ones."""
        self._watcher.start()

    def wake(self) -> None:
        """Tell every sender that something may be waiting."""
        for thread in list(self._threads.values()):
            thread.wake()

    def stop(self) -> None:
        """Stop every sender after the batch it is at."""
        self._stopping.set()
        self._watcher.join(timeout=10)
        for thread in self._threads.values():
            thread.stop()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._start_missing()
            except (
                Exception
            ):  # whatever it was (a database that restarts): a watcher that ends leaves partners unserved
                log.exception("senders.partners-unreadable")
            self._stopping.wait(PARTNERS_LOOKED_FOR_SECONDS)

    def _start_missing(self) -> None:
        with self._node.database.reading() as session:
            partners = [peer.authority for peer in list_peers(session)]
        for authority in partners:
            if authority not in self._threads:
                thread = SenderThread(
                    self._node.database,
                    authority,
                    keys=lambda: self._node.keys,
                    transport=MeasuredTransport(self._node.transport_to(authority), self._node.meters),
                    clock=self._node.clock,
                    limit=self._node.settings.max_batch_messages,
                )
                self._threads[authority] = thread
                thread.start()


@contextmanager
def sending(node: Node) -> Iterator[Senders]:
    """Run the senders for as long as the block lasts."""
    senders = Senders(node)
    senders.start()
    try:
        yield senders
    finally:
        senders.stop()
