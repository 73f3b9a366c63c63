"""How are decisions, rulings and opinions kept? Every query of classification is here; nothing here commits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from comity.features.tariff.classification.errors import (
    OpinionAnswered,
    OpinionUnknown,
    RulingInvalid,
    RulingKnown,
    RulingUnknown,
)
from comity.features.tariff.classification.records import (
    Decision,
    KeptDecision,
    KeptQuestion,
    Opinion,
    Question,
    Ruling,
    check_decision,
    check_opinion,
    check_ruling,
)
from comity.features.tariff.classification.tables import (
    BindingRulingRow,
    ClassificationDecisionRow,
    ClassificationOpinionRow,
)
from comity.foundation.clock import Clock

IN, OUT = "in", "out"


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """Who answered: our officer, or the partner's message that brought the answer."""

    officer: str | None = None
    message_id: str | None = None


_RULING = tuple(Ruling.__dataclass_fields__)
_DECISION = tuple(Decision.__dataclass_fields__)
_QUESTION = tuple(Question.__dataclass_fields__)


def keep_decision(session: Session, decision: Decision, *, officer: str, clock: Clock) -> KeptDecision:
    """Keep a decision; an earlier one about the same goods item stays beside it.

    Raises:
        DecisionInvalid: it is not complete.
    """
    check_decision(decision)
    kept = KeptDecision(uuid4().hex, decision, officer, clock.now())
    values = asdict(decision) | {"rules": list(decision.rules)}
    session.execute(
        insert(ClassificationDecisionRow).values(id=kept.id, officer=officer, decided_at=kept.decided_at, **values)
    )
    return kept


def decisions_about(session: Session, declaration_id: str, item: int | None = None) -> list[KeptDecision]:
    """Return the decisions about a declaration, or about one goods item of it, the latest first."""
    query = select(ClassificationDecisionRow).where(ClassificationDecisionRow.declaration_id == declaration_id)
    if item is not None:
        query = query.where(ClassificationDecisionRow.item == item)
    rows = session.scalars(query.order_by(ClassificationDecisionRow.decided_at.desc(), ClassificationDecisionRow.id))
    return [_decision(row) for row in rows]


def keep_ruling(session: Session, ruling: Ruling, *, officer: str, clock: Clock) -> None:
    """Keep a binding ruling.

    Raises:
        RulingInvalid: it is not complete.
        RulingKnown: there is one with its reference.
    """
    check_ruling(ruling)
    if session.get(BindingRulingRow, ruling.reference) is not None:
        raise RulingKnown
    session.execute(insert(BindingRulingRow).values(added_at=clock.now(), officer=officer, **asdict(ruling)))


def revoke_ruling(session: Session, reference: str, *, on: date, reason: str) -> Ruling:
    """Revoke a ruling from a day on; return it as it is now. A ruling is revoked once.

    Raises:
        RulingUnknown: there is none with this reference.
        RulingInvalid: it is revoked already, or no reason is given.
    """
    ruling = find_ruling(session, reference)
    if ruling.revoked_on is not None or not reason.strip():
        raise RulingInvalid("a ruling is revoked once, with a reason")
    session.execute(
        update(BindingRulingRow)
        .where(BindingRulingRow.reference == reference)
        .values(revoked_on=on, revoked_reason=reason.strip())
    )
    return find_ruling(session, reference)


