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
    roots_of_consistency,
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

_H1, _H12, _H1234, _H5, _H7, _H56, _H5678, _H2 = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
)
_H34 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_H8 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
# The same tests' audit paths: (index from 0, size, path), and consistency proofs: (older size, newer size, proof).
INCLUSIONS = [
    (0, 1, []),
    (0, 8, [_H2, _H34, _H5678]),
    (5, 8, [_H5, _H8, _H1234]),
    (2, 3, [_H12]),
    (1, 5, [_H1, _H34, _H5]),
]
CONSISTENCIES = [
    (1, 1, []),
    (1, 8, [_H2, _H34, _H5678]),
    (6, 8, [_H56, _H8, _H1234]),
    (2, 5, [_H34, _H5]),
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


@pytest.mark.parametrize(("index", "size", "path"), INCLUSIONS)
def test_audit_paths_are_those_of_the_reference_implementation(index, size, path):
    proof = make_inclusion_proof(index, size, node_at(LEAVES))

    assert [digest.hex() for digest in proof] == path
    verify_inclusion(LEAVES[index], index=index, size=size, proof=proof, root=bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCIES)
def test_consistency_proofs_are_those_of_the_reference_implementation(old, new, path):
    proof = make_consistency_proof(old, new, node_at(LEAVES))

    assert [digest.hex() for digest in proof] == path
    verify_consistency(
        old_size=old,
        old_root=bytes.fromhex(ROOTS[old - 1]),
        new_size=new,
        new_root=bytes.fromhex(ROOTS[new - 1]),
        proof=proof,
    )


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


@pytest.mark.parametrize("size", range(1, 34))
def test_every_pair_of_index_and_size_is_proved_and_for_no_other_index(size):
    root = root_of(MANY[:size])
    for index in range(size):
        proof = make_inclusion_proof(index, size, node_at(MANY))
        for other in range(size):
            if other == index:
                verify_inclusion(MANY[index], index=other, size=size, proof=proof, root=root)
            else:
                with pytest.raises(ProofInvalid):
                    verify_inclusion(MANY[index], index=other, size=size, proof=proof, root=root)


@pytest.mark.parametrize("new", range(1, 34))
def test_every_pair_of_sizes_is_consistent(new):
    for old in range(new + 1):
        proof = make_consistency_proof(old, new, node_at(MANY))
        roots = {"old_root": root_of(MANY[:old]), "new_root": root_of(MANY[:new])}
        verify_consistency(old_size=old, new_size=new, proof=proof, **roots)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 6), (6, 13), (8, 9), (31, 32)])
def test_every_flipped_bit_of_a_proof_or_a_root_is_refused(old, new):
    proof = make_consistency_proof(old, new, node_at(MANY))
    old_root, new_root = root_of(MANY[:old]), root_of(MANY[:new])
    path = make_inclusion_proof(old, new, node_at(MANY))
    parts = [old_root, new_root, *proof]
    for at in range(len(parts)):
        for bit in range(256):
            wrong = [*parts[:at], flipped(parts[at], bit), *parts[at + 1 :]]
            with pytest.raises(ProofInvalid):
                verify_consistency(old_size=old, old_root=wrong[0], new_size=new, new_root=wrong[1], proof=wrong[2:])
    parts = [MANY[old], new_root, *path]
    for at in range(len(parts)):
        for bit in range(256):
            wrong = [*parts[:at], flipped(parts[at], bit), *parts[at + 1 :]]
            with pytest.raises(ProofInvalid):
                verify_inclusion(wrong[0], index=old, size=new, proof=wrong[2:], root=wrong[1])


def flipped(content, bit):
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_hashes_of_another_length_are_refused_though_they_hash_alike():
    left, right = MANY[0], MANY[1]
    root = node_hash(left, right)
    for cut in (31, 33, 0, 64):
        joined = left + right
        with pytest.raises(ProofInvalid):
            verify_inclusion(joined[:cut], index=0, size=2, proof=[joined[cut:]], root=root)


def test_proof_from_a_fork_shows_the_other_root_of_the_older_size():
    forked = [*MANY[:5], leaf_hash(b"rewritten"), *MANY[6:11]]
    proof = make_consistency_proof(7, 11, node_at(forked))

    found = roots_of_consistency(old_size=7, new_size=11, path=proof)

    assert found == (root_of(forked[:7]), root_of(forked))


@given(
    st.integers(-2, 2**65),
    st.integers(-2, 2**65),
    st.lists(st.binary(min_size=30, max_size=34), max_size=70),
)
def test_no_consistency_proof_makes_verification_fail_otherwise_than_by_name(old, new, proof):
    with pytest.raises(ProofInvalid):
        verify_consistency(old_size=old, old_root=b"\xff" * 32, new_size=new, new_root=b"\xfe" * 32, proof=proof)
