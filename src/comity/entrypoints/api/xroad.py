"""Where does this node's X-Road security server hand over a batch? At a door of its own, which knows the X-Road client.

PR-REST 4.3: the provider's security server passes the client's headers on; the answer's X-Road headers are its own to
set. Anyone who reaches this door can claim a client: the claim lets nothing in that the batch's signature does not.
"""

from __future__ import annotations

from fastapi import APIRouter, Response

from comity.cooperation.bridges.errors import XRoadClosed
from comity.cooperation.bridges.xroad import check_client
from comity.entrypoints.api.cooperation import MAX_BATCH_BYTES, batch
from comity.entrypoints.api.documentation import XROAD_BATCH
from comity.entrypoints.api.doors import Call, Door, Needs, open_endpoint


def xroad_routes(door: Door) -> APIRouter:
    """Return the door of the security server; a file xroad.toml that cannot be used stops the node here."""
    router = APIRouter()
    _ = door.node.xroad
    open_endpoint(
        router,
        "POST /xroad/exchange/batch",
        xroad_batch,
        door=door,
        needs=Needs(most_bytes=MAX_BATCH_BYTES),
        documented=XROAD_BATCH,
    )
    return router


def xroad_batch(door: Door, call: Call) -> Response:
    """Take a batch whose X-Road client is the one set for the partner that signed it."""
    if door.node.xroad is None:
        raise XRoadClosed
    headers = {name.lower(): call.request.headers.getlist(name) for name in call.request.headers}
    check_client(door.node.xroad, headers, call.body)
    return batch(door, call)
