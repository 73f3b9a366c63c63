"""The seal is what envelope.md says: opened here from the primitives alone, as another implementation would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import zlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.conformance.protocol.make_vectors import all_vectors

SUITE = b"HPKE" + (0x647A).to_bytes(2, "big") + (1).to_bytes(2, "big") + (2).to_bytes(2, "big")
OPENED = [one for one in all_vectors() if one["operation"] == "message-open" and "result" in one["expected"]]


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def shared_secret(sealed: bytes, seeds: dict[str, Any]) -> bytes:
    """ML-KEM-768 and X25519, combined with SHA3-256 over both secrets, the ephemeral and the recipient's X25519 key."""
    mlkem = MLKEM768PrivateKey.from_seed_bytes(bytes.fromhex(seeds["mlkem"]))
    x25519 = X25519PrivateKey.from_private_bytes(bytes.fromhex(seeds["x25519"]))
    ephemeral = sealed[1088:1120]
    first = mlkem.decapsulate(sealed[:1088])
    second = x25519.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    return hashlib.sha3_256(first + second + ephemeral + x25519.public_key().public_bytes_raw() + b"\\.//^\\").digest()


def extract(label: bytes, material: bytes, salt: bytes = b"") -> bytes:
    """RFC 9180 section 4: LabeledExtract with HKDF-SHA256."""
    return hmac.new(salt or bytes(32), b"HPKE-v1" + SUITE + label + material, "sha256").digest()


def expand(secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """RFC 9180 section 4: LabeledExpand, of at most one block."""
    content = length.to_bytes(2, "big") + b"HPKE-v1" + SUITE + label + info + b"\x01"
    return hmac.new(secret, content, "sha256").digest()[:length]


@pytest.mark.parametrize("vector", OPENED, ids=lambda vector: vector["name"])
def test_a_seal_opens_with_the_primitives_alone(vector):
    given, sealed = vector["input"], base64.b64decode(vector["input"]["sealed"])
    info = f"HPKE-MLKEM768X25519-HKDFSHA256-AES256GCM-1|{given['keys']['authority']}|{given['agreement_hash']}"

    context = b"\x00" + extract(b"psk_id_hash", b"") + extract(b"info_hash", info.encode())
    secret = extract(b"secret", b"", shared_secret(sealed, given["keys"]))
    key, nonce = expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)
    opened = AESGCM(key).decrypt(nonce, sealed[1120:], b"")
    content = zlib.decompress(opened[64:], wbits=-15)

    protected = encoded(b'{"alg":"Ed25519","typ":"comity-message.v1+jws"}')
    jws = f"{protected}.{encoded(content)}.{encoded(opened[:64])}"
    assert jws == vector["expected"]["result"]["jws"]
