"""The tree's hashes in tiles of 256 instead of a row for each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from comity.cooperation.ledger.tiles import HEIGHT, WIDTH, Place, edge_of, grown, node_in
from comity.cooperation.ledger.tree import HASH_BYTES

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CHUNK = 1 << 16
_TILES = sa.table(
    "ledger_tiles",
    sa.column("level", sa.Integer),
    sa.column("index", sa.BigInteger),
    sa.column("hashes", sa.LargeBinary),
)
_ENTRIES = sa.table("ledger_entries", sa.column("index", sa.BigInteger), sa.column("leaf_hash", sa.LargeBinary))
_NODES = sa.table(
    "ledger_nodes",
    sa.column("level", sa.Integer),
    sa.column("index", sa.BigInteger),
    sa.column("hash", sa.LargeBinary),
)


def upgrade() -> None:
    op.create_table(
        "ledger_tiles",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_ledger_tiles")),
    )
    _move_to_tiles(op.get_bind())
    op.drop_table("ledger_nodes")


def downgrade() -> None:
    op.create_table(
        "ledger_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_ledger_nodes")),
    )
    _move_to_nodes(op.get_bind())
    op.drop_table("ledger_tiles")


def _move_to_tiles(connection: sa.Connection) -> None:
    size = 0
    tiles: dict[Place, bytes] = {}
    while leaves := _leaves(connection, size):
        changed = grown(size, {place: tiles[place] for place in edge_of(size)}, leaves)
        size += len(leaves)
        tiles |= changed
    rows = [{"level": level, "index": index, "hashes": hashes} for (level, index), hashes in tiles.items()]
    for start in range(0, len(rows), _CHUNK):
        connection.execute(_TILES.insert(), rows[start : start + _CHUNK])


def _leaves(connection: sa.Connection, start: int) -> list[bytes]:
    index = _ENTRIES.c.index
    query = sa.select(_ENTRIES.c.leaf_hash).where(index >= start, index < start + _CHUNK).order_by(index)
    return list(connection.scalars(query))


def _move_to_nodes(connection: sa.Connection) -> None:
    for level, index, hashes in connection.execute(sa.select(_TILES)).all():
        node_at = node_in({(0, 0): hashes}.__getitem__)  # a tile by itself: its subtrees, counted from its start
        first, count = index * WIDTH, len(hashes) // HASH_BYTES
        rows = [
            {"level": HEIGHT * level + height, "index": (first >> height) + one, "hash": node_at(height, one)}
            for height in range(HEIGHT)
            for one in range(count >> height)
        ]
        connection.execute(_NODES.insert(), rows)
