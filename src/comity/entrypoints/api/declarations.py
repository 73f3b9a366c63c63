"""Declarations in, decisions out, examination results: what a trader's or the administration's own system asks."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from comity.entrypoints.api.documentation import DECLARE, EXAMINE, READ_DECISION, XLSX
from comity.entrypoints.api.doors import Call, Door, Needs, findings_as_json, open_endpoint
from comity.entrypoints.api.errors import AnotherTradersDeclaration, DeclarationUnknown, DocumentRefused, ResultInvalid
from comity.entrypoints.api.scopes import Scope, Token
from comity.features.declarations.read import DEFAULT_LIMITS, ReadDocument, read_documents
from comity.features.declarations.store import find
from comity.features.risk.examination import ExaminationResult, OutcomeCode
from comity.features.risk.store import decision_of, overrides_of
from comity.flows import record_examination
from comity.flows.assess_duty import kept_assessment
from comity.flows.clear_declaration import Cleared, clear
from comity.flows.take_document import Taken, take
from comity.foundation.errors import ComityError
from comity.foundation.trade.declaration import Declaration, DeclarationId
from comity.foundation.trade.money import Money

PATH = "/api/v1/declarations"
MAX_RESULT_BYTES = 64 * 1024
COMMITTED_TOGETHER = (
    50  # documents of a batch in one transaction; a guess: a commit costs a few, a lock is held briefly
)
_NAMES = {"application/xml": "body.xml", "text/xml": "body.xml", "text/csv": "body.csv", XLSX: "body.xlsx"}
log = logging.getLogger(__name__)


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
    router = APIRouter(tags=["declarations"])
    most_bytes = door.node.settings.max_document_bytes
    open_endpoint(
        router, f"POST {PATH}", declare, door=door, needs=Needs(Scope.DECLARE, most_bytes), documented=DECLARE
    )
    open_endpoint(
        router,
        f"GET {PATH}/{{id}}/decision",
        decision,
        door=door,
        needs=Needs(Scope.READ_DECISIONS),
        documented=READ_DECISION,
    )
    open_endpoint(
        router,
        f"POST {PATH}/{{id}}/examinations",
        examine,
        door=door,
        needs=Needs(Scope.RECORD_EXAMINATIONS, MAX_RESULT_BYTES),
        documented=EXAMINE,
    )
    return router


def declare(door: Door, call: Call) -> Response:
    """Clear the documents of the body and answer their lanes, or every finding."""
    token, content_type = call.caller, call.request.headers.get("content-type", "")
    limits = DEFAULT_LIMITS._replace(max_file_bytes=door.node.settings.max_document_bytes)
    name = _NAMES.get(content_type.partition(";")[0].strip().lower())
    reading = read_documents(call.body, name=name, limits=limits, requirements=door.node.requirements)
    if not reading.documents:
        raise DocumentRefused(reading.findings)
    entries = list(_clear_all(door, token, reading.documents))
    log.info("api.declared token=%s documents=%d", token.id, len(entries))
    if len(entries) == 1:
        entry, document = entries[0], reading.documents[0]
        if document.document is None:
            raise DocumentRefused(reading.findings + document.findings)
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
        if document.document is None:
            raise DocumentRefused
        if not token.reaches(document.declaration):
            raise AnotherTradersDeclaration
        with session.begin_nested():
            if document.declaration is None:
                answer = _taken(take(session, document, clock=door.node.clock))
            else:
                answer = _cleared(clear(session, document, clearing=door.node.clearing()), token)
    except ComityError as error:
        told = (*document.findings, *getattr(error, "findings", ()))
        problem = error.as_problem() | {"findings": findings_as_json(told)}
        return {"position": document.position, "status": error.status, "problem": problem}
    return {"position": document.position, "status": 201 if answer["is_new"] else 200, "decision": answer}


def _taken(taken: Taken) -> dict[str, Any]:
    return {
        "id": taken.id,
        "mrn": taken.mrn,
        "kind": taken.kind,
        "lane": None,
        "is_new": taken.is_new,
        "findings": findings_as_json(taken.findings),
    }


def _cleared(cleared: Cleared, token: Token) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": cleared.declaration_id,
        "mrn": cleared.mrn,
        "kind": cleared.kind.value,
        "lane": cleared.lane.value if cleared.lane else None,
        "is_new": cleared.is_new,
        "findings": findings_as_json(cleared.findings),
        "duty": cleared.duty,
    }
    if Scope.READ_REASONS in token.scopes:
        answer |= {"score": cleared.score, "reasons": list(cleared.reasons)}
    return answer


def decision(door: Door, call: Call) -> Response:
    """Answer the lane in force."""
    with door.node.database.reading() as session:
        return JSONResponse(_decision(session, _id(call), call.caller))


def examine(door: Door, call: Call) -> Response:
    """Record what an examination found."""
    result, officer = _read_result(call.body)
    declaration_id, token = _id(call), call.caller
    with door.node.database.transaction() as session:
        _reachable(session, declaration_id, token)
        by = officer or f"system:{token.trader_id}"
        record_examination.record(session, declaration_id, result, officer=by, clearing=door.node.clearing())
    log.info("api.examination-recorded token=%s declaration=%s outcome=%s", token.id, declaration_id, result.outcome)
    return JSONResponse({"id": declaration_id, "outcome": result.outcome.value}, status_code=201)


def _id(call: Call) -> DeclarationId:
    return DeclarationId(call.request.path_params["id"])


def _decision(session: Session, declaration_id: DeclarationId, token: Token) -> dict[str, Any]:
    declaration = _reachable(session, declaration_id, token)
    decision, overrides = decision_of(session, declaration_id), overrides_of(session, declaration_id)
    lane = overrides[-1].lane if overrides else decision.lane if decision else None
    answer: dict[str, Any] = {
        "id": declaration_id,
        "mrn": declaration.mrn,
        "kind": declaration.kind.value,
        "lane": lane.value if lane else None,
        "duty": kept_assessment(session, declaration_id),
    }
    if decision and Scope.READ_REASONS in token.scopes:
        answer |= {"score": decision.score, "reasons": [reason.text for reason in decision.reasons]}
    return answer


def _reachable(session: Session, declaration_id: DeclarationId, token: Token) -> Declaration:
    kept = find(session, declaration_id)
    if kept is None or not token.reaches(kept.declaration):
        raise DeclarationUnknown
    return kept.declaration


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
