"""Who a node is: the public identity that partners pin, and the private keys that stand behind it.

Signing: Ed25519 (RFC 8032). Encryption: X-Wing style ML-KEM-768 + X25519 for HPKE (RFC 9180 and the IETF draft on
hybrid KEMs); the suite has an id, so that a later draft can stand beside this one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from comity.cooperation.identity.errors import HistoryInvalid, KeyInvalid, KeysMissing, SuiteUnknown
from comity.cooperation.identity.history import HeldKey, KeyHistory, begin_history, read_history
from comity.cooperation.identity.statement import (
    BEGINNING,
    ENCRYPTION_SUITE,
    X25519_BYTES,
    Signer,
    is_signature,
    recovery_hash,
)

__all__ = [
    "ENCRYPTION_SUITE",
    "KeyInvalid",
    "KeysMissing",
    "NodeKeys",
    "OpeningKey",
    "PublicIdentity",
    "generate_keys",
    "is_signature",
]


@dataclass(frozen=True, slots=True)
class PublicIdentity:
    """What partners know of a node: its authority (ISO 3166 alpha-2), name, and the history of its keys."""

    authority: str
    name: str
    history: KeyHistory

    @property
    def signing_key(self) -> bytes:
        """Return the raw Ed25519 public key in force."""
        return self.history.last.signing_key

    @property
    def encryption_key(self) -> bytes:
        """Return the raw public keys to seal to: ML-KEM-768, then X25519."""
        return self.history.last.encryption_key

    @property
    def suite(self) -> str:
        """Return the encryption suite's id."""
        return self.history.last.suite

    @property
    def fingerprint(self) -> str:
        """Return the hash of the first statement, in hex groups of four, to compare out of band; it never changes."""
        digest = self.history.hashes[0]
        return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))

    def as_json(self) -> dict[str, Any]:
        """Return the identity as JSON."""
        return {"authority": self.authority, "name": self.name, "history": self.history.as_json()}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> PublicIdentity:
        """Read what `as_json` wrote and verify the key history.

        Raises:
            KeyInvalid: a field is absent or malformed, or the history does not hold.
            SuiteUnknown: it is for another encryption suite.
        """
        try:
            identity = cls(record["authority"], record["name"], read_history(record["history"]))
        except SuiteUnknown:
            raise
        except HistoryInvalid as error:
            raise KeyInvalid(error.message, path=error.path) from error
        except (KeyError, TypeError) as error:
            raise KeyInvalid from error
        if identity.authority != identity.history.first.authority or not isinstance(identity.name, str):
            raise KeyInvalid("the key history is another administration's")
        return identity

    def continued(self, history: KeyHistory) -> PublicIdentity:
        """Return the identity with the history followed further."""
        return replace(self, history=history)

    def encryption_public_key(self) -> MLKEM768X25519PublicKey:
        """Return the key that HPKE seals to."""
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.encryption_key[:-X25519_BYTES]),
            X25519PublicKey.from_public_bytes(self.encryption_key[-X25519_BYTES:]),
        )

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Claim that `signature` is this node's Ed25519 signature over `content`, with the key in force."""
        return is_signature(self.signing_key, signature, content)

    def has_signed(self, signature: bytes, content: bytes) -> bool:
        """Claim that the key in force, or one that was handed over and not revoked, made `signature` over `content`."""
        held = self.history.keys
        return any(one.revoked_since is None and is_signature(one.key, signature, content) for one in held)

    def earlier_signer(self, signature: bytes, content: bytes) -> HeldKey | None:
        """Return the key of the past that made `signature` over `content`, if one did."""
        return next((one for one in self.history.keys[1:] if is_signature(one.key, signature, content)), None)


@lru_cache(maxsize=256)
def kept_identity(text: str) -> PublicIdentity:
    """Return an identity kept as JSON text; its history is verified when it is first seen, not for every batch."""
    return PublicIdentity.from_json(json.loads(text))


@dataclass(frozen=True, slots=True)
class MemorySigner:
    """A signing key held in this process's memory."""

    private: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """Return the raw public key."""
        return self.private.public_key().public_bytes_raw()

    def sign(self, content: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature over `content`."""
        return self.private.sign(content)


@dataclass(frozen=True)
class OpeningKey:
    """A private encryption key; one that was handed over opens what is under way, until it is destroyed."""

    mlkem: MLKEM768PrivateKey
    x25519: X25519PrivateKey
    until: datetime | None = None

    @property
    def public_key(self) -> bytes:
        """Return the raw public keys: ML-KEM-768, then X25519."""
        return self.mlkem.public_key().public_bytes_raw() + self.x25519.public_key().public_bytes_raw()

    @cached_property
    def hybrid(self) -> MLKEM768X25519PrivateKey:
        """Return the key that HPKE opens with."""
        return MLKEM768X25519PrivateKey(self.mlkem, self.x25519)


@dataclass(frozen=True, slots=True)
class NodeKeys:
    """What a node can do that nobody else can: sign as itself, and open what was sealed to it.

    The signing key is in memory or in a token; the opening keys, newest first, are always in memory.
    """

    public: PublicIdentity
    signer: Signer
    opening: tuple[OpeningKey, ...]

    @property
    def authority(self) -> str:
        """Return the administration (ISO 3166 alpha-2)."""
        return self.public.authority

    @property
    def name(self) -> str:
        """Return what the administration is called."""
        return self.public.name

    def decryption_keys(self) -> list[MLKEM768X25519PrivateKey]:
        """Return the keys that HPKE opens with, the one in force first."""
        return [one.hybrid for one in self.opening]

    def sign(self, content: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature over `content`."""
        return self.signer.sign(content)


def new_signer() -> MemorySigner:
    """Return a fresh signing key in memory."""
    return MemorySigner(Ed25519PrivateKey.generate())


def new_opening_key() -> OpeningKey:
    """Return a fresh encryption key."""
    return OpeningKey(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())


def generate_keys(
    authority: str, name: str, *, signer: Signer | None = None, recovery: str = "", at: datetime = BEGINNING
) -> NodeKeys:
    """Create fresh keys for the administration `authority` (ISO 3166 alpha-2).

    `recovery` is the hash of the recovery key that is promised; without one, a key that nobody keeps is promised, and
    a stolen signing key cannot be recovered from.
    """
    signer, opening = signer or new_signer(), new_opening_key()
    history = begin_history(
        authority=authority,
        signer=signer,
        encryption_key=opening.public_key,
        recovery=recovery or recovery_hash(new_signer().public_key),
        made=at,
    )
    return NodeKeys(PublicIdentity(authority, name, history), signer, (opening,))
