"""Who a node is: its Ed25519 signing key, its hybrid encryption key, and the fingerprint partners pin.

Ed25519: RFC 8032. Encryption: X-Wing style ML-KEM-768 + X25519 for HPKE (RFC 9180 and the IETF draft on hybrid KEMs);
the suite has an id, so that a later draft can stand beside this one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from comity.foundation.errors import ComityError

ENCRYPTION_SUITE = "HPKE-MLKEM768X25519-HKDFSHA256-AES256GCM-1"
_X25519_BYTES = 32


class KeysMissing(ComityError):
    """This node has no keys yet; create them with `comity init`."""

    code = "identity.keys-missing"
    status = 500


class KeyInvalid(ComityError):
    """A public key is not in the expected form; ask the partner for its card again."""

    code = "identity.key-invalid"


@dataclass(frozen=True, slots=True)
class PublicIdentity:
    """What partners know of a node: its authority (ISO 3166 alpha-2), name, and two public keys (raw bytes)."""

    authority: str
    name: str
    signing_key: bytes
    encryption_key: bytes
    suite: str = ENCRYPTION_SUITE

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 over authority, suite and both keys, in hex groups of four, to compare out of band."""
        parts = (self.authority.encode(), self.suite.encode(), self.signing_key, self.encryption_key)
        digest = hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).hexdigest()
        return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))

    def as_json(self) -> dict[str, str]:
        """Return the identity as JSON, keys in base64."""
        return {
            "authority": self.authority,
            "name": self.name,
            "signing_key": base64.b64encode(self.signing_key).decode(),
            "encryption_key": base64.b64encode(self.encryption_key).decode(),
            "suite": self.suite,
        }

    @classmethod
    def from_json(cls, record: dict[str, str]) -> PublicIdentity:
        """Read what `as_json` wrote.

        Raises:
            KeyInvalid: a field is absent or malformed, or the suite is unknown.
        """
        try:
            identity = cls(
                record["authority"],
                record["name"],
                base64.b64decode(record["signing_key"], validate=True),
                base64.b64decode(record["encryption_key"], validate=True),
                record["suite"],
            )
            Ed25519PublicKey.from_public_bytes(identity.signing_key)
            identity.encryption_public_key()
        except (KeyError, ValueError, TypeError) as error:
            raise KeyInvalid from error
        if identity.suite != ENCRYPTION_SUITE:
            raise KeyInvalid(
                f"the encryption suite {identity.suite!r} is not known; this version uses {ENCRYPTION_SUITE}"
            )
        return identity

    def encryption_public_key(self) -> MLKEM768X25519PublicKey:
        """Return the key that HPKE seals to."""
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.encryption_key[:-_X25519_BYTES]),
            X25519PublicKey.from_public_bytes(self.encryption_key[-_X25519_BYTES:]),
        )

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Claim that `signature` is this node's Ed25519 signature over `content`."""
        return is_signature(self.signing_key, signature, content)


def is_signature(signing_key: bytes, signature: bytes, content: bytes) -> bool:
    """Claim that `signature` over `content` was made with the raw Ed25519 public key `signing_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(signing_key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class NodeKeys:
    """A node's private keys and what it is called."""

    authority: str
    name: str
    signing: Ed25519PrivateKey
    mlkem: MLKEM768PrivateKey
    x25519: X25519PrivateKey

    @property
    def public(self) -> PublicIdentity:
        """Return what partners may know."""
        return PublicIdentity(
            self.authority,
            self.name,
            self.signing.public_key().public_bytes_raw(),
            self.mlkem.public_key().public_bytes_raw() + self.x25519.public_key().public_bytes_raw(),
        )

    def decryption_key(self) -> MLKEM768X25519PrivateKey:
        """Return the key that HPKE opens with."""
        return MLKEM768X25519PrivateKey(self.mlkem, self.x25519)

    def sign(self, content: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature over `content`."""
        return self.signing.sign(content)


def generate_keys(authority: str, name: str) -> NodeKeys:
    """Create fresh keys for the administration `authority` (ISO 3166 alpha-2)."""
    return NodeKeys(
        authority, name, Ed25519PrivateKey.generate(), MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    )


def save_keys(keys: NodeKeys, path: Path) -> None:
    """Write the private keys to `path`, readable by the owner only; never overwrites a file."""
    record = {
        "authority": keys.authority,
        "name": keys.name,
        "signing": base64.b64encode(keys.signing.private_bytes_raw()).decode(),
        "mlkem": base64.b64encode(keys.mlkem.private_bytes_raw()).decode(),
        "x25519": base64.b64encode(keys.x25519.private_bytes_raw()).decode(),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(record, file, indent=2)


def load_keys(path: Path) -> NodeKeys:
    """Read the private keys that `save_keys` wrote.

    Raises:
        KeysMissing: there is no such file.
        KeyInvalid: the file is damaged.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return NodeKeys(
            record["authority"],
            record["name"],
            Ed25519PrivateKey.from_private_bytes(base64.b64decode(record["signing"])),
            MLKEM768PrivateKey.from_seed_bytes(base64.b64decode(record["mlkem"])),
            X25519PrivateKey.from_private_bytes(base64.b64decode(record["x25519"])),
        )
    except FileNotFoundError as error:
        raise KeysMissing from error
    except (KeyError, ValueError) as error:
        raise KeyInvalid("the key file is damaged; restore it from the backup of this node's home") from error
