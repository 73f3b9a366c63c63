"""Is a batch that comes by courier taken late and out of order, and an online one no later than before?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from comity.cooperation.exchange.batch import ANSWER_TYPE, COURIER_TYPE, RECEIPT_TYPE, Answer, Receipt, read
from comity.cooperation.exchange.deliver import Line, Load, prepare
from comity.cooperation.exchange.errors import ClockSkewed, CourierBatchTooOld, EnvelopeInvalid
from comity.cooperation.exchange.inbox import InboxLimits, receive_batch
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.cooperation.ledger.store import evidence_against
from tests.simulators.nodes import EXPORT

BY_COURIER = InboxLimits(longest_way=timedelta(days=60))


def packed(pair, **load) -> bytes:
    line = Line(pair.kenya.keys, InMemoryTransport({}), pair.clock)
    return prepare(pair.kenya.database, "UG", line, Load(batch_type=COURIER_TYPE, **load)).body


def unpack(pair, body: bytes) -> list[str]:
    handlers = {EXPORT: pair.uganda.take}
    signed = receive_batch(
        pair.uganda.database, body, keys=pair.uganda.keys, clock=pair.clock, handlers=handlers, limits=BY_COURIER
    )
    answer = read(signed, Answer, typ=ANSWER_TYPE, sender=pair.uganda.keys.public)
    given = [read(one, Receipt, typ=RECEIPT_TYPE, sender=pair.uganda.keys.public) for one in answer.receipts]
    return [receipt.outcome for receipt in given]


def test_batch_by_courier_is_taken_days_late_and_after_newer_online_ones(pair):
    for number in range(4):
        pair.declare(f"d{number}")
    carried = packed(pair)
    pair.deliver(limit=2)
    pair.clock.advance(timedelta(days=20))

    first, again = unpack(pair, carried), unpack(pair, carried)

    assert first == again == ["stored"] * 4
    assert [message.payload["mrn"] for message in pair.uganda.taken] == ["d0", "d1", "d2", "d3"]
    assert pair.deliver().delivered == 2
    assert len(pair.uganda.taken) == 4
    with pair.uganda.database.reading() as session:
        assert evidence_against(session, "KE") == []


def test_batch_by_courier_out_of_order_waits_for_the_one_before(pair):
    for number in range(4):
        pair.declare(f"d{number}")
    earlier = packed(pair, limit=2)
    later = packed(pair, after={"ke-ug": 2})

    assert unpack(pair, later) == ["exchange.message-withheld"] * 2
    assert unpack(pair, earlier) == ["stored"] * 2
    assert unpack(pair, later) == ["stored"] * 2


def test_batch_older_than_any_message_lives_is_refused(pair):
    pair.declare("d1")
    carried = packed(pair)
    pair.clock.advance(timedelta(days=60, seconds=1))

    with pytest.raises(CourierBatchTooOld):
        unpack(pair, carried)


def test_batch_by_courier_from_the_future_is_refused(pair):
    pair.clock.advance(timedelta(hours=1))
    carried = packed(pair)
    pair.clock.advance(timedelta(hours=-1))

    with pytest.raises(ClockSkewed):
        unpack(pair, carried)


def test_batch_by_courier_is_not_taken_online_nor_the_other_way_round(pair):
    pair.declare("d1")
    carried = packed(pair)
    with pytest.raises(EnvelopeInvalid):
        pair.receive(carried)

    pair.deliver()

    with pytest.raises(EnvelopeInvalid):
        unpack(pair, pair.batches[-1])
