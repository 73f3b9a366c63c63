"""How a request reaches an answer: limits first, then the token, then one flow; and how an error becomes JSON."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from comity.entrypoints.api.errors import DocumentRefused, TokenRefused, TooManyRequests
from comity.entrypoints.api.limits import RateLimit
from comity.entrypoints.api.scopes import Scope, Token
from comity.entrypoints.api.tokens import need, token_of
from comity.entrypoints.node import Node
from comity.foundation.errors import ComityError, Finding

RETRY_SECONDS = "30"
log = logging.getLogger(__name__)


class RefusedWithFindings(DocumentRefused):
    """The document has errors; each finding says where and what to do. Nothing of it was stored."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__()
        self.findings = findings


class Door:
    """What the endpoints share: the node, and the limits by token and by address."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._limit = RateLimit(per_minute=node.settings.requests_per_minute, clock=node.clock)

    def limit(self, request: Request) -> None:
        """Count a request of this address.

        Raises:
            TooManyRequests: it has used up its minute.
        """
        self._limit.take(f"address {address_of(request)}")

    def token(self, session: Session, request: Request, scope: Scope) -> Token:
        """Return the request's token, counted and permitted.

        Raises:
            TokenRefused: there is no such token.
            ScopeMissing: it does not permit this.
            TooManyRequests: it has used up its minute.
        """
        token = token_of(session, request.headers.get("authorization", ""), self.node.clock)
        self._limit.take(f"token {token.id}")
        need(token, scope)
        return token


class JsonRoute(APIRoute):
    """A route whose refusals are `{"code", "message"[, "path"][, "findings"]}` with the error's own status."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the endpoint, its refusals turned into answers."""
        answer = super().get_route_handler()

        async def answer_or_refuse(request: Request) -> Response:
            try:
                return await answer(request)
            except ComityError as error:
                return refusal(request, error)
            except Exception as error:
                if type(error).__module__.startswith(("fastapi", "starlette")):
                    raise
                return _failure(request, error)

        return answer_or_refuse


def refusal(request: Request, error: ComityError) -> JSONResponse:
    """Return the answer to a refused request."""
    log.info("api.refused code=%s path=%s", error.code, request.url.path)
    content: dict[str, Any] = dict(error.as_problem())
    if isinstance(error, RefusedWithFindings):
        content["findings"] = findings_as_json(error.findings)
    headers = {}
    if isinstance(error, TokenRefused):
        headers["www-authenticate"] = "Bearer"
    if isinstance(error, TooManyRequests):
        headers["retry-after"] = RETRY_SECONDS
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
