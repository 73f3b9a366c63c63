"""How decisions, overrides, examinations and feedback are kept; every query of risk is here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from comity.features.risk.assess import Assessment, Reason
from comity.features.risk.errors import DecisionUnknown, FeedbackInvalid, ReasonMissing
from comity.features.risk.examination import ExaminationResult, OutcomeCode
from comity.features.risk.lanes import Lane
from comity.features.risk.selection.rule import Choice, Ground
from comity.features.risk.tables import DecisionRow, ExaminationRow, FeedbackRow, OverrideRow
from comity.foundation.clock import Clock
from comity.foundation.storage.bulk import insert_rows
from comity.foundation.trade.money import Money

IMPORT = "import"
LONGEST_MRN = 70  # WCO DM D014: an..70


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """The engine's decision as kept; `current_lane` is what an officer made of it."""

    declaration_id: str
    lane: Lane
    current_lane: Lane
    score: float
    reasons: tuple[Reason, ...]
    random_selected: bool
    propensity: float
    draw: float
    engine_version: str
    decided_at: datetime
    discrepancy_kinds: tuple[str, ...]
    office: str | None = None
    ground: Ground = Ground.NONE
    has_slot: bool = True

    @property
    def choice(self) -> Choice:
        """Return what selection decided."""
        return Choice(self.lane, self.ground, self.propensity, has_slot=self.has_slot)


@dataclass(frozen=True, slots=True)
class StoredOverride:
    """A change of lane by an officer, with the reason."""

    lane_before: Lane
    lane: Lane
    reason: str
    officer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredExamination:
    """An examination's result, by whom and when."""

    result: ExaminationResult
    officer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedResult:
    """A partner's message about an examination, as it came: `examination-result.v1`."""

    message_id: str
    partner: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ImporterHistory:
    """What is known of an importer before this declaration."""

    declarations_30d: int
    irregular_365d: int
    is_new: bool | None
    """None where the importer is not identified."""


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """A declaration that waits, as the worklist shows it."""

    declaration_id: str
    mrn: str | None
    lane: Lane
    score: float
    reasons: tuple[str, ...]
    importer_name: str | None
    goods_code: str | None
    origin_country: str | None
    decided_at: datetime
    is_examined: bool
    discrepancy_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a partner's examination found."""

    message_id: str
    partner: str
    export_mrn: str | None
    outcome: str
    received_at: datetime


def keep_decision(
    session: Session, declaration_id: str, assessment: Assessment, *, context: dict[str, Any], clock: Clock
) -> None:
    """Keep a decision.

    `context`: kind, mrn, importer_id, importer_name, goods_code, origin_country, declared_on, discrepancy_kinds,
    and office where it is known.
    """
    values = _decided(assessment, context, clock)
    session.execute(
        insert(DecisionRow).values(declaration_id=declaration_id, is_examined=False, is_irregular=False, **values)
    )


def replace_decision(
    session: Session, declaration_id: str, assessment: Assessment, *, context: dict[str, Any], clock: Clock
) -> None:
    """Put a decision in place of the earlier one, whose entry in the ledger stays."""
    values = _decided(assessment, context, clock)
    session.execute(update(DecisionRow).where(DecisionRow.declaration_id == declaration_id).values(**values))


def open_decisions(session: Session, declaration_ids: Collection[str] | None = None) -> list[StoredDecision]:
    """Return the decisions about imports that no person has acted on: neither examined nor overruled, by id."""
    query = select(DecisionRow).where(
        DecisionRow.kind == IMPORT,
        DecisionRow.is_examined.is_(False),
        DecisionRow.declaration_id.not_in(select(OverrideRow.declaration_id)),
    )
    if declaration_ids is not None:
        query = query.where(DecisionRow.declaration_id.in_(sorted(declaration_ids)))
    return [_decision(row) for row in session.scalars(query.order_by(DecisionRow.declaration_id))]


def _decided(assessment: Assessment, context: dict[str, Any], clock: Clock) -> dict[str, Any]:
    return {
        **context,
        "declared_on": date.fromisoformat(context["declared_on"]),
        "lane": assessment.lane.value,
        "current_lane": assessment.lane.value,
        "lane_rank": assessment.lane.rank,
        "score": assessment.score,
        "reasons": [[one.code, one.text, one.weight, one.lane.value, one.item] for one in assessment.reasons],
        "random_selected": assessment.random_selected,
        "propensity": assessment.propensity,
        "draw": assessment.draw,
        "engine_version": assessment.engine_version,
        "ground": assessment.ground.value,
        "curiosity": assessment.curiosity,
        "mandatory": assessment.mandatory.value if assessment.mandatory else None,
        "has_slot": assessment.has_slot,
        "decided_at": clock.now(),
    }


