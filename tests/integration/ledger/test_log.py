"""The log on both engines: appended in few statements by several writers, and proved."""

from __future__ import annotations

import threading

import pytest
from alembic import command
from sqlalchemy import event, text

from comity.cooperation.ledger import store
from comity.cooperation.ledger.append import (
    NewEntry,
    append,
    consistency_proof,
    entries_of,
    erase,
    head,
    inclusion_proof,
    inclusion_proofs,
    latest,
    root_at,
)
from comity.cooperation.ledger.tree import (
    EMPTY_ROOT,
    ProofInvalid,
    commitment,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from comity.migrations.upgrade import configuration, migrate


def log(session, clock, count, subject="s"):
    return append(session, [NewEntry("decision", f"{subject}{n}", b"statement %d" % n) for n in range(count)], clock)


def test_every_entry_of_a_grown_log_is_proved(database, clock):
    with database.transaction() as session:
        entries = [*log(session, clock, 5), *log(session, clock, 1), *log(session, clock, 13)]
        now = head(session)

        for entry in entries:
            proof = inclusion_proof(session, index=entry.index, size=now.size)
            verify_inclusion(entry.leaf_hash, index=entry.index, size=now.size, proof=proof, root=now.root)

    assert now.size == 19


def test_grown_log_continues_its_earlier_checkpoint(database, clock):
    with database.transaction() as session:
        log(session, clock, 6)
        before = head(session)
    with database.transaction() as session:
        log(session, clock, 9)
        after = head(session)
        proof = consistency_proof(session, old_size=before.size, new_size=after.size)

    verify_consistency(
        old_size=before.size, old_root=before.root, new_size=after.size, new_root=after.root, proof=proof
    )


def test_proof_of_an_entry_that_is_not_there_is_refused(database, clock):
    with database.transaction() as session:
        log(session, clock, 3)

        with pytest.raises(ProofInvalid):
            inclusion_proof(session, index=3, size=3)
        with pytest.raises(ProofInvalid):
            consistency_proof(session, old_size=2, new_size=4)


def test_transaction_that_fails_leaves_no_entry(database, clock):
    with pytest.raises(RuntimeError), database.transaction() as session:
        log(session, clock, 3)
        raise RuntimeError

    with database.reading() as session:
        assert head(session).size == 0


def test_empty_log_has_the_empty_root(database):
    with database.reading() as session:
        assert head(session) == store.LogHead(0, EMPTY_ROOT)
        assert root_at(session, 0) == EMPTY_ROOT


def test_appending_nothing_writes_nothing(database, clock):
    with database.transaction() as session:
        assert append(session, [], clock) == []
        assert head(session).size == 0


def test_batches_of_any_size_make_the_log_that_single_entries_make(database, clock):
    with database.transaction() as session:
        leaves = []
        for size in (1, 2, 3, 5, 8, 13, 1, 31):
            leaves += [entry.leaf_hash for entry in log(session, clock, size)]

            assert head(session) == store.LogHead(len(leaves), root_of(leaves))


def root_of(leaves):
    from comity.cooperation.ledger.tree import node_hash

    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def test_entry_commits_to_its_statement_with_a_fresh_salt(database, clock):
    with database.transaction() as session:
        first, second = append(session, [NewEntry("receipt", "d1", b"the same")] * 2, clock)

    assert (len(first.salt), first.statement, first.at) == (32, b"the same", clock.now())
    assert first.leaf_hash == leaf_hash(commitment(first.salt, b"the same"))
    assert first.salt != second.salt
    assert first.leaf_hash != second.leaf_hash


def test_entries_are_found_by_subject_and_newest_first(database, clock):
    with database.transaction() as session:
        log(session, clock, 3, "a")
        log(session, clock, 2, "b")

        assert [entry.index for entry in entries_of(session, "a1")] == [1]
        assert [entry.index for entry in latest(session, 3)] == [4, 3, 2]
        assert [entry.index for entry in latest(session, 3, before=2)] == [1, 0]


def test_erased_entry_keeps_its_leaf_and_its_proof(database, clock):
    with database.transaction() as session:
        entries = log(session, clock, 5)
        erase(session, 2)
    with database.reading() as session:
        (erased,) = entries_of(session, "s2")
        proof = inclusion_proof(session, index=2, size=5)
        stored = session.execute(text("SELECT count(*) FROM ledger_entries WHERE statement IS NULL")).scalar()

        verify_inclusion(erased.leaf_hash, index=2, size=5, proof=proof, root=head(session).root)

    assert (erased.salt, erased.statement, erased.leaf_hash) == (None, None, entries[2].leaf_hash)
    assert stored == 1


def counted(database, call):
    statements = []
    listener = lambda *told: statements.append(told[2])  # noqa: E731
    event.listen(database.engine, "before_cursor_execute", listener)
    try:
        call()
    finally:
        event.remove(database.engine, "before_cursor_execute", listener)
    return [one for one in statements if not one.startswith("BEGIN")]


@pytest.mark.parametrize("count", [1, 200])
def test_batch_of_any_size_takes_five_statements(database, clock, count):
    with database.transaction() as session:
        log(session, clock, 7)

    with database.transaction() as session:
        statements = counted(database, lambda: log(session, clock, count))

    assert len(statements) == 5


def test_proofs_take_two_statements_however_many_and_however_long_the_log(database, clock):
    with database.transaction() as session:
        log(session, clock, 1_000)

        one = counted(database, lambda: inclusion_proof(session, index=3, size=997))
        many = counted(database, lambda: inclusion_proofs(session, indexes=range(0, 997, 2), size=997))
        consistency = counted(database, lambda: consistency_proof(session, old_size=333, new_size=998))

    assert [len(one), len(many), len(consistency)] == [2, 2, 2]


def test_many_proofs_are_read_in_parts_that_a_database_takes(database, clock, monkeypatch):
    monkeypatch.setattr(store, "MOST_PLACES_A_READ", 7)
    with database.transaction() as session:
        entries = log(session, clock, 50)
        proofs = inclusion_proofs(session, indexes=range(50), size=50)
        root = head(session).root

    for entry, proof in zip(entries, proofs, strict=True):
        verify_inclusion(entry.leaf_hash, index=entry.index, size=50, proof=proof, root=root)


def test_older_heads_are_still_known(database, clock):
    with database.transaction() as session:
        heads = []
        for _ in range(20):
            log(session, clock, 1)
            heads.append(head(session))

        assert [root_at(session, one.size) for one in heads] == [one.root for one in heads]


def test_writers_who_start_at_once_make_one_log(database, clock):
    failures, start = [], threading.Barrier(4)

    def write(number):
        try:
            start.wait(10)
            for _ in range(5):
                with database.transaction() as session:
                    log(session, clock, 3, f"w{number}-")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    with database.reading() as session:
        leaves = [entry.leaf_hash for entry in reversed(latest(session, 100))]
        assert head(session) == store.LogHead(60, root_of(leaves))


def test_tiles_survive_the_step_back_to_single_hashes(empty_database, clock):
    database = empty_database
    migrate(database)
    with database.transaction() as session:
        log(session, clock, 600)
        root = head(session).root

    with database.engine.begin() as connection:
        before = connection.execute(text('SELECT * FROM ledger_tiles ORDER BY level, "index"')).all()
        command.downgrade(configuration(connection), "0009")
        hashes = dict(connection.execute(text("SELECT level, count(*) FROM ledger_nodes GROUP BY level")).all())
        command.upgrade(configuration(connection), "head")
        after = connection.execute(text('SELECT * FROM ledger_tiles ORDER BY level, "index"')).all()

    assert hashes == {level: 600 >> level for level in range(10)}
    assert [tuple(map(bytes_of, row)) for row in after] == [tuple(map(bytes_of, row)) for row in before]
    with database.reading() as session:
        assert root_at(session, 600) == root


def bytes_of(value):
    return bytes(value) if isinstance(value, memoryview) else value
