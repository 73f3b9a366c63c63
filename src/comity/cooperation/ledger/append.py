"""How does the log grow, and what does it prove? Entries in order, and RFC 9162 proofs in few reads."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

from comity.cooperation.ledger.store import (
    LedgerEntry,
    LogHead,
    entries_of,
    erase,
    head,
    insert_entries,
    latest,
    lock_head,
    move_head,
    read_tiles,
    write_tiles,
)
from comity.cooperation.ledger.tiles import Place, edge_of, grown, node_in, root_of, tile_of
from comity.cooperation.ledger.tree import (
    SALT_BYTES,
    NodeAt,
    ProofInvalid,
    commitment,
    leaf_hash,
    make_consistency_path,
    make_consistency_proof,
    make_inclusion_proof,
    subtree_hash,
)
from comity.foundation.clock import Clock

__all__ = [
    "RECEIPTS_GIVEN",
    "LedgerEntry",
    "LogHead",
    "NewEntry",
    "append",
    "consistency_path",
    "consistency_proof",
    "entries_of",
    "erase",
    "head",
    "inclusion_proof",
    "inclusion_proofs",
    "latest",
    "next_index",
    "root_at",
]

RECEIPTS_GIVEN = "receipts-given"
"""The kind of the entry behind the messages of one batch: what we answered to them."""

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be logged: its kind, whom or what it is about, and the bytes it commits to."""

    kind: str
    subject: str
    statement: bytes


def append(session: Session, entries: Sequence[NewEntry], clock: Clock) -> list[LedgerEntry]:
    """Log entries in the given order; other writers wait until this transaction ends. A few statements, any number.

    A statement is committed to with a fresh salt of 32 bytes: `leaf_hash(commitment(salt, statement))`.
    """
    if not entries:
        return []
    before, at = lock_head(session), clock.now()
    salts = secrets.token_bytes(SALT_BYTES * len(entries))
    logged = []
    for offset, entry in enumerate(entries):
        salt = salts[SALT_BYTES * offset : SALT_BYTES * (offset + 1)]
        leaf = leaf_hash(commitment(salt, entry.statement))
        logged.append(LedgerEntry(before.size + offset, entry.kind, entry.subject, at, leaf, salt, entry.statement))
    edge = read_tiles(session, edge_of(before.size))
    changed = grown(before.size, edge, [new.leaf_hash for new in logged])
    size = before.size + len(logged)
    insert_entries(session, logged)
    write_tiles(session, changed, kept=edge)
    move_head(session, LogHead(size, root_of(size, {**edge, **changed})))
    return logged


def next_index(session: Session) -> int:
    """Return the index of the next entry; other writers wait until this transaction ends."""
    return lock_head(session).size


def inclusion_proof(session: Session, *, index: int, size: int) -> list[bytes]:
    """Return the proof that entry `index` is in the log of `size` entries. One read.

    Raises:
        ProofInvalid: the log has no such entry or has never had this size.
    """
    return inclusion_proofs(session, indexes=[index], size=size)[0]


def inclusion_proofs(session: Session, *, indexes: Sequence[int], size: int) -> list[list[bytes]]:
    """Return the proof of each entry in the log of `size` entries. One read for all, up to 5,000 tiles.

    Raises:
        ProofInvalid: the log has no such entry or has never had this size.
    """
    if size > head(session).size or not all(0 <= index < size for index in indexes):
        raise ProofInvalid("the log has no such entry at this size")
    return _in_one_read(session, lambda node_at: [make_inclusion_proof(index, size, node_at) for index in indexes])


def consistency_proof(session: Session, *, old_size: int, new_size: int) -> list[bytes]:
    """Return the proof that the log of `new_size` continues that of `old_size`. One read.

    Raises:
        ProofInvalid: the log has never had one of these sizes.
    """
    _check_sizes(session, old_size, new_size)
    return _in_one_read(session, lambda node_at: make_consistency_proof(old_size, new_size, node_at))


def consistency_path(session: Session, *, old_size: int, new_size: int) -> list[bytes]:
    """Return the same in the form that witnesses are shown: it begins with the root at a size that is a power of two.

    Raises:
        ProofInvalid: the log has never had one of these sizes.
    """
    _check_sizes(session, old_size, new_size)
    return _in_one_read(session, lambda node_at: make_consistency_path(old_size, new_size, node_at))


def root_at(session: Session, size: int) -> bytes:
    """Return the root the log had at `size`. One read."""
    return _in_one_read(session, lambda node_at: subtree_hash(0, size, node_at))


def _check_sizes(session: Session, old_size: int, new_size: int) -> None:
    if not 0 <= old_size <= new_size <= head(session).size:
        raise ProofInvalid("the log has never had these sizes")


def _in_one_read(session: Session, make: Callable[[NodeAt], _Made]) -> _Made:
    """Make a proof twice: first to learn which tiles it needs, then with their hashes."""
    wanted: set[Place] = set()

    def learn(level: int, index: int) -> bytes:
        wanted.add(tile_of(level, index))
        return b""

    make(learn)
    tiles = read_tiles(session, wanted)
    return make(node_in(tiles.__getitem__))
