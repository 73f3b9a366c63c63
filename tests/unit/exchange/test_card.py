"""Is a card believed only when the key it names signed it, and only for the fingerprint that was heard?"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.exchange.card import PeerCard, read_card, write_card
from comity.cooperation.exchange.errors import CardInvalid, FingerprintDiffers
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.identity.tls import create_certificate

UGANDA = generate_keys("UG", "Uganda")


@pytest.fixture(scope="module")
def card(tmp_path_factory) -> PeerCard:
    folder = tmp_path_factory.mktemp("card")
    create_certificate(
        authority="UG",
        hosts=["127.0.0.1"],
        certificate=folder / "cert.pem",
        key=folder / "key.pem",
        at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    return PeerCard(UGANDA.public, "https://127.0.0.1:8443", (folder / "cert.pem").read_text(encoding="ascii"))


def test_card_is_read_back_as_it_was_written(card):
    record = json.loads(json.dumps(write_card(card, UGANDA)))

    assert read_card(record, fingerprint=UGANDA.public.fingerprint.upper()) == card


def test_card_with_another_fingerprint_than_was_heard_is_refused(card):
    with pytest.raises(FingerprintDiffers):
        read_card(write_card(card, UGANDA), fingerprint=generate_keys("UG", "Impostor").public.fingerprint)


def test_card_signed_by_another_key_is_refused(card):
    with pytest.raises(CardInvalid):
        read_card(write_card(card, generate_keys("UG", "Impostor")))


@pytest.mark.parametrize("field", ["format", "identity", "url", "tls_certificate", "signature"])
def test_card_with_a_field_missing_or_damaged_is_refused(card, field):
    record = write_card(card, UGANDA)

    for damaged in ({}, {field: "x"}, {field: None}, {field: 1}, {field: []}):
        rest = {name: value for name, value in record.items() if name != field}
        with pytest.raises(CardInvalid):
            read_card({**rest, **damaged})


def test_card_with_an_address_without_tls_is_refused(card):
    record = write_card(PeerCard(card.identity, "http://127.0.0.1:8443", card.tls_certificate), UGANDA)

    with pytest.raises(CardInvalid):
        read_card(record)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("format"), inner),
    )
)
def test_anything_else_is_refused_by_name(record):
    with pytest.raises(CardInvalid):
        read_card(record)
