"""What if the partner's answer breaks a rule? Each is named, nothing is lost, and the exchange goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from comity.cooperation.exchange.batch import ANSWER_TYPE, RECEIPT_TYPE, Answer, Receipt, read, write
from comity.cooperation.exchange.errors import (
    AnswerWrong,
    EnvelopeInvalid,
    ReceiptWrong,
    RecipientWrong,
    SignatureInvalid,
)
from comity.cooperation.exchange.store import PeerState, exchange_counts, find_peer
from comity.cooperation.identity.keys import NodeKeys, generate_keys
from comity.cooperation.ledger.append import LogHead, entries_of
from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint, sign_checkpoint
from tests.simulators.nodes import Pair, partner_of


def change_answers(pair: Pair, change: Callable[[Answer], Answer], keys: NodeKeys | None = None) -> None:
    """Let Uganda sign another answer than it would."""

    def reply(signed: bytes) -> bytes:
        answer = read(signed, Answer, typ=ANSWER_TYPE, sender=pair.uganda.keys.public)
        return write(change(answer), typ=ANSWER_TYPE, keys=keys or pair.uganda.keys)

    pair.reply = reply


def change_receipts(pair: Pair, keys: NodeKeys | None = None, **changes) -> None:
    """Let Uganda sign other receipts than it would."""

    def changed(signed: bytes) -> bytes:
        receipt = read(signed, Receipt, typ=RECEIPT_TYPE, sender=pair.uganda.keys.public)
        return write(msgspec.structs.replace(receipt, **changes), typ=RECEIPT_TYPE, keys=keys or pair.uganda.keys)

    change_answers(pair, lambda answer: replace(answer, receipts=[changed(one) for one in answer.receipts]))


def settled(pair: Pair) -> int:
    with pair.kenya.database.reading() as session:
        return exchange_counts(session).receipts


def test_answer_to_an_earlier_batch_is_refused(pair):
    answers = []
    pair.reply = lambda answer: answers.append(answer) or answers[0]
    pair.declare("d1")
    pair.deliver()
    pair.declare("d2")

    with pytest.raises(AnswerWrong):
        pair.deliver()
    assert settled(pair) == 1


def test_answer_signed_by_another_key_is_refused(pair):
    pair.declare("d1")
    change_answers(pair, lambda answer: answer, keys=generate_keys("UG", "Impostor"))

    with pytest.raises(SignatureInvalid):
        pair.deliver()
    assert settled(pair) == 0


def test_answer_for_another_administration_is_refused(pair):
    pair.declare("d1")
    change_answers(pair, lambda answer: replace(answer, recipient="TZ"))

    with pytest.raises(RecipientWrong):
        pair.deliver()


def test_answer_with_a_size_below_nothing_is_refused(pair):
    change_answers(pair, lambda answer: replace(answer, witnessed_size=-1))

    with pytest.raises(EnvelopeInvalid):
        pair.deliver()


def test_partner_that_claims_to_have_cosigned_more_than_there_is_does_not_stop_the_next_batch(pair):
    change_answers(pair, lambda answer: replace(answer, witnessed_size=2**40))
    pair.deliver()
    pair.reply = lambda answer: answer
    pair.declare("d1")

    assert pair.deliver().delivered == 1


def test_withheld_receipts_are_noticed_and_the_messages_wait(pair):
    pair.declare("d1")
    change_answers(pair, lambda answer: replace(answer, receipts=[]))

    report = pair.deliver()

    assert (report.again, dict(report.stuck)) == (1, {"ke-ug": ReceiptWrong.code})
    partner = partner_of(pair)
    assert (partner.state, partner.last_error) == (PeerState.REFUSING, "ke-ug: exchange.receipt-wrong")


@pytest.mark.parametrize("changes", [{"recipient": "TZ"}, {"sender": "TZ"}, {"sequence": 2}, {"message_id": "0" * 64}])
def test_receipt_that_speaks_of_another_message_settles_nothing(pair, changes):
    pair.declare("d1")
    change_receipts(pair, **changes)

    assert pair.deliver().again == 1
    pair.reply = lambda answer: answer
    assert pair.deliver().delivered == 1
    assert len(pair.uganda.taken) == 1


def test_receipt_signed_by_another_key_settles_nothing_and_spares_its_neighbours(pair):
    pair.declare("d1")
    pair.declare("d2")
    forger = generate_keys("UG", "Impostor")

    def forge_second(answer: Answer) -> Answer:
        receipt = read(answer.receipts[1], Receipt, typ=RECEIPT_TYPE, sender=pair.uganda.keys.public)
        return replace(answer, receipts=[answer.receipts[0], write(receipt, typ=RECEIPT_TYPE, keys=forger)])

    change_answers(pair, forge_second)

    report = pair.deliver()

    assert (report.delivered, report.again) == (1, 1)


def test_same_receipt_twice_counts_once(pair):
    pair.declare("d1")
    change_answers(pair, lambda answer: replace(answer, receipts=answer.receipts * 2))

    assert pair.deliver().delivered == 1
    with pair.kenya.database.reading() as session:
        assert [entry.kind for entry in entries_of(session, "d1")] == ["message-sent", "receipt"]


def test_cosignature_on_a_log_that_is_not_ours_is_named_and_the_receipts_are_kept(pair):
    pair.declare("d1")

    def cosign_another(answer: Answer) -> Answer:
        note = sign_checkpoint(LogHead(1, b"\x01" * 32), pair.kenya.keys)
        cosigned = cosign(read_checkpoint(note, pair.kenya.keys.public), pair.uganda.keys, pair.clock.now())
        return replace(answer, cosigned=cosigned)

    change_answers(pair, cosign_another)

    report = pair.deliver()

    assert (report.delivered, report.cosigned) == (1, False)
    assert partner_of(pair).last_error == "ledger.checkpoint-invalid"
    pair.reply = lambda answer: answer
    assert pair.deliver().cosigned


def test_contradiction_stays_in_sight_when_the_partner_is_away(pair):
    from comity.cooperation.exchange.store import note_contact

    with pair.kenya.database.transaction() as session:
        for state, error in ((PeerState.CONTRADICTING, "fork"), (PeerState.UNREACHABLE, "away")):
            note_contact(session, "UG", state=state, error=error, at=pair.clock.now())

    with pair.kenya.database.reading() as session:
        partner = find_peer(session, "UG")
    assert (partner.state, partner.last_error) == (PeerState.CONTRADICTING, "fork")
