"""What may leave, and what may be taken in? The only place that makes a `Release`: in force, permitted, minimised."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Clause
from comity.cooperation.agreements.errors import (
    AgreementExpired,
    AgreementHashMismatch,
    AgreementNotInForce,
    ClauseDiffers,
    FieldsNotCovered,
    NoAgreement,
    ReleaseRefused,
)
from comity.cooperation.agreements.lifecycle import AgreementStatus
from comity.cooperation.agreements.minimise import fields_outside, minimise
from comity.cooperation.agreements.partnership import PARTNERSHIP_TYPES
from comity.cooperation.agreements.permissions import Question, decide, strictness
from comity.cooperation.agreements.store import StoredAgreement, agreements_with, keep_decision, partnership_with
from comity.foundation.clock import Clock

DELIVERY_DAYS = 60  # a guess: how long a partner may be away before its messages expire; revisit with the courier


_Outcome = tuple[StoredAgreement, Clause] | ReleaseRefused


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """What someone wants to send: to whom, as what, for which purpose, about which record."""

    recipient: str
    message_type: str
    data_class: str
    purpose: str
    subject: str
    payload: dict[str, Any]
    agreement_id: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A minimised payload that a clause of an agreement in force lets leave."""

    id: str
    subject: str
    recipient: str
    agreement_id: str
    agreement_hash: str
    clause: str
    purpose: str
    data_class: str
    marking: str
    message_type: str
    payload: dict[str, Any]
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """What a message says of itself, for the receiver's own decision."""

    question: Question
    agreement_id: str
    agreement_hash: str
    clause: str
    marking: str
    subject: str


def release(session: Session, *, request: ReleaseRequest, sender: str, clock: Clock) -> Release:
    """Let a payload leave as far as an agreement covers it; the decision is kept either way.

    The ledger's entry is the message that `exchange.outbox.enqueue` makes of the release in the same transaction: it
    names clause, agreement and purpose.

    Raises:
        ReleaseRefused: NoAgreement, AgreementNotInForce, AgreementExpired, DataClassNotCovered or PurposeNotCovered;
            nothing leaves, and the message names the clause or its absence.
    """
    question = Question(sender, request.recipient, request.data_class, request.message_type, request.purpose)
    at = clock.now()
    try:
        stored, clause = _covering(session, question, request.agreement_id, at)
    except ReleaseRefused as refused:
        _log(session, "out", question, request.subject, at=at, outcome=refused)
        raise
    released = Release(
        id=uuid.uuid4().hex,
        subject=request.subject,
        recipient=request.recipient,
        agreement_id=stored.agreement.id,
        agreement_hash=stored.hash,
        clause=clause.id,
        purpose=request.purpose,
        data_class=request.data_class,
        marking=clause.marking.value,
        message_type=request.message_type,
        payload=minimise(request.payload, stored.agreement.fields_of(clause.data_class)),
        created=at,
        expires=at + timedelta(days=DELIVERY_DAYS),
    )
    _log(session, "out", question, request.subject, at=at, outcome=(stored, clause))
    return released


def admit(session: Session, *, received: Received, payload: dict[str, Any], at: datetime) -> Clause:
    """Decide on the receiver's side whether a message may be taken in; the decision is kept either way.

    Raises:
        ReleaseRefused: as `release`, and AgreementHashMismatch, FieldsNotCovered.
    """
    try:
        stored, clause = _covering(session, received.question, received.agreement_id, at)
        if stored.hash != received.agreement_hash:
            raise AgreementHashMismatch
        if (received.clause, received.marking) != (clause.id, clause.marking.value):
            raise ClauseDiffers(
                f"clause {clause.id} ({clause.marking.value}) covers it here, the message names another"
            )
        outside = fields_outside(payload, stored.agreement.fields_of(clause.data_class))
        if outside:
            raise FieldsNotCovered(f"clause {clause.id} does not cover {', '.join(outside[:10])}")
    except ReleaseRefused as refused:
        _log(session, "in", received.question, received.subject, at=at, outcome=refused)
        raise
    _log(session, "in", received.question, received.subject, at=at, outcome=(stored, clause))
    return clause


def explain(session: Session, question: Question, *, at: datetime) -> str:
    """Say which clause covers this, or why nothing leaves."""
    try:
        stored, clause = _covering(session, question, None, at)
    except ReleaseRefused as refused:
        return refused.message
    return f"clause {clause.id} of {stored.agreement.id} (article {clause.article}) covers it"


def _covering(
    session: Session, question: Question, agreement_id: str | None, at: datetime
) -> tuple[StoredAgreement, Clause]:
    """Return the agreement in force under whose clause it leaves: the strictest of all clauses that permit it."""
    kept = agreements_with(session, question.recipient)
    if question.message_type in PARTNERSHIP_TYPES and question.sender != question.recipient:
        kept = [partnership_with(question.sender, question.recipient)]
    candidates = [
        stored
        for stored in kept
        if question.sender in stored.agreement.parties and agreement_id in (None, stored.agreement.id)
    ]
    if not candidates:
        raise NoAgreement(f"there is no agreement between {question.sender} and {question.recipient}; nothing leaves")
    in_force = [stored for stored in candidates if stored.status(at) is AgreementStatus.IN_FORCE]
    if not in_force:
        raise _not_in_force(candidates, at)
    permitted: list[tuple[StoredAgreement, Clause]] = []
    refusals: list[ReleaseRefused] = []
    for stored in in_force:
        try:
            permitted.append((stored, decide(stored.agreement, question)))
        except ReleaseRefused as refused:
            refusals.append(refused)
    if not permitted:
        raise refusals[0]
    return min(permitted, key=lambda one: strictness(one[1])[:3])  # as strict: the first by the agreement's id


def _not_in_force(candidates: Iterable[StoredAgreement], at: datetime) -> ReleaseRefused:
    states = {stored.agreement.id: stored.status(at) for stored in candidates}
    for agreement_id, status in states.items():
        if status is AgreementStatus.EXPIRED:
            return AgreementExpired(f"{agreement_id} has expired; nothing leaves any more")
    agreement_id, status = next(iter(states.items()))
    return AgreementNotInForce(f"{agreement_id} is not in force: {status}; nothing leaves")


def _log(
    session: Session, direction: str, question: Question, subject: str, *, at: datetime, outcome: _Outcome
) -> None:
    refused = outcome if isinstance(outcome, ReleaseRefused) else None
    allowed = None if isinstance(outcome, ReleaseRefused) else outcome
    values: dict[str, Any] = {
        "at": at,
        "direction": direction,
        "sender": question.sender,
        "recipient": question.recipient,
        "data_class": question.data_class,
        "message_type": question.message_type,
        "purpose": question.purpose,
        "subject": subject,
        "agreement_id": allowed[0].agreement.id if allowed else None,
        "clause": allowed[1].id if allowed else None,
        "refusal": refused.code if refused else None,
        "reason": refused.message if refused else None,
    }
    keep_decision(session, values)
