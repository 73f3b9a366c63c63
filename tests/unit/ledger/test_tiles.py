"""Tiles: whatever the sizes a log grew by, its root and every subtree are those of RFC 9162's own definition."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cooperation.ledger.tiles import WIDTH, edge_of, grown, node_in, root_of, tile_of
from comity.cooperation.ledger.tree import HASH_BYTES, complete_subtrees, subtree_hash


def leaf(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def defined(start: int, end: int) -> bytes:
    """Return MTH(D[start:end]) by the recursive definition of RFC 9162 section 2.1.1."""
    if end - start == 1:
        return leaf(start)
    middle = start + (1 << ((end - start - 1).bit_length() - 1))
    return hashlib.sha256(b"\x01" + defined(start, middle) + defined(middle, end)).digest()


@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_root_is_the_defined_one_however_the_log_grew(steps):
    size, tiles = 0, {}
    for step in steps:
        changed = grown(size, {place: tiles[place] for place in edge_of(size)}, [leaf(size + n) for n in range(step)])
        tiles |= changed
        size += step
        assert root_of(size, tiles) == defined(0, size)

    assert sum(len(tile) for (level, _), tile in tiles.items() if level == 0) == size * HASH_BYTES
    assert all(len(tile) <= WIDTH * HASH_BYTES for tile in tiles.values())


def test_every_subtree_is_found_in_its_tile():
    size = 3 * WIDTH * WIDTH // 2 + 77
    tiles = grown(0, {}, [leaf(number) for number in range(size)])
    node_at = node_in(tiles.__getitem__)

    for level, index in [*complete_subtrees(0, size), (0, size - 1), (3, 11), (8, 255), (8, 256), (9, 100), (15, 1)]:
        assert tile_of(level, index) in tiles
        assert node_at(level, index) == defined(index << level, (index + 1) << level)
    assert subtree_hash(0, size, node_at) == root_of(size, tiles) == defined(0, size)


def test_empty_log_has_the_empty_root():
    assert edge_of(0) == []
    assert root_of(0, {}) == hashlib.sha256(b"").digest()
