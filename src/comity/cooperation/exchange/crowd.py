"""How many may be at something at once? As many as are bearable, each its share; the next is told to come back."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from comity.cooperation.exchange.errors import Busy

Entrance = Callable[[], None]
"""Raises `Busy` when nobody may enter, whoever it is: the disk is nearly full."""


class Crowd:
    """A door that lets in `most` at once and `most_each` of one party; it never makes anyone wait."""

    def __init__(self, *, most: int, most_each: int, entrance: Entrance = lambda: None) -> None:
        self._most, self._most_each, self._entrance = most, most_each, entrance
        self._lock = threading.Lock()
        self._inside: Counter[str] = Counter()

    @contextmanager
    def entered(self, party: str) -> Iterator[None]:
        """Be inside for as long as the block lasts.

        Raises:
            Busy: it is full, the party has its share, or nobody may enter.
        """
        self._entrance()
        with self._lock:
            if self._inside.total() >= self._most:
                raise Busy("this node is at as many requests as it can bear; send again later")
            if self._inside[party] >= self._most_each:
                raise Busy("this node is still at another request of the same sender; send again after its answer")
            self._inside[party] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside[party] -= 1
                if not self._inside[party]:
                    del self._inside[party]
