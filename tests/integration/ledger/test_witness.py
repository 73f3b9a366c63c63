"""A partner's log is co-signed only as far as it continues itself; what contradicts is kept. On both engines."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest

from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger import store
from comity.cooperation.ledger.append import NewEntry, append, head
from comity.cooperation.ledger.checkpoint import (
    CheckpointInvalid,
    cosign,
    cosigned_at,
    read_checkpoint,
    sign_checkpoint,
)
from comity.cooperation.ledger.contradiction import Presented, is_proved_fork
from comity.cooperation.ledger.store import LogHead, cosigned_size, evidence_against, witnessed
from comity.cooperation.ledger.tree import EMPTY_ROOT, leaf_hash, make_consistency_path, node_hash
from comity.cooperation.ledger.witness import (
    ConsistencyProofMissing,
    ForkDetected,
    LogContradiction,
    RollbackDetected,
    keep_cosigned,
    keep_fork_evidence,
    witness_checkpoint,
    witnessed_size,
)

KENYA, UGANDA = generate_keys("KE", "Kenya"), generate_keys("UG", "Uganda")


def root_of(leaves):
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


@dataclass
class PartnerLog:
    """A partner's log in memory: it can be forked and rolled back at will."""

    leaves: list[bytes] = field(default_factory=lambda: [leaf_hash(bytes([number])) for number in range(40)])

    def note(self, size):
        return sign_checkpoint(LogHead(size, root_of(self.leaves[:size])), KENYA)

    def proof(self, old, new):
        leaves = self.leaves
        return make_consistency_path(old, new, lambda level, at: root_of(leaves[at << level : (at + 1) << level]))

    def forked_at(self, index):
        return PartnerLog([*self.leaves[:index], leaf_hash(b"rewritten"), *self.leaves[index + 1 :]])


LOG = PartnerLog()


def witness(session, clock, note, proof=()):
    presented = Presented(note, witnessed_size(session, "KE"), proof)
    return witness_checkpoint(session, partner=KENYA.public, presented=presented, keys=UGANDA, clock=clock)


def test_log_that_grows_is_cosigned_at_each_step(database, clock):
    sizes = [0, 1, 1, 3, 8, 8, 9, 32, 40]
    for old, new in zip([0, *sizes], sizes, strict=False):
        with database.transaction() as session:
            note = witness(session, clock, LOG.note(new), LOG.proof(old, new))
            assert witnessed_size(session, "KE") == new
        assert cosigned_at(read_checkpoint(note, KENYA.public), UGANDA.public) == clock.now()


def test_log_that_nobody_witnessed_is_not_known(database):
    with database.reading() as session:
        assert witnessed_size(session, "KE") == 0
        assert witnessed(session, "KE") is None


@pytest.mark.parametrize("old", [3, 8, 13, 32])
@pytest.mark.parametrize("new", [33, 40])
def test_fork_is_refused_and_the_log_we_saw_stays(database, clock, old, new):
    fork = LOG.forked_at(2)
    with database.transaction() as session:
        witness(session, clock, LOG.note(old))

        with pytest.raises(ForkDetected):
            witness(session, clock, fork.note(new), fork.proof(old, new))

        assert witnessed_size(session, "KE") == old
        witness(session, clock, LOG.note(new), LOG.proof(old, new))


def test_two_roots_of_one_size_are_a_fork(database, clock):
    with database.transaction() as session:
        witness(session, clock, LOG.note(8))

        with pytest.raises(ForkDetected):
            witness(session, clock, LOG.forked_at(2).note(8))


def test_log_restored_from_an_old_backup_is_a_rollback(database, clock):
    with database.transaction() as session:
        witness(session, clock, LOG.note(8))

        with pytest.raises(RollbackDetected):
            witness(session, clock, LOG.note(5))
        with pytest.raises(RollbackDetected):
            witness(session, clock, LOG.note(0))

        assert witnessed_size(session, "KE") == 8


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (5, 9, []),
        (5, 9, [bytes(32)]),
        (5, 9, [bytes(32)] * 60),
        (5, 9, [bytes(31)] * 4),
        (5, 9, [bytes(32)] * len(LOG.proof(5, 9))),
        (5, 9, LOG.proof(6, 9)),
        (8, 9, []),
        (8, 9, LOG.proof(5, 9)),
        (0, 9, [bytes(32)]),
    ],
)
def test_proof_that_proves_nothing_is_no_contradiction(database, clock, old, new, proof):
    with database.transaction() as session:
        witness(session, clock, LOG.note(old))

        with pytest.raises(ConsistencyProofMissing):
            witness(session, clock, LOG.note(new), proof)

        assert witnessed_size(session, "KE") == old


def test_proof_that_nobody_asked_for_does_not_accuse_a_partner(database, clock):
    with database.transaction() as session:
        witness(session, clock, LOG.note(8))

        witness(session, clock, LOG.note(8), [bytes(32)])


def test_note_of_someone_else_is_refused_and_nothing_is_kept(database, clock):
    other = sign_checkpoint(LogHead(3, bytes(32)), generate_keys("KE", "Impostor"))
    with database.transaction() as session:
        for note in (other, "nonsense", sign_checkpoint(LogHead(3, bytes(32)), UGANDA)):
            with pytest.raises(CheckpointInvalid):
                witness(session, clock, note)

        assert witnessed_size(session, "KE") == 0


