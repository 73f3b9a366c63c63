"""How the API is described in OpenAPI 3.1: the parts that FastAPI cannot read off a function that takes raw bytes."""

from __future__ import annotations

from typing import Any

from fastapi import Security
from fastapi.security import HTTPBearer

from comity.entrypoints.api.answers import (
    BatchAnswer,
    CheckpointProof,
    DecisionAnswer,
    ExaminationAnswer,
    Health,
    Problem,
    RefusedDocument,
)
from comity.features.risk.examination import OutcomeCode

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_LIMITED: dict[int | str, dict[str, Any]] = {429: {"model": Problem, "description": "Too many requests in a minute"}}
_GUARDED: dict[int | str, dict[str, Any]] = _LIMITED | {
    401: {"model": Problem, "description": "No token, or one that is unknown, expired or revoked"},
    403: {"model": Problem, "description": "The token does not permit this"},
}
_TOO_LARGE: dict[int | str, dict[str, Any]] = {413: {"model": Problem, "description": "The body is too large"}}
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "Not here, or not the token's"}}
_BEARER = [Security(HTTPBearer(scheme_name="bearer", auto_error=False))]  # only documents; the door checks the token


def _parameter(name: str, place: str, kind: str = "integer") -> dict[str, Any]:
    schema: dict[str, Any] = {"type": kind} | ({"minimum": 0} if kind == "integer" else {})
    return {"name": name, "in": place, "required": True, "schema": schema}


_ID = [_parameter("id", "path", "string")]

DECLARE: dict[str, Any] = {
    "summary": "Declare: a WCO Data Model XML document, or a CSV or XLSX file of the documented columns",
    "status_code": 201,
    "response_model": DecisionAnswer,
    "responses": _GUARDED
    | _TOO_LARGE
    | {
        200: {"model": DecisionAnswer, "description": "The document was known already; its decision"},
        207: {"model": BatchAnswer, "description": "A file with several documents; the result of each"},
        422: {"model": RefusedDocument, "description": "The document has errors; nothing of it is stored"},
    },
    "dependencies": _BEARER,
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {"application/xml": _BINARY, "text/csv": _BINARY, XLSX: _BINARY},
        }
    },
}
READ_DECISION: dict[str, Any] = {
    "summary": "The lane in force: an officer's, where one overruled the engine",
    "response_model": DecisionAnswer,
    "responses": _GUARDED | _UNKNOWN,
    "dependencies": _BEARER,
    "openapi_extra": {"parameters": _ID},
}
EXAMINE: dict[str, Any] = {
    "summary": "Record what an examination found",
    "status_code": 201,
    "response_model": ExaminationAnswer,
    "responses": _GUARDED
    | _TOO_LARGE
    | _UNKNOWN
    | {422: {"model": Problem, "description": "The result is not one; the path says where"}},
    "dependencies": _BEARER,
    "openapi_extra": {
        "parameters": _ID,
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["outcome", "found"],
                        "additionalProperties": False,
                        "properties": {
                            "outcome": {"type": "string", "enum": [code.value for code in OutcomeCode]},
                            "found": {"type": "string", "minLength": 1, "maxLength": 4000},
                            "officer": {"type": "string", "maxLength": 64},
                            "revenue_recovered": {
                                "type": "object",
                                "required": ["amount", "currency"],
                                "additionalProperties": False,
                                "properties": {
                                    "amount": {"type": "string", "pattern": "^[0-9]+([.][0-9]+)?$"},
                                    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                                },
                            },
                        },
                    }
                }
            },
        },
    },
}
BATCH: dict[str, Any] = {
    "summary": "Take a signed batch of sealed messages from a partner and answer with receipts",
    "tags": ["exchange"],
    "responses": _LIMITED
    | _TOO_LARGE
    | {
        200: {"content": {"application/octet-stream": _BINARY}, "description": "Receipts and checkpoints"},
        400: {"model": Problem, "description": "Not a batch of a partner of this node"},
    },
    "openapi_extra": {"requestBody": {"required": True, "content": {"application/octet-stream": _BINARY}}},
}
XROAD_BATCH: dict[str, Any] = BATCH | {
    "summary": "Take a partner's batch from this node's X-Road security server; its X-Road client must be the sender's",
    "tags": ["exchange"],
    "responses": BATCH["responses"]
    | {
        403: {"model": Problem, "description": "The X-Road client is not the one set for the sender"},
        404: {"model": Problem, "description": "This node is not on X-Road"},
    },
}
CHECKPOINT: dict[str, Any] = {
    "summary": "The signed head of the log (C2SP tlog-checkpoint)",
    "tags": ["ledger"],
    "responses": _LIMITED | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "A note"}},
}
INCLUSION: dict[str, Any] = {
    "summary": "Prove that an entry is in the log (RFC 9162 2.1.3)",
    "tags": ["ledger"],
    "response_model": CheckpointProof,
    "responses": _LIMITED | {422: {"model": Problem, "description": "Not 0 ≤ index < size ≤ the size of the log"}},
    "openapi_extra": {"parameters": [_parameter("index", "query"), _parameter("size", "query")]},
}
CONSISTENCY: dict[str, Any] = {
    "summary": "Prove that the log only grew between two sizes (RFC 9162 2.1.4)",
    "tags": ["ledger"],
    "response_model": CheckpointProof,
    "responses": _LIMITED | {422: {"model": Problem, "description": "Not 0 ≤ from ≤ to ≤ the size of the log"}},
    "openapi_extra": {"parameters": [_parameter("from", "query"), _parameter("to", "query")]},
}
METRICS: dict[str, Any] = {
    "summary": "Every metric of the node, in the Prometheus text format",
    "tags": ["operation"],
    "responses": _GUARDED | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Text"}},
    "dependencies": _BEARER,
}
HEALTH: dict[str, Any] = {
    "summary": "Whether the node lives",
    "tags": ["health"],
    "response_model": Health,
    "responses": _LIMITED,
}
