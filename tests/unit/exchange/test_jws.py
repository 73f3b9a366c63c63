"""The envelope's signature, held against an independent implementation of RFC 7515."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as independent
from joserfc.jwk import OKPKey

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.errors import EnvelopeInvalid, ExchangeError, SignatureInvalid
from comity.cooperation.identity.keys import generate_keys

KEYS = generate_keys("KE", "Kenya")


def their_key() -> OKPKey:
    x = base64.urlsafe_b64encode(KEYS.public.signing_key).rstrip(b"=").decode()
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})


def test_independent_implementation_verifies_what_we_sign():
    signed = jws.sign(b"content", typ="t", keys=KEYS)

    read = independent.deserialize_compact(signed, their_key(), algorithms=["Ed25519"])

    assert read.payload == b"content"
    assert read.headers() == {"alg": "Ed25519", "typ": "t"}


@given(st.binary(max_size=300))
def test_what_is_signed_is_read_back(content):
    assert jws.verify(jws.sign(content, typ="t", keys=KEYS), typ="t", sender=KEYS.public) == content


@given(st.data())
def test_no_changed_byte_verifies(data):
    signed = bytearray(jws.sign(b"content", typ="t", keys=KEYS))
    at = data.draw(st.integers(0, len(signed) - 3))
    signed[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != signed[at]))

    with pytest.raises(ExchangeError):
        jws.verify(bytes(signed), typ="t", sender=KEYS.public)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_otherwise_than_by_name(content):
    with pytest.raises(ExchangeError):
        jws.verify(content, typ="t", sender=KEYS.public)


def test_signature_for_one_type_does_not_serve_another():
    with pytest.raises(EnvelopeInvalid):
        jws.verify(jws.sign(b"x", typ="receipt", keys=KEYS), typ="batch", sender=KEYS.public)


def test_signature_of_another_key_is_refused():
    with pytest.raises(SignatureInvalid):
        jws.verify(jws.sign(b"x", typ="t", keys=generate_keys("KE", "x")), typ="t", sender=KEYS.public)
