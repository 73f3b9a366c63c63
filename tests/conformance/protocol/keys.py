"""The keys of the test vectors, made from seeds that are written in them. They are public: never use them elsewhere."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from comity.cooperation.identity.keys import NodeKeys

NAMES = {"KE": "Kenya", "UG": "Uganda", "RW": "Rwanda"}


def seeds_of(authority: str) -> dict[str, Any]:
    """Return an administration's seeds as they stand in the vectors: SHA-256 of a text, so that none looks chosen."""
    return {
        "authority": authority,
        "name": NAMES[authority],
        "signing": _seed(f"comity vectors {authority} signing"),
        "mlkem": _seed(f"comity vectors {authority} mlkem d") + _seed(f"comity vectors {authority} mlkem z"),
        "x25519": _seed(f"comity vectors {authority} x25519"),
    }


def keys_from(seeds: dict[str, Any]) -> NodeKeys:
    """Return the keys that these seeds (hex) give: RFC 8032, FIPS 203 (d ‖ z), RFC 7748."""
    return NodeKeys(
        seeds["authority"],
        seeds["name"],
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seeds["signing"])),
        MLKEM768PrivateKey.from_seed_bytes(bytes.fromhex(seeds["mlkem"])),
        X25519PrivateKey.from_private_bytes(bytes.fromhex(seeds["x25519"])),
    )


def _seed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
