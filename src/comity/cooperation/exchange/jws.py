"""How is something signed on the wire? JWS compact serialisation (RFC 7515) with Ed25519 (RFC 9864), nothing else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from comity.cooperation.exchange.errors import (
    CriticalFieldUnknown,
    EnvelopeInvalid,
    KeyRevoked,
    KeySuperseded,
    SignatureInvalid,
    SuiteDowngraded,
)
from comity.cooperation.identity.history import HeldKey
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity

ALGORITHM = "Ed25519"
HANDOVER = timedelta(seconds=300)  # a guess: how long a process may sign on with a key it has in hand
KNOWN_HEADER = frozenset({"alg", "typ"})


def sign(payload: bytes, *, typ: str, keys: NodeKeys) -> bytes:
    """Return the compact JWS over `payload`."""
    signed = protected(typ) + b"." + _encode(payload)
    return signed + b"." + _encode(keys.sign(signed))


def verify(
    jws: bytes,
    *,
    typ: str,
    sender: PublicIdentity,
    ever: bool = False,
    made: Callable[[bytes], datetime] | None = None,
) -> bytes:
    """Return the payload of a compact JWS signed by `sender` as this type, with the key in force.

    With `ever`, a key of its past serves as well, whatever became of it: for what is on our own records. `made` reads
    from the payload when it was signed: then an earlier key counts for what it signed in its time.

    Raises:
        EnvelopeInvalid: it is not a compact JWS of this type.
        SuiteDowngraded: its header names another algorithm.
        CriticalFieldUnknown: its header names a field this version does not know.
        SignatureInvalid: the signature is not the sender's.
        KeyRevoked: it is that of a key which the sender has revoked, whatever time the payload says.
        KeySuperseded: it is that of an earlier key, made when this had been handed over.
    """
    parts = _parts(jws)
    if parts[0] != protected(typ):
        _refuse_header(parts[0], typ)
    try:
        _public_key(sender.signing_key).verify(_decode(parts[2]), parts[0] + b"." + parts[1])
    except InvalidSignature as error:
        held = sender.earlier_signer(_decode(parts[2]), parts[0] + b"." + parts[1])
        if held is None:
            raise SignatureInvalid from error
        if not ever:
            _check_earlier(held, made(_decode(parts[1])) if made else None)
    return _decode(parts[1])


def _check_earlier(held: HeldKey, made: datetime | None) -> None:
    if held.revoked_since is not None:
        raise KeyRevoked
    if made is None or held.until is None or made > held.until + HANDOVER:
        raise KeySuperseded


def taken_apart(jws: bytes) -> tuple[bytes, bytes]:
    """Return payload and signature of a compact JWS; nothing is verified.

    Raises:
        EnvelopeInvalid: it is not a compact JWS.
    """
    parts = _parts(jws)
    return _decode(parts[1]), _decode(parts[2])


def put_together(payload: bytes, signature: bytes, *, typ: str) -> bytes:
    """Return the compact JWS of a payload and the signature made over it as this type."""
    return b".".join((protected(typ), _encode(payload), _encode(signature)))


def peek(jws: bytes) -> bytes:
    """Return the payload of the first line without looking at the signature: only to learn whose key to verify with.

    Raises:
        EnvelopeInvalid: it is not a compact JWS.
    """
    return _decode(_parts(jws.split(b"\n", 1)[0])[1])


def _parts(jws: bytes) -> list[bytes]:
    parts = jws.split(b".", 3)  # no further than it must: a body of dots alone would become a list of millions
    if len(parts) != 3:
        raise EnvelopeInvalid("the envelope has not the three parts of a compact JWS; was it truncated?")
    return parts


@lru_cache(maxsize=1024)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


@lru_cache(maxsize=16)
def protected(typ: str) -> bytes:
    """Return the protected header of an envelope of this type, as it stands before the first dot."""
    return _encode(msgspec.json.encode({"alg": ALGORITHM, "typ": typ}))


def _refuse_header(protected: bytes, typ: str) -> None:
    try:
        header = msgspec.json.decode(_decode(protected))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EnvelopeInvalid("the envelope's header is not JSON") from error
    if not isinstance(header, Mapping):
        raise EnvelopeInvalid("the envelope's header is not an object")
    if header.get("alg") != ALGORITHM:
        raise SuiteDowngraded(f"this version signs with {ALGORITHM} only")
    if not set(header) <= KNOWN_HEADER:
        raise CriticalFieldUnknown
    if header.get("typ") != typ:
        raise EnvelopeInvalid(f"an envelope of type {typ} was expected")


def _encode(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _decode(text: bytes) -> bytes:
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise EnvelopeInvalid("a part of the envelope is not base64url") from error
