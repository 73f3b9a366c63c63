"""How the API joins the node's web application."""

from __future__ import annotations

from fastapi import FastAPI

from comity.entrypoints.api.cooperation import cooperation_routes
from comity.entrypoints.api.declarations import declaration_routes
from comity.entrypoints.api.doors import Door
from comity.entrypoints.api.operation import operation_routes
from comity.entrypoints.api.xroad import xroad_routes
from comity.entrypoints.node import Node


def create_api(node: Node, app: FastAPI) -> None:
    """Add the API's routes to `app`."""
    door = Door(node)
    app.include_router(declaration_routes(door))
    app.include_router(cooperation_routes(door))
    app.include_router(operation_routes(door))
    app.include_router(xroad_routes(door))
