"""What does one statement about an administration's keys say, and what is its one written form?

Signatures: Ed25519 (RFC 8032) over `comity-key-statement.v1`, a line end and the RFC 8785 form of the statement.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from comity.cooperation.identity.errors import HistoryInvalid, SuiteUnknown
from comity.foundation.canonical_json import canonical_json

FORMAT = "comity-key-statement.v1"
ENCRYPTION_SUITE = "HPKE-MLKEM768X25519-HKDFSHA256-AES256GCM-1"
X25519_BYTES = 32
MOST_STATEMENTS = (
    64  # a guess: a rotation every year for two generations of staff; bounds what a stranger makes us read
)
LONGEST_REASON = 500
NO_PREVIOUS = "0" * 64
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Kind(StrEnum):
    """Who vouches for a statement's keys: themselves, the key before, or the recovery key."""

    FIRST = "first"
    SUCCESSION = "succession"
    RECOVERY = "recovery"


class Signer(Protocol):
    """Holds an Ed25519 private key, in memory or in a token, and signs with it."""

    @property
    def public_key(self) -> bytes:
        """Return the raw public key."""

    def sign(self, content: bytes) -> bytes:
        """Return the 64-byte signature over `content`."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """Nothing that the key of statement `sequence` signed from `since` on is its owner's word."""

    sequence: int
    since: datetime


@dataclass(frozen=True, slots=True)
class KeyStatement:
    """One link: the keys that hold from `made` on, and the SHA-256 of the recovery key that may replace them."""

    authority: str
    kind: Kind
    sequence: int
    previous: str
    made: datetime
    reason: str
    signing_key: bytes
    encryption_key: bytes
    recovery: str
    recovery_key: bytes = b""
    revoked: tuple[Revocation, ...] = ()
    suite: str = ENCRYPTION_SUITE
    signatures: tuple[bytes, ...] = field(default=(), compare=False)

    def signed_content(self) -> bytes:
        """Return the bytes that are signed and hashed."""
        return FORMAT.encode() + b"\n" + canonical_json(self._unsigned())

    @property
    def hash(self) -> str:
        """Return the SHA-256 of the signed bytes, in hex; the next statement names it."""
        return hashlib.sha256(self.signed_content()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return statement and signatures as JSON."""
        return {**self._unsigned(), "signatures": [_text(one) for one in self.signatures]}

    def _unsigned(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "authority": self.authority,
            "kind": str(self.kind),
            "sequence": self.sequence,
            "previous": self.previous,
            "made": self.made.strftime(_TIME),
            "reason": self.reason,
            "signing_key": _text(self.signing_key),
            "encryption_key": _text(self.encryption_key),
            "suite": self.suite,
            "recovery": self.recovery,
            "recovery_key": _text(self.recovery_key),
            "revoked": [{"sequence": one.sequence, "since": one.since.strftime(_TIME)} for one in self.revoked],
        }


def read_statement(record: Any) -> KeyStatement:
    """Read the form of one statement; what is signed is written anew from it, so that there is one form only.

    Not checked: whether it may stand where it stands, and who signed it.

    Raises:
        HistoryInvalid: a field is missing, unknown or malformed.
        SuiteUnknown: it is for another encryption suite.
    """
    try:
        return _read(record)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise HistoryInvalid("a field is missing or malformed") from error


def recovery_hash(recovery_key: bytes) -> str:
    """Return how a statement promises a recovery key (raw Ed25519 public key)."""
    return hashlib.sha256(recovery_key).hexdigest()


def is_signature(signing_key: bytes, signature: bytes, content: bytes) -> bool:
    """Claim that `signature` over `content` was made with the raw Ed25519 public key `signing_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(signing_key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def to_second(at: datetime) -> datetime:
    """Return the time without the part that a statement does not say."""
    return at.astimezone(UTC).replace(microsecond=0)


_FIELDS = {
    "format", "authority", "kind", "sequence", "previous", "made", "reason", "signing_key", "encryption_key", "suite",
    "recovery", "recovery_key", "revoked", "signatures",
}  # fmt: skip


def _read(record: Any) -> KeyStatement:
    if set(record) != _FIELDS or record["format"] != FORMAT:
        raise HistoryInvalid(f"a {FORMAT} was expected")
    if record["suite"] != ENCRYPTION_SUITE:
        raise SuiteUnknown(f"the suite {record['suite']!r} is not this version's, {ENCRYPTION_SUITE}")
    statement = KeyStatement(
        authority=_matching(record["authority"], lambda text: len(text) == 2 and text.isascii() and text.isupper()),
        kind=Kind(record["kind"]),
        sequence=_whole(record["sequence"]),
        previous=_digest(record["previous"]),
        made=_time(record["made"]),
        reason=_matching(record["reason"], lambda text: len(text) <= LONGEST_REASON and text.isprintable()),
        signing_key=_bytes(record["signing_key"]),
        encryption_key=_bytes(record["encryption_key"]),
        recovery=_digest(record["recovery"]),
        recovery_key=_bytes(record["recovery_key"]),
        revoked=tuple(_revocation(one) for one in record["revoked"]),
        signatures=tuple(_bytes(one) for one in record["signatures"]),
    )
    Ed25519PublicKey.from_public_bytes(statement.signing_key)
    MLKEM768PublicKey.from_public_bytes(statement.encryption_key[:-X25519_BYTES])
    X25519PublicKey.from_public_bytes(statement.encryption_key[-X25519_BYTES:])
    return statement


def _revocation(record: Any) -> Revocation:
    if set(record) != {"sequence", "since"}:
        raise HistoryInvalid("a revocation names a sequence and a time")
    return Revocation(_whole(record["sequence"]), _time(record["since"]))


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    """Read base64 in its one form: another spelling of the same bytes is refused."""
    content = base64.b64decode(text, validate=True)
    if _text(content) != text:
        raise HistoryInvalid("base64 has one form")
    return content


def _time(text: str) -> datetime:
    at = datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    if at.strftime(_TIME) != text:
        raise HistoryInvalid("times have one form")
    return at


def _digest(text: str) -> str:
    return _matching(text, lambda it: len(bytes.fromhex(it)) == 32 and it == it.lower() and len(it) == 64)


def _whole(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < MOST_STATEMENTS:
        raise HistoryInvalid("a sequence is a whole number")
    return number


def _matching(text: object, holds: Callable[[str], bool]) -> str:
    if not isinstance(text, str) or not holds(text):
        raise HistoryInvalid("a text is not in its form")
    return text
