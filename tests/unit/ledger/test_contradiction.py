"""Kept evidence against a partner is judged by anyone: what proves a fork, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.checkpoint import CheckpointInvalid, sign_checkpoint
from comity.cooperation.ledger.contradiction import Presented, is_proved_fork
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.tree import leaf_hash, make_consistency_path, node_hash

KENYA = generate_keys("KE", "Kenya")
HONEST = [leaf_hash(bytes([number])) for number in range(20)]
FORKED = [*HONEST[:2], leaf_hash(b"rewritten"), *HONEST[3:]]


def root_of(leaves):
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def note(leaves, keys=KENYA):
    return sign_checkpoint(LogHead(len(leaves), root_of(leaves)), keys)


def proof(leaves, old):
    return make_consistency_path(old, len(leaves), lambda level, at: root_of(leaves[at << level : (at + 1) << level]))


def judge(old_leaves, new_leaves, hashes):
    told = Presented(note(new_leaves), len(old_leaves), hashes).text
    return is_proved_fork(note(old_leaves), told, KENYA.public)


def test_presented_text_is_a_tlog_witness_request():
    told = Presented(note(HONEST[:4]), 3, [bytes(32)]).text

    assert told == f"old 3\n{'A' * 43}=\n\n{note(HONEST[:4])}"


@pytest.mark.parametrize("old", range(3, 20))
def test_proof_from_a_fork_convicts_its_owner(old):
    assert judge(HONEST[:old], FORKED, proof(FORKED, old))


@pytest.mark.parametrize("old", range(1, 20))
def test_honest_log_is_never_convicted(old):
    hashes = proof(HONEST, old)

    assert not judge(HONEST[:old], HONEST, hashes)
    for at in range(len(hashes)):
        assert not judge(HONEST[:old], HONEST, [*hashes[:at], bytes(32), *hashes[at + 1 :]])


def test_two_roots_of_one_size_convict_their_owner():
    assert judge(HONEST[:8], FORKED[:8], [])
    assert not judge(HONEST[:8], HONEST[:8], [])


def test_log_that_became_shorter_is_no_proof_of_a_fork():
    assert not judge(HONEST[:8], HONEST[:5], [])


@given(st.data())
def test_fork_at_any_entry_and_size_convicts_and_no_honest_log_does(data):
    size = data.draw(st.integers(2, 20), "new size")
    old = data.draw(st.integers(1, size - 1), "old size")
    at = data.draw(st.integers(0, old - 1), "rewritten entry")
    leaves = HONEST[:size]
    forked = [*leaves[:at], leaf_hash(b"rewritten"), *leaves[at + 1 :]]

    assert judge(leaves[:old], forked, proof(forked, old))
    assert not judge(leaves[:old], leaves, proof(leaves, old))


def test_proof_of_rfc_9162_alone_leaves_out_what_convicts_at_a_power_of_two():
    assert judge(HONEST[:8], FORKED, proof(FORKED, 8))
    assert not judge(HONEST[:8], FORKED, proof(FORKED, 8)[1:])


def test_evidence_that_the_owner_did_not_sign_is_refused():
    other = generate_keys("KE", "Impostor")
    told = Presented(note(FORKED, other), 7, proof(FORKED, 7)).text

    with pytest.raises(CheckpointInvalid):
        is_proved_fork(note(HONEST[:7]), told, KENYA.public)


@pytest.mark.parametrize("told", ["", "old 7\n!\n\nx", "old 7", "\n\n"])
def test_evidence_of_another_form_is_refused_by_name(told):
    with pytest.raises(CheckpointInvalid):
        is_proved_fork(note(HONEST[:7]), told, KENYA.public)
