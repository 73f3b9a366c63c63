"""The Merkle tree against the published vectors of certificate transparency, and by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.ledger.tree import (
    EMPTY_ROOT,
    ProofInvalid,
    leaf_hash,
    make_consistency_proof,
    make_inclusion_proof,
    node_hash,
    subtree_hash,
    verify_consistency,
    verify_inclusion,
)

# Leaves and roots of the certificate-transparency reference implementation's tests (RFC 6962).
CONTENTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_of(leaves):
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def node_at(leaves):
    return lambda level, index: root_of(leaves[index << level : (index + 1) << level])


LEAVES = [leaf_hash(content) for content in CONTENTS]
MANY = [leaf_hash(bytes([number])) for number in range(70)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_implementation(size):
    assert subtree_hash(0, size, node_at(LEAVES)).hex() == ROOTS[size - 1]


def test_empty_log_has_the_hash_of_nothing():
    assert subtree_hash(0, 0, node_at([])) == EMPTY_ROOT


@given(st.data())
def test_every_entry_is_proved_at_every_size_and_no_changed_proof_passes(data):
    size = data.draw(st.integers(1, len(MANY)))
    index = data.draw(st.integers(0, size - 1))
    root = root_of(MANY[:size])
    proof = make_inclusion_proof(index, size, node_at(MANY))

    verify_inclusion(MANY[index], index=index, size=size, proof=proof, root=root)

    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        bit = data.draw(st.integers(0, 255))
        changed = bytearray(proof[at])
        changed[bit // 8] ^= 1 << bit % 8
        for wrong in ([*proof[:at], bytes(changed), *proof[at + 1 :]], proof[:-1], [*proof, proof[0]]):
            with pytest.raises(ProofInvalid):
                verify_inclusion(MANY[index], index=index, size=size, proof=wrong, root=root)


@given(st.data())
def test_a_log_continues_its_earlier_self_and_no_other(data):
    new = data.draw(st.integers(1, len(MANY)))
    old = data.draw(st.integers(0, new))
    proof = make_consistency_proof(old, new, node_at(MANY))
    roots = {"old_root": root_of(MANY[:old]), "new_root": root_of(MANY[:new])}

    verify_consistency(old_size=old, new_size=new, proof=proof, **roots)

    with pytest.raises(ProofInvalid):
        verify_consistency(old_size=old, new_size=new, proof=[*proof, bytes(32)], **roots)
    if old:
        with pytest.raises(ProofInvalid):
            verify_consistency(old_size=old, new_size=new, proof=proof, **{**roots, "old_root": bytes(32)})
        with pytest.raises(ProofInvalid):
            verify_consistency(old_size=old, new_size=new, proof=proof, **{**roots, "new_root": bytes(32)})


@given(st.integers(-2, 80), st.integers(-2, 80), st.lists(st.binary(min_size=32, max_size=32), max_size=10))
def test_no_proof_makes_verification_fail_otherwise_than_by_name(index, size, proof):
    with pytest.raises(ProofInvalid):
        verify_inclusion(bytes(32), index=index, size=size, proof=proof, root=b"\xff" * 32)
