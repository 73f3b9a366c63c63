"""How officers and their sessions are stored: every query of the console's own two tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from comity.entrypoints.console.officers import Officer, Role
from comity.entrypoints.console.tables import OfficerRow, OfficerSessionRow


def keep_officer(session: Session, officer: Officer, *, password_hash: str, added_at: datetime) -> None:
    """Store a new officer, or replace the password, roles and language of the one with this name."""
    row = session.get(OfficerRow, officer.name)
    if row is None:
        row = OfficerRow(name=officer.name, added_at=added_at)
        session.add(row)
    row.password_hash = password_hash
    row.roles = sorted(officer.roles)
    row.language = officer.language
    row.is_active = officer.is_active
    session.flush()


def find_officer(session: Session, name: str) -> tuple[Officer, str] | None:
    """Return the officer called `name` and the password hash, or None."""
    row = session.get(OfficerRow, name)
    return None if row is None else (_officer(row), row.password_hash)


def list_officers(session: Session) -> list[Officer]:
    """Return every officer by name."""
    return [_officer(row) for row in session.scalars(select(OfficerRow).order_by(OfficerRow.name))]


def set_language(session: Session, name: str, language: str) -> None:
    """Remember the language an officer reads."""
    session.execute(update(OfficerRow).where(OfficerRow.name == name).values(language=language))


def set_active(session: Session, name: str, *, is_active: bool) -> None:
    """Let an officer sign in or not; one who may not is signed out everywhere."""
    session.execute(update(OfficerRow).where(OfficerRow.name == name).values(is_active=is_active))
    if not is_active:
        session.execute(delete(OfficerSessionRow).where(OfficerSessionRow.officer == name))


def keep_session(session: Session, *, token_hash: bytes, officer: str, at: datetime, expires_at: datetime) -> None:
    """Store a new signed-in session, and forget those that have expired."""
    session.execute(delete(OfficerSessionRow).where(OfficerSessionRow.expires_at <= at))
    session.add(
        OfficerSessionRow(token_hash=token_hash, officer=officer, began_at=at, seen_at=at, expires_at=expires_at)
    )
    session.flush()


def find_session(session: Session, token_hash: bytes) -> tuple[Officer, datetime, datetime] | None:
    """Return the officer signed in with this token, when last seen, and when it expires; or None."""
    found = session.execute(
        select(OfficerRow, OfficerSessionRow)
        .join(OfficerSessionRow, OfficerSessionRow.officer == OfficerRow.name)
        .where(OfficerSessionRow.token_hash == token_hash)
    ).one_or_none()
    if found is None:
        return None
    return _officer(found[0]), found[1].seen_at, found[1].expires_at


def touch_session(session: Session, token_hash: bytes, at: datetime) -> None:
    """Remember that the session was used at `at`."""
    session.execute(update(OfficerSessionRow).where(OfficerSessionRow.token_hash == token_hash).values(seen_at=at))


def end_session(session: Session, token_hash: bytes) -> None:
    """Forget the session: its token signs nobody in any more."""
    session.execute(delete(OfficerSessionRow).where(OfficerSessionRow.token_hash == token_hash))


def _officer(row: OfficerRow) -> Officer:
    return Officer(row.name, frozenset(Role(role) for role in row.roles), row.language, row.is_active)