def test_log_of_the_largest_size_is_witnessed_and_a_larger_one_refused_by_name(database, clock):
    with database.transaction() as session:
        witness(session, clock, sign_checkpoint(LogHead(2**63 - 1, bytes(32)), KENYA))
        assert witnessed_size(session, "KE") == 2**63 - 1

        with pytest.raises(CheckpointInvalid):
            witness(session, clock, sign_checkpoint(LogHead(2**63, bytes(32)), KENYA))


def contradict(database, clock, note, proof=()):
    with database.transaction() as session:
        try:
            witness(session, clock, note, proof)
        except LogContradiction as error:
            keep_fork_evidence(session, error, clock)


def test_evidence_of_a_fork_is_kept_and_convicts_before_a_third_party(database, clock):
    fork = LOG.forked_at(2)
    with database.transaction() as session:
        witness(session, clock, LOG.note(7))

    contradict(database, clock, fork.note(20), fork.proof(7, 20))

    with database.reading() as session:
        (kept,) = evidence_against(session, "KE")
    assert (kept.kind, kept.at) == ("ledger.fork-detected", clock.now())
    assert is_proved_fork(kept.witnessed_note, kept.presented_note, KENYA.public)


def test_evidence_of_a_rollback_holds_both_notes(database, clock):
    with database.transaction() as session:
        witness(session, clock, LOG.note(7))

    contradict(database, clock, LOG.note(5))

    with database.reading() as session:
        (kept,) = evidence_against(session, "KE")
    assert kept.kind == "ledger.rollback-detected"
    assert kept.witnessed_note.startswith(LOG.note(7))
    assert kept.presented_note == f"old 7\n\n{LOG.note(5)}"
    assert not is_proved_fork(kept.witnessed_note, kept.presented_note, KENYA.public)


def test_same_contradiction_again_is_kept_once_and_all_only_up_to_a_bound(database, clock, monkeypatch):
    monkeypatch.setattr(store, "MOST_EVIDENCE_A_PARTNER", 3)
    with database.transaction() as session:
        witness(session, clock, LOG.note(9))

    for size in (5, 5, 5, 6, 7, 8, 4):
        contradict(database, clock, LOG.note(size))

    with database.reading() as session:
        assert [kept.presented_note for kept in evidence_against(session, "KE")] == [
            f"old 9\n\n{LOG.note(size)}" for size in (5, 6, 7)
        ]


def test_two_forks_presented_at_once_are_not_both_cosigned(database, clock):
    with database.transaction() as session:
        witness(session, clock, LOG.note(8))
    cosigned, refused, start = [], [], threading.Barrier(2)

    def present(log):
        start.wait(10)
        try:
            with database.transaction() as session:
                cosigned.append(witness(session, clock, log.note(12), log.proof(8, 12)))
        except LogContradiction as error:
            refused.append(error)

    threads = [threading.Thread(target=present, args=(log,)) for log in (LOG, LOG.forked_at(10))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert (len(cosigned), len(refused)) == (1, 1)


def test_first_checkpoints_presented_at_once_are_not_both_cosigned(database, clock):
    cosigned, refused, start = [], [], threading.Barrier(2)

    def present(log):
        start.wait(10)
        try:
            with database.transaction() as session:
                cosigned.append(witness(session, clock, log.note(8)))
        except LogContradiction as error:
            refused.append(error)

    threads = [threading.Thread(target=present, args=(log,)) for log in (LOG, LOG.forked_at(2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert (len(cosigned), len(refused)) == (1, 1)


def own_log(session, clock, count):
    append(session, [NewEntry("decision", "d", b"%d" % number) for number in range(count)], clock)
    return sign_checkpoint(head(session), KENYA)


def keep(session, clock, note, partner=UGANDA):
    keep_cosigned(session, partner=partner.public, note=note, own=KENYA.public, clock=clock)


def test_cosignature_on_our_log_is_kept_once(database, clock):
    with database.transaction() as session:
        note = cosign(read_checkpoint(own_log(session, clock, 3), KENYA.public), UGANDA, clock.now())
        keep(session, clock, note)
        keep(session, clock, note)
        own_log(session, clock, 4)

        assert cosigned_size(session, "UG") == 3
        assert cosigned_size(session, "RW") == 0


def test_cosignature_on_a_log_that_is_not_ours_is_refused(database, clock):
    with database.transaction() as session:
        own_log(session, clock, 3)
        ours = head(session)
        wrong = [
            sign_checkpoint(LogHead(3, bytes(32)), KENYA),
            sign_checkpoint(LogHead(4, ours.root), KENYA),
            sign_checkpoint(ours, UGANDA),
            sign_checkpoint(ours, generate_keys("KE", "Impostor")),
        ]
        for note in wrong:
            signer = next(one for one in (KENYA, UGANDA) if one.authority in note.split("\n")[0])
            with pytest.raises(CheckpointInvalid):
                try:
                    note = cosign(read_checkpoint(note, signer.public), UGANDA, clock.now())
                finally:
                    keep(session, clock, note)

        assert cosigned_size(session, "UG") == 0


def test_note_without_the_partner_s_cosignature_is_refused(database, clock):
    with database.transaction() as session:
        plain = own_log(session, clock, 3)
        by_another = cosign(read_checkpoint(plain, KENYA.public), generate_keys("UG", "Impostor"), clock.now())

        for note in (plain, by_another):
            with pytest.raises(CheckpointInvalid):
                keep(session, clock, note)
