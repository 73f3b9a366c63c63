"""Two X-Road security servers, the consumer's and the provider's, that keep the rules of PR-REST 1.0.

The consumer's has a real HTTP address; what runs between the two is their own business and is a function call here.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import httpx

HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
    "upgrade",
}  # fmt: skip
LEAKING = {"host", "user-agent", "server"}
SET_BY_SERVERS = {"x-road-client", "x-road-service", "x-road-id", "x-road-request-hash", "x-road-request-id"}
Headers = list[tuple[str, str]]
Response = tuple[int, Headers, bytes]


class Failed(Exception):
    """What a security server answers by itself: status, type."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(kind)
        self.status, self.kind = status, kind


@dataclass
class ProviderServer:
    """The partner's security server: services by identifier, who may call them, and where they are."""

    services: dict[str, Callable[[str, Headers, bytes], Response]] = field(default_factory=dict)
    rights: set[tuple[str, str]] = field(default_factory=set)
    failing: str | None = None
    seen: list[Headers] = field(default_factory=list)

    def call(self, service: str, path: str, headers: Headers, body: bytes) -> Response:
        """Pass a call on to the information system and answer with X-Road's headers."""
        if self.failing:
            raise Failed(500, self.failing)
        if service not in self.services:
            raise Failed(500, "Server.ServerProxy.UnknownService")
        client = one(headers, "x-road-client")
        if (client, service) not in self.rights:
            raise Failed(500, "Server.ServerProxy.AccessDenied")
        self.seen.append(headers)
        try:
            status, answered, content = self.services[service](path, headers, body)
        except httpx.HTTPError as error:
            raise Failed(500, "Server.ServerProxy.NetworkError") from error
        kept = [pair for pair in answered if pair[0].lower() not in HOP_BY_HOP | LEAKING | SET_BY_SERVERS]
        kept += [(name, one(headers, name)) for name in ("x-road-client", "x-road-id", "x-road-request-id")]
        return (
            status,
            [*kept, ("x-road-service", service), ("x-road-request-hash", request_hash(headers, body))],
            content,
        )


@dataclass
class ConsumerServer:
    """Our security server: its REST proxy address, and the clients registered at it."""

    provider: ProviderServer
    clients: set[str]
    calls: list[str] = field(default_factory=list)

    def carry(self, path: str, headers: Headers, body: bytes) -> Response:
        """Check a call as PR-REST says, pass it on, and verify what comes back."""
        parts = path.partition("?")[0].removeprefix("/").split("/")
        if parts[0] != "r1" or len(parts) < 6 or not all(unquote(part) for part in parts[1:6]):
            raise Failed(400, "Client.BadRequest")
        client, service = one(headers, "x-road-client"), "/".join(unquote(part) for part in parts[1:6])
        if len(client.split("/")) not in (3, 4):
            raise Failed(400, "Client.BadRequest")
        if any(name.lower() == "x-road-request-hash" for name, _ in headers):
            raise Failed(400, "Client.BadRequest")
        party = [value for name, value in headers if name.lower() == "x-road-represented-party"]
        if len(party) > 1 or any(len(value.split("/")) not in (1, 2) for value in party):
            raise Failed(400, "Client.BadRequest")
        if client not in self.clients:
            raise Failed(500, "Server.ClientProxy.UnknownMember")
        passed = [pair for pair in headers if pair[0].lower() not in HOP_BY_HOP | LEAKING | {"content-length"}]
        if not any(name.lower() == "x-road-id" for name, _ in passed):
            passed.append(("x-road-id", str(uuid.uuid4())))
        passed.append(("x-road-request-id", str(uuid.uuid4())))
        self.calls.append(one(passed, "x-road-id"))
        status, answered, content = self.provider.call(service, "/" + "/".join(parts[6:]), passed, body)
        if one(answered, "x-road-request-hash") != request_hash(passed, body):
            raise Failed(500, "Server.ClientProxy.InconsistentResponse")
        return status, answered, content


def request_hash(headers: Headers, body: bytes) -> str:
    """Return base64 of SHA512(SHA512(headers) + SHA512(body)), without the body's part when there is none."""
    of_headers = hashlib.sha512("".join(f"{name}:{value}\r\n" for name, value in headers).encode()).digest()
    whole = hashlib.sha512(of_headers + hashlib.sha512(body).digest()).digest() if body else of_headers
    return base64.b64encode(whole).decode()


def one(headers: Headers, wanted: str) -> str:
    """Return the value of a header that must stand there once."""
    values = [value for name, value in headers if name.lower() == wanted]
    if len(values) != 1:
        raise Failed(400, "Client.BadRequest")
    return values[0]


def information_system(url: str, certificate: str | None) -> Callable[[str, Headers, bytes], Response]:
    """Return what calls a service at an address, its certificate pinned as a security server's operator would."""

    def call(path: str, headers: Headers, body: bytes) -> Response:
        trust = ssl.create_default_context(cadata=certificate) if certificate else ssl.create_default_context()
        with httpx.Client(verify=trust, trust_env=False, timeout=30) as client:
            answer = client.post(url + path, content=body, headers=headers)
        return answer.status_code, list(answer.headers.multi_items()), answer.content

    return call


class Served:
    """The consumer's security server on a port of this machine."""

    def __init__(self, server: ConsumerServer) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                try:
                    status, headers, content = server.carry(self.path, list(self.headers.items()), body)
                except Failed as failed:
                    status, content = failed.status, b'{"type":"%s"}' % failed.kind.encode()
                    headers = [("X-Road-Error", failed.kind), ("Content-Type", "application/json; charset=utf-8")]
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self.address = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Served:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
