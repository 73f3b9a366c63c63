"""A partner is away for two weeks and more: what waited arrives in order, once, as far as it has not expired."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comity.cooperation.exchange import inbox
from comity.cooperation.exchange.errors import PartnerUnreachable
from comity.cooperation.exchange.store import PeerState, exchange_counts, find_peer
from comity.cooperation.ledger.append import head
from comity.cooperation.ledger.store import cosigned_size
from comity.foundation.errors import ComityError

DAYS, A_DAY = 14, 8


def be_away(pair, days: int, *, start: int = 0) -> None:
    """Let days pass in which messages are queued and every attempt fails."""
    pair.is_down = True
    for day in range(start, start + days):
        for number in range(A_DAY):
            pair.declare(f"d{day}-{number}")
        with pytest.raises(PartnerUnreachable):
            pair.deliver()
        pair.clock.advance(timedelta(days=1))
    pair.is_down = False


def catch_up(pair) -> None:
    while pair.deliver(limit=50).sent:
        pass


def mrns(first_day: int, last_day: int) -> list[str]:
    return [f"d{day}-{number}" for day in range(first_day, last_day) for number in range(A_DAY)]


def test_two_weeks_of_messages_arrive_in_order_once_and_the_log_is_cosigned(pair):
    be_away(pair, DAYS)

    catch_up(pair)

    assert [message.payload["mrn"] for message in pair.uganda.taken] == mrns(0, DAYS)
    with pair.kenya.database.reading() as session:
        assert exchange_counts(session).delivered == DAYS * A_DAY
        assert cosigned_size(session, "UG") == head(session).size
        assert find_peer(session, "UG").state is PeerState.REACHED


def test_messages_that_expired_meanwhile_are_refused_by_name_and_hold_up_no_other(pair):
    be_away(pair, 63)

    catch_up(pair)

    assert [message.payload["mrn"] for message in pair.uganda.taken] == mrns(4, 63)
    with pair.kenya.database.reading() as session:
        counts = exchange_counts(session)
    assert (counts.delivered, counts.refused, counts.waiting) == (59 * A_DAY, 4 * A_DAY, 0)


def test_messages_queued_after_the_return_go_on_in_the_same_streams(pair):
    be_away(pair, 2)
    catch_up(pair)
    pair.declare("after")

    assert pair.deliver().delivered == 1
    assert [message.header.sequence for message in pair.uganda.taken] == list(range(1, 2 * A_DAY + 2))


class WitnessAway(ComityError):
    """Stands for whatever keeps a witness from answering."""

    code = "test.witness-away"
    status = 503


def test_a_witness_that_is_away_stops_nothing_and_is_caught_up(pair, monkeypatch):
    def away(*_where, **_what):
        raise WitnessAway

    monkeypatch.setattr(inbox, "witness_checkpoint", away)
    for number in range(5):
        pair.declare(f"d{number}")

    report = pair.deliver()
    with pair.kenya.database.reading() as session:
        told = find_peer(session, "UG").last_error
    monkeypatch.undo()
    later = pair.deliver()

    assert (report.delivered, report.cosigned, told) == (5, False, "test.witness-away")
    assert later.cosigned
    with pair.kenya.database.reading() as session:
        assert cosigned_size(session, "UG") == head(session).size
