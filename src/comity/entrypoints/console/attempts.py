"""How often may one try to sign in: bounded counts by account and by address, kept in this process."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from comity.entrypoints.console.errors import TooManyAttempts
from comity.foundation.clock import Clock

WINDOW = timedelta(minutes=15)  # the page says so
PER_ACCOUNT = 10  # a guess: mistyping is allowed, guessing 10 passwords in 15 minutes finds none
PER_ADDRESS = 50  # a guess: a border post behind one address
REMEMBERED = 10_000  # keys kept; the least recently used are forgotten first


class SignInAttempts:
    """Failed attempts of the last quarter of an hour. A count that is full refuses the right password too."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()

    def check(self, *, account: str, address: str) -> None:
        """Let the attempt go on.

        Raises:
            TooManyAttempts: the account or the address has failed too often.
        """
        with self._lock:
            for key, most in self._keys(account, address):
                if len(self._recent(key)) >= most:
                    raise TooManyAttempts

    def failed(self, *, account: str, address: str) -> None:
        """Count one failed attempt."""
        now = self._clock.now()
        with self._lock:
            for key, most in self._keys(account, address):
                failures = self._failures.setdefault(key, deque(maxlen=most))
                failures.append(now)
                self._failures.move_to_end(key)
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, *, account: str) -> None:
        """Forget the account's failures; the address keeps its own."""
        with self._lock:
            self._failures.pop(f"account {account.casefold()}", None)

    def _recent(self, key: str) -> deque[datetime]:
        failures = self._failures.get(key, deque())
        earliest = self._clock.now() - WINDOW
        while failures and failures[0] <= earliest:
            failures.popleft()
        return failures

    @staticmethod
    def _keys(account: str, address: str) -> Iterable[tuple[str, int]]:
        return (f"account {account.casefold()}", PER_ACCOUNT), (f"address {address}", PER_ADDRESS)
