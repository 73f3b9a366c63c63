"""How do bytes reach a partner? HTTPS with its certificate pinned, or memory in tests."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Protocol

import httpx

from comity.cooperation.exchange.errors import LineBroken, PartnerBusy, PartnerRefused, PartnerUnreachable
from comity.cooperation.exchange.store import Peer

PATH = "/exchange/batch"
# Nothing limits how long a batch may take, only how long nothing may move: a line that is dead is told so by TCP, to
# which an answer that is still being worked at looks alive. Guesses, revisited with benchmarks/narrow_line.py.
CONNECT_SECONDS, STANDSTILL_SECONDS, ANSWER_SECONDS = 20.0, 60.0, 300.0
KEPT_SECONDS = 25.0  # shorter than the 30 seconds for which a node keeps an idle connection
LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
LARGEST_REFUSAL_BYTES = 64 * 1024
LONGEST_RETRY_AFTER_SECONDS = 300.0  # a guess: a partner may not keep a sender quiet for longer


class Transport(Protocol):
    """Carries a batch to a partner and brings back its answer."""

    def post(self, peer: Peer, body: bytes) -> bytes:
        """Return the partner's answer to `body`.

        Raises:
            PartnerUnreachable: no connection could be made.
            LineBroken: it broke before the whole answer was there.
            PartnerRefused: the partner answered with an error.
        """


class HttpTransport:
    """HTTPS 1.1 over TLS; a partner is trusted by its pinned certificate only, never by an authority."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], httpx.Client] = {}

    def post(self, peer: Peer, body: bytes) -> bytes:
        """Return the partner's answer to `body`; see `Transport`."""
        try:
            client = self._client(peer)
            with client.stream("POST", f"{peer.url}{PATH}", content=body) as answer:
                content = bounded(answer)
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            is_down = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol)
            kind = PartnerUnreachable if is_down else LineBroken
            raise kind(f"{peer.authority} at {peer.url}: {type(error).__name__}: {error}") from error
        if answer.status_code != httpx.codes.OK:
            raise refusal(answer, content)
        return content

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _client(self, peer: Peer) -> httpx.Client:
        at = (peer.authority, peer.tls_certificate)
        if at not in self._clients:
            context = ssl.create_default_context(cadata=peer.tls_certificate)
            context.minimum_version = ssl.TLSVersion.TLSv1_3
            timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS, write=STANDSTILL_SECONDS)
            limits = httpx.Limits(keepalive_expiry=KEPT_SECONDS)
            way = httpx.HTTPTransport(verify=context, trust_env=False, limits=limits, socket_options=_watched())
            self._clients[at] = httpx.Client(transport=way, timeout=timeout, trust_env=False)
        return self._clients[at]


class InMemoryTransport:
    """Hands a batch to a function: the other node in the same process."""

    def __init__(self, nodes: Mapping[str, Callable[[bytes], bytes]]) -> None:
        self._nodes = nodes

    def post(self, peer: Peer, body: bytes) -> bytes:
        """Return what the partner's function returns; see `Transport`."""
        if peer.authority not in self._nodes:
            raise PartnerUnreachable(f"{peer.authority} is not there")
        return self._nodes[peer.authority](body)


def _watched() -> list[tuple[int, int, int]]:
    """Return the options by which TCP notices a dead line: probes when it is idle, a limit when data is not taken."""
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    for name, value in (
        ("TCP_KEEPIDLE", 15),
        ("TCP_KEEPINTVL", 15),
        ("TCP_KEEPCNT", 4),
        ("TCP_USER_TIMEOUT", int(STANDSTILL_SECONDS * 1000)),
    ):
        if hasattr(socket, name):  # not every system has every one
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options


def bounded(answer: httpx.Response) -> bytes:
    """Return the answer's body.

    Raises:
        PartnerRefused: it is larger than an answer can be.
    """
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > LARGEST_ANSWER_BYTES:
            raise PartnerRefused("the partner's answer is larger than an answer can be")
        parts.append(part)
    return b"".join(parts)


def refusal(answer: httpx.Response, content: bytes) -> PartnerRefused:
    """Return why a partner refused a batch: what its answer begins with, and how long to leave it alone."""
    text = content[:500].decode("utf-8", "replace")
    reason = f"the partner refused the batch with status {answer.status_code}: {text}"
    code = _code_in(content)
    if answer.status_code in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS):
        asked = answer.headers.get("retry-after", "")
        seconds = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0.0
        return PartnerBusy(reason, retry_after_seconds=min(seconds, LONGEST_RETRY_AFTER_SECONDS), code_there=code)
    return PartnerRefused(reason, code_there=code)


def _code_in(content: bytes) -> str:
    """Return the code that a refusal names, or nothing."""
    try:
        told = json.loads(content) if len(content) <= LARGEST_REFUSAL_BYTES else None
    except (ValueError, RecursionError):
        return ""
    code = told.get("code") if isinstance(told, dict) else None
    return code if isinstance(code, str) else ""
