"""How much may be asked of the node: bytes in a body, requests in a minute by token or address."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from anyio import from_thread
from fastapi import Request
from starlette.types import Message

from comity.entrypoints.api.errors import BodyIncomplete, BodyTooLarge, BodyTooSlow, TooManyRequests
from comity.foundation.clock import Clock

GRACE_SECONDS = 20.0
SLOWEST_BYTES_A_SECOND = 1_000  # a guess: an eighth of the slowest link that is served, 64 kbit/s
REMEMBERED = 10_000  # callers kept apart; the least recent is forgotten first, which can only be in its favour


def read_body(request: Request, *, most_bytes: int) -> bytes:
    """Return the body, piece by piece from the event loop, stopping as soon as it is larger than `most_bytes`.

    Only for endpoints that run in a worker thread, as every one of this node does.

    Raises:
        BodyTooSlow: fewer than 1,000 bytes a second have come, after the first twenty seconds.
        BodyTooLarge: it is announced or turns out to be larger.
        BodyIncomplete: the caller went away.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most_bytes:
        raise BodyTooLarge(f"the body has {announced} bytes; at most {most_bytes} are read")
    pieces, size, is_complete = [], 0, False
    begun = monotonic()
    while not is_complete:
        left = begun + GRACE_SECONDS + size / SLOWEST_BYTES_A_SECOND - monotonic()
        message = _received(request, max(left, 0.0))
        if message["type"] == "http.disconnect":
            raise BodyIncomplete
        piece = message.get("body", b"")
        size += len(piece)
        if size > most_bytes:
            raise BodyTooLarge(f"the body has more than the {most_bytes} bytes that are read")
        pieces.append(piece)
        is_complete = not message.get("more_body", False)
    return b"".join(pieces)


def _received(request: Request, seconds: float) -> Message:
    try:
        return from_thread.run(asyncio.wait_for, request.receive(), seconds)
    except TimeoutError as error:
        raise BodyTooSlow from error


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


class RateLimit:
    """A token bucket for each caller: `per_minute` requests on average, as many in one burst; bounded memory."""

    def __init__(self, *, per_minute: int, clock: Clock) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, caller: str) -> None:
        """Count one request of `caller`.

        Raises:
            TooManyRequests: the caller has used up its minute.
        """
        now = self._clock.now()
        with self._lock:
            bucket = self._buckets.setdefault(caller, _Bucket(float(self._per_minute), now))
            self._buckets.move_to_end(caller)
            elapsed = max((now - bucket.at).total_seconds(), 0.0)
            bucket.tokens = min(bucket.tokens + elapsed * self._per_minute / 60, float(self._per_minute))
            bucket.at = now
            while len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
            if bucket.tokens < 1:
                raise TooManyRequests
            bucket.tokens -= 1
