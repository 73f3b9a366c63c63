"""Does the envelope carry what it was given, and refuse everything else? Property tests and bounds."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.envelope import (
    _SUITE,
    DEEPEST_PAYLOAD,
    FIRST_PREVIOUS,
    LARGEST_MESSAGE_BYTES,
    MESSAGE_TYPE,
    Header,
    _info,
    open_sealed,
    read_message,
    seal,
    sign_message,
)
from comity.cooperation.exchange.errors import DecompressionBomb, EnvelopeInvalid, MessageTooLarge, SealInvalid
from comity.cooperation.identity.keys import generate_keys

KENYA, UGANDA = generate_keys("KE", "Kenya"), generate_keys("UG", "Uganda")
HASH = "a" * 64
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
PAYLOADS = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
)


def a_header(**changes) -> Header:
    values = {
        "sender": "KE",
        "recipient": "UG",
        "agreement_id": "ke-ug",
        "agreement_hash": HASH,
        "clause": "art-3",
        "sequence": 1,
        "previous_hash": FIRST_PREVIOUS,
        "purpose": "mirror-matching",
        "data_class": "export-declaration",
        "marking": "confidential",
        "type": "export-record.v1",
        "created": AT,
        "expires": AT,
        "subject": "d1",
        "release_id": "r1",
    }
    return Header(**{**values, **changes})


def nested(depth: int) -> dict:
    value: dict = {}
    for _ in range(depth - 1):
        value = {"a": value}
    return value


@given(PAYLOADS)
def test_what_is_signed_and_sealed_is_opened_and_read_back(payload):
    signed, message_id = sign_message(a_header(), payload, keys=KENYA)

    opened = open_sealed(seal(signed, recipient=UGANDA.public, agreement_hash=HASH), keys=UGANDA, agreement_hash=HASH)

    assert read_message(opened, sender=KENYA.public) == (a_header(), payload, message_id)


def test_message_id_is_the_hash_of_what_is_signed():
    signed, message_id = sign_message(a_header(), {"mrn": "X"}, keys=KENYA)

    content = jws.peek(signed)

    assert message_id == hashlib.sha256(content).hexdigest()
    assert json.loads(content)["header"]["agreement_hash"] == HASH


SIGNED = jws.sign(b"content", typ=MESSAGE_TYPE, keys=KENYA)


def sealed_as(opened: bytes) -> bytes:
    """Seal what no honest sender seals."""
    return _SUITE.encrypt(opened, UGANDA.public.encryption_public_key(), info=_info("UG", HASH))


def test_what_is_opened_is_the_signed_message_to_the_byte():
    assert (
        open_sealed(seal(SIGNED, recipient=UGANDA.public, agreement_hash=HASH), keys=UGANDA, agreement_hash=HASH)
        == SIGNED
    )


def test_message_that_would_inflate_beyond_the_bound_is_refused_without_inflating_it():
    bomb = zlib.compress(b"0" * 200_000_000, wbits=-15)
    sealed = sealed_as(bytes(64) + bomb)
    tracemalloc.start()

    with pytest.raises(DecompressionBomb):
        open_sealed(sealed, keys=UGANDA, agreement_hash=HASH)

    assert tracemalloc.get_traced_memory()[1] < 4 * LARGEST_MESSAGE_BYTES
    tracemalloc.stop()


@pytest.mark.parametrize(
    "opened",
    [
        b"",
        bytes(64),
        bytes(64) + b"no deflate",
        bytes(64) + zlib.compress(b"{}", wbits=-15) + b"x",
        bytes(64) + zlib.compress(b"{}" * 90, wbits=-15)[:-2],
    ],
)
def test_what_is_no_signature_and_deflated_content_is_refused(opened):
    with pytest.raises(EnvelopeInvalid):
        open_sealed(sealed_as(opened), keys=UGANDA, agreement_hash=HASH)


@given(st.data())
def test_no_changed_byte_opens(data):
    sealed = bytearray(seal(SIGNED, recipient=UGANDA.public, agreement_hash=HASH))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(SealInvalid):
        open_sealed(bytes(sealed), keys=UGANDA, agreement_hash=HASH)


@given(st.binary(max_size=2_000))
def test_no_bytes_open_that_were_not_sealed(sealed):
    with pytest.raises(SealInvalid):
        open_sealed(sealed, keys=UGANDA, agreement_hash=HASH)


def test_message_sealed_to_one_recipient_does_not_open_as_sealed_to_another():
    same_keys = replace(UGANDA, public=replace(UGANDA.public, authority="TZ"))
    sealed = seal(SIGNED, recipient=UGANDA.public, agreement_hash=HASH)

    with pytest.raises(SealInvalid):
        open_sealed(sealed, keys=same_keys, agreement_hash=HASH)


def test_payload_may_nest_as_deep_as_the_bound_and_no_deeper():
    signed, _ = sign_message(a_header(), nested(DEEPEST_PAYLOAD), keys=KENYA)
    assert read_message(signed, sender=KENYA.public)[1] == nested(DEEPEST_PAYLOAD)

    with pytest.raises(MessageTooLarge):
        sign_message(a_header(), nested(DEEPEST_PAYLOAD + 1), keys=KENYA)


def test_wide_payload_is_not_a_deep_one():
    payload = {"items": [{"n": number} for number in range(500)]}

    signed, _ = sign_message(a_header(), payload, keys=KENYA)

    assert read_message(signed, sender=KENYA.public)[1] == payload


def test_text_that_only_looks_like_the_escape_of_a_nul_is_carried():
    payload = {"note": "a backslash and \\u0000"}

    signed, _ = sign_message(a_header(), payload, keys=KENYA)

    assert read_message(signed, sender=KENYA.public)[1] == payload


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "s" * 129},
        {"clause": ""},
        {"recipient": "Uganda"},
        {"sequence": -1},
        {"sequence": 2**53},
        {"expires": AT.replace(tzinfo=None)},
    ],
)
def test_header_that_every_partner_would_refuse_is_not_signed(changes):
    with pytest.raises(EnvelopeInvalid):
        sign_message(a_header(**changes), {}, keys=KENYA)


@pytest.mark.parametrize("value", [2**53, float("nan"), "\ud800", object()])
def test_payload_that_json_cannot_say_the_same_everywhere_is_not_signed(value):
    with pytest.raises(EnvelopeInvalid):
        sign_message(a_header(), {"value": value}, keys=KENYA)


def test_header_with_a_field_of_another_version_is_refused():
    content = msgspec.json.encode({"header": {**msgspec.to_builtins(a_header()), "urgent": True}, "payload": {}})

    with pytest.raises(EnvelopeInvalid, match="urgent"):
        read_message(jws.sign(content, typ=MESSAGE_TYPE, keys=KENYA), sender=KENYA.public)
