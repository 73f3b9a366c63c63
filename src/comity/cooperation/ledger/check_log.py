"""Is a log whole? Every entry still there makes its leaf, and the leaves make the root (RFC 9162 section 2.1.1)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from comity.cooperation.ledger.store import LedgerEntry, LogHead, entries_from, head
from comity.cooperation.ledger.tree import EMPTY_ROOT, commitment, leaf_hash, node_hash
from comity.foundation.errors import ComityError

READ_AT_ONCE = 5_000


class LogDamaged(ComityError):
    """The log is not whole: an entry or its hash was changed, or entries are missing; use another backup."""

    code = "ledger.log-damaged"
    status = 409


def check_log(session: Session) -> LogHead:
    """Read the whole log and return its head.

    Raises:
        LogDamaged: an entry is missing or does not make its leaf, or the leaves do not make the root.
    """
    expected = head(session)
    peaks: list[tuple[int, bytes]] = []
    index = 0
    while entries := entries_from(session, index, limit=READ_AT_ONCE):
        for entry in entries:
            if entry.index != index:
                raise LogDamaged(f"entry {index} of the log is missing; use another backup")
            if not _makes_its_leaf(entry):
                raise LogDamaged(f"entry {index} of the log was changed; use another backup")
            _grow(peaks, entry.leaf_hash)
            index += 1
    if LogHead(index, _root(peaks)) != expected:
        raise LogDamaged
    return expected


def _makes_its_leaf(entry: LedgerEntry) -> bool:
    """Claim that salt and statement make the leaf; an erased entry has only its leaf left."""
    if entry.statement is None or entry.salt is None:
        return True
    return leaf_hash(commitment(entry.salt, entry.statement)) == entry.leaf_hash


def _grow(peaks: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Add a leaf to the complete subtrees from left to right."""
    level, digest = 0, leaf
    while peaks and peaks[-1][0] == level:
        digest, level = node_hash(peaks.pop()[1], digest), level + 1
    peaks.append((level, digest))


def _root(peaks: list[tuple[int, bytes]]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    digest = peaks[-1][1]
    for _, left in reversed(peaks[:-1]):
        digest = node_hash(left, digest)
    return digest
