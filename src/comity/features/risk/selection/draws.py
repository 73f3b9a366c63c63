"""Which draw has a declaration? From the day's seed and its id: nobody can prefer one, anybody can repeat it.

The SHA-256 of the seed is in the log before the day; the seed follows when the day is over (a commitment as in NIST
IR 8213, section 2).
"""

from __future__ import annotations

import hashlib
import hmac

SEED_BYTES = 32
_UNIT = 1 << 53


def seed_hash(seed: bytes) -> str:
    """Return what is committed to: the SHA-256 of the seed, hexadecimal."""
    return hashlib.sha256(seed).hexdigest()


def draw_of(seed: bytes, name: str, *, purpose: str = "") -> float:
    """Return the draw of a declaration, uniform in [0, 1): the first 53 bits of HMAC-SHA-256(seed, purpose NUL name).

    Another `purpose` gives an independent draw.
    """
    digest = hmac.digest(seed, f"{purpose}\0{name}".encode(), "sha256")
    return (int.from_bytes(digest[:8], "big") >> 11) / _UNIT
