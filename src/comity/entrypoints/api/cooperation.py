"""What partners and verifiers ask: the exchange batch, the log's checkpoint and proofs (RFC 9162), the health."""

from __future__ import annotations

import base64
import logging
from datetime import timedelta

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from comity import __version__
from comity.cooperation.exchange.courier.online import receive
from comity.cooperation.exchange.courier.unpack import Desk
from comity.cooperation.exchange.errors import Busy
from comity.cooperation.exchange.inbox import InboxLimits
from comity.cooperation.exchange.operation.store import queues
from comity.cooperation.ledger.append import consistency_proof, inclusion_proof
from comity.cooperation.ledger.checkpoint import sign_checkpoint
from comity.cooperation.ledger.store import head
from comity.entrypoints.api.documentation import BATCH, CHECKPOINT, CONSISTENCY, HEALTH, INCLUSION
from comity.entrypoints.api.doors import Call, Door, Needs, address_of, open_endpoint
from comity.entrypoints.api.errors import ParameterInvalid
from comity.foundation.errors import ComityError

MAX_BATCH_BYTES = (
    64 * 1024 * 1024
)  # 200 messages of the largest kind, sealed; a guess, revisit with the exchange benchmark
log = logging.getLogger(__name__)


def cooperation_routes(door: Door) -> APIRouter:
    """Return the routes of the exchange, the log and the health."""
    router, nothing = APIRouter(), Needs()
    batch_needs = Needs(most_bytes=MAX_BATCH_BYTES)
    open_endpoint(router, "POST /exchange/batch", batch, door=door, needs=batch_needs, documented=BATCH)
    for address, answer, documented in (
        ("GET /ledger/checkpoint", checkpoint, CHECKPOINT),
        ("GET /ledger/inclusion", inclusion, INCLUSION),
        ("GET /ledger/consistency", consistency, CONSISTENCY),
        ("GET /health", health, HEALTH),
    ):
        open_endpoint(router, address, answer, door=door, needs=nothing, documented=documented)
    return router


def batch(door: Door, call: Call) -> Response:
    """Take a partner's batch, or a part of one, and answer with receipts."""
    node = door.node
    skew = timedelta(seconds=node.settings.clock_skew_seconds)
    limits = InboxLimits(skew=skew, entered=door.partners.entered, keeper=node.keep_received)
    try:
        desk = Desk(node.database, node.keys, node.clock)
        answer = receive(desk, call.body, handlers=node.handlers, limits=limits)
    except ComityError as error:
        if not isinstance(error, Busy):
            door.refusals.record(error, call.body)
        raise
    log.info("api.batch-received address=%s bytes=%d", address_of(call.request), len(call.body))
    return Response(answer, media_type="application/octet-stream")


def checkpoint(door: Door, _call: Call) -> Response:
    """Answer the signed head of the log."""
    with door.node.database.reading() as session:
        note = sign_checkpoint(head(session), door.node.keys)
    return Response(note, media_type="text/plain; charset=utf-8")


def inclusion(door: Door, call: Call) -> Response:
    """Prove that an entry is in the log."""
    index, size = (_number(call, name) for name in ("index", "size"))
    with door.node.database.reading() as session:
        if not index < size <= head(session).size:
            raise ParameterInvalid("0 ≤ index < size ≤ the size of the log is needed", path="index")
        proof = inclusion_proof(session, index=index, size=size)
    return JSONResponse({"index": index, "size": size, "proof": _in_base64(proof)})


def consistency(door: Door, call: Call) -> Response:
    """Prove that the log only grew between two sizes."""
    old, new = (_number(call, name) for name in ("from", "to"))
    with door.node.database.reading() as session:
        if not old <= new <= head(session).size:
            raise ParameterInvalid("0 ≤ from ≤ to ≤ the size of the log is needed", path="from")
        proof = consistency_proof(session, old_size=old, new_size=new)
    return JSONResponse({"from_size": old, "size": new, "proof": _in_base64(proof)})


def health(door: Door, _call: Call) -> Response:
    """Tell that the database answers, where the log stands, and how many messages wait for partners."""
    with door.node.database.reading() as session:
        now, waiting = head(session), sum(queue.length for queue in queues(session))
    return JSONResponse(
        {
            "status": "ok",
            "authority": door.node.keys.authority,
            "version": __version__,
            "ledger": {"size": now.size, "root": now.root.hex()},
            "outbox_waiting": waiting,
        }
    )


def _number(call: Call, name: str) -> int:
    text = call.request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ParameterInvalid(f"{name} must be a whole number", path=name)
    return int(text)


def _in_base64(proof: list[bytes]) -> list[str]:
    return [base64.b64encode(part).decode() for part in proof]
