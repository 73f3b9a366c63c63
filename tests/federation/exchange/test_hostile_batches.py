"""What can bytes of a stranger, or of a partner gone wrong, do to a node? They are refused, early and by name."""

from __future__ import annotations

import hashlib
import threading

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.batch import ANSWER_TYPE, BATCH_TYPE, Answer, Batch, SealedMessage, read, write
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.envelope import MESSAGE_TYPE, Header, seal
from comity.cooperation.exchange.errors import EnvelopeInvalid, ExchangeError, SenderUnknown
from comity.cooperation.exchange.store import add_peer
from comity.cooperation.identity.keys import NodeKeys, generate_keys
from tests.simulators.nodes import Pair


def batch(pair: Pair, keys: NodeKeys, *messages: SealedMessage) -> bytes:
    made = Batch(keys.authority, "UG", pair.clock.now(), "", 0, [], list(messages))
    return write(made, typ=BATCH_TYPE, keys=keys)


def sealed(pair: Pair, content: bytes) -> SealedMessage:
    """Sign and seal any bytes, as a partner would whose program checks nothing."""
    signed = jws.sign(content, typ=MESSAGE_TYPE, keys=pair.kenya.keys)
    closed = seal(signed, recipient=pair.uganda.keys.public, agreement_hash="a" * 64)
    return SealedMessage(hashlib.sha256(content).hexdigest(), "a" * 64, closed)


def outcome(pair: Pair, content: bytes) -> tuple[str, str]:
    from comity.cooperation.exchange.batch import RECEIPT_TYPE, Receipt

    uganda = pair.uganda.keys.public
    answer = read(
        pair.receive(batch(pair, pair.kenya.keys, sealed(pair, content))), Answer, typ=ANSWER_TYPE, sender=uganda
    )
    (receipt,) = (read(one, Receipt, typ=RECEIPT_TYPE, sender=uganda) for one in answer.receipts)
    return receipt.result, receipt.outcome


def content_with(pair: Pair, payload: str, **changes: str) -> bytes:
    now = pair.clock.now()
    header = Header("KE", "UG", "ke-ug", "a" * 64, "art-3", 1, "0" * 64, "p", "d", "m", "t.v1", now, now, "s", "r")
    return b'{"header":%s,"payload":%s}' % (
        msgspec.json.encode({**msgspec.to_builtins(header), **changes}),
        payload.encode(),
    )


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ('{"a":' * 40 + "1" + "}" * 40, "exchange.message-too-large"),
        ('{"a":' + "[" * 20_000 + "]" * 20_000 + "}", "exchange.message-too-large"),
        ('{"a":["\\u0000"]}', "exchange.envelope-invalid"),
        ('{"\\u0000":1}', "exchange.envelope-invalid"),
        ("[]", "exchange.envelope-invalid"),
        ("{", "exchange.envelope-invalid"),
    ],
)
def test_payload_that_could_not_be_kept_is_refused_by_name(pair, payload, code):
    assert outcome(pair, content_with(pair, payload)) == ("again", code)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "s" * 129},
        {"subject": "a\0b"},
        {"agreement_id": ""},
        {"agreement_id": "x" * 65},
        {"previous_hash": "A" * 64},
        {"sender": "Kenya"},
        {"created": "2026-03-02T08:00:00"},
        {"urgent": "yes"},
    ],
)
def test_header_out_of_bounds_is_refused_by_name(pair, changes):
    assert outcome(pair, content_with(pair, "{}", **changes)) == ("again", EnvelopeInvalid.code)


def test_bytes_that_are_no_text_are_refused_by_name(pair):
    assert outcome(pair, content_with(pair, "{}").replace(b"art-3", b"art\xff3")) == ("again", EnvelopeInvalid.code)


def test_partner_learns_nothing_of_the_receipts_of_another(pair):
    tanzania = generate_keys("TZ", "Tanzania")
    with pair.uganda.database.transaction() as session:
        add_peer(session, PeerCard(tanzania.public, "https://127.0.0.1:1", ""), clock=pair.clock)
    message = pair.declare("d1")
    pair.deliver()

    asked = batch(pair, tanzania, SealedMessage(message.id, message.agreement_hash, b"?"))
    answer = read(pair.receive(asked), Answer, typ=ANSWER_TYPE, sender=pair.uganda.keys.public)

    (receipt,) = answer.receipts
    assert b"seal-invalid" in jws.peek(receipt)


def test_stranger_takes_no_lock(pair):
    stranger = generate_keys("TZ", "Tanzania")
    refused = []

    def knock() -> None:
        for keys in (stranger, generate_keys("KE", "Impostor")):
            with pytest.raises(ExchangeError) as caught:
                pair.receive(batch(pair, keys))
            refused.append(caught.value.code)

    with pair.uganda.database.transaction():
        thread = threading.Thread(target=knock, daemon=True)
        thread.start()
        thread.join(timeout=5)

    assert refused == [SenderUnknown.code, "exchange.signature-invalid"]


def test_body_of_dots_is_refused_without_being_taken_apart(pair):
    with pytest.raises(EnvelopeInvalid):
        pair.receive(b"." * 1_000_000)


KEYS = generate_keys("KE", "Kenya")


@given(st.one_of(st.binary(max_size=200), st.recursive(st.none() | st.text(), st.lists).map(msgspec.json.encode)))
def test_signed_nonsense_is_refused_by_name(content):
    signed = jws.sign(content, typ=BATCH_TYPE, keys=KEYS)

    with pytest.raises(ExchangeError):
        read(signed, Batch, typ=BATCH_TYPE, sender=KEYS.public)
