"""How requests, consents and onward holders are kept; every query of them is here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from comity.cooperation.stewardship.consents.tables import ConsentRow, OnwardRow

OUT, IN = "out", "in"


@dataclass(frozen=True, slots=True)
class KeptConsent:
    """One request and its answer; `consents` is None until it is answered. `valid_to` is a consent's last day (UTC)."""

    direction: str
    partner: str
    id: str
    messages: tuple[str, ...]
    recipient: str
    purpose: str
    reason: str
    asked_at: datetime
    consents: bool | None = None
    conditions: str = ""
    valid_to: date | None = None
    answer_reason: str = ""
    signature: bytes = b""
    answered_at: datetime | None = None
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class OnwardHolder:
    """Who got a received message from us, as which message of ours, under which consent."""

    onward_id: str
    message_id: str
    holder: str
    consent_id: str
    at: datetime


def keep_request(session: Session, request: KeptConsent) -> None:
    """Keep a new request, not yet answered."""
    session.execute(
        insert(ConsentRow).values(
            direction=request.direction,
            partner=request.partner,
            id=request.id,
            messages=list(request.messages),
            recipient=request.recipient,
            purpose=request.purpose,
            reason=request.reason,
            asked_at=request.asked_at,
        )
    )


def keep_answer(session: Session, answered: KeptConsent) -> None:
    """Keep the answer to a request that is kept."""
    row = session.get_one(ConsentRow, (answered.direction, answered.partner, answered.id), with_for_update=True)
    row.consents, row.conditions, row.valid_to = answered.consents, answered.conditions, answered.valid_to
    row.answer_reason, row.signature = answered.answer_reason, answered.signature
    row.answered_at, row.answered_by = answered.answered_at, answered.answered_by
    session.flush()


def find_request(session: Session, direction: str, partner: str, request_id: str) -> KeptConsent | None:
    """Return a request, or None."""
    row = session.get(ConsentRow, (direction, partner, request_id))
    return None if row is None else _consent(row)


def list_requests(session: Session, direction: str, *, limit: int) -> list[KeptConsent]:
    """Return the requests we made or got, those not answered first, then the newest."""
    query = select(ConsentRow).where(ConsentRow.direction == direction)
    query = query.order_by(ConsentRow.consents.is_not(None), ConsentRow.asked_at.desc(), ConsentRow.id)
    return [_consent(row) for row in session.scalars(query.limit(limit))]


def consents_from(session: Session, originator: str, *, recipient: str) -> list[KeptConsent]:
    """Return the consents an originator gave us for a recipient, the newest first."""
    query = select(ConsentRow).where(
        ConsentRow.direction == OUT,
        ConsentRow.partner == originator,
        ConsentRow.recipient == recipient,
        ConsentRow.consents.is_(True),
    )
    return [_consent(row) for row in session.scalars(query.order_by(ConsentRow.answered_at.desc(), ConsentRow.id))]


def keep_onward(session: Session, holder: OnwardHolder) -> None:
    """Keep who got a message onward, so that a recall can follow it."""
    session.execute(insert(OnwardRow).values(**{name: getattr(holder, name) for name in OnwardHolder.__slots__}))


def onward_holders(session: Session, message_ids: Collection[str]) -> list[OnwardHolder]:
    """Return who got any of some received messages onward."""
    query = select(OnwardRow).where(OnwardRow.message_id.in_(sorted(set(message_ids))))
    rows = session.scalars(query.order_by(OnwardRow.message_id, OnwardRow.holder, OnwardRow.onward_id))
    return [OnwardHolder(**{name: getattr(row, name) for name in OnwardHolder.__slots__}) for row in rows]


def _consent(row: ConsentRow) -> KeptConsent:
    return KeptConsent(
        direction=row.direction,
        partner=row.partner,
        id=row.id,
        messages=tuple(row.messages),
        recipient=row.recipient,
        purpose=row.purpose,
        reason=row.reason,
        asked_at=row.asked_at,
        consents=row.consents,
        conditions=row.conditions or "",
        valid_to=row.valid_to,
        answer_reason=row.answer_reason or "",
        signature=row.signature or b"",
        answered_at=row.answered_at,
        answered_by=row.answered_by or "",
    )
