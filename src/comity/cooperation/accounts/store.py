"""How reconciliations, reciprocity statements and witness reports are kept; every query of accounts is here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from comity.cooperation.accounts.tables import ReciprocityRow, ReconciliationRow, WitnessReportRow


class AccountState(StrEnum):
    """Where a comparison with a partner stands."""

    ASKED = "asked"
    AGREED = "agreed"
    DIFFERS = "differs"
    PROPOSED = "proposed"
    COSIGNED = "co-signed"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One comparison of books with a partner; `differences` are as this side sees them."""

    id: str
    partner: str
    opened_by: str
    period_from: datetime
    period_to: datetime
    state: AccountState
    messages: int
    differences: list[dict[str, Any]]
    at: datetime


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """A reciprocity statement as this side computed it, with the signatures on it."""

    agreement_id: str
    partner: str
    period_from: date
    period_to: date
    state: AccountState
    statement: dict[str, Any]
    signatures: list[dict[str, str]]
    differences: list[str]
    at: datetime


def keep_reconciliation(session: Session, kept: Reconciliation) -> None:
    """Keep a comparison in place of what was kept of it before."""
    session.execute(delete(ReconciliationRow).where(ReconciliationRow.id == kept.id))
    session.execute(insert(ReconciliationRow).values({name: getattr(kept, name) for name in _RECONCILIATION}))


def find_reconciliation(session: Session, reconciliation_id: str) -> Reconciliation | None:
    """Return a comparison, or None."""
    row = session.get(ReconciliationRow, reconciliation_id)
    return _reconciliation(row) if row else None


def list_reconciliations(session: Session, partner: str | None = None, limit: int = 100) -> list[Reconciliation]:
    """Return the newest comparisons with one partner or with all, newest first."""
    query = select(ReconciliationRow).order_by(ReconciliationRow.at.desc(), ReconciliationRow.id).limit(limit)
    if partner is not None:
        query = query.where(ReconciliationRow.partner == partner)
    return [_reconciliation(row) for row in session.scalars(query)]


def reconciled_until(session: Session, partner: str, *, own: str) -> datetime | None:
    """Return up to when we have opened comparisons with a partner, or None."""
    query = (
        select(ReconciliationRow.period_to)
        .where(ReconciliationRow.partner == partner, ReconciliationRow.opened_by == own)
        .order_by(ReconciliationRow.period_to.desc())
        .limit(1)
    )
    return session.scalar(query)


def keep_reciprocity(session: Session, kept: Reciprocity) -> None:
    """Keep a statement in place of what was kept of the same agreement and period before."""
    row = ReciprocityRow
    session.execute(
        delete(row).where(
            row.agreement_id == kept.agreement_id,
            row.partner == kept.partner,
            row.period_from == kept.period_from,
            row.period_to == kept.period_to,
        )
    )
    session.execute(insert(row).values({name: getattr(kept, name) for name in _RECIPROCITY}))


def find_reciprocity(
    session: Session, agreement_id: str, partner: str, *, period_from: date, period_to: date
) -> Reciprocity | None:
    """Return the statement of an agreement, partner and period, or None."""
    row = session.get(ReciprocityRow, (agreement_id, partner, period_from, period_to))
    return _reciprocity(row) if row else None


def list_reciprocity(session: Session, limit: int = 100) -> list[Reciprocity]:
    """Return the newest statements, newest first."""
    query = select(ReciprocityRow).order_by(ReciprocityRow.at.desc(), ReciprocityRow.agreement_id).limit(limit)
    return [_reciprocity(row) for row in session.scalars(query)]


def told_at(session: Session, partner: str) -> datetime | None:
    """Return when a partner was last told which checkpoints we were shown, or None."""
    return session.scalar(select(WitnessReportRow.at).where(WitnessReportRow.partner == partner))


def note_told(session: Session, partner: str, *, at: datetime) -> None:
    """Keep when a partner was told."""
    session.execute(delete(WitnessReportRow).where(WitnessReportRow.partner == partner))
    session.execute(insert(WitnessReportRow).values(partner=partner, at=at))


_RECONCILIATION = tuple(field.name for field in fields(Reconciliation))
_RECIPROCITY = tuple(field.name for field in fields(Reciprocity))


def _reconciliation(row: ReconciliationRow) -> Reconciliation:
    values = {name: getattr(row, name) for name in _RECONCILIATION}
    return Reconciliation(**{**values, "state": AccountState(row.state)})


def _reciprocity(row: ReciprocityRow) -> Reciprocity:
    values = {name: getattr(row, name) for name in _RECIPROCITY}
    return Reciprocity(**{**values, "state": AccountState(row.state)})
