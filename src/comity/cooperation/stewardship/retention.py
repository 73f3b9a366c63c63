"""Until when may a received message be held? From receipt for as long as its clause says; never longer by itself.

WTO Agreement on Trade Facilitation, Article 12.5.1: what was received is disposed of as the other side's law and the
agreement say. An amended clause shortens what was received before; it does not lengthen it (the originator agreed to
the days in force at receipt). To keep longer there is the legal hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Clause
from comity.cooperation.agreements.marking import merged, read_marking
from comity.cooperation.agreements.partnership import PARTNERSHIP_TYPES
from comity.cooperation.agreements.store import current_agreements, list_agreements
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.stewardship.holdings.store import Holding, shorten, terms_held
from comity.cooperation.stewardship.origin import origin_of

REFUSED_KEPT_DAYS = 30  # a guess: long enough to show a partner what it sent; no clause covers keeping it longer


def holdings_from(session: Session, messages: Sequence[ReceivedMessage]) -> list[Holding]:
    """Return received messages with the terms they are held under; the partnership's own are not held."""
    kept = [message for message in messages if message.header.type not in PARTNERSHIP_TYPES]
    clauses = _clauses_by_text(session) if kept else {}
    return [_holding(one, clauses.get((one.header.agreement_hash, one.header.clause))) for one in kept]


def clause_of(session: Session, holding: Holding) -> Clause | None:
    """Return the clause under which a message came, of the text that it came under."""
    return _clauses_by_text(session).get((holding.agreement_hash, holding.clause))


def clauses_today(session: Session, at: datetime) -> dict[tuple[str, str], Clause]:
    """Return every clause of the texts that count at an instant, by agreement and id."""
    return {
        (stored.agreement.id, clause.id): clause
        for stored in current_agreements(session, at)
        for clause in stored.agreement.clauses
    }


def apply_amendments(session: Session, at: datetime) -> int:
    """Let what is held fall due earlier where its clause now says fewer days; return how many messages that changed."""
    clauses, changed = clauses_today(session, at), 0
    for agreement_id, clause_id, days in terms_held(session):
        clause = clauses.get((agreement_id, clause_id))
        if clause is not None and clause.retention_days < days:
            changed += shorten(session, agreement_id, clause_id, retention_days=clause.retention_days)
    return changed


def _clauses_by_text(session: Session) -> dict[tuple[str, str], Clause]:
    return {
        (stored.hash, clause.id): clause for stored in list_agreements(session) for clause in stored.agreement.clauses
    }


def due_day(received_at: datetime, retention_days: int) -> datetime:
    """Return when content received at an instant is to be disposed of."""
    return received_at + timedelta(days=retention_days)


def _holding(message: ReceivedMessage, clause: Clause | None) -> Holding:
    header, origin = message.header, origin_of(message)
    is_refused = message.refusal is not None or clause is None
    days = REFUSED_KEPT_DAYS if clause is None or is_refused else clause.retention_days
    markings = [read_marking(header.marking)] + ([origin.marking] if origin else [])
    due = due_day(message.received_at, days)
    return Holding(
        message_id=message.message_id,
        partner=message.sender,
        originator=origin.originator if origin else message.sender,
        origin_id=origin.message if origin else message.message_id,
        agreement_id=header.agreement_id,
        agreement_hash=header.agreement_hash,
        clause=header.clause,
        message_type=header.type,
        data_class=header.data_class,
        purpose=header.purpose,
        marking=merged(markings),
        retention_days=days,
        received_at=message.received_at,
        due_at=min(due, origin.due_at) if origin else due,
        refusal=message.refusal,
    )
