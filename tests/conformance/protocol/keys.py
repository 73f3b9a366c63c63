"""The keys of the test vectors, made from seeds that are written in them. They are public: never use them elsewhere."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from comity.cooperation.identity.history import begin_history
from comity.cooperation.identity.keys import MemorySigner, NodeKeys, OpeningKey, PublicIdentity
from comity.cooperation.identity.statement import recovery_hash

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = {"KE": "Kenya", "UG": "Uganda", "RW": "Rwanda"}


def seeds_of(authority: str, generation: int = 1) -> dict[str, Any]:
    """Return an administration's seeds as they stand in the vectors: SHA-256 of a text, so that none looks chosen."""
    text = f"comity vectors {authority} {generation}"
    return {
        "authority": authority,
        "name": NAMES[authority],
        "signing": _seed(f"{text} signing"),
        "mlkem": _seed(f"{text} mlkem d") + _seed(f"{text} mlkem z"),
        "x25519": _seed(f"{text} x25519"),
        "recovery": _seed(f"{text} recovery"),
    }


def keys_from(seeds: dict[str, Any]) -> NodeKeys:
    """Return the keys that these seeds (hex) give: RFC 8032, FIPS 203 (d ‖ z), RFC 7748; a history of one statement."""
    signer, opening = signer_from(seeds["signing"]), opening_from(seeds)
    history = begin_history(
        authority=seeds["authority"],
        signer=signer,
        encryption_key=opening.public_key,
        recovery=recovery_hash(signer_from(seeds["recovery"]).public_key),
        made=FIRST_DAY,
    )
    return NodeKeys(PublicIdentity(seeds["authority"], seeds["name"], history), signer, (opening,))


def signer_from(seed: str) -> MemorySigner:
    """Return the signing key of a seed."""
    return MemorySigner(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)))


def opening_from(seeds: dict[str, Any]) -> OpeningKey:
    """Return the encryption key of some seeds."""
    return OpeningKey(
        MLKEM768PrivateKey.from_seed_bytes(bytes.fromhex(seeds["mlkem"])),
        X25519PrivateKey.from_private_bytes(bytes.fromhex(seeds["x25519"])),
    )


def _seed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
