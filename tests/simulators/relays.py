"""What does a line do to batches when it does its worst? It loses, delays, doubles, re-orders, and forges answers.

A relay ends TLS with the recipient's own key, as an attacker who stole it could, so that it sees whole batches; what is
inside them it cannot read or make.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import httpx

SECONDS = 30.0


@dataclass(frozen=True)
class Habits:
    """How often a relay does what, as shares of the batches; the rest goes straight through."""

    lost_answer: float = 0.04
    delayed: float = 0.05
    doubled: float = 0.05
    reordered: float = 0.04
    longest_delay_seconds: float = 0.8


@dataclass
class Relay:
    """The line from one node to another; while `is_cut` nothing passes, `forge_next` names what is done to an answer."""

    target: int
    certificate: Path
    key: Path
    random: Random
    habits: Habits = Habits()
    is_cut: bool = False
    forge_next: str | None = None
    seen: Counter[str] = field(default_factory=Counter)
    port: int = 0
    _held: deque[bytes] = field(default_factory=deque)
    _answers: deque[bytes] = field(default_factory=lambda: deque(maxlen=3))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Relay:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                relay._pass(self)

            def log_message(self, *_what: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        self._server.context = context
        self.port = self._server.server_address[1]
        self._client = httpx.Client(verify=False, timeout=SECONDS, trust_env=False)
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def post(self, body: bytes) -> httpx.Response:
        """Give the recipient a batch directly, past the relay's habits."""
        return self._client.post(f"https://127.0.0.1:{self.target}/exchange/batch", content=body)

    def _pass(self, at: BaseHTTPRequestHandler) -> None:
        """Pass one batch on, or do something to it; an exception is a broken line to the sender."""
        at.close_connection = True
        body = at.rfile.read(int(at.headers["content-length"]))
        if self.is_cut:
            self.seen["cut"] += 1
            return
        habit = self._habit()
        self.seen[habit] += 1
        try:
            if habit == "reordered":
                self._held.append(body)
                return
            if habit == "delayed":
                time.sleep(self.random.uniform(0, self.habits.longest_delay_seconds))
            answer = self.post(body)
            if habit == "doubled":
                self._repeat(body)
            while self._held and habit != "reordered":
                self._repeat(self._held.popleft())
            if habit == "lost_answer" or self.is_cut:
                return
            self._give(at, answer)
        except (httpx.HTTPError, OSError):  # the recipient was killed, or the sender
            self.seen["broken"] += 1

    def _habit(self) -> str:
        with self._lock:
            draw = self.random.random()
        for name in ("lost_answer", "delayed", "doubled", "reordered"):
            share = getattr(self.habits, name)
            if draw < share:
                return name
            draw -= share
        return "passed"

    def _repeat(self, body: bytes) -> None:
        """Give a batch that comes late or again; count how it was answered."""
        answer = self.post(body)
        code = "taken" if answer.status_code == httpx.codes.OK else answer.json()["code"]
        self.seen[f"again: {code}"] += 1

    def _give(self, at: BaseHTTPRequestHandler, answer: httpx.Response) -> None:
        content = answer.content
        if answer.status_code == httpx.codes.OK and self.forge_next:
            content = self._forged(content)
        elif answer.status_code == httpx.codes.OK:
            self._answers.append(content)
        at.close_connection = False
        at.send_response(answer.status_code)
        at.send_header("content-type", "application/octet-stream")
        at.send_header("content-length", str(len(content)))
        at.end_headers()
        at.wfile.write(content)

    def _forged(self, content: bytes) -> bytes:
        forge, self.forge_next = self.forge_next, None
        self.seen[f"forged: {forge}"] += 1
        if forge == "answer-replayed" and self._answers:
            return self._answers[0]
        return bit_flipped(content)


def bit_flipped(signed: bytes) -> bytes:
    """Return a batch or an answer with one letter of its signature changed."""
    changed, at = bytearray(signed), (signed + b"\n").index(b"\n") - 20
    changed[at] = ord("A") if changed[at] != ord("A") else ord("B")
    return bytes(changed)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    context: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Do the handshake in the connection's own thread: a sender that was killed in it holds up nobody."""
        request.settimeout(SECONDS)
        with self.context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, _request: Any, _client_address: Any) -> None:
        """Say nothing: the sender was killed, or broke off."""
