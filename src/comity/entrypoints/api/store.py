"""How tokens are stored: every query of the API's own table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from comity.entrypoints.api.scopes import Scope, Token
from comity.entrypoints.api.tables import ApiTokenRow


def keep_token(session: Session, token: Token, *, token_hash: bytes, issued_at: datetime) -> None:
    """Store a new token by its hash."""
    session.add(
        ApiTokenRow(
            id=token.id,
            token_hash=token_hash,
            trader_id=token.trader_id,
            scopes=sorted(token.scopes),
            issued_at=issued_at,
            expires_at=token.expires_at,
        )
    )
    session.flush()


def find_token(session: Session, token_hash: bytes) -> Token | None:
    """Return the token with this hash, or None."""
    row = session.scalars(select(ApiTokenRow).where(ApiTokenRow.token_hash == token_hash)).one_or_none()
    return None if row is None else _token(row)


def list_tokens(session: Session) -> list[Token]:
    """Return every token, by trader and time of issue."""
    rows = session.scalars(select(ApiTokenRow).order_by(ApiTokenRow.trader_id, ApiTokenRow.issued_at))
    return [_token(row) for row in rows]


def revoke_token(session: Session, token_id: str, *, at: datetime) -> None:
    """Refuse the token from now on; one revoked before keeps its time."""
    session.execute(
        update(ApiTokenRow).where(ApiTokenRow.id == token_id, ApiTokenRow.revoked_at.is_(None)).values(revoked_at=at)
    )


def _token(row: ApiTokenRow) -> Token:
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return Token(row.id, row.trader_id, scopes, row.expires_at, row.revoked_at is not None)
