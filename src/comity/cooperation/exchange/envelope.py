"""What does a message carry, and how is it closed? Everything inside the signature, then sealed to the recipient.

JWS (RFC 7515) with Ed25519, then HPKE (RFC 9180) with the hybrid KEM ML-KEM-768 + X25519 and AES-256-GCM. Recipient and
agreement stand again in the HPKE `info`, so that a message cannot be re-sealed to someone else (surreptitious
forwarding). The message id is the SHA-256 of what is signed.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.errors import EnvelopeInvalid, SealInvalid
from comity.cooperation.identity.keys import ENCRYPTION_SUITE, NodeKeys, PublicIdentity
from comity.foundation.canonical_json import canonical_json

MESSAGE_TYPE = "comity-message.v1+jws"
LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024  # a guess: a declaration of 999 items is 600 kB
FIRST_PREVIOUS = "0" * 64
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a message says of itself; `sequence` and `previous_hash` are per pair, agreement and direction."""

    sender: str
    recipient: str
    agreement_id: str
    agreement_hash: str
    clause: str
    sequence: int
    previous_hash: str
    purpose: str
    data_class: str
    marking: str
    type: str
    created: datetime
    expires: datetime
    subject: str
    release_id: str


class _Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    header: Header
    payload: dict[str, Any]


_decoder = msgspec.json.Decoder(_Signed)


def sign_message(header: Header, payload: dict[str, Any], *, keys: NodeKeys) -> tuple[bytes, str]:
    """Return the signed message (compact JWS) and its id."""
    content = canonical_json({"header": msgspec.to_builtins(header), "payload": payload})
    return jws.sign(content, typ=MESSAGE_TYPE, keys=keys), hashlib.sha256(content).hexdigest()


def read_message(message: bytes, *, sender: PublicIdentity) -> tuple[Header, dict[str, Any], str]:
    """Verify a signed message and return header, payload and id.

    Raises:
        ExchangeError: EnvelopeInvalid, CriticalFieldUnknown or SignatureInvalid.
    """
    if len(message) > LARGEST_MESSAGE_BYTES:
        raise EnvelopeInvalid("the message is larger than a message can be")
    content = jws.verify(message, typ=MESSAGE_TYPE, sender=sender)
    try:
        signed = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EnvelopeInvalid(f"the message is not of this version: {error}") from error
    if signed.header.created.tzinfo is None or signed.header.expires.tzinfo is None:
        raise EnvelopeInvalid("the message's times need a time zone")
    return signed.header, signed.payload, hashlib.sha256(content).hexdigest()


def seal(message: bytes, *, recipient: PublicIdentity, agreement_hash: str) -> bytes:
    """Encrypt a signed message to the recipient."""
    info = _info(recipient.authority, agreement_hash)
    return _SUITE.encrypt(message, recipient.encryption_public_key(), info=info)


def open_sealed(sealed: bytes, *, keys: NodeKeys, agreement_hash: str) -> bytes:
    """Decrypt what was sealed to this node.

    Raises:
        SealInvalid: it was changed, or sealed to another node or under another agreement.
    """
    try:
        return _SUITE.decrypt(sealed, keys.decryption_key(), info=_info(keys.authority, agreement_hash))
    except (InvalidTag, ValueError) as error:
        raise SealInvalid from error


def _info(recipient: str, agreement_hash: str) -> bytes:
    return f"{ENCRYPTION_SUITE}|{recipient}|{agreement_hash}".encode()