def decision_of(session: Session, declaration_id: str) -> StoredDecision | None:
    """Return the decision about a declaration, or None."""
    row = session.get(DecisionRow, declaration_id)
    return None if row is None else _decision(row)


def worklist(
    session: Session, *, lanes: Collection[Lane | str] | None = None, limit: int = 50, offset: int = 0
) -> list[WorklistRow]:
    """Return imports, those not examined first, then by lane and score, the gravest first."""
    query = select(DecisionRow).where(DecisionRow.kind == IMPORT)
    if lanes is not None:
        query = query.where(DecisionRow.current_lane.in_([str(lane) for lane in lanes]))
    query = query.order_by(
        DecisionRow.is_examined, DecisionRow.lane_rank.desc(), DecisionRow.score.desc(), DecisionRow.declaration_id
    )
    return [
        WorklistRow(
            declaration_id=row.declaration_id,
            mrn=row.mrn,
            lane=Lane(row.current_lane),
            score=row.score,
            reasons=tuple(reason.text for reason in _reasons(row.reasons)),
            importer_name=row.importer_name,
            goods_code=row.goods_code,
            origin_country=row.origin_country,
            decided_at=row.decided_at,
            is_examined=row.is_examined,
            discrepancy_kinds=tuple(row.discrepancy_kinds),
        )
        for row in session.scalars(query.limit(limit).offset(offset))
    ]


def lane_counts(session: Session, kind: str | None = IMPORT) -> dict[str, int]:
    """Return how many declarations of a kind (of every kind when None) are in each lane now."""
    query = select(DecisionRow.current_lane, func.count()).group_by(DecisionRow.current_lane)
    if kind is not None:
        query = query.where(DecisionRow.kind == kind)
    found = {row[0]: row[1] for row in session.execute(query)}
    return {lane.value: found.get(lane.value, 0) for lane in Lane}


def keep_override(
    session: Session, declaration_id: str, lane: Lane, *, reason: str, officer: str, clock: Clock
) -> None:
    """Change the lane in force, with the reason.

    Raises:
        ReasonMissing: the reason is empty.
        DecisionUnknown: there is no decision.
    """
    if not reason.strip():
        raise ReasonMissing
    decision = decision_of(session, declaration_id)
    if decision is None:
        raise DecisionUnknown
    session.execute(
        insert(OverrideRow).values(
            declaration_id=declaration_id,
            lane_before=decision.current_lane.value,
            lane=lane.value,
            reason=reason.strip(),
            officer=officer,
            at=clock.now(),
        )
    )
    session.execute(
        update(DecisionRow)
        .where(DecisionRow.declaration_id == declaration_id)
        .values(current_lane=lane.value, lane_rank=lane.rank)
    )


def propensities(session: Session, kind: str) -> dict[str, float]:
    """Return how probable it was that each declaration of a kind would be looked at, by id."""
    query = select(DecisionRow.declaration_id, DecisionRow.propensity).where(DecisionRow.kind == kind)
    return {row[0]: row[1] for row in session.execute(query)}


def overrides_of(session: Session, declaration_id: str) -> list[StoredOverride]:
    """Return the changes of lane, oldest first."""
    query = select(OverrideRow).where(OverrideRow.declaration_id == declaration_id).order_by(OverrideRow.id)
    return [
        StoredOverride(Lane(row.lane_before), Lane(row.lane), row.reason, row.officer, row.at)
        for row in session.scalars(query)
    ]


def keep_examination(
    session: Session, declaration_id: str, result: ExaminationResult, *, officer: str, clock: Clock
) -> None:
    """Keep what an examiner found; the importer's history follows it."""
    money = result.revenue_recovered
    session.execute(
        insert(ExaminationRow).values(
            declaration_id=declaration_id,
            outcome=result.outcome.value,
            found=result.found,
            recovered_amount=money.amount if money else None,
            recovered_currency=money.currency if money else None,
            officer=officer,
            at=clock.now(),
        )
    )
    if result.outcome is not OutcomeCode.NOT_CARRIED_OUT:
        session.execute(
            update(DecisionRow)
            .where(DecisionRow.declaration_id == declaration_id)
            .values(is_examined=True, **({"is_irregular": True} if result.outcome.is_irregular else {}))
        )


def examinations_of(session: Session, declaration_id: str) -> list[StoredExamination]:
    """Return the examinations of a declaration, oldest first."""
    query = select(ExaminationRow).where(ExaminationRow.declaration_id == declaration_id).order_by(ExaminationRow.id)
    return [StoredExamination(_result(row), row.officer, row.at) for row in session.scalars(query)]


