"""Who delivers to a partner? One thread, one batch in flight, signed once; to one that is away later and later.

While a batch is on its way and the partner works at it, the thread keeps the answer to the batch before it and seals
what comes next: two nodes work at once, and still one batch is in flight.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import replace

from comity.cooperation.exchange.batch import COURIER_TYPE, Answer
from comity.cooperation.exchange.courier.parcel import Parcel
from comity.cooperation.exchange.deliver import (
    BATCH_MESSAGES,
    DeliveryReport,
    Line,
    Load,
    Prepared,
    accept,
    keep,
    prepare,
    seal_ahead,
)
from comity.cooperation.exchange.errors import LineBroken, PartnerBusy, PartnerUnreachable
from comity.cooperation.exchange.handover.follow import keep_fork_seen
from comity.cooperation.exchange.pace import Pace
from comity.cooperation.exchange.store import PeerState, is_waiting, note_contact
from comity.cooperation.exchange.transport import Transport
from comity.cooperation.identity.errors import HistoryForked
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.append import head
from comity.cooperation.ledger.store import cosigned_size
from comity.foundation.clock import Clock
from comity.foundation.errors import ComityError
from comity.foundation.storage.session import Database

IDLE_SECONDS = 0.5  # how long a message may wait that was queued while nobody woke the sender
BUSY_SECONDS = 0.02  # the same right after others went: where there was one there may be more
WITNESS_SECONDS = (
    2.0  # how often an idle node asks for a co-signature on a log that has grown; a guess: one small batch
)
STOP_SECONDS = 5.0  # a batch in flight longer than this is left: it is delivered again, once, after the restart
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.5, 60.0

log = logging.getLogger(__name__)


class _Flight(threading.Thread):
    """One batch on its way; a daemon, so that a partner that never answers does not keep the node from ending."""

    def __init__(self, prepared: Prepared, line: Line) -> None:
        super().__init__(name=f"batch-{prepared.peer.authority}", daemon=True)
        self._prepared, self._line = prepared, line
        self._answer: bytes = b""
        self._seconds = 0.0
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        """Post the batch."""
        begun = time.monotonic()
        try:
            self._answer = self._line.transport.post(self._prepared.peer, self._prepared.body)
        except Exception as error:  # noqa: BLE001 - it is raised again where the answer is waited for
            self._error = error
        self._seconds = time.monotonic() - begun

    def land(self) -> Answer:
        """Wait for the answer and verify it."""
        self.join()
        if self._error is not None:
            raise self._error
        return accept(self._prepared, self._answer, self._line)

    def pace(self, before: Pace) -> Pace:
        """Return the pace after this batch, once it has landed or broken off."""
        size = sum(len(message.jws) for message in self._prepared.messages)
        if self._error is None:
            return before.after_arrival(size, self._seconds)
        return before.after_break(size) if isinstance(self._error, LineBroken) else before


class SenderThread(threading.Thread):
    """Delivers to one partner until stopped; a partner that is away is tried again, later and later."""

    def __init__(
        self,
        database: Database,
        authority: str,
        *,
        keys: Callable[[], NodeKeys],
        transport: Transport,
        clock: Clock,
        limit: int = BATCH_MESSAGES,
    ) -> None:
        super().__init__(name=f"sender-{authority}", daemon=True)
        self._database = database
        self._authority = authority
        self._keys = keys
        self._line = Line(keys(), transport, clock)
        self._limit = limit
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._failures = 0
        self._stuck: Collection[str] = ()
        self._pace = Pace()
        self._parcel: Parcel | None = None
        self._idle_seconds = WITNESS_SECONDS

    def wake(self) -> None:
        """Look at once whether something waits."""
        self._woken.set()

    def stop(self) -> None:
        """Stop after the batch in flight."""
        self._stopping.set()
        self._woken.set()
        self.join(timeout=STOP_SECONDS)

    def run(self) -> None:
        """Deliver until stopped; whatever fails, the thread stays and tries again later."""
        while not self._stopping.is_set():
            try:
                self._go_on()
            except ComityError as error:
                self._note_failure(error)
                self._back_off(at_least=error.retry_after_seconds if isinstance(error, PartnerBusy) else 0.0)
            except Exception:  # the database or the machine failed: nothing is lost, everything still waits
                log.exception("exchange.sender-failed partner=%s", self._authority)
                self._back_off()

    def _go_on(self) -> None:
        if not self._has_work(self._idle_seconds):
            pause = min(IDLE_SECONDS, max(BUSY_SECONDS, self._idle_seconds / 4))
            self._woken.wait(pause)
            self._woken.clear()
            self._idle_seconds += pause
            return
        self._idle_seconds = 0.0
        report = self._deliver()
        self._stuck = report.stuck
        if report.rewound or report.again == report.sent > 0:
            self._back_off()
        else:
            self._failures = 0

    def _deliver(self) -> DeliveryReport:
        """Deliver batch after batch until nothing waits, or something stands still; return the last one's report."""
        load = Load(self._limit, self._stuck, most_bytes=self._pace.most_bytes)
        if self._parcel is not None:
            return self._deliver_parcel(self._parcel)
        flown = self._prepare(load)
        if self._pace.would_break([len(message.jws) for message in flown.messages]):
            flown = self._prepare(replace(load, limit=1, batch_type=COURIER_TYPE))
            self._parcel = Parcel(flown, self._line, most_bytes=self._pace.most_bytes)
            return self._deliver_parcel(self._parcel)
        answer = self._land(_Flight(flown, self._line))
        while not self._stopping.is_set():
            load = replace(load, after=flown.last_sequences(), most_bytes=self._pace.most_bytes)
            following = self._prepare(load, answer.witnessed_size)
            if not following.messages:
                break
            flight = _Flight(following, self._line)
            try:
                report = keep(self._database, flown, answer, self._line)
                if report.again < report.sent:
                    self._failures = 0  # whatever breaks next, this line carries
                if not report.again:
                    beyond = replace(load, after={**load.after, **following.last_sequences()})
                    load = replace(load, sealed=seal_ahead(self._database, self._authority, beyond))
            finally:
                flown, answer = following, self._land(flight)
            if report.again:
                break
        return keep(self._database, flown, answer, self._line)

    def _deliver_parcel(self, parcel: Parcel) -> DeliveryReport:
        """Deliver one message in parts; after a break it goes on where it broke."""
        before = parcel.arrived
        try:
            answer = parcel.post()
        except (PartnerUnreachable, PartnerBusy):
            if parcel.arrived > before:
                self._failures = 0
            raise
        except ComityError:
            self._parcel = None
            raise
        self._parcel = None
        return keep(self._database, parcel.prepared, accept(parcel.prepared, answer, self._line), self._line)

    def _land(self, flight: _Flight) -> Answer:
        try:
            return flight.land()
        finally:
            self._pace = flight.pace(self._pace)

    def _prepare(self, load: Load, witnessed_size: int | None = None) -> Prepared:
        self._line = replace(self._line, keys=self._keys())
        return prepare(self._database, self._authority, self._line, load, witnessed_size=witnessed_size)

    def _has_work(self, idle_seconds: float) -> bool:
        """Claim that messages wait or, after a while without any, that a co-signature is wanted on a grown log."""
        with self._database.reading() as session:
            if is_waiting(session, self._authority):
                return True
            return idle_seconds >= WITNESS_SECONDS and head(session).size > cosigned_size(session, self._authority)

    def _note_failure(self, error: ComityError) -> None:
        if isinstance(error, HistoryForked):
            keep_fork_seen(self._database, self._authority, error, self._line.clock)
        log.warning("%s partner=%s", error.code, self._authority)
        state = PeerState.UNREACHABLE if isinstance(error, PartnerUnreachable) else PeerState.REFUSING
        try:
            with self._database.transaction() as session:
                note_contact(
                    session, self._authority, state=state, error=error.message[:500], at=self._line.clock.now()
                )
        except Exception:
            log.exception("exchange.note-failed partner=%s", self._authority)

    def _back_off(self, *, at_least: float = 0.0) -> None:
        """Wait, longer each time; news does not cut it short, or a partner that is away would be hammered."""
        self._failures += 1
        longest = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(self._failures, 10))
        self._stopping.wait(max(at_least, random.uniform(longest / 2, longest)))  # noqa: S311 - jitter, not a secret
