"""How a request reaches an answer: limits first, then the token, then one flow; and how an error becomes JSON."""

from __future__ import annotations

import logging
import secrets
import shutil
import traceback
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from time import monotonic
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from comity.cooperation.exchange.crowd import Crowd
from comity.cooperation.exchange.errors import Busy
from comity.entrypoints.api.errors import BodyTooLarge, DocumentRefused, TokenRefused, TooManyRequests
from comity.entrypoints.api.limits import RateLimit, read_body
from comity.entrypoints.api.refusals import RefusalRecord
from comity.entrypoints.api.scopes import Scope, Token
from comity.entrypoints.api.tokens import need, token_of
from comity.entrypoints.node import Node
from comity.foundation.errors import ComityError, Finding
from comity.foundation.settings import Settings

RETRY_SECONDS = "30"
LOW_DISK_RETRY_SECONDS = 60
MOST_STRANGERS, MOST_STRANGERS_AN_ADDRESS = 24, 8  # bodies being read, of the 40 threads that answer requests
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One request that passed the door: its token where one was needed, and its body."""

    request: Request
    token: Token | None
    body: bytes

    @property
    def caller(self) -> Token:
        """Return the token of a request that needed one."""
        if self.token is None:
            raise RuntimeError("an endpoint without a scope asked for its token")
        return self.token


@dataclass(frozen=True, slots=True)
class Needs:
    """What a request must bring: a scope (None: no token), and how large its body may be."""

    scope: Scope | None = None
    most_bytes: int = 0


class Door:
    """What the endpoints share: the node, and the limits by token and by address."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._limit = RateLimit(per_minute=node.settings.requests_per_minute, clock=node.clock)
        self._strangers = Crowd(most=MOST_STRANGERS, most_each=MOST_STRANGERS_AN_ADDRESS)
        self.refusals = RefusalRecord(node.database, node.clock)
        self.partners = Crowd(
            most=node.settings.max_batches_at_once, most_each=1, entrance=lambda: need_space(node.settings)
        )

    def admit(self, request: Request, needs: Needs) -> Call:
        """Let a request in: the limits first, then its token, then its body.

        Raises:
            TooManyRequests: the address or the token has used up its minute.
            TokenRefused: a token is needed and there is no such token.
            ScopeMissing: the token does not permit this.
            BodyTooLarge: the body is larger than it may be.
        """
        self._limit.take(f"address {address_of(request)}")
        token = None
        if needs.scope is not None:
            with self.node.database.reading() as session:
                token = token_of(session, request.headers.get("authorization", ""), self.node.clock)
            self._limit.take(f"token {token.id}")
            need(token, needs.scope)
        return Call(request, token, self._body(request, needs) if needs.most_bytes else b"")

    def _body(self, request: Request, needs: Needs) -> bytes:
        """Read a body; of callers who showed no token only so many at once, or slow ones would hold every thread."""
        with self._strangers.entered(address_of(request)) if needs.scope is None else nullcontext():
            try:
                return read_body(request, most_bytes=needs.most_bytes)
            except BodyTooLarge as error:
                if needs.scope is None:
                    self.refusals.record(error, b"")
                raise


def need_space(settings: Settings) -> None:
    """Let nothing in when the disk of the home folder is nearly full.

    Raises:
        Busy: there is less space than `least_free_bytes`.
    """
    if shutil.disk_usage(settings.home).free < settings.least_free_bytes:
        raise Busy("the disk of this node is nearly full; send again later", retry_after_seconds=LOW_DISK_RETRY_SECONDS)


Answer = Callable[[Door, Call], Response]


def open_endpoint(
    router: APIRouter,
    address: str,
    answer: Answer,
    *,
    door: Door,
    needs: Needs,
    documented: Mapping[str, Any],
) -> None:
    """Serve `answer` at `address` (`POST /path`); its refusals are `{"code", "message"[, "path"][, "findings"]}`."""

    def endpoint(request: Request) -> Response:
        begun = monotonic()
        try:
            answered = answer(door, door.admit(request, needs))
        except ComityError as error:
            answered = refusal(request, error)
        except Exception as error:  # noqa: BLE001 - the last place: the caller gets a reference, the log the place
            answered = _failure(request, error)
        door.node.meters.request(address, answered.status_code, monotonic() - begun)
        return answered

    method, _, path = address.partition(" ")
    router.add_api_route(path, endpoint, methods=[method], name=answer.__name__, **documented)


def refusal(request: Request, error: ComityError) -> JSONResponse:
    """Return the answer to a refused request."""
    log.info("api.refused code=%s path=%s", error.code, request.url.path)
    content: dict[str, Any] = dict(error.as_problem())
    if isinstance(error, DocumentRefused):
        content["findings"] = findings_as_json(error.findings)
    headers = {}
    if isinstance(error, TokenRefused):
        headers["www-authenticate"] = "Bearer"
    if isinstance(error, TooManyRequests):
        headers["retry-after"] = RETRY_SECONDS
    if isinstance(error, Busy):
        headers["retry-after"] = str(error.retry_after_seconds)
    return JSONResponse(content, status_code=error.status, headers=headers)


def findings_as_json(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    """Return findings as the API shows them."""
    return [finding.as_problem() | {"severity": finding.severity.value} for finding in findings]


def address_of(request: Request) -> str:
    """Return the network address of the caller."""
    return request.client.host if request.client else "unknown"


def _failure(request: Request, error: Exception) -> JSONResponse:
    """Answer a fault of our own: the caller gets a reference, the log the place, nobody the content."""
    reference = secrets.token_hex(6)
    frames = "; ".join(
        f"{frame.filename.rpartition('comity/')[2]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
    )
    log.error(
        "api.failed reference=%s type=%s path=%s at=%s", reference, type(error).__name__, request.url.path, frames
    )
    message = f"Something went wrong here; nothing was stored. Tell the node's engineer the reference {reference}."
    return JSONResponse({"code": "api.failed", "message": message}, status_code=500)
