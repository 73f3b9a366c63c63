"""How do two sides find the keys they share without showing the others? Diffie–Hellman private set intersection.

Each key is hashed to a point of Curve25519 (RFC 9380, suite `curve25519_XMD:SHA-512_ELL2_NU_`) and multiplied by a
secret of one run (X25519, RFC 7748). Whoever holds one secret cannot tell a guessed key from any other; a key that
both have gives, multiplied by both secrets in either order, the same point.
"""

from __future__ import annotations

import hashlib
import hmac
import multiprocessing
import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from comity.features.mirror.private.errors import PrivateMatchInvalid

_One = TypeVar("_One", str, bytes)
POINT_BYTES = 32
WORTH_PROCESSES = 20_000  # about three seconds of one core; the start of processes takes half a second
PRIME = 2**255 - 19
_COEFFICIENT = 486662  # of the Montgomery curve: RFC 7748, section 4.1
_SUITE = b"comity-private-match.v1-with-curve25519_XMD:SHA-512_ELL2_NU_"
_HASH_BLOCK, _FIELD_BYTES = 128, 48  # SHA-512's block; bytes hashed to a field element, RFC 9380, section 8.5


def new_secret() -> bytes:
    """Return the secret of one run: 32 bytes, never used for another."""
    return secrets.token_bytes(POINT_BYTES)


def blinded(keys: Sequence[str], secret: bytes) -> list[bytes]:
    """Return each key as a point multiplied by the secret, in order; 32 bytes each."""
    return _on_every_core(_blinded, keys, secret)


def doubled(points: Sequence[bytes], secret: bytes) -> list[bytes]:
    """Return the partner's blinded points multiplied by our secret too, in order.

    Raises:
        PrivateMatchInvalid: a point has small order, so that no secret would show in the product.
    """
    return _on_every_core(_doubled, points, secret)


def digest_of(key: str, run_id: str) -> str:
    """Return the name of a key that both sides have, for the later rounds of a run: 32 hex digits, worthless in others.

    Naming a key in this way proves that one knows it, and shows it only to who knows it too.
    """
    return hmac.new(run_id.encode(), key.encode(), hashlib.sha256).hexdigest()[:32]


def hash_to_field(message: bytes, suite: bytes) -> int:
    """Return the field element that RFC 9380's `hash_to_field` gives with `expand_message_xmd` and SHA-512."""
    tagged = suite + bytes([len(suite)])
    first = hashlib.sha512(bytes(_HASH_BLOCK) + message + bytes([0, _FIELD_BYTES, 0]) + tagged).digest()
    return int.from_bytes(hashlib.sha512(first + b"\x01" + tagged).digest()[:_FIELD_BYTES], "big") % PRIME


def points_of(elements: Sequence[int]) -> list[bytes]:
    """Return Elligator 2's point for each field element (RFC 9380, section 6.7.1): its u-coordinate, little-endian.

    All inversions are done as one (Montgomery's trick). The denominators 1 + 2t² are never zero: −1/2 is no square.
    """
    inverses = _inverses([(1 + 2 * each * each) % PRIME for each in elements])
    points = []
    for inverse in inverses:
        u = -_COEFFICIENT * inverse % PRIME
        if pow(u * (u * u + _COEFFICIENT * u + 1) % PRIME, (PRIME - 1) // 2, PRIME) > 1:  # not on the curve
            u = (-u - _COEFFICIENT) % PRIME
        points.append(u.to_bytes(POINT_BYTES, "little"))
    return points


def _blinded(keys: Sequence[str], secret: bytes) -> list[bytes]:
    return _doubled(points_of([hash_to_field(key.encode(), _SUITE) for key in keys]), secret)


def _doubled(points: Sequence[bytes], secret: bytes) -> list[bytes]:
    scalar = X25519PrivateKey.from_private_bytes(secret)
    return [_multiplied(scalar, point) for point in points]


def _on_every_core(
    work: Callable[[Sequence[_One], bytes], list[bytes]], many: Sequence[_One], secret: bytes
) -> list[bytes]:
    """Do the work on parts of `many` in processes, where there is enough of it to pay for their start."""
    cores = os.cpu_count() or 1
    if len(many) < WORTH_PROCESSES or cores == 1:
        return work(many, secret)
    size = -(-len(many) // (4 * cores))
    parts = [many[start : start + size] for start in range(0, len(many), size)]
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool:
        return [point for part in pool.map(work, parts, [secret] * len(parts)) for point in part]


def _inverses(values: Sequence[int]) -> list[int]:
    products = [1]
    for value in values:
        products.append(products[-1] * value % PRIME)
    rest = pow(products.pop(), -1, PRIME)
    inverses = []
    for value, product in zip(reversed(values), reversed(products), strict=True):
        inverses.append(rest * product % PRIME)
        rest = rest * value % PRIME
    inverses.reverse()
    return inverses


def _multiplied(scalar: X25519PrivateKey, point: bytes) -> bytes:
    try:
        return scalar.exchange(X25519PublicKey.from_public_bytes(point))
    except ValueError as error:
        raise PrivateMatchInvalid("a blinded key is no point that a key can have: refuse the run") from error
