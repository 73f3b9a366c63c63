"""Partners tell each other which checkpoints they were shown: a log that shows two histories is found by two who see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from comity.cooperation.accounts.gossip import tell_what_we_saw
from comity.cooperation.accounts.send import WITNESS_REPORT, send
from comity.cooperation.exchange.store import PeerState, find_peer
from comity.cooperation.exchange.tables import OutboxRow
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.acknowledge import Acknowledgement
from comity.cooperation.ledger.append import NewEntry, append, entries_of, head
from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.contradiction import is_proved_fork
from comity.cooperation.ledger.store import LogHead, evidence_against, reported_of, unresolved_against, witnessed
from comity.cooperation.ledger.tables import WitnessedLogRow
from comity.flows.acknowledge_contradiction import acknowledge_contradiction
from comity.foundation.storage.session import Database


def grow(three, name, count=1):
    node = three.nodes[name]
    with node.database.transaction() as session:
        append(session, [NewEntry("decision", "d", b"%d" % number) for number in range(count)], three.clock)


def report(three, reporter, to):
    with three.nodes[reporter].database.transaction() as session:
        assert tell_what_we_saw(session, to, three.books(reporter))
    three.deliver(reporter, to)


def against(three, name, whom):
    with three.nodes[name].database.reading() as session:
        return evidence_against(session, whom)


def outcome_of(three, sender):
    with three.nodes[sender].database.reading() as session:
        return (
            session.query(OutboxRow)
            .filter(OutboxRow.type == WITNESS_REPORT)
            .order_by(OutboxRow.sequence)
            .all()[-1]
            .outcome
        )


def split(three, *, at_one_size):
    """Let Kenya show Uganda one history and Rwanda another, by two databases under one key."""
    grow(three, "KE", 6)
    three.deliver("KE", "UG")
    kenya = three.nodes["KE"]
    second = Database(kenya.database.url.replace("KE.db", "KE-second.db"))
    with kenya.database.engine.connect() as source, second.engine.connect() as target:
        source.connection.dbapi_connection.backup(target.connection.dbapi_connection)
    original = kenya.database
    kenya.database = second
    with second.transaction() as session:
        session.execute(update(WitnessedLogRow).values(note=WitnessedLogRow.note))
    rewrite(second)
    if not at_one_size:
        grow(three, "KE", 3)
    three.deliver("KE", "RW")
    kenya.database = original
    return second


def rewrite(database):
    """Rewrite the last entry of the log, with its hashes."""
    from comity.cooperation.ledger.store import LogHead, move_head
    from comity.cooperation.ledger.tables import LedgerTileRow
    from comity.cooperation.ledger.tiles import node_in
    from comity.cooperation.ledger.tree import leaf_hash, subtree_hash

    with database.transaction() as session:
        size = head(session).size
        row = session.query(LedgerTileRow).filter(LedgerTileRow.level == 0).one()
        row.hashes = bytes(row.hashes)[:-32] + leaf_hash(b"rewritten")
        content = bytes(row.hashes)
        root = subtree_hash(0, size, node_in(lambda _place: content))
        session.flush()
        move_head(session, LogHead(size, root))


def test_report_of_the_same_log_says_nothing_against_it(three):
    grow(three, "KE", 6)
    three.deliver("KE", "UG")
    three.deliver("KE", "RW")

    report(three, "RW", "UG")

    assert outcome_of(three, "RW") == "compared"
    assert against(three, "UG", "KE") == []


def test_two_histories_of_one_size_are_found_by_the_first_report(three):
    split(three, at_one_size=True)

    report(three, "RW", "UG")

    (found,) = against(three, "UG", "KE")
    assert (found.kind, found.shown_to) == ("ledger.split-view", "RW")
    assert outcome_of(three, "RW") == "ledger.split-view"
    assert is_proved_fork(found.witnessed_note, found.presented_note, three.nodes["KE"].keys.public)
    with three.nodes["UG"].database.reading() as session:
        assert find_peer(session, "KE").state is PeerState.CONTRADICTING
        assert [entry.kind for entry in entries_of(session, "KE") if entry.kind == "contradiction"]


def test_two_histories_of_other_sizes_are_found_at_the_next_proof_and_convict(three):
    second = split(three, at_one_size=False)
    report(three, "RW", "UG")
    assert against(three, "UG", "KE") == []

    grow(three, "KE", 9)
    for _ in range(3):
        three.deliver("KE", "UG")

    (found,) = against(three, "UG", "KE")
    assert (found.kind, found.shown_to) == ("ledger.split-view", "RW")
    assert is_proved_fork(found.witnessed_note, found.presented_note, three.nodes["KE"].keys.public)
    second.dispose()


def test_honest_log_joins_what_others_were_shown_and_is_cosigned_on(three):
    grow(three, "KE", 3)
    three.deliver("KE", "RW")
    grow(three, "KE", 4)
    three.deliver("KE", "UG")
    report(three, "RW", "UG")
    with three.nodes["UG"].database.reading() as session:
        assert [one.reporter for one in reported_of(session, "KE")] == ["RW"]

    grow(three, "KE", 5)
    cosigned = [three.deliver("KE", "UG").cosigned for _ in range(3)]

    assert cosigned == [True, True, True]
    grow(three, "KE", 5)
    assert three.deliver("KE", "UG").cosigned
    assert against(three, "UG", "KE") == []
    with three.nodes["UG"].database.reading() as session:
        assert reported_of(session, "KE") == []


def test_node_restored_from_a_backup_learns_of_it_from_a_report(three):
    grow(three, "KE", 6)
    kenya = three.nodes["KE"]
    older = Database(kenya.database.url.replace("KE.db", "KE-older.db"))
    with kenya.database.engine.connect() as source, older.engine.connect() as target:
        source.connection.dbapi_connection.backup(target.connection.dbapi_connection)
    grow(three, "KE", 6)
    three.deliver("KE", "UG")
    kenya.database = older

    report(three, "UG", "KE")

    (found,) = against(three, "KE", "KE")
    assert (found.kind, found.shown_to) == ("ledger.own-log-differs", "UG")
    assert outcome_of(three, "UG") == "ledger.own-log-differs"
    older.dispose()


def test_evidence_holds_over_a_restart_and_is_acknowledged_with_a_reason_that_stays(three):
    split(three, at_one_size=True)
    report(three, "RW", "UG")
    uganda = three.nodes["UG"]
    uganda.database.dispose()
    uganda.database = Database(uganda.database.url)
    (found,) = against(three, "UG", "KE")

    with uganda.database.transaction() as session:
        told = Acknowledgement("head of operations", "a test database was switched on by mistake")
        acknowledge_contradiction(session, found.id, told, keys=uganda.keys, clock=three.clock)

    with uganda.database.reading() as session:
        assert find_peer(session, "KE").state is PeerState.REACHED
        assert unresolved_against(session, "KE") == []
        (kept,) = evidence_against(session, "KE")
        (logged,) = [one for one in entries_of(session, "KE") if one.kind == "contradiction-acknowledged"]
    assert "switched on by mistake" in kept.acknowledgement
    assert logged.statement.decode() == kept.acknowledgement
    assert (kept.witnessed_note, kept.presented_note) == (found.witnessed_note, found.presented_note)


def test_report_from_before_the_acknowledgement_does_not_accuse_again(three):
    split(three, at_one_size=True)
    report(three, "RW", "UG")
    uganda = three.nodes["UG"]
    (found,) = against(three, "UG", "KE")
    three.clock.advance(timedelta(days=1))
    with uganda.database.transaction() as session:
        told = Acknowledgement("head", "clarified")
        acknowledge_contradiction(session, found.id, told, keys=uganda.keys, clock=three.clock)
    three.clock.advance(timedelta(days=1))

    report(three, "RW", "UG")

    assert len(against(three, "UG", "KE")) == 1


def test_history_that_is_accepted_is_witnessed_on(three):
    second = split(three, at_one_size=False)
    grow(three, "KE", 9)
    report(three, "UG", "RW")
    kenya, rwanda = three.nodes["KE"], three.nodes["RW"]
    for _ in range(3):
        three.deliver("KE", "RW")
    found = against(three, "RW", "KE")
    assert found

    three.clock.advance(timedelta(hours=1))
    with rwanda.database.transaction() as session:
        for one in found:
            told = Acknowledgement("head", "the first database is the right one", accepts_history=True)
            acknowledge_contradiction(session, one.id, told, keys=rwanda.keys, clock=three.clock)
    grow(three, "KE", 2)
    three.deliver("KE", "RW")

    assert three.deliver("KE", "RW").cosigned
    with rwanda.database.reading() as session, kenya.database.reading() as ours:
        assert witnessed(session, "KE").size == head(ours).size
    second.dispose()


def test_once_a_day_is_enough(three):
    grow(three, "KE", 2)
    three.deliver("KE", "UG")
    report(three, "UG", "RW")
    with three.nodes["UG"].database.transaction() as session:
        assert not tell_what_we_saw(session, "RW", three.books("UG"))
        three.clock.advance(timedelta(days=1))
        assert tell_what_we_saw(session, "RW", three.books("UG"))


def forged(three, note):
    with three.nodes["RW"].database.transaction() as session:
        payload = {"checkpoints": [{"log": "KE", "checkpoint": note}]}
        send(session, "UG", WITNESS_REPORT, payload, subject="r", books=three.books("RW"))
    three.deliver("RW", "UG")


def test_reporter_can_accuse_nobody_with_what_the_log_did_not_sign(three):
    grow(three, "KE", 6)
    three.deliver("KE", "UG")
    with three.nodes["UG"].database.reading() as session:
        size = witnessed(session, "KE").size
    impostor, rwanda = generate_keys("KE", "KE"), three.nodes["RW"].keys
    false = sign_checkpoint(LogHead(size, bytes(32)), impostor)
    unsigned = sign_checkpoint(LogHead(size, bytes(32)), three.nodes["KE"].keys)

    forged(three, cosign(read_checkpoint(false, impostor.public), rwanda, three.clock.now()))
    forged(three, unsigned)
    forged(three, "nonsense")

    assert outcome_of(three, "RW") == "compared"
    assert against(three, "UG", "KE") == []


@pytest.mark.parametrize(
    "told",
    [
        None,
        "x",
        [1],
        [{"log": "KE"}],
        [{"log": 1, "checkpoint": "x"}],
        [{"log": "KE", "checkpoint": "x" * 20_000}],
        [{}] * 400,
    ],
)
def test_report_of_another_form_is_refused(three, told):
    with three.nodes["RW"].database.transaction() as session:
        send(session, "UG", WITNESS_REPORT, {"checkpoints": told}, subject="r", books=three.books("RW"))

    three.deliver("RW", "UG")

    assert outcome_of(three, "RW") == "accounts.invalid"
