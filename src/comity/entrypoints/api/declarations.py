"""Declarations in, decisions out, examination results: what a trader's or the administration's own system asks."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from comity.entrypoints.api.answers import BatchAnswer, DecisionAnswer, Problem, RefusedDocument
from comity.entrypoints.api.doors import Door, JsonRoute, RefusedWithFindings, findings_as_json
from comity.entrypoints.api.errors import AnotherTradersDeclaration, DeclarationUnknown, DocumentRefused, ResultInvalid
from comity.entrypoints.api.limits import read_body
from comity.entrypoints.api.scopes import Scope, Token
from comity.features.declarations.read import DEFAULT_LIMITS, ReadDocument, read_documents
from comity.features.declarations.store import find
from comity.features.risk.examination import ExaminationResult, OutcomeCode
from comity.features.risk.store import decision_of, overrides_of
from comity.flows import record_examination
from comity.flows.clear_declaration import Cleared, clear
from comity.foundation.errors import ComityError
from comity.foundation.trade.declaration import Declaration, DeclarationId
from comity.foundation.trade.money import Money

MAX_RESULT_BYTES = 64 * 1024
COMMITTED_TOGETHER = (
    50  # documents of a batch in one transaction; a guess: a commit costs a few, a lock is held briefly
)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NAMES = {"application/xml": "body.xml", "text/xml": "body.xml", "text/csv": "body.csv", _XLSX: "body.xlsx"}
log = logging.getLogger(__name__)
_REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (401, 403, 413, 429)}
_DOCUMENT = {
    "requestBody": {
        "required": True,
        "description": "A WCO Data Model XML document, or a CSV or XLSX file of the documented columns.",
        "content": {
            name: {"schema": {"type": "string", "format": "binary"}} for name in ("application/xml", "text/csv", _XLSX)
        },
    }
}
_RESULT = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["outcome", "found"],
                    "properties": {
                        "outcome": {"type": "string", "enum": [code.value for code in OutcomeCode]},
                        "found": {"type": "string", "maxLength": 4000},
                        "officer": {"type": "string"},
                        "revenue_recovered": {
                            "type": "object",
                            "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
                        },
                    },
                }
            }
        },
    }
}


class _Recovered(msgspec.Struct, forbid_unknown_fields=True):
    amount: str
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class _Result(msgspec.Struct, forbid_unknown_fields=True):
    outcome: str
    found: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    officer: Annotated[str, msgspec.Meta(max_length=64)] = ""
    revenue_recovered: _Recovered | None = None


def declaration_routes(door: Door) -> APIRouter:
    """Return the routes under `/api/v1/declarations`."""
    router = APIRouter(prefix="/api/v1/declarations", tags=["declarations"], route_class=JsonRoute)
    most_bytes = door.node.settings.max_document_bytes

    @router.post(
        "",
        status_code=201,
        response_model=DecisionAnswer,
        summary="Declare",
        responses={
            200: {"model": DecisionAnswer, "description": "The document was known already; its decision"},
            207: {"model": BatchAnswer, "description": "A file with several documents; the result of each"},
            422: {"model": RefusedDocument},
            **_REFUSALS,
        },
        openapi_extra=_DOCUMENT,
    )
    def declare(
        request: Request,
        token: Annotated[Token, Depends(_caller(door, Scope.DECLARE))],
        body: Annotated[bytes, Depends(read_body(most_bytes))],
    ) -> Response:
        return _declare(door, token, body, content_type=request.headers.get("content-type", ""))

    @router.get("/{id}/decision", response_model=DecisionAnswer, responses={404: {"model": Problem}, **_REFUSALS})
    def decision(
        id: str,  # noqa: A002 - the name in the address
        token: Annotated[Token, Depends(_caller(door, Scope.READ_DECISIONS))],
    ) -> Response:
        with door.node.database.reading() as session:
            return JSONResponse(_decision(session, DeclarationId(id), token))

    @router.post(
        "/{id}/examinations",
        status_code=201,
        responses={404: {"model": Problem}, 422: {"model": Problem}, **_REFUSALS},
        openapi_extra=_RESULT,
    )
    def examine(
        id: str,  # noqa: A002
        token: Annotated[Token, Depends(_caller(door, Scope.RECORD_EXAMINATIONS))],
        body: Annotated[bytes, Depends(read_body(MAX_RESULT_BYTES))],
    ) -> Response:
        return _examine(door, token, DeclarationId(id), body)

    return router


def _caller(door: Door, scope: Scope) -> Any:
    """Return a dependency that limits, then knows the token: both before the body is read."""

    def caller(request: Request) -> Token:
        door.limit(request)
        with door.node.database.reading() as session:
            return door.token(session, request, scope)

    return caller


def _declare(door: Door, token: Token, body: bytes, *, content_type: str) -> Response:
    limits = DEFAULT_LIMITS._replace(max_file_bytes=door.node.settings.max_document_bytes)
    reading = read_documents(body, name=_NAMES.get(content_type.partition(";")[0].strip().lower()), limits=limits)
    if not reading.documents:
        raise RefusedWithFindings(reading.findings)
    entries = list(_clear_all(door, token, reading.documents))
    log.info("api.declared token=%s documents=%d", token.id, len(entries))
    if len(entries) == 1:
        entry, document = entries[0], reading.documents[0]
        if entry["status"] == 422:
            raise RefusedWithFindings(reading.findings + document.findings)
        content = entry.get("decision") or entry["problem"]
        return JSONResponse(content, status_code=entry["status"])
    statuses = [entry["status"] for entry in entries]
    summary = {
        "format": reading.format,
        "taken": statuses.count(201),
        "known": statuses.count(200),
        "refused": len(statuses) - statuses.count(201) - statuses.count(200),
        "findings": findings_as_json(reading.findings),
        "documents": entries,
    }
    return JSONResponse(summary, status_code=207)


def _clear_all(door: Door, token: Token, documents: Iterable[ReadDocument]) -> Iterator[dict[str, Any]]:
    """Clear the documents a few at a time: one transaction each time, one savepoint for each document."""
    remaining = iter(documents)
    while chunk := list(islice(remaining, COMMITTED_TOGETHER)):
        with door.node.database.transaction() as session:
            answered = [_clear_one(session, door, token, document) for document in chunk]
        yield from answered


def _clear_one(session: Session, door: Door, token: Token, document: ReadDocument) -> dict[str, Any]:
    try:
        if document.declaration is None:
            raise DocumentRefused
        if not token.reaches(document.declaration):
            raise AnotherTradersDeclaration
        with session.begin_nested():
            cleared = clear(session, document, clearing=door.node.clearing())
    except ComityError as error:
        problem = error.as_problem() | {"findings": findings_as_json(document.findings)}
        return {"position": document.position, "status": error.status, "problem": problem}
    status = 201 if cleared.is_new else 200
    return {"position": document.position, "status": status, "decision": _cleared(cleared, token)}


def _cleared(cleared: Cleared, token: Token) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": cleared.declaration_id,
        "mrn": cleared.mrn,
        "kind": cleared.kind.value,
        "lane": cleared.lane.value if cleared.lane else None,
        "is_new": cleared.is_new,
        "findings": findings_as_json(cleared.findings),
    }
    if Scope.READ_REASONS in token.scopes:
        answer |= {"score": cleared.score, "reasons": list(cleared.reasons)}
    return answer


def _decision(session: Session, declaration_id: DeclarationId, token: Token) -> dict[str, Any]:
    declaration = _reachable(session, declaration_id, token)
    decision, overrides = decision_of(session, declaration_id), overrides_of(session, declaration_id)
    lane = overrides[-1].lane if overrides else decision.lane if decision else None
    answer: dict[str, Any] = {
        "id": declaration_id,
        "mrn": declaration.mrn,
        "kind": declaration.kind.value,
        "lane": lane.value if lane else None,
    }
    if decision and Scope.READ_REASONS in token.scopes:
        answer |= {"score": decision.score, "reasons": [reason.text for reason in decision.reasons]}
    return answer


def _reachable(session: Session, declaration_id: DeclarationId, token: Token) -> Declaration:
    kept = find(session, declaration_id)
    if kept is None or not token.reaches(kept.declaration):
        raise DeclarationUnknown
    return kept.declaration


def _examine(door: Door, token: Token, declaration_id: DeclarationId, body: bytes) -> Response:
    result, officer = _read_result(body)
    with door.node.database.transaction() as session:
        _reachable(session, declaration_id, token)
        by = officer or f"system:{token.trader_id}"
        record_examination.record(session, declaration_id, result, officer=by, clearing=door.node.clearing())
    log.info("api.examination-recorded token=%s declaration=%s outcome=%s", token.id, declaration_id, result.outcome)
    return JSONResponse({"id": declaration_id, "outcome": result.outcome.value}, status_code=201)


def _read_result(body: bytes) -> tuple[ExaminationResult, str]:
    try:
        told = msgspec.json.decode(body, type=_Result)
        outcome = OutcomeCode(told.outcome)
        recovered = told.revenue_recovered
        money = Money(Decimal(recovered.amount), recovered.currency) if recovered else None
    except msgspec.MsgspecError as error:
        raise ResultInvalid from error
    except ValueError as error:
        raise ResultInvalid(f"outcome must be one of {', '.join(OutcomeCode)}", path="outcome") from error
    except InvalidOperation as error:
        raise ResultInvalid("amount must be a decimal number as text", path="revenue_recovered.amount") from error
    if money and not (money.amount.is_finite() and money.amount >= 0):
        raise ResultInvalid("amount must be a decimal number of at least 0", path="revenue_recovered.amount")
    return ExaminationResult(outcome=outcome, found=told.found, revenue_recovered=money), told.officer
