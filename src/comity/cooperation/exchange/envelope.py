"""What does a message carry, and how is it closed? Everything inside the signature, then sealed to the recipient.

JWS (RFC 7515) with Ed25519, then HPKE (RFC 9180) with the hybrid KEM ML-KEM-768 + X25519 and AES-256-GCM. Recipient and
agreement stand again in the HPKE `info`, so that a message cannot be re-sealed to someone else (surreptitious
forwarding). The message id is the SHA-256 of what is signed.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.errors import DecompressionBomb, EnvelopeInvalid, MessageTooLarge, SealInvalid
from comity.cooperation.identity.keys import ENCRYPTION_SUITE, NodeKeys, PublicIdentity
from comity.foundation.canonical_json import canonical_json

MESSAGE_TYPE = "comity-message.v1+jws"
LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024  # a guess: a declaration of 999 items is 600 kB
DEEPEST_PAYLOAD = 32  # a guess: a declaration nests eight deep
FIRST_PREVIOUS = "0" * 64
SIGNATURE_BYTES = 64  # Ed25519 (RFC 8032)
_RAW_DEFLATE = -15
BOMB_RATIO = 200  # a guess: JSON of declarations deflates to a tenth; the most that RFC 1951 can do is 1,032
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


Authority = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{2}\Z")]
Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"\A[^\x00-\x1f\x7f]+\Z")]
Subject = Annotated[str, msgspec.Meta(max_length=128, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
"""Whole numbers up to the largest that every JSON reader agrees on (RFC 8785)."""


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a message says of itself; `sequence` and `previous_hash` are per pair, agreement and direction."""

    sender: Authority
    recipient: Authority
    agreement_id: Name
    agreement_hash: Digest
    clause: Name
    sequence: Count
    previous_hash: Digest
    purpose: Name
    data_class: Name
    marking: Name
    type: Name
    created: datetime
    expires: datetime
    subject: Subject
    release_id: Name


class _Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    header: Header
    payload: dict[str, Any]


_decoder = msgspec.json.Decoder(_Signed)


def sign_message(header: Header, payload: dict[str, Any], *, keys: NodeKeys) -> tuple[bytes, str]:
    """Return the signed message (compact JWS) and its id.

    Raises:
        ExchangeError: EnvelopeInvalid or MessageTooLarge: every partner would have to refuse it, now and for ever.
    """
    try:
        content = canonical_json({"header": msgspec.to_builtins(header), "payload": payload})
    except RecursionError as error:
        raise MessageTooLarge from error
    except ValueError as error:
        raise EnvelopeInvalid("the message holds something that JSON cannot say the same everywhere") from error
    _read(content)
    signed = jws.sign(content, typ=MESSAGE_TYPE, keys=keys)
    if len(signed) > LARGEST_MESSAGE_BYTES:
        raise MessageTooLarge
    return signed, hashlib.sha256(content).hexdigest()


def read_message(message: bytes, *, sender: PublicIdentity, ever: bool = False) -> tuple[Header, dict[str, Any], str]:
    """Verify a signed message and return header, payload and id; with `ever`, one signed by an earlier key as well.

    Raises:
        ExchangeError: EnvelopeInvalid, CriticalFieldUnknown, SignatureInvalid or MessageTooLarge.
    """
    if len(message) > LARGEST_MESSAGE_BYTES:
        raise MessageTooLarge
    content = jws.verify(message, typ=MESSAGE_TYPE, sender=sender, ever=ever, made=_created)
    signed = _read(content)
    return signed.header, signed.payload, hashlib.sha256(content).hexdigest()


def reread_message(message: bytes) -> tuple[Header, dict[str, Any]]:
    """Read a message that was verified, or signed here, before; its signature is not checked again."""
    signed = _read(jws.peek(message))
    return signed.header, signed.payload


def _created(content: bytes) -> datetime:
    return _read(content).header.created


