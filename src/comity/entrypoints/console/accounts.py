"""How an officer signs in: argon2id password hashes (RFC 9106), opaque session tokens of which only a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from comity.entrypoints.console import store
from comity.entrypoints.console.errors import AccountInvalid, SignInRefused
from comity.entrypoints.console.language import LANGUAGE_CODES
from comity.entrypoints.console.officers import Officer, Role
from comity.foundation.clock import Clock, SystemClock

SESSION_HOURS = 10  # a guess: one shift and its handover
IDLE_MINUTES = 60  # a guess: an officer away from the desk for longer signs in again
SHORTEST_PASSWORD = 12  # NIST SP 800-63B-4 asks for 15 alone, 8 with a second factor; between, until there is one
LONGEST_PASSWORD = 200
_TOUCH_AFTER = timedelta(minutes=5)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
_hashing = threading.BoundedSemaphore(2)  # each takes 64 MiB: a flood of attempts waits here instead of in memory
_hasher = PasswordHasher()  # argon2-cffi's defaults are RFC 9106's low-memory profile: 64 MiB, 3 passes, 4 lanes


@cache
def _hash_of_nobody() -> str:
    """Return a hash to check against when there is no such officer, so that both answers take the same time."""
    return _hasher.hash(secrets.token_urlsafe(32))


def add_officer(
    session: Session,
    name: str,
    password: str,
    roles: Iterable[str],
    *,
    language: str = "en",
    clock: Clock | None = None,
) -> Officer:
    """Create the officer, or give the one with this name a new password, roles and language.

    Raises:
        AccountInvalid: the name, password, roles or language are not usable.
    """
    try:
        officer = Officer(name, frozenset(Role(role) for role in roles), language)
    except ValueError as error:
        raise AccountInvalid(f"a role must be one of {', '.join(Role)}", path="roles") from error
    if not officer.roles:
        raise AccountInvalid(path="roles")
    if language not in LANGUAGE_CODES:
        raise AccountInvalid(f"the language must be one of {', '.join(LANGUAGE_CODES)}", path="language")
    if not _NAME.fullmatch(name):
        raise AccountInvalid(path="name")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountInvalid(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; choose another", path="password"
        )
    added_at = (clock or SystemClock()).now()
    store.keep_officer(session, officer, password_hash=_hasher.hash(password), added_at=added_at)
    return officer


def check_password(session: Session, name: str, password: str) -> Officer:
    """Return the officer called `name` when the password is right. Reads only; attempts are not limited here.

    Raises:
        SignInRefused: there is no such officer, the password is wrong, or the account is closed.
    """
    found = store.find_officer(session, name)
    password_hash = found[1] if found else _hash_of_nobody()
    try:
        with _hashing:
            _hasher.verify(password_hash, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError) as error:
        raise SignInRefused from error
    if found is None or not found[0].is_active:
        raise SignInRefused
    return found[0]


def begin_session(session: Session, officer: Officer, clock: Clock) -> str:
    """Sign the officer in; return the token for the cookie. Only its SHA-256 is kept."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    expires_at = now + timedelta(hours=SESSION_HOURS)
    store.keep_session(session, token_hash=hash_token(token), officer=officer.name, at=now, expires_at=expires_at)
    return token


def signed_in(session: Session, token: str, clock: Clock) -> tuple[Officer, bool] | None:
    """Return the officer this token signs in and whether to touch the session; None when it signs nobody in."""
    found = store.find_session(session, hash_token(token))
    if found is None:
        return None
    officer, seen_at, expires_at = found
    now = clock.now()
    if not officer.is_active or now >= expires_at or now - seen_at >= timedelta(minutes=IDLE_MINUTES):
        return None
    return officer, now - seen_at >= _TOUCH_AFTER


def hash_token(token: str) -> bytes:
    """Return the SHA-256 under which a token is kept; it has 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


def form_token(token: str) -> str:
    """Return the token every form of this session carries, derived so that nothing more must be kept."""
    return hmac.new(token.encode(), b"comity console form", hashlib.sha256).hexdigest()


def is_form_token(token: str, given: str) -> bool:
    """Claim that `given` is the form token of this session, in constant time."""
    return hmac.compare_digest(form_token(token).encode(), given.encode())
