"""How is it kept that batches were refused as a whole? As counts by day, partner and code; a flood costs few writes."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from datetime import timedelta

from comity.cooperation.exchange.batch import Claim, decode
from comity.cooperation.exchange.errors import ExchangeError
from comity.cooperation.exchange.handover.store import identity_ever
from comity.cooperation.exchange.jws import peek
from comity.cooperation.exchange.operation.store import count_refused_batch, forget_refused_batches
from comity.entrypoints.api.errors import TooManyRequests
from comity.entrypoints.api.limits import RateLimit
from comity.foundation.clock import Clock
from comity.foundation.errors import ComityError
from comity.foundation.storage.session import Database

WRITES_PER_MINUTE = 60  # beyond it refusals are counted in memory and written with the next one
KEPT_DAYS = 400  # a guess: a year and a month, as for the accounts between partners


class RefusalRecord:
    """Counts refused batches; the partner is the one that the batch claims to be from, if there is such a partner."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._limit = RateLimit(per_minute=WRITES_PER_MINUTE, clock=clock)
        self._lock = threading.Lock()
        self._unwritten: Counter[tuple[str, str]] = Counter()

    def record(self, error: ComityError, body: bytes) -> None:
        """Count one refused batch."""
        with self._lock:
            self._unwritten[self._claimed(body), error.code] += 1
            try:
                self._limit.take("writes")
            except TooManyRequests:
                return
            counts, self._unwritten = self._unwritten, Counter()
        now, digest = self._clock.now(), hashlib.sha256(body).hexdigest()
        with self._database.transaction() as session:
            for (partner, code), count in counts.items():
                count_refused_batch(session, partner=partner, code=code, count=count, at=now, body_hash=digest)
            forget_refused_batches(session, before=now.date() - timedelta(days=KEPT_DAYS))

    def _claimed(self, body: bytes) -> str:
        try:
            claimed = decode(peek(body), Claim).sender
            with self._database.reading() as session:
                return claimed if identity_ever(session, claimed) is not None else ""
        except ExchangeError:
            return ""
