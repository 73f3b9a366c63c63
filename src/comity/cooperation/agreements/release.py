"""What may leave, and what may be taken in? The only place that makes a `Release`: in force, permitted, minimised."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Clause
from comity.cooperation.agreements.errors import (
    AgreementAmended,
    AgreementHashMismatch,
    ClauseDiffers,
    FieldsNotCovered,
    NoAgreement,
    RecipientRemoved,
    ReleaseRefused,
)
from comity.cooperation.agreements.lifecycle import AgreementStatus, amended_on, refusal_for
from comity.cooperation.agreements.minimise import fields_outside, minimise
from comity.cooperation.agreements.partnership import PARTNERSHIP_TYPES
from comity.cooperation.agreements.permissions import Question, decide, looseness
from comity.cooperation.agreements.store import agreements_with, keep_decisions, partnership_with
from comity.cooperation.agreements.texts import StoredAgreement
from comity.cooperation.identity.store import is_removed
from comity.foundation.clock import Clock

DELIVERY_DAYS = 60  # a guess: how long a partner may be away before its messages expire; revisit with the courier
GRACE_DAYS = 30  # a guess: how long after an amendment what was released before it may still arrive


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
    created: datetime | None = None
    """When it was released; without it a text that was amended meanwhile is not admitted."""


def release(session: Session, *, request: ReleaseRequest, sender: str, clock: Clock) -> Release:
    """Let a payload leave as far as an agreement covers it; the decision is kept either way.

    The ledger's entry is the message that `exchange.outbox.enqueue` makes of the release in the same transaction: it
    names clause, agreement and purpose.

    Raises:
        ReleaseRefused: RecipientRemoved, NoAgreement, AgreementNotInForce, AgreementSuspended, AgreementTerminated,
            AgreementExpired, DataClassNotCovered or PurposeNotCovered; nothing leaves, and the message names the
            clause or its absence.
    """
    outcome = release_many(session, requests=[request], sender=sender, clock=clock)[0]
    if isinstance(outcome, ReleaseRefused):
        raise outcome
    return outcome


def release_many(
    session: Session, *, requests: Sequence[ReleaseRequest], sender: str, clock: Clock
) -> list[Release | ReleaseRefused]:
    """Let payloads leave as `release` does; return the release or the refusal of each, in order."""
    at = clock.now()
    outcomes: list[Release | ReleaseRefused] = []
    decisions: list[dict[str, Any]] = []
    for request in requests:
        question = Question(sender, request.recipient, request.data_class, request.message_type, request.purpose)
        found: _Outcome
        try:
            if is_removed(session, request.recipient):
                raise RecipientRemoved
            found = _covering(session, question, request.agreement_id, at)
            outcomes.append(_released(request, *found, at=at))
        except ReleaseRefused as refused:
            found = refused
            outcomes.append(refused)
        decisions.append(_decision("out", question, request.subject, at=at, outcome=found))
    keep_decisions(session, decisions)
    return outcomes


def admit(
    session: Session, *, received: Received, payload: dict[str, Any], at: datetime, decisions: list[dict[str, Any]]
) -> Clause:
    """Decide on the receiver's side whether a message may be taken in; the decision is added to `decisions` either way.

    The caller keeps them with `keep_decisions`, all of a batch at once.

    A message under a text that was amended meanwhile is judged by that text, when it was released before the later
    text's first day and comes within `GRACE_DAYS` of it.

    Raises:
        ReleaseRefused: as `release`, and AgreementHashMismatch, AgreementAmended, ClauseDiffers, FieldsNotCovered.
    """
    try:
        stored, clause = _admitting(session, received, at)
        if (received.clause, received.marking) != (clause.id, clause.marking.value):
            raise ClauseDiffers(
                f"clause {clause.id} ({clause.marking.value}) covers it here, the message names another"
            )
        outside = fields_outside(payload, stored.agreement.fields_of(clause.data_class))
        if outside:
            raise FieldsNotCovered(f"clause {clause.id} does not cover {', '.join(outside[:10])}")
    except ReleaseRefused as refused:
        decisions.append(_decision("in", received.question, received.subject, at=at, outcome=refused))
        raise
    decisions.append(_decision("in", received.question, received.subject, at=at, outcome=(stored, clause)))
    return clause


def _released(request: ReleaseRequest, stored: StoredAgreement, clause: Clause, *, at: datetime) -> Release:
    return Release(
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
    """Return the agreement in force between the two under whose clause it leaves: the strictest that permits it."""
    return _strictest(_in_force(_texts_between(session, question, agreement_id), question, at), question)


def _admitting(session: Session, received: Received, at: datetime) -> tuple[StoredAgreement, Clause]:
    """Return the text that a message names, when it is in force, or was when the message was released."""
    question = received.question
    texts = _texts_between(session, question, received.agreement_id)
    in_force = _in_force(texts, question, at)
    named = [text for text in texts if text.hash == received.agreement_hash]
    if named and named[0] not in in_force and _is_under_way(named[0], received, at):
        return _strictest(named, question)
    found = _strictest(in_force, question)
    if found[0].hash != received.agreement_hash:
        status = named[0].status(at, between=_between(question)) if named else None
        raise AgreementAmended if status is AgreementStatus.AMENDED else AgreementHashMismatch
    return found


def _texts_between(session: Session, question: Question, agreement_id: str | None) -> list[StoredAgreement]:
    kept = agreements_with(session, question.recipient)
    if question.message_type in PARTNERSHIP_TYPES and question.sender != question.recipient:
        kept = [partnership_with(question.sender, question.recipient)]
    texts = [
        stored
        for stored in kept
        if question.sender in stored.agreement.parties and agreement_id in (None, stored.agreement.id)
    ]
    if not texts:
        raise NoAgreement(f"there is no agreement between {question.sender} and {question.recipient}; nothing leaves")
    return texts


def _in_force(texts: Sequence[StoredAgreement], question: Question, at: datetime) -> list[StoredAgreement]:
    states = [stored.status(at, between=_between(question)) for stored in texts]
    in_force = [text for text, status in zip(texts, states, strict=True) if status is AgreementStatus.IN_FORCE]
    if in_force:
        return in_force
    telling = min(range(len(texts)), key=lambda place: (_TELLING.get(states[place], len(_TELLING)), -place))
    raise refusal_for(states[telling], texts[telling].agreement.id)


def _strictest(texts: Iterable[StoredAgreement], question: Question) -> tuple[StoredAgreement, Clause]:
    permitted: list[tuple[StoredAgreement, Clause]] = []
    refusals: list[ReleaseRefused] = []
    for stored in texts:
        try:
            permitted.append((stored, decide(stored.agreement, question)))
        except ReleaseRefused as refused:
            refusals.append(refused)
    if not permitted:
        raise refusals[0]
    return min(permitted, key=lambda one: looseness(one[1]))  # as strict: the first by the agreement's id


def _is_under_way(text: StoredAgreement, received: Received, at: datetime) -> bool:
    """Claim that a message was released before the text it names was amended, and that this is not long ago."""
    changed = amended_on(text.history, _between(received.question))
    if changed is None or received.created is None or not _day(received.created) < changed:
        return False
    return _day(at) < changed + timedelta(days=GRACE_DAYS)


def _between(question: Question) -> tuple[str, ...]:
    return (question.sender, question.recipient) if question.sender != question.recipient else ()


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


_TELLING = {
    status: place
    for place, status in enumerate(
        (AgreementStatus.SUSPENDED, AgreementStatus.EXPIRED, AgreementStatus.TERMINATED, AgreementStatus.NOT_YET_VALID)
    )
}
"""Of several texts that are not in force, the one whose standing says most to whoever wanted to send."""


def _decision(direction: str, question: Question, subject: str, *, at: datetime, outcome: _Outcome) -> dict[str, Any]:
    refused = outcome if isinstance(outcome, ReleaseRefused) else None
    allowed = None if isinstance(outcome, ReleaseRefused) else outcome
    return {
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
