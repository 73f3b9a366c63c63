"""What does this process measure while it works? Requests, batches and chores, counted in memory."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Histogram

from comity.cooperation.exchange.store import Peer
from comity.cooperation.exchange.transport import Transport

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)


class Meters:
    """The counters of one node; labels are routes, codes, partners and chores, never what was traded."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("comity_requests", "Requests answered.", ["route", "status"], registry=self.registry)
        self._request_seconds = Histogram(
            "comity_request_seconds", "How long a request took.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self._batch_seconds = Histogram(
            "comity_batch_seconds",
            "How long a partner took to answer a batch, or not to answer.",
            ["partner"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._chores = Counter("comity_chores", "Chores run.", ["chore", "result"], registry=self.registry)

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count one request; `route` is the path as it is declared, not as it was asked."""
        self._requests.labels(route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def batch(self, partner: str, seconds: float) -> None:
        """Count one batch sent."""
        self._batch_seconds.labels(partner).observe(seconds)

    def chore(self, name: str, *, went_through: bool) -> None:
        """Count one chore."""
        self._chores.labels(name, "done" if went_through else "failed").inc()


class MeasuredTransport:
    """A transport whose round trips are measured."""

    def __init__(self, carrier: Transport, meters: Meters, *, clock: Callable[[], float] = monotonic) -> None:
        self._carrier, self._meters, self._clock = carrier, meters, clock

    def post(self, peer: Peer, body: bytes) -> bytes:
        """Return the partner's answer; see `Transport`."""
        begun = self._clock()
        try:
            return self._carrier.post(peer, body)
        finally:
            self._meters.batch(peer.authority, self._clock() - begun)
