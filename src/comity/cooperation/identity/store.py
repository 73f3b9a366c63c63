"""How parted key histories and the epochs of membership are kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from comity.cooperation.identity.errors import HistoryForked
from comity.cooperation.identity.tables import EpochRow, KeyForkRow

MOST_FORKS = 100  # of one administration; a guess: the first few prove it
NO_EPOCH = "0" * 64
ADMITTED, REMOVED = "admitted", "removed"


@dataclass(frozen=True, slots=True)
class KeyFork:
    """Evidence: the statement that is followed and the one that is not, as JSON."""

    authority: str
    kept: str
    presented: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Epoch:
    """A change of who this node's partners are."""

    epoch: int
    partner: str
    change: str
    reason: str
    statement: bytes
    at: datetime


def keep_fork(session: Session, authority: str, fork: HistoryForked, *, at: datetime) -> bool:
    """Keep a fork as evidence, each pair once and the first hundred of an administration; claim that it was new."""
    kept = forks_of(session, authority)
    pair = {fork.kept, fork.presented}
    if len(kept) >= MOST_FORKS or any({one.kept, one.presented} == pair for one in kept):
        return False
    values = {"authority": authority, "kept": fork.kept, "presented": fork.presented, "at": at}
    session.execute(insert(KeyForkRow).values(**values))
    return True


def forks_of(session: Session, authority: str) -> list[KeyFork]:
    """Return the forks of an administration's key history that were seen."""
    rows = session.scalars(select(KeyForkRow).where(KeyForkRow.authority == authority).order_by(KeyForkRow.id))
    return [KeyFork(row.authority, row.kept, row.presented, row.at) for row in rows]


def keep_epoch(session: Session, epoch: Epoch) -> None:
    """Keep a change of membership."""
    values = {name: getattr(epoch, name) for name in ("epoch", "partner", "change", "reason", "statement", "at")}
    session.execute(insert(EpochRow).values(**values))


def last_epoch(session: Session) -> tuple[int, str]:
    """Return the number of the last epoch and the SHA-256 of its signed statement, in hex; 0 before there is one."""
    row = session.scalars(select(EpochRow).order_by(EpochRow.epoch.desc()).limit(1)).one_or_none()
    return (0, NO_EPOCH) if row is None else (row.epoch, hashlib.sha256(row.statement).hexdigest())


def list_epochs(session: Session) -> list[Epoch]:
    """Return every epoch in order."""
    rows = session.scalars(select(EpochRow).order_by(EpochRow.epoch))
    return [Epoch(row.epoch, row.partner, row.change, row.reason, row.statement, row.at) for row in rows]


def removed_members(session: Session) -> frozenset[str]:
    """Return the administrations whose last epoch is a removal."""
    latest = select(func.max(EpochRow.epoch)).group_by(EpochRow.partner)
    query = select(EpochRow.partner).where(EpochRow.epoch.in_(latest), EpochRow.change == REMOVED)
    return frozenset(session.scalars(query))


def is_removed(session: Session, authority: str) -> bool:
    """Claim that an administration's last epoch is a removal."""
    query = select(EpochRow.change).where(EpochRow.partner == authority).order_by(EpochRow.epoch.desc()).limit(1)
    return session.scalar(query) == REMOVED
