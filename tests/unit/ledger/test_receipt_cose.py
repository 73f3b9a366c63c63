"""Proofs of this log are read by another implementation of COSE receipts (RFC 9942) and SCITT (RFC 9943)."""

from __future__ import annotations

from datetime import UTC, datetime

import cbor2
import pytest
import scitt_cose
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.receipt_cose import in_one_file, inclusion_receipt, transparent_statement
from comity.cooperation.ledger.store import LedgerEntry, LogHead
from comity.cooperation.ledger.tree import commitment, make_inclusion_proof
from tests.unit.ledger.bundles import LEAVES, SALTS, STATEMENTS, flipped, root_of

KENYA, OTHER = generate_keys("KE", "Kenya"), generate_keys("KE", "Impostor")
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def pem(keys):
    return keys.signer.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def made(index, size, make=transparent_statement):
    entry = LedgerEntry(index, "message-sent", "d1", AT, LEAVES[index], SALTS[index], STATEMENTS[index])
    proof = make_inclusion_proof(index, size, lambda level, at: root_of(LEAVES[at << level : (at + 1) << level]))
    return make(entry, log=LogHead(size, root_of(LEAVES[:size])), proof=proof, keys=KENYA)


def verified(receipt, index, keys=KENYA):
    leaf = commitment(SALTS[index], STATEMENTS[index]).hex()
    return scitt_cose.verify_receipt(receipt, leaf_entry_hex=leaf, log_public_key_pem=pem(keys))


@pytest.mark.parametrize("size", range(1, 14))
def test_receipt_of_every_entry_is_verified_by_scitt_cose(size):
    for index in range(size):
        told = verified(made(index, size, inclusion_receipt), index)

        assert (told.ok, told.errors) == (True, [])
        assert (told.tree_size, told.leaf_index, told.root) == (size, index, root_of(LEAVES[:size]).hex())
        assert (told.issuer, told.subject, told.iat) == ("comity/KE", "d1", int(AT.timestamp()))


def test_receipt_is_the_one_that_scitt_cose_would_build():
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    from comity.cooperation.ledger.receipt_cose import key_id

    leaves = [commitment(salt, statement).hex() for salt, statement in zip(SALTS, STATEMENTS, strict=True)]
    theirs = scitt_cose.build_receipt(
        leaf_entry_hex=leaves[4],
        leaf_index=4,
        tree_entries_hex=leaves,
        alg="EdDSA",
        log_private_key_pem=KENYA.signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        iss="comity/KE",
        sub="d1",
        kid=key_id(KENYA),
        iat=int(AT.timestamp()),
    )
    ours = made(4, 13, inclusion_receipt)

    parts, theirs_parts = cbor2.loads(ours).value, cbor2.loads(theirs).value
    assert cbor2.loads(parts[0]) == cbor2.loads(theirs_parts[0])
    assert parts[1:3] == theirs_parts[1:3]


def test_transparent_statement_carries_statement_and_receipt():
    statement = made(6, 13)

    told = scitt_cose.parse_signed_statement(statement, public_key_pem=pem(KENYA))
    (receipt,) = scitt_cose.extract_receipts(statement)
    assert (told["signature_verified"], told["issuer"], told["subject"]) == (True, "comity/KE", "d1")
    assert told["payload"] == SALTS[6] + STATEMENTS[6]
    assert verified(receipt, 6).ok
    assert cbor2.loads(in_one_file([statement])) == [statement]


def test_receipt_is_refused_for_another_entry_or_key():
    receipt = made(6, 13, inclusion_receipt)

    assert not verified(receipt, 7).ok
    assert not verified(receipt, 6, OTHER).ok


@settings(max_examples=60)
@given(st.data())
def test_receipt_with_any_bit_changed_is_refused(data):
    receipt = made(6, 13, inclusion_receipt)
    bit = data.draw(st.integers(0, len(receipt) * 8 - 1))

    assert not verified(flipped(receipt, bit), 6).ok