def seal(message: bytes, *, recipient: PublicIdentity, agreement_hash: str) -> bytes:
    """Encrypt a signed message to the recipient: its 64 bytes of signature, then its content, deflated (RFC 1951).

    The JWS is made of these again where it is opened; in base64 it would be twice as long.

    Raises:
        EnvelopeInvalid: it is not a signed message.
    """
    content, signature = jws.taken_apart(message)
    info = _info(recipient.authority, agreement_hash)
    return _SUITE.encrypt(signature + _deflated(content), _sealing_key(recipient), info=info)


def open_sealed(sealed: bytes, *, keys: NodeKeys, agreement_hash: str) -> bytes:
    """Decrypt what was sealed to this node, and return the signed message.

    Raises:
        SealInvalid: it was changed, or sealed to another node or under another agreement.
        DecompressionBomb: it would become larger than a message can be, and was made to.
        MessageTooLarge: it is simply larger than a message can be.
        EnvelopeInvalid: what was sealed is not a signature and deflated content.
    """
    opened = _opened(sealed, keys, _info(keys.authority, agreement_hash))
    return jws.put_together(_inflated(opened[SIGNATURE_BYTES:]), opened[:SIGNATURE_BYTES], typ=MESSAGE_TYPE)


def _opened(sealed: bytes, keys: NodeKeys, info: bytes) -> bytes:
    for key in keys.decryption_keys():
        try:
            return _SUITE.decrypt(sealed, key, info=info)
        except (InvalidTag, ValueError):
            continue  # sealed to a key of ours that was handed over since, perhaps
    raise SealInvalid


def _deflated(content: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=_RAW_DEFLATE)
    return deflate.compress(content) + deflate.flush()


def _inflated(deflated: bytes) -> bytes:
    inflate = zlib.decompressobj(wbits=_RAW_DEFLATE)
    try:
        content = inflate.decompress(deflated, LARGEST_MESSAGE_BYTES + 1)
    except zlib.error as error:
        raise EnvelopeInvalid("what was sealed does not inflate") from error
    if len(content) > LARGEST_MESSAGE_BYTES:
        used = len(deflated) - len(inflate.unconsumed_tail)
        raise DecompressionBomb if len(content) > BOMB_RATIO * used else MessageTooLarge
    if not inflate.eof or inflate.unused_data:
        raise EnvelopeInvalid("what was sealed does not end where its content ends")
    return content


@lru_cache(maxsize=256)
def _sealing_key(recipient: PublicIdentity) -> MLKEM768X25519PublicKey:
    return recipient.encryption_public_key()


def _read(content: bytes) -> _Signed:
    """Read what is signed and refuse what could not be kept: too deep, a NUL character, a time without a zone."""
    try:
        signed = _decoder.decode(content)
    except RecursionError as error:
        raise MessageTooLarge from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EnvelopeInvalid(f"the message is not of this version: {error}") from error
    if signed.header.created.tzinfo is None or signed.header.expires.tzinfo is None:
        raise EnvelopeInvalid("the message's times need a time zone")
    may_hold_nul = b"\\u0000" in content
    if not may_hold_nul and content.count(b"{") + content.count(b"[") <= DEEPEST_PAYLOAD:
        return signed
    layer: list[Any] = [signed.payload]
    for _ in range(DEEPEST_PAYLOAD):
        inner: list[Any] = []
        for value in layer:
            held = [*value, *value.values()] if isinstance(value, dict) else value
            inner += [one for one in held if isinstance(one, dict | list)]
            if may_hold_nul and any(isinstance(one, str) and "\0" in one for one in held):
                raise EnvelopeInvalid("the payload holds a NUL character, which no database keeps")
        layer = inner
        if not layer:
            return signed
    raise MessageTooLarge(f"the payload is nested deeper than {DEEPEST_PAYLOAD}")


def _info(recipient: str, agreement_hash: str) -> bytes:
    return f"{ENCRYPTION_SUITE}|{recipient}|{agreement_hash}".encode()
