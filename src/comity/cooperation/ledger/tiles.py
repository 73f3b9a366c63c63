"""How are a tree's hashes kept? In tiles of 256 (C2SP tlog-tiles): a log of ten million entries is forty thousand rows.

Tile (level, index) holds the hashes of the complete subtrees of height 8·level whose numbers begin at 256·index. The
hashes inside a tile's own eight levels are computed when they are asked for: at most 255 of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from comity.cooperation.ledger.tree import EMPTY_ROOT, HASH_BYTES, NodeAt, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT

Place = tuple[int, int]
"""A tile's (level, index)."""


def edge_of(size: int) -> list[Place]:
    """Return the places of the tiles at the right edge of a log of `size` entries that hold some hashes, not all."""
    return [(level, count // WIDTH) for level, count in _counts(size) if count % WIDTH]


def grown(size: int, edge: Mapping[Place, bytes], leaves: Iterable[bytes]) -> dict[Place, bytes]:
    """Return the tiles that change when leaves are added to a log of `size` entries, new and rewritten.

    `edge` holds the tiles at `edge_of(size)`.
    """
    changed: dict[Place, bytes] = {}
    level, added = 0, list(leaves)
    while added:
        count = size >> (HEIGHT * level)
        index, held = divmod(count, WIDTH)
        content = (edge[level, index] if held else b"") + b"".join(added)
        added = []
        for start in range(0, len(content), WIDTH * HASH_BYTES):
            tile = content[start : start + WIDTH * HASH_BYTES]
            changed[level, index] = tile
            index += 1
            if len(tile) == WIDTH * HASH_BYTES:
                added.append(_subtree(tile, HEIGHT, 0))
        level += 1
    return changed


def root_of(size: int, edge: Mapping[Place, bytes]) -> bytes:
    """Return the root of a log of `size` entries (RFC 9162 section 2.1.1, MTH) from the tiles at its edge."""
    root: bytes | None = None
    for level, index in edge_of(size):
        tile = edge[level, index]
        count = len(tile) // HASH_BYTES
        for height in range(HEIGHT):
            if count >> height & 1:
                subtree = _subtree(tile, height, (count >> height) - 1)
                root = subtree if root is None else node_hash(subtree, root)
    return EMPTY_ROOT if root is None else root


def tile_of(level: int, index: int) -> Place:
    """Return the tile that holds what the hash of the subtree at (level, index) is computed from."""
    height, above = level % HEIGHT, level // HEIGHT
    return above, (index << height) // WIDTH


def node_in(tiles: Callable[[Place], bytes]) -> NodeAt:
    """Return how to find a subtree's hash, given how to find a tile."""

    def node_at(level: int, index: int) -> bytes:
        height = level % HEIGHT
        return _subtree(tiles(tile_of(level, index)), height, index % (WIDTH >> height))

    return node_at


def _counts(size: int) -> Iterator[Place]:
    """Yield each level of tiles with how many hashes it holds."""
    level = 0
    while size:
        yield level, size
        level, size = level + 1, size >> HEIGHT


def _subtree(tile: bytes, height: int, number: int) -> bytes:
    """Return the hash over the `number`-th 2^height hashes of a tile."""
    start = (number << height) * HASH_BYTES
    hashes: Sequence[bytes] = [
        tile[at : at + HASH_BYTES] for at in range(start, start + (HASH_BYTES << height), HASH_BYTES)
    ]
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]
