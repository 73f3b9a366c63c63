"""What the API answers, as documented in OpenAPI: decisions, findings, problems, proofs, health."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """A refusal: a stable dotted code, what was expected, and where."""

    code: str
    message: str
    path: str | None = None


class FindingAnswer(BaseModel):
    """One fault of a document: where (XPath, or sheet/row/column), what was expected, what to do."""

    code: str
    path: str
    message: str
    severity: Literal["error", "warning"]


class DecisionAnswer(BaseModel):
    """The lane of a declaration. `score` and `reasons` need the scope `read-reasons`."""

    id: str
    mrn: str | None = None
    kind: str | None = None
    lane: str | None = Field(None, description="green, blue, yellow, orange or red; null while none is decided")
    score: float | None = None
    reasons: list[str] | None = None
    is_new: bool | None = None
    findings: list[FindingAnswer] = []
    duty: dict[str, Any] | None = Field(
        None, description="Of an import: the customs value, the decision on origin and each charge, with arithmetic"
    )


class ExaminationAnswer(BaseModel):
    """The examination that was recorded."""

    id: str
    outcome: str


class RefusedDocument(Problem):
    """A document that was not taken, with every finding."""

    findings: list[FindingAnswer] = []


class BatchEntry(BaseModel):
    """One document of a batch: the status it would have had alone, and its decision or its findings."""

    position: int
    status: int
    decision: DecisionAnswer | None = None
    problem: RefusedDocument | None = None


class BatchAnswer(BaseModel):
    """What became of each document of a batch; a refused one does not hold up its neighbours."""

    format: str
    taken: int
    known: int
    refused: int
    findings: list[FindingAnswer] = []
    documents: list[BatchEntry]


class CheckpointProof(BaseModel):
    """A Merkle proof (RFC 9162): the hashes in base64, in the order of the standard."""

    index: int | None = None
    from_size: int | None = None
    size: int
    proof: list[str]


class LedgerHealth(BaseModel):
    """The head of the log."""

    size: int
    root: str


class Health(BaseModel):
    """Whether the node lives: its database answers, where its log stands, how many messages wait for partners."""

    status: Literal["ok"]
    authority: str
    version: str
    ledger: LedgerHealth
    outbox_waiting: int
