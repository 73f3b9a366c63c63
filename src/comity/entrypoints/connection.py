"""How long may a caller take to say what it wants? A connection that does not finish its headers is closed.

The web server bounds neither the time nor the bytes of a request's head (RFC 9112 section 2.1): a caller could hold a
connection with a letter a minute. Bodies are bounded where they are read (`api/limits.py`).
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""From the connection, or the first byte of a further request, to the end of the headers. A guess: a line of 64 kbit/s
carries a head of 1 kB in an eighth of a second."""

HEAD_BYTES = 32 * 1024
"""Request line and headers together. A guess: browsers send 2 kB, most servers refuse above 8 to 64 kB."""

log = logging.getLogger(__name__)


class BoundedHttp(HttpToolsProtocol):
    """The web server's HTTP protocol with a bound on the time and the size of each request's head."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; those of a head are counted."""
        if self._head_timer is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()
        if self._head_timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self._ends_head(data):
                self._close("too-large")
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Note that the head is whole; what follows is a body."""
        self._head_came()
        super().on_headers_complete()

    def _ends_head(self, data: bytes) -> bool:
        """Claim that the head ends within its bound in these bytes: a body may come in the same packet."""
        allowed = HEAD_BYTES - (self._head_bytes - len(data))
        return b"\r\n\r\n" in data[: max(0, allowed)]

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._close, "too-slow")

    def _head_came(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close(self, why: str) -> None:
        log.info("http.head-%s", why)
        self._head_came()
        if not self.transport.is_closing():
            self.transport.close()
