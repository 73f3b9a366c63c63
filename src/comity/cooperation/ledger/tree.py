"""What does a Merkle tree prove? Inclusion and consistency, as RFC 9162 section 2 defines them; pure.

The leaves here are salted commitments: `leaf_hash(commitment(salt, statement))`. Destroying salt and statement erases
the content while every proof still verifies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from comity.foundation.errors import ComityError

SALT_BYTES = 32
HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

NodeAt = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree at (level, index): it covers the leaves index·2^level … (index+1)·2^level."""


class ProofInvalid(ComityError):
    """The proof does not lead from what it starts with to the root; the log or the proof was changed."""

    code = "ledger.proof-invalid"


def commitment(salt: bytes, statement: bytes) -> bytes:
    """Return SHA-256(salt ‖ statement); `salt` is 32 random bytes."""
    return hashlib.sha256(salt + statement).digest()


def leaf_hash(content: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ content) (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right) (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """Return the complete subtrees (level, index), largest first, that make up the leaves `start` … `end`.

    `start` must be a multiple of the first subtree's size, as it is in every split of RFC 9162.
    """
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append((level, start >> level))
        start += 1 << level
    return parts


def subtree_hash(start: int, end: int, node_at: NodeAt) -> bytes:
    """Return the hash of the leaves `start` … `end` (RFC 9162 section 2.1.1, MTH)."""
    if start == end:
        return EMPTY_ROOT
    hashes = [node_at(level, index) for level, index in complete_subtrees(start, end)]
    root = hashes.pop()
    while hashes:
        root = node_hash(hashes.pop(), root)
    return root


def make_inclusion_proof(index: int, size: int, node_at: NodeAt) -> list[bytes]:
    """Return PATH(index, D[size]) (RFC 9162 section 2.1.3.1), the nearest sibling first."""
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(subtree_hash(middle, end, node_at))
            end = middle
        else:
            proof.append(subtree_hash(start, middle, node_at))
            start = middle
    return proof[::-1]


def make_consistency_proof(old_size: int, new_size: int, node_at: NodeAt) -> list[bytes]:
    """Return PROOF(old_size, D[new_size]) (RFC 9162 section 2.1.4.1)."""
    return _subproof(old_size, new_size, node_at, is_old_root=True)


def make_consistency_path(old_size: int, new_size: int, node_at: NodeAt) -> list[bytes]:
    """Return SUBPROOF(old_size, D[new_size], false) (RFC 9162 section 2.1.4.1).

    From a size that is a power of two it begins with the root at that size, which PROOF leaves out; else it is PROOF.
    """
    return _subproof(old_size, new_size, node_at, is_old_root=False)


def verify_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` (a leaf hash) is the `index`-th of `size` leaves under `root` (RFC 9162 section 2.1.3.2).

    Raises:
        ProofInvalid: it is not, or the proof has another length than such a proof has.
    """
    if not 0 <= index < size:
        raise ProofInvalid("the entry's index lies outside the log")
    _check_lengths(leaf, *proof)
    position, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofInvalid("the inclusion proof is too long")
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            position, last = _skip_missing_siblings(position, last)
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    if last != 0 or found != root:
        raise ProofInvalid("the inclusion proof does not lead to the log's root")


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the log of `new_size` continues that of `old_size` (RFC 9162 section 2.1.4.2).

    Raises:
        ProofInvalid: it does not.
    """
    if not 0 <= old_size <= new_size:
        raise ProofInvalid("the newer log is smaller than the older")
    if old_size in (0, new_size):
        if proof or (old_size == new_size and old_root != new_root) or (old_size == 0 and old_root != EMPTY_ROOT):
            raise ProofInvalid("two logs of one size have different roots, or a proof came where none is needed")
        return
    path = [old_root, *proof] if is_power_of_two(old_size) else proof
    if roots_of_consistency(old_size=old_size, new_size=new_size, path=path) != (old_root, new_root):
        raise ProofInvalid("the newer log does not continue the older one")


def roots_of_consistency(*, old_size: int, new_size: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the two roots, older and newer, that a path between two sizes (0 < old < new) leads to.

    `path` is that of `make_consistency_path`. One that leads to the newer root and to another older one shows that
    the log with the newer root had that other one: whoever signed both sizes contradicts himself.

    Raises:
        ProofInvalid: it has another length than such a path has.
    """
    if not path:
        raise ProofInvalid("the consistency proof is empty")
    _check_lengths(*path)
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofInvalid("the consistency proof is too long")
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            position, last = _skip_missing_siblings(position, last)
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofInvalid("the consistency proof is too short")
    return old, new


def is_power_of_two(size: int) -> bool:
    """Claim that a log of this size is one complete subtree."""
    return size > 0 and size & (size - 1) == 0


def _subproof(old_size: int, new_size: int, node_at: NodeAt, *, is_old_root: bool) -> list[bytes]:
    if old_size in (0, new_size):
        return []
    proof: list[bytes] = []
    start, end = 0, new_size
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            proof.append(subtree_hash(middle, end, node_at))
            end = middle
        else:
            proof.append(subtree_hash(start, middle, node_at))
            start, is_old_root = middle, False
    if not is_old_root:
        proof.append(subtree_hash(start, end, node_at))
    return proof[::-1]


def _skip_missing_siblings(position: int, last: int) -> tuple[int, int]:
    """Go up while the node is a left child without a sibling (RFC 9162 section 2.1.3.2 step 4)."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _check_lengths(*hashes: bytes) -> None:
    """Refuse what is not a hash: 31 and 33 bytes side by side would hash like 32 and 32."""
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofInvalid("a proof consists of hashes of 32 bytes")


def _split(length: int) -> int:
    """Return the largest power of two smaller than `length`."""
    return 1 << ((length - 1).bit_length() - 1)