def examinations_for(session: Session, declaration_ids: Collection[str]) -> dict[str, StoredExamination]:
    """Return the last examination of each of some declarations that has one. One statement."""
    rows = session.scalars(
        select(ExaminationRow)
        .where(ExaminationRow.declaration_id.in_(list(declaration_ids)))
        .order_by(ExaminationRow.id)
    )
    return {row.declaration_id: StoredExamination(_result(row), row.officer, row.at) for row in rows}


def examination_counts(session: Session) -> tuple[int, int]:
    """Return how many examinations were recorded, and how many of them were irregular."""
    regular = [code.value for code in OutcomeCode if not code.is_irregular]
    irregular = func.sum(case((ExaminationRow.outcome.not_in(regular), 1), else_=0))
    recorded, wrong = session.execute(select(func.count(), irregular).select_from(ExaminationRow)).one()
    return recorded, int(wrong or 0)


def importer_history(
    session: Session, importer_id: str | None, *, since: datetime, at: datetime, excluding: str
) -> ImporterHistory:
    """Return what is known of an importer from `since` up to `at`, but for one declaration. One statement."""
    if importer_id is None:
        return ImporterHistory(0, 0, is_new=None)
    month = (at - timedelta(days=30)).date()
    recent = func.sum(case((DecisionRow.declared_on >= month, 1), else_=0))
    irregular = func.sum(case((DecisionRow.is_irregular, 1), else_=0))
    row = session.execute(
        select(func.count(), recent, irregular).where(
            DecisionRow.kind == IMPORT,
            DecisionRow.importer_id == importer_id,
            DecisionRow.declaration_id != excluding,
            DecisionRow.declared_on >= since.date(),
            DecisionRow.declared_on <= at.date(),
        )
    ).one()
    return ImporterHistory(int(row[1] or 0), int(row[2] or 0), is_new=row[0] == 0)


def keep_feedback(session: Session, results: Sequence[ReceivedResult], *, clock: Clock) -> None:
    """Keep what partners' examinations found; the same message again changes nothing. Two statements, any number.

    Raises:
        FeedbackInvalid: an outcome is not one of the codes, or the MRN is no text of a declaration number's length;
            nothing is kept.
    """
    rows = {one.message_id: _feedback_row(one, clock.now()) for one in results}
    known = set(session.scalars(select(FeedbackRow.message_id).where(FeedbackRow.message_id.in_(rows))))
    insert_rows(session, FeedbackRow, [row for message_id, row in rows.items() if message_id not in known])


def _feedback_row(result: ReceivedResult, at: datetime) -> dict[str, Any]:
    mrn, outcome = result.payload.get("export_mrn"), result.payload.get("outcome")
    if not (mrn is None or (isinstance(mrn, str) and len(mrn) <= LONGEST_MRN)) or outcome not in list(OutcomeCode):
        raise FeedbackInvalid
    return {
        "message_id": result.message_id,
        "partner": result.partner,
        "export_mrn": mrn,
        "outcome": outcome,
        "payload": result.payload,
        "received_at": at,
    }


def erase_feedback(session: Session, *, message_id: str) -> None:
    """Forget what a partner's examination found."""
    session.execute(delete(FeedbackRow).where(FeedbackRow.message_id == message_id))


def feedback_received(session: Session) -> list[Feedback]:
    """Return the results that partners sent, oldest first."""
    query = select(FeedbackRow).order_by(FeedbackRow.received_at, FeedbackRow.message_id)
    return [
        Feedback(row.message_id, row.partner, row.export_mrn, row.outcome, row.received_at)
        for row in session.scalars(query)
    ]


def _decision(row: DecisionRow) -> StoredDecision:
    return StoredDecision(
        declaration_id=row.declaration_id,
        lane=Lane(row.lane),
        current_lane=Lane(row.current_lane),
        score=row.score,
        reasons=_reasons(row.reasons),
        random_selected=row.random_selected,
        propensity=row.propensity,
        draw=row.draw,
        engine_version=row.engine_version,
        decided_at=row.decided_at,
        discrepancy_kinds=tuple(row.discrepancy_kinds),
        office=row.office,
        ground=Ground(row.ground or Ground.NONE),
        has_slot=row.has_slot is not False,
    )


def _reasons(rows: list[Any]) -> tuple[Reason, ...]:
    return tuple(Reason(code, text, weight, Lane(lane), item) for code, text, weight, lane, item in rows)


def _result(row: ExaminationRow) -> ExaminationResult:
    recovered = None
    if row.recovered_amount is not None and row.recovered_currency:
        recovered = Money(Decimal(row.recovered_amount), row.recovered_currency)
    return ExaminationResult(OutcomeCode(row.outcome), row.found, recovered)