def find_ruling(session: Session, reference: str) -> Ruling:
    """Return a ruling.

    Raises:
        RulingUnknown: there is none with this reference.
    """
    row = session.scalars(
        select(BindingRulingRow)
        .where(BindingRulingRow.reference == reference)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise RulingUnknown
    return _ruling(row)


def all_rulings(session: Session, *, holder: str | None = None) -> list[Ruling]:
    """Return the rulings, or those of one holder, by reference."""
    query = select(BindingRulingRow).order_by(BindingRulingRow.reference)
    if holder is not None:
        query = query.where(BindingRulingRow.holder == holder)
    return [_ruling(row) for row in session.scalars(query)]


def keep_question(session: Session, kept: KeptQuestion, *, message_id: str | None = None) -> bool:
    """Keep a question asked, or received in a message; return False when it is kept already."""
    key = (kept.direction, kept.partner, kept.id)
    if session.get(ClassificationOpinionRow, key) is not None:
        return False
    session.execute(
        insert(ClassificationOpinionRow).values(
            direction=kept.direction,
            partner=kept.partner,
            id=kept.id,
            asked_at=kept.asked_at,
            declaration_id=kept.declaration_id,
            item=kept.item,
            question_message=message_id,
            officer=kept.officer,
            **asdict(kept.question),
        )
    )
    return True


def keep_opinion(
    session: Session,
    key: tuple[str, str, str],
    opinion: Opinion,
    *,
    by: AnsweredBy,
    clock: Clock,
) -> KeptQuestion:
    """Keep the answer to the question `(direction, partner, id)`; return the question with it.

    Raises:
        OpinionUnknown: there is no such question.
        OpinionAnswered: it has its answer.
        OpinionInvalid: the opinion is not complete.
    """
    check_opinion(opinion)
    if find_question(session, key).opinion is not None:
        raise OpinionAnswered
    direction, partner, question_id = key
    values = {
        "opinion": asdict(opinion) | {"rules": list(opinion.rules)},
        "answered_at": clock.now(),
        "answer_message": by.message_id,
    }
    session.execute(
        update(ClassificationOpinionRow)
        .where(
            ClassificationOpinionRow.direction == direction,
            ClassificationOpinionRow.partner == partner,
            ClassificationOpinionRow.id == question_id,
        )
        .values(**values, **({"officer": by.officer} if by.officer else {}))
    )
    return find_question(session, key)


def find_question(session: Session, key: tuple[str, str, str]) -> KeptQuestion:
    """Return the question `(direction, partner, id)`.

    Raises:
        OpinionUnknown: there is no such question.
    """
    row = session.get(ClassificationOpinionRow, key, populate_existing=True)
    if row is None:
        raise OpinionUnknown
    return _question(row)


def list_questions(session: Session, direction: str, *, limit: int) -> list[KeptQuestion]:
    """Return the questions of one direction, the latest first."""
    rows = session.scalars(
        select(ClassificationOpinionRow)
        .where(ClassificationOpinionRow.direction == direction)
        .order_by(ClassificationOpinionRow.asked_at.desc(), ClassificationOpinionRow.id)
        .limit(limit)
    )
    return [_question(row) for row in rows]


def questions_about(session: Session, declaration_id: str, item: int) -> list[KeptQuestion]:
    """Return what was asked about a goods item, the latest first."""
    rows = session.scalars(
        select(ClassificationOpinionRow)
        .where(ClassificationOpinionRow.declaration_id == declaration_id, ClassificationOpinionRow.item == item)
        .order_by(ClassificationOpinionRow.asked_at.desc(), ClassificationOpinionRow.id)
    )
    return [_question(row) for row in rows]


def erase_question(session: Session, message_id: str) -> None:
    """Erase the words of a question that came in a message; that it was asked and answered stays."""
    session.execute(
        update(ClassificationOpinionRow)
        .where(ClassificationOpinionRow.question_message == message_id)
        .values(description="", facts="")
    )


def erase_answer(session: Session, message_id: str) -> None:
    """Erase an answer that came in a message."""
    session.execute(
        update(ClassificationOpinionRow)
        .where(ClassificationOpinionRow.answer_message == message_id)
        .values(opinion=asdict(Opinion(None, "")) | {"rules": []})
    )


def _ruling(row: BindingRulingRow) -> Ruling:
    return Ruling(**{name: getattr(row, name) for name in _RULING})


def _decision(row: ClassificationDecisionRow) -> KeptDecision:
    values = {name: getattr(row, name) for name in _DECISION}
    return KeptDecision(row.id, Decision(**values | {"rules": tuple(row.rules)}), row.officer, row.decided_at)


def _question(row: ClassificationOpinionRow) -> KeptQuestion:
    opinion = None if row.opinion is None else Opinion(**row.opinion | {"rules": tuple(row.opinion["rules"])})
    return KeptQuestion(
        direction=row.direction,
        partner=row.partner,
        id=row.id,
        question=Question(**{name: getattr(row, name) for name in _QUESTION}),
        asked_at=row.asked_at,
        declaration_id=row.declaration_id,
        item=row.item,
        opinion=opinion,
        answered_at=row.answered_at,
        officer=row.officer,
    )
