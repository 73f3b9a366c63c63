"""How do bytes reach a partner? HTTPS with its certificate pinned, or memory in tests."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from typing import Protocol

import httpx

from comity.cooperation.exchange.errors import PartnerBusy, PartnerRefused, PartnerUnreachable
from comity.cooperation.exchange.store import Peer

PATH = "/exchange/batch"
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 120.0  # guesses: the answer waits for the partner's whole batch
LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
LONGEST_RETRY_AFTER_SECONDS = 300.0  # a guess: a partner may not keep a sender quiet for longer


class Transport(Protocol):
    """Carries a batch to a partner and brings back its answer."""

    def post(self, peer: Peer, body: bytes) -> bytes:
        """Return the partner's answer to `body`.

        Raises:
            PartnerUnreachable: no answer came.
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
            raise PartnerUnreachable(f"{peer.authority} at {peer.url}: {type(error).__name__}: {error}") from error
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
            timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
            self._clients[at] = httpx.Client(verify=context, timeout=timeout, trust_env=False)
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
    if answer.status_code in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS):
        asked = answer.headers.get("retry-after", "")
        seconds = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0.0
        return PartnerBusy(reason, retry_after_seconds=min(seconds, LONGEST_RETRY_AFTER_SECONDS))
    return PartnerRefused(reason)
