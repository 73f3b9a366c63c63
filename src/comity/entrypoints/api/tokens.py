"""How a trader's system proves who it is: a bearer token (RFC 6750), of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.orm import Session

from comity.entrypoints.api import store
from comity.entrypoints.api.errors import ScopeMissing, ScopeUnknown, TokenRefused
from comity.entrypoints.api.scopes import Scope, Token
from comity.foundation.clock import Clock

VALID_DAYS = 365  # a guess: a year, like a certificate; choose less where the trader's system can renew
PREFIX = "comity_"  # lets a scanner of leaked secrets recognise one


def issue_token(
    session: Session, trader_id: str, scopes: Iterable[str], clock: Clock, *, valid_days: int = VALID_DAYS
) -> str:
    """Make a token for the system of `trader_id` (its TIN) and return it; it is shown this once.

    Raises:
        ScopeUnknown: a scope is not one of `Scope`, or there is none.
    """
    try:
        known = frozenset(Scope(scope) for scope in scopes)
    except ValueError as error:
        raise ScopeUnknown(f"a scope must be one of {', '.join(Scope)}", path="scopes") from error
    if not known or not trader_id:
        raise ScopeUnknown("a token needs a trader and at least one scope", path="scopes")
    secret, now = PREFIX + secrets.token_urlsafe(32), clock.now()
    token = Token(secrets.token_hex(8), trader_id, known, now + timedelta(days=valid_days))
    store.keep_token(session, token, token_hash=hash_token(secret), issued_at=now)
    return secret


def token_of(session: Session, authorization: str, clock: Clock) -> Token:
    """Return the token an `Authorization` header carries.

    Raises:
        TokenRefused: there is none, it is unknown, expired or revoked; the answer does not say which.
    """
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise TokenRefused
    token = store.find_token(session, hash_token(secret.strip()))
    if token is None or token.is_revoked or clock.now() >= token.expires_at:
        raise TokenRefused
    return token


def need(token: Token, scope: Scope) -> None:
    """Let a token with the scope pass.

    Raises:
        ScopeMissing: it has not got it.
    """
    if scope not in token.scopes:
        raise ScopeMissing(path=scope.value)


def hash_token(secret: str) -> bytes:
    """Return the SHA-256 a token is kept under; its 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).digest()
