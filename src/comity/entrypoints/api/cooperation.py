"""What partners and verifiers ask: the exchange batch, the log's checkpoint and proofs (RFC 9162), the health."""

from __future__ import annotations

import base64
import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from comity import __version__
from comity.cooperation.exchange.inbox import receive_batch
from comity.cooperation.exchange.store import exchange_counts
from comity.cooperation.ledger.append import consistency_proof, inclusion_proof
from comity.cooperation.ledger.checkpoint import sign_checkpoint
from comity.cooperation.ledger.store import head
from comity.entrypoints.api.answers import CheckpointProof, Health, Problem
from comity.entrypoints.api.doors import Door, JsonRoute, address_of
from comity.entrypoints.api.errors import ParameterInvalid
from comity.entrypoints.api.limits import read_body

MAX_BATCH_BYTES = (
    64 * 1024 * 1024
)  # 200 messages of the largest kind, sealed; a guess, revisit with the exchange benchmark
log = logging.getLogger(__name__)


def cooperation_routes(door: Door) -> APIRouter:
    """Return the routes of the exchange, the log and the health."""
    router = APIRouter(route_class=JsonRoute, dependencies=[Depends(door.limit)])
    _open_exchange(router, door)
    _open_log(router, door)
    _open_health(router, door)
    return router


def _open_exchange(router: APIRouter, door: Door) -> None:
    node = door.node

    @router.post(
        "/exchange/batch",
        tags=["exchange"],
        summary="Take a signed batch of sealed messages from a partner and answer with receipts",
        response_class=Response,
        responses={
            200: {"content": {"application/octet-stream": {}}},
            413: {"model": Problem},
            429: {"model": Problem},
        },
    )
    def batch(request: Request, body: Annotated[bytes, Depends(read_body(MAX_BATCH_BYTES))]) -> Response:
        answer = receive_batch(node.database, body, keys=node.keys, clock=node.clock, handlers=node.handlers)
        log.info("api.batch-received address=%s bytes=%d", address_of(request), len(body))
        return Response(answer, media_type="application/octet-stream")


def _open_log(router: APIRouter, door: Door) -> None:
    node = door.node

    @router.get("/ledger/checkpoint", tags=["ledger"], summary="The signed head of the log (C2SP tlog-checkpoint)")
    def checkpoint() -> Response:
        with node.database.reading() as session:
            note = sign_checkpoint(head(session), node.keys)
        return Response(note, media_type="text/plain; charset=utf-8")

    @router.get("/ledger/inclusion", tags=["ledger"], response_model=CheckpointProof)
    def inclusion(index: int, size: int) -> Response:
        with node.database.reading() as session:
            if not 0 <= index < size <= head(session).size:
                raise ParameterInvalid("0 ≤ index < size ≤ the size of the log is needed", path="index")
            proof = inclusion_proof(session, index=index, size=size)
        return JSONResponse({"index": index, "size": size, "proof": _in_base64(proof)})

    @router.get("/ledger/consistency", tags=["ledger"], response_model=CheckpointProof)
    def consistency(request: Request) -> Response:
        old, new = (_size(request, name) for name in ("from", "to"))
        with node.database.reading() as session:
            if not 0 <= old <= new <= head(session).size:
                raise ParameterInvalid("0 ≤ from ≤ to ≤ the size of the log is needed", path="from")
            proof = consistency_proof(session, old_size=old, new_size=new)
        return JSONResponse({"from_size": old, "size": new, "proof": _in_base64(proof)})


def _open_health(router: APIRouter, door: Door) -> None:
    node = door.node

    @router.get("/health", tags=["health"], response_model=Health)
    def health() -> Response:
        with node.database.reading() as session:
            now, waiting = head(session), exchange_counts(session).waiting
        return JSONResponse(
            {
                "status": "ok",
                "authority": node.keys.authority,
                "version": __version__,
                "ledger": {"size": now.size, "root": now.root.hex()},
                "outbox_waiting": waiting,
            }
        )


def _size(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ParameterInvalid(f"{name} must be a whole number", path=name)
    return int(text)


def _in_base64(proof: list[bytes]) -> list[str]:
    return [base64.b64encode(part).decode() for part in proof]
