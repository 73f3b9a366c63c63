"""A node restored from an old backup is exposed by its partner, catches up, and goes on; nothing is doubled."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from comity.cooperation.exchange.deliver import Line
from comity.cooperation.exchange.errors import BatchReplayed
from comity.cooperation.exchange.operation.recover import recover
from comity.cooperation.exchange.operation.recovery import (
    Acknowledgement,
    Recovery,
    RecoveryRefused,
    RecoveryWrong,
    read_recovered,
    write_recovered,
    write_recovery,
)
from comity.cooperation.exchange.operation.store import stream_ends
from comity.cooperation.exchange.store import OUT, PeerState, exchange_counts, find_peer
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.cooperation.ledger.append import entries_of, head
from comity.cooperation.ledger.checkpoint import sign_checkpoint
from comity.cooperation.ledger.store import erase, evidence_against, witnessed
from tests.simulators.snapshot import put_back, take

REASON = "restored from the backup of Monday after the disk failed"


def restore_old_backup(pair, *, delivered=4, beyond=3):
    """Deliver, back up, deliver more, restore: the partner now has `beyond` messages that the node does not know."""
    for number in range(delivered):
        pair.declare(f"d{number}")
    pair.deliver()
    pair.deliver()
    backup = take(pair.kenya.database)
    made = [pair.declare(f"lost{number}") for number in range(beyond)]
    pair.deliver()
    pair.deliver()
    put_back(pair.kenya.database, backup)
    pair.clock.advance(timedelta(seconds=5))
    return made


def line(pair, transport=None):
    return Line(pair.kenya.keys, transport or InMemoryTransport({"UG": pair.receive}), pair.clock)


def go_on(pair):
    pair.clock.advance(timedelta(seconds=1))
    return recover(pair.kenya.database, "UG", line(pair), reason=REASON)


def state_of(pair):
    with pair.uganda.database.reading() as session:
        return find_peer(session, "KE").state


def evidence(pair):
    with pair.uganda.database.reading() as session:
        return evidence_against(session, "KE")


def test_restored_node_is_exposed_and_reuses_no_sequence(pair):
    restore_old_backup(pair)
    pair.declare("new")

    pair.deliver()  # here the partner asks for the proof from what it has co-signed
    report = pair.deliver()

    assert (report.delivered, report.stuck) == (0, {"ke-ug": "exchange.chain-broken"})
    assert state_of(pair) is PeerState.CONTRADICTING
    assert [one.kind for one in evidence(pair)] == ["ledger.rollback-detected"]


def test_recovery_names_what_was_lost_and_nothing_is_doubled(pair):
    lost = restore_old_backup(pair)
    pair.declare("new1")
    pair.declare("new2")
    pair.deliver()

    report = go_on(pair)
    after = pair.deliver()

    assert [(one.sequence, one.id, one.subject) for one in report.taken_back] == [
        (message.sequence, message.id, message.subject) for message in lost
    ]
    assert (report.signed_anew, report.acknowledged) == (2, True)
    assert report.entries_lost > 0
    assert (after.delivered, after.again, after.stuck) == (2, 0, {})
    subjects = Counter(message.header.subject for message in pair.uganda.taken)
    assert subjects == dict.fromkeys([*(f"d{n}" for n in range(4)), "lost0", "lost1", "lost2", "new1", "new2"], 1)


def test_after_the_acknowledgement_the_new_log_is_witnessed_and_the_evidence_stays(pair):
    restore_old_backup(pair)
    pair.deliver()
    go_on(pair)
    pair.declare("new")
    pair.deliver()
    report = pair.deliver()

    assert report.cosigned
    assert state_of(pair) is PeerState.REACHED
    assert [one.kind for one in evidence(pair)] == ["ledger.fork-detected"]  # what was caught up made it longer
    for node, partner in ((pair.kenya, "UG"), (pair.uganda, "KE")):
        with node.database.reading() as session:
            (entry,) = [one for one in entries_of(session, partner) if one.kind == "recovery"]
            assert REASON.encode() in _content(entry.statement)


def test_messages_taken_back_are_in_the_outbox_as_they_were(pair):
    restore_old_backup(pair)
    go_on(pair)

    with pair.kenya.database.reading() as session:
        counts = exchange_counts(session)
    assert (counts.sent, counts.delivered, counts.waiting, counts.receipts) == (7, 7, 0, 7)


def test_recovering_twice_changes_nothing_more(pair):
    restore_old_backup(pair)
    pair.declare("new")
    go_on(pair)
    with pair.kenya.database.reading() as session:
        before = head(session)

    report = go_on(pair)

    assert (report.taken_back, report.signed_anew, report.acknowledged) == ([], 0, False)
    with pair.kenya.database.reading() as session:
        assert head(session) == before


def test_many_pages_are_caught_up_with(pair, monkeypatch):
    monkeypatch.setattr("comity.cooperation.exchange.operation.answer_recovery.MOST_MESSAGES", 2)
    lost = restore_old_backup(pair, beyond=5)

    report = go_on(pair)

    assert [one.id for one in report.taken_back] == [one.id for one in lost]


def test_message_disposed_of_by_the_partner_is_still_named_by_its_receipt(pair):
    lost = restore_old_backup(pair, beyond=2)
    with pair.uganda.database.transaction() as session:
        erase(session, entries_of(session, lost[0].id)[0].index)
    pair.declare("new")

    report = go_on(pair)
    pair.deliver()

    assert [(one.id, one.subject) for one in report.taken_back] == [(lost[0].id, None), (lost[1].id, "lost1")]
    assert pair.uganda.taken[-1].header.subject == "new"


def test_receiver_restored_from_an_old_backup_gets_what_it_lacks_again(pair):
    """The other direction heals by the protocol's own rule: the sender is told which message is missing."""
    pair.declare("d0")
    pair.deliver()
    backup = take(pair.uganda.database)
    pair.declare("d1")
    pair.deliver()
    put_back(pair.uganda.database, backup)
    pair.declare("d2")

    first, second = pair.deliver(), pair.deliver()

    assert (first.rewound, second.delivered) == (True, 2)
    with pair.uganda.database.reading() as session:
        assert exchange_counts(session).received == 3


