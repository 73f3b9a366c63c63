"""Partners co-sign a growing log at different sizes: one bundle shows them together, each with its proof."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.quorum import majority_policy, read_policy
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.tree import leaf_hash, make_consistency_proof
from comity.cooperation.ledger.verify_evidence import EvidenceInvalid, verify_bundle
from tests.unit.ledger.bundles import KENYA, LEAVES, NOW, RWANDA, UGANDA, entry, root_of, sign, text

FORKED = [leaf_hash(b"rewritten"), *LEAVES[1:]]
POLICY = majority_policy(KENYA.public, [UGANDA.public, RWANDA.public])


def note(size, witness, leaves=LEAVES):
    plain = sign_checkpoint(LogHead(size, root_of(leaves[:size])), KENYA)
    return cosign(read_checkpoint(plain, KENYA.public), witness, NOW)


def steps(old, new):
    hashes = make_consistency_proof(old, new, lambda level, at: root_of(LEAVES[at << level : (at + 1) << level]))
    return [text(digest) for digest in hashes]


def bundle(first, second, **changes):
    size = min(first, second)
    return sign(
        {
            "format": "comity-evidence.v1",
            "log": KENYA.public.as_json(),
            "size": size,
            "checkpoints": [note(first, UGANDA), note(second, RWANDA)],
            "consistency": [steps(size, first), steps(size, second)],
            "witnesses": [UGANDA.public.as_json(), RWANDA.public.as_json()],
            "policy": POLICY,
            "entries": [entry(0, size)],
            "context": {},
            **changes,
        }
    )


def refused_at(changed):
    with pytest.raises(EvidenceInvalid) as refused:
        verify_bundle(changed)
    return refused.value.path


@settings(max_examples=30)
@given(st.integers(1, 13), st.integers(1, 13))
def test_cosignatures_of_two_sizes_count_together(first, second):
    verified = verify_bundle(bundle(first, second))

    assert (verified.checkpoint_size, verified.witnessed_by) == (min(first, second), ("UG", "RW"))
    assert verified.quorum is not None
    assert verified.quorum.reached


def test_checkpoint_of_a_fork_does_not_count_with_the_others():
    forked = [note(5, UGANDA), note(9, RWANDA, FORKED)]

    assert refused_at(bundle(5, 9, checkpoints=forked)) == "consistency[1]"


def test_larger_checkpoint_without_its_proof_is_refused():
    assert refused_at(bundle(5, 9, consistency=[[], []])) == "consistency[1]"
    assert refused_at(bundle(5, 9, consistency=[[]])) == "consistency"
    assert refused_at(bundle(5, 9, consistency=[[], ["?"]])) == "consistency[1]"
    assert refused_at(bundle(5, 9, consistency="no")) == "consistency"


def test_quorum_that_is_not_reached_is_told_and_refuses_nothing():
    lonely = bundle(5, 5, checkpoints=[note(5, UGANDA)], consistency=[[]], witnesses=[UGANDA.public.as_json()])

    verified = verify_bundle(lonely)

    assert verified.as_json()["quorum"] == {"reached": False, "by": ("UG",), "missing": ("RW",)}


def test_reader_s_own_policy_goes_before_the_owner_s():
    own = read_policy(majority_policy(KENYA.public, [UGANDA.public]))
    lonely = bundle(5, 5, checkpoints=[note(5, UGANDA)], consistency=[[]], witnesses=[UGANDA.public.as_json()])

    assert verify_bundle(lonely, policy=own).quorum.reached


@pytest.mark.parametrize("policy", [7, "nonsense", ""])
def test_policy_that_is_not_one_is_refused(policy):
    assert refused_at(bundle(5, 9, policy=policy)) == "policy"
