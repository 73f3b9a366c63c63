"""Messages that went nowhere: listed with their reason, released anew, given up, or skipped, each signed in the log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.dead_letters import (
    DEAD_LETTER,
    DECISION_TYPE,
    DeadLetterReasonMissing,
    DeadLetterUnknown,
    dead_letters,
    give_up,
    release_anew,
    skip,
)
from comity.cooperation.exchange.store import exchange_counts
from comity.cooperation.ledger.append import entries_of
from comity.foundation.errors import ComityError
from tests.simulators.nodes import EXPORT
from tests.simulators.pairs import a_pair

REASON = "the record is known to be damaged"


@pytest.fixture
def pair(database, tmp_path, clock):
    """Return two nodes, Kenya on each engine."""
    with a_pair(database, tmp_path, clock) as made:
        yield made


class _Refusal(ComityError):
    """The record is refused."""

    code = "declarations.record-invalid"


def refuse(_session, _message):
    raise _Refusal


def letters(node):
    with node.database.reading() as session:
        return dead_letters(session)


def settled_by(node, action, *arguments, **named):
    with node.database.transaction() as session:
        return action(session, *arguments, keys=node.keys, clock=named.pop("clock"), officer="eric", **named)


def refused_once(pair):
    pair.uganda.handlers = {EXPORT: refuse}
    pair.declare("d1", mrn="A1")
    pair.deliver()
    pair.uganda.handlers = {}
    return letters(pair.kenya)[0]


def test_message_refused_by_the_partner_is_listed_with_its_code(pair):
    letter = refused_once(pair)

    assert (letter.side, letter.partner, letter.subject, letter.code) == (
        "theirs", "UG", "d1", "declarations.record-invalid",
    )  # fmt: skip


def test_released_anew_it_is_another_message_that_arrives_once(pair):
    letter = refused_once(pair)

    anew = settled_by(pair.kenya, release_anew, letter.id, clock=pair.clock)
    pair.deliver()

    assert [message.message_id for message in pair.uganda.taken] == [anew]
    assert pair.uganda.taken[0].payload == {"mrn": "A1"}
    assert letters(pair.kenya) == []
    with pytest.raises(DeadLetterUnknown):
        settled_by(pair.kenya, release_anew, letter.id, clock=pair.clock)


def test_given_up_it_rests_and_the_signed_reason_is_in_the_log(pair):
    letter = refused_once(pair)

    settled_by(pair.kenya, give_up, letter.id, reason=REASON, clock=pair.clock)

    assert letters(pair.kenya) == []
    with pair.kenya.database.reading() as session:
        (entry,) = [one for one in entries_of(session, "d1") if one.kind == DEAD_LETTER]
        assert exchange_counts(session).sent == 1
    assert REASON.encode() in jws.verify(entry.statement, typ=DECISION_TYPE, sender=pair.kenya.keys.public)


@pytest.mark.parametrize("reason", ["", "   short   ", "x" * 501])
def test_without_a_reason_nothing_is_given_up(pair, reason):
    letter = refused_once(pair)

    with pytest.raises(DeadLetterReasonMissing):
        settled_by(pair.kenya, give_up, letter.id, reason=reason, clock=pair.clock)
    assert letters(pair.kenya) == [letter]


def fail(_session, _message):
    raise RuntimeError("the disk of the node is broken")


def stuck(pair):
    pair.uganda.handlers = {EXPORT: fail}
    for subject in ("d1", "d2"):
        pair.declare(subject)
    for _ in range(3):
        pair.clock.advance(timedelta(minutes=1))
        pair.deliver()
    return letters(pair.uganda)


def test_message_that_this_node_fails_at_is_listed_once_with_its_tries(pair):
    (letter,) = stuck(pair)

    assert (letter.side, letter.partner, letter.sequence, letter.code, letter.tries) == (
        "ours", "KE", 1, "exchange.receiver-failed", 3,
    )  # fmt: skip


def test_skipped_it_is_refused_for_good_and_the_stream_goes_on(pair):
    (letter,) = stuck(pair)

    settled_by(pair.uganda, skip, letter.id, reason=REASON, clock=pair.clock)
    pair.uganda.handlers = {}
    report = pair.deliver()

    assert (report.refused, report.delivered) == (1, 1)
    assert [message.header.subject for message in pair.uganda.taken] == ["d2"]
    assert letters(pair.uganda) == []
    assert [one.code for one in letters(pair.kenya)] == ["exchange.message-skipped"]


def test_message_that_goes_through_in_the_end_is_listed_no_more(pair):
    stuck(pair)

    pair.uganda.handlers = {}
    pair.deliver()

    assert letters(pair.uganda) == []
    assert len(pair.uganda.taken) == 2


def test_only_what_this_node_fails_at_can_be_skipped(pair):
    letter = refused_once(pair)

    with pytest.raises(DeadLetterUnknown):
        settled_by(pair.kenya, skip, letter.id, reason=REASON, clock=pair.clock)
    with pytest.raises(DeadLetterUnknown):
        settled_by(pair.uganda, skip, letter.id, reason=REASON, clock=pair.clock)