def test_acknowledging_another_checkpoint_is_refused_and_changes_nothing(pair):
    restore_old_backup(pair)
    with pair.kenya.database.reading() as session:
        note = sign_checkpoint(head(session), pair.kenya.keys)
    with pair.uganda.database.reading() as session:
        seen = witnessed(session, "KE")

    with pytest.raises(RecoveryRefused):
        pair.receive(asked(pair, note, Acknowledgement(note, "another log")))

    with pair.uganda.database.reading() as session:
        assert witnessed(session, "KE") == seen
        assert evidence_against(session, "KE") == []


def test_replayed_acknowledgement_is_refused(pair):
    restore_old_backup(pair)
    bodies = []

    def post(body):
        bodies.append(body)
        return pair.receive(body)

    recover(pair.kenya.database, "UG", line(pair, InMemoryTransport({"UG": post})), reason=REASON)

    with pytest.raises(BatchReplayed):
        pair.receive(bodies[-1])


@pytest.mark.parametrize("change", ["sequence", "receipt", "ends", "request"])
def test_partner_that_lies_about_the_streams_is_caught_and_moves_no_stream(pair, change):
    restore_old_backup(pair)

    def lie(body):
        answer = read_recovered(pair.receive(body), sender=pair.uganda.keys.public)
        first = answer.known[0]
        told = {
            "sequence": {"known": [_changed(first, sequence=99), *answer.known[1:]]},
            "receipt": {"known": [_changed(first, receipt=answer.known[1].receipt), *answer.known[1:]]},
            "ends": {"ends": [_changed(one, sequence=one.sequence + 7) for one in answer.ends]},
            "request": {"request": "0" * 64},
        }[change]
        return write_recovered(_changed(answer, **told), keys=pair.uganda.keys)

    before = streams_of(pair)
    with pytest.raises(RecoveryWrong):
        recover(pair.kenya.database, "UG", line(pair, InMemoryTransport({"UG": lie})), reason=REASON)

    assert streams_of(pair) == before


def test_node_that_lost_nothing_acknowledges_nothing(pair):
    pair.declare("d1")
    pair.deliver()
    pair.deliver()

    report = go_on(pair)

    assert (report.taken_back, report.signed_anew, report.acknowledged) == ([], 0, False)
    assert evidence(pair) == []


def asked(pair, note, acknowledgement=None):
    pair.clock.advance(timedelta(seconds=1))
    recovery = Recovery("KE", "UG", pair.clock.now(), note, [], acknowledgement)
    return write_recovery(recovery, keys=pair.kenya.keys)


def streams_of(pair):
    with pair.kenya.database.reading() as session:
        return stream_ends(session, "UG", OUT)


def _changed(value, **changes):
    import msgspec

    return msgspec.structs.replace(value, **changes)


def _content(statement):
    from comity.cooperation.exchange.jws import peek

    return peek(statement)
