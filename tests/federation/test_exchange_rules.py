"""Each rule of the exchange, broken once by a partner or the wire, is refused by its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.errors import AgreementExpired
from comity.cooperation.agreements.store import decision_counts
from comity.cooperation.exchange import jws
from comity.cooperation.exchange.batch import (
    ANSWER_TYPE,
    BATCH_TYPE,
    RECEIPT_TYPE,
    Answer,
    Batch,
    Receipt,
    SealedMessage,
    read,
    write,
)
from comity.cooperation.exchange.envelope import FIRST_PREVIOUS, Header, open_sealed, seal, sign_message
from comity.cooperation.exchange.errors import (
    BatchReplayed,
    BatchTooLarge,
    ClockSkewed,
    CriticalFieldUnknown,
    EnvelopeInvalid,
    PartnerUnreachable,
    RecipientWrong,
    SealInvalid,
    SenderUnknown,
    SignatureInvalid,
)
from comity.cooperation.exchange.inbox import InboxLimits, receive_batch
from comity.cooperation.exchange.store import PeerState, exchange_counts, find_peer
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.append import entries_of, head
from comity.cooperation.ledger.store import cosigned_size, evidence_against
from comity.cooperation.ledger.tables import LedgerHeadRow
from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database
from tests.simulators.nodes import EXPORT, Pair, make_pair


@pytest.fixture
def pair(database, tmp_path, clock):
    other = Database(f"sqlite:///{tmp_path / 'uganda.db'}")
    Base.metadata.create_all(other.engine)
    yield make_pair(database, other, clock)
    other.dispose()


def header(pair: Pair, **changes) -> Header:
    values = {
        "sender": "KE",
        "recipient": "UG",
        "agreement_id": pair.agreement.id,
        "agreement_hash": agreement_hash(pair.agreement),
        "clause": "art-3",
        "sequence": 1,
        "previous_hash": FIRST_PREVIOUS,
        "purpose": "mirror-matching",
        "data_class": "export-declaration",
        "marking": "confidential",
        "type": EXPORT,
        "created": pair.clock.now(),
        "expires": pair.clock.now() + timedelta(days=10),
        "subject": "d1",
        "release_id": "r1",
    }
    return Header(**{**values, **changes})


def sealed(pair: Pair, made: Header, payload=None, keys=None, recipient=None) -> SealedMessage:
    signed, message_id = sign_message(made, payload or {"mrn": "X"}, keys=keys or pair.kenya.keys)
    to = recipient or pair.uganda.keys.public
    return SealedMessage(
        message_id, made.agreement_hash, seal(signed, recipient=to, agreement_hash=made.agreement_hash)
    )


def batch_of(pair: Pair, *messages: SealedMessage, keys=None, **changes) -> bytes:
    pair.clock.advance(timedelta(seconds=1))
    values = {
        "sender": "KE",
        "recipient": "UG",
        "created": pair.clock.now(),
        "checkpoint": "",
        "proof_from": 0,
        "proof": [],
        "messages": list(messages),
    }
    return write(Batch(**{**values, **changes}), typ=BATCH_TYPE, keys=keys or pair.kenya.keys)


def receipts(pair: Pair, *messages: SealedMessage, **changes) -> list[Receipt]:
    answer = read(
        pair.receive(batch_of(pair, *messages, **changes)), Answer, typ=ANSWER_TYPE, sender=pair.uganda.keys.public
    )
    return [read(one, Receipt, typ=RECEIPT_TYPE, sender=pair.uganda.keys.public) for one in answer.receipts]


def test_messages_arrive_in_order_minimised_and_receipted(pair):
    for number in range(5):
        pair.declare(f"d{number}", mrn=f"M{number}", declarant={"id": "SECRET"})

    report = pair.deliver()

    assert (report.sent, report.delivered, report.cosigned) == (5, 5, True)
    assert [message.payload for message in pair.uganda.taken] == [{"mrn": f"M{number}"} for number in range(5)]
    with pair.kenya.database.reading() as session:
        assert exchange_counts(session).receipts == 5


def test_second_batch_cosigns_the_grown_log(pair):
    pair.declare("d1")
    pair.deliver()
    pair.declare("d2")
    pair.deliver()

    assert pair.deliver().cosigned
    with pair.kenya.database.reading() as session:
        assert cosigned_size(session, "UG") == head(session).size


def test_flipped_bit_on_the_wire_is_refused_by_signature(pair):
    pair.declare("d1")
    pair.tamper = lambda body: body[:-20] + bytes([body[-20] ^ 1]) + body[-19:]

    with pytest.raises((SignatureInvalid, EnvelopeInvalid)):
        pair.deliver()
    assert pair.uganda.taken == []


def test_flipped_bit_inside_the_seal_is_refused_by_name(pair):
    message = sealed(pair, header(pair))
    flipped = msgspec.structs.replace(message, sealed=message.sealed[:-1] + bytes([message.sealed[-1] ^ 1]))

    (receipt,) = receipts(pair, flipped)

    assert (receipt.result, receipt.outcome) == ("again", SealInvalid.code)


def test_truncated_batch_is_refused(pair):
    body = batch_of(pair, sealed(pair, header(pair)))

    for length in (0, 10, len(body) // 2, len(body) - 1):
        with pytest.raises((EnvelopeInvalid, SignatureInvalid)):
            pair.receive(body[:length])


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
    body = signed + b"." + jws._encode(pair.kenya.keys.sign(signed))

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


def test_agreement_that_expires_midway_stops_both_sides(database, tmp_path, clock):
    other = Database(f"sqlite:///{tmp_path / 'uganda.db'}")
    Base.metadata.create_all(other.engine)
    pair = make_pair(database, other, clock, valid_to=clock.now().date())
    pair.declare("before")
    pair.deliver()
    pair.declare("on-the-way")
    clock.advance(timedelta(days=1))

    report = pair.deliver()

    assert report.refused == 1
    with pytest.raises(AgreementExpired, match="ke-ug has expired"):
        pair.declare("after")
    assert [message.payload["mrn"] for message in pair.uganda.taken] == ["before"]
    other.dispose()


def test_partner_that_was_down_is_caught_up(pair):
    pair.is_down = True
    for number in range(7):
        pair.declare(f"d{number}")
    with pytest.raises(PartnerUnreachable):
        pair.deliver()
    pair.clock.advance(timedelta(days=14))
    pair.is_down = False

    while pair.deliver(limit=3).sent:
        pass

    assert [message.payload["mrn"] for message in pair.uganda.taken] == [f"d{number}" for number in range(7)]


def test_lost_answer_leads_to_no_second_effect(pair):
    pair.declare("d1")
    pair.tamper = lambda body: pair.receive(body) and b""
    with pytest.raises((EnvelopeInvalid, BatchReplayed)):
        pair.deliver()
    pair.tamper = lambda body: body

    report = pair.deliver()

    assert report.delivered == 1
    assert len(pair.uganda.taken) == 1
    assert pair.deliver().cosigned


def test_handler_that_fails_leaves_the_message_to_be_sent_again(pair):
    failures = [RuntimeError("disk full")]

    def fail_once(session, message):
        if failures:
            raise failures.pop()
        return pair.uganda.take(session, message)

    pair.uganda.handlers = {EXPORT: fail_once}
    pair.declare("d1")
    pair.declare("d2")

    first, second = pair.deliver(), pair.deliver()

    assert (first.again, first.delivered) == (2, 0)
    assert second.delivered == 2


def test_partner_restored_from_an_old_backup_is_caught_up(pair, tmp_path):
    pair.declare("d1")
    pair.deliver()
    fresh = Database(f"sqlite:///{tmp_path / 'restored.db'}")
    Base.metadata.create_all(fresh.engine)
    copy_setup(pair.uganda.database, fresh)
    pair.uganda.database = fresh
    pair.uganda.taken.clear()
    pair.declare("d2")

    pair.deliver()
    pair.deliver()

    assert [message.payload["mrn"] for message in pair.uganda.taken] == ["d1", "d2"]
    fresh.dispose()


def copy_setup(source: Database, target: Database) -> None:
    for name in ("exchange_peers", "agreements", "agreement_signatures"):
        table = Base.metadata.tables[name]
        with source.reading() as session:
            rows = [dict(row._mapping) for row in session.execute(table.select())]
        with target.transaction() as session:
            for row in rows:
                row.pop("last_batch_at", None)
                session.execute(table.insert().values(**row))


def test_forked_log_is_not_cosigned_and_the_evidence_is_kept(pair):
    pair.declare("d1")
    pair.deliver()
    pair.deliver()
    with pair.kenya.database.transaction() as session:
        session.query(LedgerHeadRow).update({"root": b"\x01" * 32})

    report = pair.deliver()

    assert not report.cosigned
    with pair.uganda.database.reading() as session:
        (evidence,) = evidence_against(session, "KE")
        assert evidence["kind"] == "ledger.fork-detected"
        assert find_peer(session, "KE").state is PeerState.CONTRADICTING


def test_ledger_of_both_sides_holds_every_message(pair):
    message = pair.declare("d1")
    pair.deliver()

    with pair.kenya.database.reading() as session:
        assert [entry.kind for entry in entries_of(session, "d1")] == ["message-sent", "receipt"]
    with pair.uganda.database.reading() as session:
        assert [entry.kind for entry in entries_of(session, message.id)] == ["message-received"]


def test_seal_binds_recipient_and_agreement(pair):
    signed, _ = sign_message(header(pair), {}, keys=pair.kenya.keys)
    closed = seal(signed, recipient=pair.uganda.keys.public, agreement_hash="a" * 64)

    with pytest.raises(SealInvalid):
        open_sealed(closed, keys=pair.uganda.keys, agreement_hash="b" * 64)
    assert open_sealed(closed, keys=pair.uganda.keys, agreement_hash="a" * 64) == signed
