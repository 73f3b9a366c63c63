"""A signing key is stolen: it is revoked, the thief's own succession is set aside, and the evidence is kept."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from comity.cooperation.exchange.errors import KeyRevoked, SignatureInvalid
from comity.cooperation.exchange.handover.follow import in_doubt
from comity.cooperation.identity.errors import HistoryForked
from comity.cooperation.identity.keys import new_signer
from comity.cooperation.identity.rotation import Why, rotated
from comity.cooperation.identity.store import forks_of
from comity.cooperation.ledger.store import latest
from tests.federation.identity.changes import answer_back, pinned, ready, recover, rotate
from tests.simulators.messages import batch_of, header, receipts, sealed


@pytest.fixture
def pair(pair):
    return ready(pair)


def forks(node, authority):
    with node.database.reading() as session:
        return forks_of(session, authority)


def subjects(pair):
    return [message.header.subject for message in pair.uganda.taken]


def thiefs(pair, keys):
    """Return the keys that a thief of `keys` hands over to."""
    return rotated(keys, new_signer(), Why(pair.clock.now(), "ordinary rotation"))


def test_revoked_key_signs_no_batch_any_more(pair):
    stolen = recover(pair, pair.kenya, pair.clock.now())
    pair.deliver()

    with pytest.raises(KeyRevoked):
        pair.receive(batch_of(pair, keys=stolen))


def test_revoked_key_signs_no_message_any_more_whatever_time_it_writes(pair):
    since = pair.clock.now()
    stolen = recover(pair, pair.kenya, since)
    pair.deliver()

    for created in (since - timedelta(days=5), pair.clock.now()):
        (receipt,) = receipts(pair, sealed(pair, header(pair, created=created), keys=stolen))
        assert (receipt.result, receipt.outcome) == ("again", "exchange.key-revoked")


def test_what_waits_is_signed_again_and_arrives_once(pair):
    waiting = [pair.declare("d1"), pair.declare("d2")]
    recover(pair, pair.kenya, pair.clock.now() - timedelta(days=2))

    report = pair.deliver()

    assert report.delivered == 3
    assert subjects(pair) == ["d1", "d2"]
    assert [message.message_id for message in pair.uganda.taken] == [message.id for message in waiting]


def test_receipts_given_before_are_signed_again_when_they_are_asked_for(pair):
    pair.declare("d1")
    pair.reply = lambda _answer: b""
    with pytest.raises(Exception):
        pair.deliver()
    pair.reply = lambda answer: answer
    recover(pair, pair.uganda, pair.clock.now() - timedelta(days=2))

    report = pair.deliver()

    assert (report.delivered, subjects(pair)) == (1, ["d1"])


def test_what_came_since_the_time_declared_is_in_doubt_and_what_came_before_is_not(pair):
    pair.declare("d1")
    pair.deliver()
    pair.clock.advance(timedelta(days=1))
    since = pair.clock.now()
    pair.declare("d2")
    pair.deliver()
    recover(pair, pair.kenya, since)
    pair.deliver()

    with pair.uganda.database.reading() as session:
        doubt = in_doubt(session, pinned(pair.uganda, "KE"))

    assert doubt.since == since
    assert pair.uganda.taken[1].message_id in doubt.first
    assert pair.uganda.taken[0].message_id not in doubt.first


def test_recovery_sets_the_thiefs_succession_aside_and_keeps_the_evidence(pair):
    stolen = pair.kenya.keys
    thief = thiefs(pair, stolen)
    pair.receive(batch_of(pair, keys=thief, history=thief.public.history.as_json()))
    assert pinned(pair.uganda, "KE").identity.history == thief.public.history
    pair.declare("d1")
    recover(pair, pair.kenya, pair.clock.now() - timedelta(days=1))

    report = pair.deliver()

    assert (report.delivered, subjects(pair)) == (2, ["d1"])
    assert pinned(pair.uganda, "KE").identity.history == pair.kenya.keys.public.history
    (fork,) = forks(pair.uganda, "KE")
    assert json.loads(fork.presented) == thief.public.history.last.as_json()
    assert json.loads(fork.kept) == pair.kenya.keys.public.history.last.as_json()
    with pair.uganda.database.reading() as session:
        assert "key-fork" in [entry.kind for entry in latest(session, 20)]


def test_thief_is_refused_after_the_recovery(pair):
    stolen = recover(pair, pair.kenya, pair.clock.now())
    pair.deliver()
    thief = thiefs(pair, stolen)

    with pytest.raises(HistoryForked):
        pair.receive(batch_of(pair, keys=thief, history=thief.public.history.as_json()))
    with pytest.raises(SignatureInvalid):
        pair.receive(batch_of(pair, keys=thief))

    assert len(forks(pair.uganda, "KE")) == 1
    assert pinned(pair.uganda, "KE").identity.history == pair.kenya.keys.public.history


def test_two_successions_of_one_key_are_refused_and_kept_once(pair):
    stolen = rotate(pair, pair.kenya)
    pair.deliver()
    thief = thiefs(pair, stolen)

    for _ in range(3):
        with pytest.raises(HistoryForked):
            pair.receive(batch_of(pair, keys=thief, history=thief.public.history.as_json()))

    assert len(forks(pair.uganda, "KE")) == 1
    assert pair.kenya.keys.public.history == pinned(pair.uganda, "KE").identity.history


def test_answer_with_a_forked_history_is_refused_and_kept(pair):
    stolen = rotate(pair, pair.uganda)
    pair.declare("d1")
    pair.deliver()
    owner, pair.uganda.keys = pair.uganda.keys, thiefs(pair, stolen)
    pair.declare("d2")

    with pytest.raises(HistoryForked):
        pair.deliver()

    assert len(forks(pair.kenya, "UG")) == 1
    assert pinned(pair.kenya, "UG").identity.history == owner.public.history


def test_stranger_with_a_history_of_his_own_leaves_no_trace(pair):
    from comity.cooperation.identity.errors import HistoryInvalid
    from comity.cooperation.identity.keys import generate_keys

    stranger = thiefs(pair, generate_keys("KE", "Impostor"))

    with pytest.raises(HistoryInvalid):
        pair.receive(batch_of(pair, keys=stranger, history=stranger.public.history.as_json()))

    assert forks(pair.uganda, "KE") == []


def test_both_sides_go_on_after_a_recovery(pair):
    recover(pair, pair.kenya, pair.clock.now())
    pair.deliver()
    pair.declare("d1")

    report, back = pair.deliver(), answer_back(pair)

    assert (report.delivered, report.cosigned, back.cosigned) == (1, True, True)
