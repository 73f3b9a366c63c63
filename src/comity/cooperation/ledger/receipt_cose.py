"""How is a proof of this log told to other transparency tools? As COSE receipts (RFC 9942) in SCITT's form (RFC 9943).

A logged statement becomes a COSE_Sign1 (RFC 9052) whose payload is salt ‖ statement; its SHA-256 is what the log's leaf
commits to. The receipt, under header 394, is a COSE_Sign1 over the log's root, detached, with the inclusion proof of
RFC 9162 under header 396. Algorithm -8 (EdDSA, Ed25519): RFC 9864 prefers -19, which verifiers do not know yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import cbor2

from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.checkpoint import origin_of
from comity.cooperation.ledger.store import LedgerEntry, LogHead

CONTENT_TYPE = "application/vnd.comity.salted-statement"
_SIGN1_TAG = 18  # RFC 9052 section 2
_ALG, _CONTENT_TYPE, _KID, _CLAIMS = 1, 3, 4, 15  # RFC 9052 section 3.1; RFC 9597
_RECEIPTS, _VDS, _VDP = 394, 395, 396  # RFC 9942 section 3: receipts, verifiable data structure, its proofs
_EDDSA = -8
_RFC9162_SHA256, _INCLUSION = 1, -1  # RFC 9942 section 5
_ISSUER, _SUBJECT, _ISSUED_AT = 1, 2, 6  # RFC 8392 section 3.1


def transparent_statement(entry: LedgerEntry, *, log: LogHead, proof: Sequence[bytes], keys: NodeKeys) -> bytes:
    """Return a logged statement with the receipt of its inclusion in `log` (RFC 9943, Transparent Statement).

    The entry must not be erased.
    """
    content = (entry.salt or b"") + (entry.statement or b"")
    claims = {_ISSUER: origin_of(keys.authority), _SUBJECT: entry.subject}
    protected = {_ALG: _EDDSA, _CONTENT_TYPE: CONTENT_TYPE, _KID: key_id(keys), _CLAIMS: claims}
    receipts = [inclusion_receipt(entry, log=log, proof=proof, keys=keys)]
    return _sign1(protected, {_RECEIPTS: receipts}, content, keys=keys)


def inclusion_receipt(entry: LedgerEntry, *, log: LogHead, proof: Sequence[bytes], keys: NodeKeys) -> bytes:
    """Return the receipt that an entry is in `log` (RFC 9942 section 5.2); it needs no statement, erased ones have it.

    It verifies for the entry's commitment, SHA-256(salt ‖ statement).
    """
    claims = {
        _ISSUER: origin_of(keys.authority),
        _SUBJECT: entry.subject,
        _ISSUED_AT: int(entry.at.timestamp()),
    }
    protected = {_ALG: _EDDSA, _KID: key_id(keys), _CLAIMS: claims, _VDS: _RFC9162_SHA256}
    told = cbor2.dumps([log.size, entry.index, list(proof)])
    return _sign1(protected, {_VDP: {_INCLUSION: [told]}}, log.root, keys=keys, is_detached=True)


def in_one_file(statements: Sequence[bytes]) -> bytes:
    """Return the statements as one CBOR array of byte strings."""
    return cbor2.dumps(list(statements))


def key_id(keys: NodeKeys) -> bytes:
    """Return by which name the key goes: the SHA-256 of the raw Ed25519 key."""
    return hashlib.sha256(keys.public.signing_key).digest()


def _sign1(
    protected: dict[int, Any],
    unprotected: dict[int, Any],
    payload: bytes,
    *,
    keys: NodeKeys,
    is_detached: bool = False,
) -> bytes:
    """Return a COSE_Sign1, tagged (RFC 9052 section 4.2 and 4.4), in deterministic encoding (RFC 8949 section 4.2)."""
    header = cbor2.dumps(protected, canonical=True)
    signature = keys.sign(cbor2.dumps(["Signature1", header, b"", payload]))
    parts = [header, unprotected, None if is_detached else payload, signature]
    return cbor2.dumps(cbor2.CBORTag(_SIGN1_TAG, parts), canonical=True)
