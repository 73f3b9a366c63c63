"""Partners compare their books: what one of them lost is named to the message, and sent again where it can be."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, update

from comity.cooperation.accounts.errors import PeriodInvalid
from comity.cooperation.accounts.reconcile import open_reconciliation
from comity.cooperation.accounts.send import RECONCILIATION, send
from comity.cooperation.accounts.store import AccountState, list_reconciliations
from comity.cooperation.exchange.store import exchange_counts
from comity.cooperation.exchange.tables import InboxRow, OutboxRow
from comity.cooperation.ledger.tables import WitnessedLogRow
from comity.flows.keep_accounts import keep_accounts, reconcile_days


@pytest.fixture
def busy(three):
    """Return the three after Kenya has sent Uganda twenty records and Uganda has sent Kenya five."""
    for number in range(20):
        three.say("KE", "UG", f"k{number}")
    for number in range(5):
        three.say("UG", "KE", f"u{number}")
    three.settle()
    return three


def reconcile(three, asker="KE", partner="UG"):
    three.clock.advance(timedelta(seconds=1))
    node = three.nodes[asker]
    now = three.clock.now()
    with node.database.transaction() as session:
        opened = open_reconciliation(session, partner, three.books(asker), since=now - timedelta(days=2), until=now)
    three.settle()
    return opened


def latest(three, name):
    with three.nodes[name].database.reading() as session:
        return list_reconciliations(session)[0]


def lose(three, name, table, subject):
    with three.nodes[name].database.transaction() as session:
        lost = session.query(table).filter(table.subject == subject).one()
        place = (lost.sequence, lost.id)
        session.execute(delete(table).where(table.id == lost.id))
    return place


def named(kept):
    return [(one["kind"], one["sender"], one["sequence"], one["message_id"]) for one in kept.differences]


def test_equal_books_agree_on_both_sides(busy):
    opened = reconcile(busy)

    for name in ("KE", "UG"):
        kept = latest(busy, name)
        assert (kept.id, kept.opened_by, kept.state, kept.differences) == (opened.id, "KE", AccountState.AGREED, [])
        assert kept.messages == 25


@pytest.mark.parametrize("asker", ["KE", "UG"])
def test_message_that_the_receiver_lost_is_named_and_comes_again_once(busy, asker):
    place = lose(busy, "UG", InboxRow, "k7")
    partner = "UG" if asker == "KE" else "KE"
    taken = len(busy.nodes["UG"].taken)

    reconcile(busy, asker, partner)

    assert named(latest(busy, "KE")) == [("missing-there", "KE", *place)]
    assert named(latest(busy, "UG")) == [("missing-here", "KE", *place)]
    assert [one.message_id for one in busy.nodes["UG"].taken[taken:]] == [place[1]]
    reconcile(busy, asker, partner)
    assert latest(busy, "KE").state is latest(busy, "UG").state is AccountState.AGREED


def test_stream_goes_on_after_a_lost_message_came_again(busy):
    lose(busy, "UG", InboxRow, "k7")
    reconcile(busy)

    busy.say("KE", "UG", "afterwards")
    busy.settle()

    with busy.nodes["KE"].database.reading() as session:
        counts = exchange_counts(session, "UG")
    assert (counts.refused, counts.waiting) == (0, 0)


def test_message_that_the_sender_lost_is_named_on_both_sides(busy):
    place = lose(busy, "KE", OutboxRow, "k3")

    reconcile(busy)

    assert named(latest(busy, "KE")) == [("missing-here", "KE", *place)]
    assert named(latest(busy, "UG")) == [("missing-there", "KE", *place)]


def test_outcome_that_one_side_changed_is_named_with_both(busy):
    with busy.nodes["UG"].database.transaction() as session:
        session.execute(update(InboxRow).where(InboxRow.subject == "k4").values(refusal="exchange.type-unknown"))

    reconcile(busy)

    (one,) = latest(busy, "KE").differences
    assert (one["kind"], one["ours"], one["theirs"]) == ("outcome-differs", "stored", "exchange.type-unknown")


def test_many_losses_in_both_directions_are_all_named(busy):
    lost = {("missing-there", "KE", *lose(busy, "UG", InboxRow, f"k{number}")) for number in (0, 9, 19)}
    lost |= {("missing-here", "UG", *lose(busy, "KE", InboxRow, f"u{number}")) for number in (1, 4)}

    reconcile(busy)

    assert set(named(latest(busy, "KE"))) == lost
    reconcile(busy)
    assert latest(busy, "KE").state is AccountState.AGREED


def test_log_that_is_not_the_one_the_partner_saw_is_named(busy):
    with busy.nodes["KE"].database.transaction() as session:
        session.query(WitnessedLogRow).update({"root": b"\x01" * 32})

    now = busy.clock.now()
    with busy.nodes["KE"].database.transaction() as session:
        open_reconciliation(session, "UG", busy.books("KE"), since=now - timedelta(days=2), until=now)
    busy.deliver("KE", "UG")

    (one,) = latest(busy, "UG").differences
    assert (one["kind"], one["sender"]) == ("log-differs", "UG")


def test_night_compares_each_day_once_and_a_partner_that_was_away_catches_up(busy):
    busy.away = {"UG"}
    for _ in range(14):
        busy.clock.advance(timedelta(days=1))
        for _ in range(3):
            with busy.nodes["KE"].database.transaction() as session:
                keep_accounts(session, "UG", busy.books("KE"))
    with busy.nodes["KE"].database.reading() as session:
        opened = list_reconciliations(session, "UG")
    assert len(opened) == 14
    assert {one.state for one in opened} == {AccountState.ASKED}

    busy.away = set()
    busy.settle()

    with busy.nodes["KE"].database.reading() as session:
        assert {one.state for one in list_reconciliations(session, "UG")} == {AccountState.AGREED}
        spans = sorted((one.period_from, one.period_to) for one in list_reconciliations(session, "UG"))
    assert all(one[1] == other[0] for one, other in pairwise(spans))


def test_day_that_is_not_over_is_not_compared(busy):
    with busy.nodes["KE"].database.transaction() as session:
        assert reconcile_days(session, "UG", busy.books("KE")) is not None
        assert reconcile_days(session, "UG", busy.books("KE")) is None
        with pytest.raises(PeriodInvalid):
            now = busy.clock.now()
            open_reconciliation(session, "UG", busy.books("KE"), since=now, until=now)


GOOD = {
    "log": {"size": 0, "root": "0" * 64},
    "partner_log": {"size": 0, "root": "0" * 64},
    "streams": [],
}
STREAM = {"agreement_id": "ke-ug", "sender": "KE", "first": 1, "last": 5, "count": 0, "head": "", "parts": ["0" * 64]}


@pytest.mark.parametrize(
    "payload",
    [
        {"statement": None},
        {"statement": []},
        {"statement": {**GOOD, "more": 1}},
        {"statement": {**GOOD, "streams": [{**STREAM, "sender": "RW"}]}},
        {"statement": {**GOOD, "streams": [{**STREAM, "first": 0}]}},
        {"statement": {**GOOD, "streams": [{**STREAM, "last": 2**52}]}},
        {"statement": {**GOOD, "streams": [{**STREAM, "parts": []}]}},
        {"statement": {**GOOD, "streams": [STREAM] * 300}},
        {
            "missing": [
                {"kind": "missing-there", "agreement_id": "ke-ug", "sender": "KE", "sequence": 1, "message_id": "x"}
            ]
        },
        {"missing": "everything"},
        {"statement": GOOD, "period_from": "yesterday"},
        {"statement": GOOD, "period_to": "2026-03-01T00:00:00"},
    ],
)
def test_account_that_is_none_is_refused_and_nothing_is_kept(three, payload):
    told = {"period_from": "2026-03-01T00:00:00+00:00", "period_to": "2026-03-02T00:00:00+00:00", **payload}
    with three.nodes["KE"].database.transaction() as session:
        send(session, "UG", RECONCILIATION, told, subject="r1", books=three.books("KE"))

    three.deliver("KE", "UG")

    with three.nodes["KE"].database.reading() as session:
        row = session.query(OutboxRow).one()
        assert (row.state, row.outcome) == ("refused", "accounts.invalid")
    with three.nodes["UG"].database.reading() as session:
        assert list_reconciliations(session) == []


def test_answer_that_leaves_out_streams_and_a_second_answer_are_refused(busy):
    busy.clock.advance(timedelta(seconds=1))
    now = busy.clock.now()
    with busy.nodes["KE"].database.transaction() as session:
        opened = open_reconciliation(session, "UG", busy.books("KE"), since=now - timedelta(days=2), until=now)
    period = {"period_from": opened.period_from.isoformat(), "period_to": opened.period_to.isoformat()}
    for _ in range(2):
        with busy.nodes["UG"].database.transaction() as session:
            send(
                session, "KE", RECONCILIATION, {**period, "statement": GOOD}, subject=opened.id, books=busy.books("UG")
            )
    busy.settle()
    with busy.nodes["RW"].database.transaction() as session:
        send(session, "KE", RECONCILIATION, {**period, "statement": GOOD}, subject=opened.id, books=busy.books("RW"))
    busy.settle()

    for name in ("UG", "RW"):
        with busy.nodes[name].database.reading() as session:
            sent = session.query(OutboxRow).filter(OutboxRow.type == RECONCILIATION, OutboxRow.partner == "KE")
            outcomes = [row.outcome for row in sent.order_by(OutboxRow.sequence)]
        assert outcomes[:1] == ["accounts.invalid"]
    assert latest(busy, "KE").state is AccountState.AGREED
