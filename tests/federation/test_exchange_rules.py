"""Each rule of the exchange, broken once by a partner or the wire, is refused by its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.store import decision_counts
from comity.cooperation.exchange import jws
from comity.cooperation.exchange.batch import (
    BATCH_TYPE,
)
from comity.cooperation.exchange.envelope import open_sealed, seal, sign_message
from comity.cooperation.exchange.errors import (
    BatchReplayed,
    BatchTooLarge,
    ClockSkewed,
    CriticalFieldUnknown,
    EnvelopeInvalid,
    RecipientWrong,
    SealInvalid,
    SenderUnknown,
    SignatureInvalid,
)
from comity.cooperation.exchange.inbox import InboxLimits, receive_batch
from comity.cooperation.identity.keys import generate_keys
from tests.simulators.messages import batch_of, header, receipts, sealed


def test_flipped_bit_on_the_wire_is_refused_by_signature(pair):
    pair.declare("d1")
    pair.tamper = lambda body: body[:-20] + bytes([body[-20] ^ 1]) + body[-19:]

    with pytest.raises((SignatureInvalid, EnvelopeInvalid)):
        pair.deliver()
    assert pair.uganda.taken == []


def test_flipped_bit_inside_the_seal_is_refused_by_name(pair):
    message = sealed(pair, header(pair))
    flipped = replace(message, sealed=message.sealed[:-1] + bytes([message.sealed[-1] ^ 1]))

    (receipt,) = receipts(pair, flipped)

    assert (receipt.result, receipt.outcome) == ("again", SealInvalid.code)


def test_truncated_batch_is_refused(pair):
    body = batch_of(pair, sealed(pair, header(pair)))

    for length in (0, 10, len(body) // 2, len(body) - 1):
        with pytest.raises((EnvelopeInvalid, SignatureInvalid)):
            pair.receive(body[:length])


@pytest.mark.parametrize("change", [lambda at: at[:-1], lambda at: at + b"x", lambda at: at[:-1] + bytes([at[-1] ^ 1])])
def test_batch_with_other_attachments_than_were_signed_over_is_refused(pair, change):
    head, _, attached = batch_of(pair, sealed(pair, header(pair))).partition(b"\n")

    with pytest.raises(EnvelopeInvalid, match="attached"):
        pair.receive(head + b"\n" + change(attached))


def test_replayed_batch_is_refused(pair):
    pair.declare("d1")
    pair.deliver()

    with pytest.raises(BatchReplayed):
        pair.receive(pair.batches[0])
    assert len(pair.uganda.taken) == 1


def test_known_message_gets_the_same_receipt_and_no_second_effect(pair):
    message = sealed(pair, header(pair))

    first, second = receipts(pair, message), receipts(pair, message)

    assert first == second
    assert len(pair.uganda.taken) == 1


def test_withheld_message_is_named(pair):
    (receipt,) = receipts(pair, sealed(pair, header(pair, sequence=3, previous_hash="a" * 64)))

    assert (receipt.result, receipt.outcome, receipt.missing) == ("again", "exchange.message-withheld", 1)


def test_reordered_messages_are_put_back_in_order_by_sending_again(pair):
    first, made = sealed(pair, header(pair)), header(pair)
    second = sealed(
        pair, header(pair, sequence=2, previous_hash=sign_message(made, {"mrn": "X"}, keys=pair.kenya.keys)[1])
    )

    early, late = receipts(pair, second, first)

    assert (early.result, early.outcome, early.missing) == ("again", "exchange.message-withheld", 1)
    assert late.result == "stored"
    assert receipts(pair, second)[0].result == "stored"


def test_another_message_under_a_used_sequence_breaks_the_chain(pair):
    receipts(pair, sealed(pair, header(pair)))

    (receipt,) = receipts(pair, sealed(pair, header(pair), payload={"mrn": "OTHER"}))

    assert (receipt.result, receipt.outcome) == ("again", "exchange.chain-broken")


def test_stale_message_is_refused_and_the_stream_goes_on(pair):
    stale = sealed(pair, header(pair, expires=pair.clock.now() - timedelta(seconds=1)))
    after = sealed(pair, header(pair, sequence=2, previous_hash=stale.id))

    first, second = receipts(pair, stale, after)

    assert (first.result, first.outcome) == ("refused", "exchange.message-expired")
    assert second.result == "stored"


def test_message_from_the_future_is_refused(pair):
    (receipt,) = receipts(pair, sealed(pair, header(pair, created=pair.clock.now() + timedelta(hours=1))))

    assert receipt.outcome == ClockSkewed.code


def test_batch_with_a_wrong_clock_is_refused(pair):
    with pytest.raises(ClockSkewed):
        pair.receive(batch_of(pair, created=pair.clock.now() - timedelta(hours=1)))


def test_message_sealed_to_someone_else_does_not_open(pair):
    stranger = generate_keys("UG", "Other")

    (receipt,) = receipts(pair, sealed(pair, header(pair), recipient=stranger.public))

    assert receipt.outcome == SealInvalid.code


def test_message_addressed_to_another_administration_is_refused(pair):
    (receipt,) = receipts(pair, sealed(pair, header(pair, recipient="TZ")))

    assert receipt.outcome == RecipientWrong.code


def test_message_signed_by_another_key_is_refused(pair):
    (receipt,) = receipts(pair, sealed(pair, header(pair), keys=generate_keys("KE", "Impostor")))

    assert receipt.outcome == SignatureInvalid.code


def test_batch_signed_by_another_key_is_refused(pair):
    with pytest.raises(SignatureInvalid):
        pair.receive(batch_of(pair, keys=generate_keys("KE", "Impostor")))


def test_batch_of_a_stranger_is_refused(pair):
    with pytest.raises(SenderUnknown):
        pair.receive(batch_of(pair, sender="TZ", keys=generate_keys("TZ", "Tanzania")))


def test_batch_larger_than_the_limit_is_refused_before_it_is_read(pair):
    with pytest.raises(BatchTooLarge):
        receive_batch(
            pair.uganda.database,
            b"x" * 100,
            keys=pair.uganda.keys,
            clock=pair.clock,
            handlers={},
            limits=InboxLimits(largest_bytes=99),
        )


def test_unknown_critical_header_is_refused(pair):
    content = jws.peek(batch_of(pair))
    protected = jws._encode(msgspec.json.encode({"alg": "Ed25519", "typ": BATCH_TYPE, "crit": ["b64"], "b64": False}))
    signed = protected + b"." + jws._encode(content)
    body = signed + b"." + jws._encode(pair.kenya.keys.sign(signed)) + b"\n"

    with pytest.raises(CriticalFieldUnknown):
        pair.receive(body)


@pytest.mark.parametrize(
    ("changes", "payload", "code"),
    [
        ({"purpose": "statistics"}, None, "agreements.purpose-not-covered"),
        ({"data_class": "examination-result"}, None, "agreements.data-class-not-covered"),
        ({"agreement_id": "other"}, None, "agreements.none"),
        ({}, {"mrn": "X", "declarant": {"id": "1"}}, "agreements.fields-not-covered"),
        ({"type": "unknown.v9"}, None, "exchange.type-unknown"),
        ({"marking": "open"}, None, "agreements.clause-differs"),
        ({"clause": "art-9"}, None, "agreements.clause-differs"),
    ],
)
def test_receiver_refuses_what_the_agreement_does_not_cover(pair, changes, payload, code):
    (receipt,) = receipts(pair, sealed(pair, header(pair, **changes), payload=payload))

    assert (receipt.result, receipt.outcome) == ("refused", code)
    assert pair.uganda.taken == []
    if code.startswith("agreements."):
        with pair.uganda.database.reading() as session:
            assert decision_counts(session) == {"in-refused": 1}


def test_message_under_another_text_of_the_agreement_is_refused(pair):
    other = replace(pair.agreement, title="Another text")

    (receipt,) = receipts(pair, sealed(pair, header(pair, agreement_hash=agreement_hash(other))))

    assert receipt.outcome == "agreements.hash-mismatch"


def test_seal_binds_recipient_and_agreement(pair):
    signed, _ = sign_message(header(pair), {}, keys=pair.kenya.keys)
    closed = seal(signed, recipient=pair.uganda.keys.public, agreement_hash="a" * 64)

    with pytest.raises(SealInvalid):
        open_sealed(closed, keys=pair.uganda.keys, agreement_hash="b" * 64)
    assert open_sealed(closed, keys=pair.uganda.keys, agreement_hash="a" * 64) == signed
