"""A line between two nodes as it is where lines are bad: narrow, slow to answer, and broken off now and then."""

from __future__ import annotations

import queue
import socket
import threading
import time
from dataclasses import dataclass, field

PIECE = 1_024  # bytes carried at once: an eighth of a second at 64 kbit/s


@dataclass
class Line:
    """A TCP proxy on a port of its own before `target`; all its connections share the width, one each way.

    `latency_seconds` is that of one way; after every `cut_every` bytes, both ways together, it breaks off.
    """

    target: int
    bytes_per_second: float = 8_000.0
    latency_seconds: float = 0.0
    cut_every: int | None = None
    port: int = 0
    carried: int = 0
    breaks: int = 0
    connections: int = 0
    _free_at: dict[bool, float] = field(default_factory=lambda: {True: 0.0, False: 0.0})
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Line:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._cut_at = self.cut_every
        threading.Thread(target=self._accept, name="line", daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()
        self._break_off()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._open |= {near, far}
                self.connections += 1
            for one, other, outward in ((near, far, True), (far, near, False)):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * PIECE)
                pieces: queue.Queue[tuple[float, bytes]] = queue.Queue(maxsize=16)
                threading.Thread(target=self._take, args=(one, pieces), daemon=True).start()
                threading.Thread(target=self._give, args=(other, pieces, outward), daemon=True).start()

    def _take(self, one: socket.socket, pieces: queue.Queue[tuple[float, bytes]]) -> None:
        piece = b"-"
        while piece:
            try:
                piece = one.recv(PIECE)
            except OSError:
                piece = b""
            pieces.put((time.monotonic() + self.latency_seconds, piece))

    def _give(self, other: socket.socket, pieces: queue.Queue[tuple[float, bytes]], outward: bool) -> None:
        while True:
            arrives, piece = pieces.get()
            with self._lock:
                leaves = max(self._free_at[outward], time.monotonic()) + len(piece) / self.bytes_per_second
                self._free_at[outward] = leaves
            time.sleep(max(0.0, max(leaves, arrives) - time.monotonic()))
            try:
                if not piece:
                    other.shutdown(socket.SHUT_WR)
                    return
                other.sendall(piece)
            except OSError:
                return
            if self._is_cut(len(piece)):
                self._break_off()

    def _is_cut(self, size: int) -> bool:
        with self._lock:
            self.carried += size
            if self._cut_at is None or self.carried < self._cut_at:
                return False
            self._cut_at = self.carried + (self.cut_every or 0)
            self.breaks += 1
            return True

    def _break_off(self) -> None:
        with self._lock:
            broken, self._open = self._open, set()
        for one in broken:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:  # it ended by itself
                pass
            one.close()
