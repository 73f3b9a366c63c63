"""What does a partner think of a goods code? Asked and answered under a clause of an agreement in force.

The question holds the goods and never whose they are; the partner's officer answers with a code, reasons and general
rules, or refuses with a ground. An opinion decides nothing: it stands beside the goods until an officer decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.operation.held import need_room
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.taking import Handler, ReceivedMessage
from comity.features.tariff.classification.errors import OpinionInvalid
from comity.features.tariff.classification.records import KeptQuestion, Opinion, Question, check_opinion
from comity.features.tariff.classification.store import (
    IN,
    OUT,
    AnsweredBy,
    find_question,
    keep_opinion,
    keep_question,
)
from comity.features.tariff.messages import (
    ANSWER,
    QUESTION,
    read_answer,
    read_question,
    write_answer,
    write_question,
)
from comity.flows.clearing import Clearing
from comity.flows.find_declaration import declared
from comity.foundation.trade.declaration import Declaration, GoodsItem, GoodsShipment
from comity.foundation.trade.parties import Party

PURPOSE = "tariff-classification"
REPLY_DAYS = 30  # a guess; advance rulings are due in 90 to 150 days in most laws, and goods wait
LONGEST_REPLY_DAYS = 365


@dataclass(frozen=True, slots=True)
class Asked:
    """Which goods item here a question is about; a question may also stand alone."""

    declaration_id: str | None = None
    item: int | None = None


def ask(
    session: Session, partner: str, question: Question, *, about: Asked, officer: str, clearing: Clearing
) -> KeptQuestion:
    """Ask a partner for a second opinion; return the question as kept.

    Raises:
        OpinionInvalid: the question is not complete, its day is past or too far, or it names a party.
        DeclarationUnknown: it is about a declaration that is not kept here.
        ReleaseRefused: no clause of an agreement in force lets it leave.
        QueueFull: too much waits for the partner.
    """
    now = clearing.clock.now()
    if not now.date() <= question.due_on <= now.date() + timedelta(days=LONGEST_REPLY_DAYS):
        raise OpinionInvalid("the last day for an answer must be from today to a year from now")
    if about.declaration_id is not None:
        check_names_no_party(question, declared(session, about.declaration_id))
    kept = KeptQuestion(OUT, partner, uuid4().hex, question, now, about.declaration_id, about.item, officer=officer)
    payload = write_question(kept.id, question)
    _send(session, partner, QUESTION, payload, subject=about.declaration_id or kept.id, clearing=clearing)
    keep_question(session, kept)
    return kept


def answer(
    session: Session, partner: str, question_id: str, opinion: Opinion, *, officer: str, clearing: Clearing
) -> KeptQuestion:
    """Answer a partner's question, or refuse it; return it as kept.

    Raises:
        OpinionUnknown, OpinionAnswered: there is no such question, or it has its answer.
        OpinionInvalid: neither a code with reasons and rules, nor a refusal with its ground.
        ReleaseRefused, QueueFull: it may not leave.
    """
    check_opinion(opinion)
    by = AnsweredBy(officer=officer)
    kept = keep_opinion(session, (IN, partner, question_id), opinion, by=by, clock=clearing.clock)
    payload = write_answer(question_id, opinion)
    _send(session, partner, ANSWER, payload, subject=question_id, clearing=clearing)
    return kept


def opinion_handlers(clearing: Clearing) -> Mapping[str, Handler]:
    """Return what takes questions and answers of partners."""

    def take_question(session: Session, message: ReceivedMessage) -> str:
        question_id, question = read_question(message.payload)
        kept = KeptQuestion(IN, message.sender, question_id, question, clearing.clock.now())
        return "stored" if keep_question(session, kept, message_id=message.message_id) else "known"

    def take_answer(session: Session, message: ReceivedMessage) -> str:
        question_id, opinion = read_answer(message.payload)
        key = (OUT, message.sender, question_id)
        if find_question(session, key).opinion == opinion:
            return "known"
        keep_opinion(session, key, opinion, by=AnsweredBy(message_id=message.message_id), clock=clearing.clock)
        return "stored"

    return {QUESTION: take_question, ANSWER: take_answer}


def usual_due_day(today: date) -> date:
    """Return the last day for an answer where none is chosen."""
    return today + timedelta(days=REPLY_DAYS)


def check_names_no_party(question: Question, declaration: Declaration) -> None:
    """Check that a question says nothing of whose goods they are.

    Raises:
        OpinionInvalid: the name or number of a party to the declaration stands in it.
    """
    said = f"{question.description} {question.facts}".casefold()
    for party in _parties(declaration):
        for identifier in (party.id, party.name):
            if identifier and len(identifier) > 3 and identifier.casefold() in said:
                raise OpinionInvalid("the question names a party to the declaration: describe the goods only")


def _parties(declaration: Declaration) -> list[Party]:
    shipment = declaration.goods_shipment
    found: list[Party] = []
    holders: list[Declaration | GoodsShipment | GoodsItem] = [declaration, shipment, *shipment.items]
    for holder in holders:
        for field in fields(holder):
            value = getattr(holder, field.name)
            values = value if isinstance(value, tuple) else (value,)
            found += [each for each in values if isinstance(each, Party)]
    return found


def _send(
    session: Session, partner: str, message_type: str, payload: dict[str, Any], *, subject: str, clearing: Clearing
) -> None:
    data_class = message_type.removesuffix(".v1")
    request = ReleaseRequest(partner, message_type, data_class, PURPOSE, subject, payload)
    released = release(session, request=request, sender=clearing.authority, clock=clearing.clock)
    need_room(session, released, most_waiting=clearing.most_waiting)
    enqueue(session, released, keys=clearing.keys, clock=clearing.clock)
