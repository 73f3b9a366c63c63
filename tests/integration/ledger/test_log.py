"""The log on both engines: appended, proved, co-signed, shown to a stranger."""

from __future__ import annotations

import copy
import json

import pytest

from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.append import NewEntry, append, consistency_proof, erase, head, inclusion_proof
from comity.cooperation.ledger.checkpoint import CheckpointInvalid, cosigned_at, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.evidence import EvidenceInvalid, RecordUnknown, build_bundle, verify_bundle
from comity.cooperation.ledger.tree import ProofInvalid, verify_consistency, verify_inclusion
from comity.cooperation.ledger.witness import (
    ConsistencyProofMissing,
    ForkDetected,
    RollbackDetected,
    keep_cosigned,
    witness_checkpoint,
    witnessed_size,
)

KENYA, UGANDA = generate_keys("KE", "Kenya"), generate_keys("UG", "Uganda")


def log(session, clock, count, subject="s"):
    return append(session, [NewEntry("decision", f"{subject}{n}", b"statement %d" % n) for n in range(count)], clock)


def witness(session, clock, note, proof):
    return witness_checkpoint(session, partner=KENYA.public, note=note, proof=proof, keys=UGANDA, clock=clock)


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


def test_checkpoint_is_read_back_and_no_changed_one_is(clock, database):
    with database.transaction() as session:
        log(session, clock, 3)
        note = sign_checkpoint(head(session), KENYA)

    assert read_checkpoint(note, KENYA.public).size == 3
    for wrong in (note.replace("\n3\n", "\n4\n"), note[:-5], note.replace("KE", "UG"), "", "x" * 20_000):
        with pytest.raises(CheckpointInvalid):
            read_checkpoint(wrong, KENYA.public)
    with pytest.raises(CheckpointInvalid):
        read_checkpoint(note, generate_keys("KE", "Impostor").public)


def test_witness_follows_a_log_that_grows_and_cosigns_it(database, clock):
    with database.transaction() as session:
        log(session, clock, 3)
        witness(session, clock, sign_checkpoint(head(session), KENYA), [])
        log(session, clock, 4)
        proof = consistency_proof(session, old_size=3, new_size=7)

        cosigned = witness(session, clock, sign_checkpoint(head(session), KENYA), proof)
        keep_cosigned(session, partner=UGANDA.public, note=cosigned, own=KENYA.public, clock=clock)

        assert witnessed_size(session, "KE") == 7
        assert cosigned_at(read_checkpoint(cosigned, KENYA.public), UGANDA.public) == clock.now()


def test_witness_refuses_a_fork_a_rollback_and_a_missing_proof(database, clock):
    with database.transaction() as session:
        log(session, clock, 5)
        five = sign_checkpoint(head(session), KENYA)
        witness(session, clock, five, [])
        other = head(session)

        with pytest.raises(RollbackDetected):
            witness(session, clock, sign_checkpoint(type(other)(4, other.root), KENYA), [])
        with pytest.raises(ForkDetected):
            witness(session, clock, sign_checkpoint(type(other)(5, bytes(32)), KENYA), [])
        with pytest.raises(ForkDetected):
            witness(session, clock, sign_checkpoint(type(other)(9, bytes(32)), KENYA), [bytes(32)] * 3)
        with pytest.raises(ConsistencyProofMissing):
            witness(session, clock, sign_checkpoint(type(other)(9, bytes(32)), KENYA), [])
        assert witnessed_size(session, "KE") == 5


@pytest.fixture
def bundle(database, clock):
    with database.transaction() as session:
        log(session, clock, 3)
        append(session, [NewEntry("message-sent", "d1", b"what was said")], clock)
        log(session, clock, 9)
        cosigned = witness(session, clock, sign_checkpoint(head(session), KENYA), [])
        keep_cosigned(session, partner=UGANDA.public, note=cosigned, own=KENYA.public, clock=clock)
        built = build_bundle(session, subjects=["d1"], keys=KENYA, partners=[UGANDA.public], context={"a": 1})
    return json.loads(json.dumps(built))


def test_stranger_verifies_a_bundle(bundle):
    verified = verify_bundle(bundle)

    assert (verified.signed_by, verified.witnessed_by, verified.checkpoint_size) == ("KE", ("UG",), 13)
    assert [entry.statement for entry in verified.entries] == [b"what was said"]


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("format",), "other", "format"),
        (("entries", 0, "statement"), "eA==", "entries[0].statement"),
        (("entries", 0, "salt"), "eA==", "entries[0].statement"),
        (("entries", 0, "index"), 4, "entries[0].proof"),
        (("entries", 0, "index"), "x", "entries[0]"),
        (("entries", 0, "leaf"), "!", "entries[0].leaf"),
        (("entries", 0, "proof"), [], "entries[0].proof"),
        (("entries", 0, "proof"), ["eA=="] * 100, "proof"),
        (("entries",), [], "entries"),
        (("checkpoints",), [], "checkpoints"),
        (("checkpoints", 0), "nonsense", "checkpoints[0]"),
        (("witnesses", 0), generate_keys("UG", "Impostor").public.as_json(), "witnesses"),
        (("log",), generate_keys("KE", "Impostor").public.as_json(), "checkpoints[0]"),
        (("log",), None, "log"),
    ],
)
def test_changed_bundle_is_refused_where_it_was_changed(bundle, path, value, named):
    changed = copy.deepcopy(bundle)
    at = changed
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value

    with pytest.raises(EvidenceInvalid) as refused:
        verify_bundle(changed)

    assert refused.value.path == named


def test_erased_content_is_gone_and_the_proof_stays(database, clock):
    with database.transaction() as session:
        (entry,) = append(session, [NewEntry("message-received", "m1", b"personal")], clock)
        erase(session, entry.index)
        built = build_bundle(session, subjects=["m1"], keys=KENYA, partners=[])

    assert verify_bundle(built).entries[0].statement is None
    assert b"personal" not in json.dumps(built).encode()


def test_record_the_log_does_not_know_has_no_evidence(database, clock):
    with database.transaction() as session, pytest.raises(RecordUnknown):
        build_bundle(session, subjects=["nothing"], keys=KENYA, partners=[])
