"""Keys change in the middle of an exchange: nothing is lost or doubled, and partners follow by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comity.cooperation.exchange.batch import ANSWER_TYPE, RECEIPT_TYPE, Answer, Receipt, read
from comity.cooperation.exchange.envelope import open_sealed
from comity.cooperation.exchange.errors import ClockSkewed, KeySuperseded, SealInvalid
from comity.cooperation.exchange.jws import peek
from comity.cooperation.identity.keys import new_signer
from comity.cooperation.identity.rotation import OVERLAP, Why, rotated, without_ended
from comity.cooperation.ledger.store import entries_about, latest
from tests.federation.identity.changes import answer_back, pinned, ready, rotate, use
from tests.simulators.messages import batch_of, header, receipts, sealed


@pytest.fixture
def pair(pair):
    return ready(pair)


def subjects(pair):
    return [message.header.subject for message in pair.uganda.taken]


def test_partner_that_was_away_follows_before_anything_else_and_takes_what_the_old_key_signed(pair):
    pair.declare("d1")
    rotate(pair, pair.kenya)
    rotate(pair, pair.kenya)
    pair.declare("d2")

    report = pair.deliver()

    assert (report.again, report.refused) == (0, 0)
    assert sorted(subjects(pair)) == ["d1", "d2"]
    assert pinned(pair.uganda, "KE").identity.history == pair.kenya.keys.public.history
    assert pinned(pair.uganda, "KE").fingerprint == pair.kenya.keys.public.fingerprint


def test_statements_stand_in_both_logs(pair):
    rotate(pair, pair.kenya)
    pair.deliver()

    tip = pair.kenya.keys.public.history.hashes[-1]
    for node in (pair.kenya, pair.uganda):
        with node.database.reading() as session:
            kinds = [entry.kind for entry in entries_about(session, [tip])]
        assert kinds.count("key-statement") == 1


def test_rotation_between_two_batches_loses_and_doubles_nothing(pair):
    for number in range(30):
        pair.declare(f"d{number}")
    pair.deliver(limit=10)
    rotate(pair, pair.kenya)
    pair.deliver(limit=10)
    rotate(pair, pair.uganda)
    for number in range(30, 40):
        pair.declare(f"d{number}")
    while pair.deliver(limit=10).sent:
        pass

    assert subjects(pair) == [f"d{number}" for number in range(40)]


def test_answer_brings_the_receivers_new_keys(pair):
    pair.declare("d1")
    rotate(pair, pair.uganda)

    report = pair.deliver()

    assert (report.delivered, report.cosigned) == (1, True)
    assert pinned(pair.kenya, "UG").identity.history == pair.uganda.keys.public.history


def test_history_travels_until_the_partner_has_shown_that_it_knows_it(pair):
    rotate(pair, pair.kenya)
    pair.deliver()
    pair.deliver()

    first, second = (b'"history"' in peek(body) for body in pair.batches[-2:])
    assert (first, second) == (True, False)


def test_lost_answer_changes_nothing(pair):
    pair.declare("d1")
    rotate(pair, pair.kenya)
    pair.reply = lambda _answer: b""
    with pytest.raises(Exception):
        pair.deliver()
    pair.reply = lambda answer: answer

    pair.deliver()

    assert subjects(pair) == ["d1"]
    assert pinned(pair.kenya, "UG").told_sequence == 1


def test_what_was_sealed_to_the_old_key_opens_within_the_overlap(pair):
    message = sealed(pair, header(pair))
    old = rotate(pair, pair.uganda)

    pair.receive(batch_of(pair, message))

    assert subjects(pair) == ["d1"]
    shut = without_ended(pair.uganda.keys, pair.clock.now() + OVERLAP)
    assert len(shut.opening) == 1
    with pytest.raises(SealInvalid):
        open_sealed(
            sealed(pair, header(pair), recipient=old.public).sealed,
            keys=shut,
            agreement_hash=header(pair).agreement_hash,
        )


def test_receipt_of_a_known_message_counts_though_its_key_was_handed_over(pair):
    message = sealed(pair, header(pair))
    receipts(pair, message)
    old = rotate(pair, pair.uganda)
    pair.clock.advance(timedelta(days=3))

    answer = pair.receive(batch_of(pair, message))

    assert old.public.signing_key != pair.uganda.keys.public.signing_key
    (given,) = read(answer, Answer, typ=ANSWER_TYPE, sender=pair.uganda.keys.public).receipts
    assert read(given, Receipt, typ=RECEIPT_TYPE, sender=pair.uganda.keys.public).result == "stored"


def test_batch_of_a_key_that_was_handed_over_is_refused_by_name(pair):
    old = rotate(pair, pair.kenya)
    pair.deliver()

    with pytest.raises(KeySuperseded):
        pair.receive(batch_of(pair, keys=old))


def test_message_signed_with_the_old_key_after_the_succession_is_refused_by_name(pair):
    old = rotate(pair, pair.kenya)
    pair.deliver()
    pair.clock.advance(timedelta(hours=1))

    (receipt,) = receipts(pair, sealed(pair, header(pair), keys=old))

    assert (receipt.result, receipt.outcome) == ("again", "exchange.key-superseded")


def test_statement_from_the_future_is_not_followed(pair):
    ahead = Why(pair.clock.now() + timedelta(days=1), "clock ahead")
    pair.kenya.keys = rotated(pair.kenya.keys, new_signer(), ahead)

    with pytest.raises(ClockSkewed):
        pair.receive(batch_of(pair, history=pair.kenya.keys.public.history.as_json()))

    assert pinned(pair.uganda, "KE").identity.history.last.sequence == 0


def test_agreement_and_co_signatures_hold_over_a_rotation(pair):
    pair.declare("d1")
    pair.deliver()
    rotate(pair, pair.kenya)
    rotate(pair, pair.uganda)
    pair.declare("d2")

    report = pair.deliver()
    back = answer_back(pair)

    assert (report.cosigned, back.cosigned) == (True, True)
    assert (report.delivered, back.delivered) == (2, 1)


def test_announcing_twice_tells_once(pair):
    rotate(pair, pair.kenya)
    use(pair, pair.kenya, pair.kenya.keys)

    with pair.kenya.database.reading() as session:
        kinds = [entry.kind for entry in latest(session, 50)]
    assert kinds.count("message-sent") == 1
    assert kinds.count("key-statement") == 2


def test_history_of_another_administration_is_not_taken(pair):
    (receipt,) = receipts(
        pair,
        _succession(pair, pair.uganda.keys.public.history.as_json()),
    )

    assert receipt.outcome == "identity.history-invalid"


def _succession(pair, history):
    from comity.cooperation.agreements.agreement import agreement_hash
    from comity.cooperation.agreements.partnership import partnership

    bond = partnership("KE", "UG")
    kind = "key-succession.v1"
    made = replace_header(
        header(pair),
        agreement_id=bond.id,
        agreement_hash=agreement_hash(bond),
        clause=kind,
        purpose="identity",
        data_class=kind,
        type=kind,
    )
    return sealed(pair, made, payload={"history": history})


def replace_header(made, **changes):
    import msgspec

    return msgspec.structs.replace(made, **changes)
