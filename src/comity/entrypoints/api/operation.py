"""What a monitoring system asks: the metrics, with a token of its own."""

from __future__ import annotations

from fastapi import APIRouter, Response

from comity.entrypoints.api.documentation import METRICS
from comity.entrypoints.api.doors import Call, Door, Needs, open_endpoint
from comity.entrypoints.api.scopes import Scope
from comity.entrypoints.metrics import CONTENT_TYPE, exposition


def operation_routes(door: Door) -> APIRouter:
    """Return the routes of operation."""
    router = APIRouter()
    needs = Needs(scope=Scope.READ_METRICS)
    open_endpoint(router, "GET /metrics", metrics, door=door, needs=needs, documented=METRICS)
    return router


def metrics(door: Door, _call: Call) -> Response:
    """Answer every metric of the node."""
    return Response(exposition(door.node), media_type=CONTENT_TYPE)
