"""What changed between two versions of a list: which codes are new, which ended, which have another name.

Nothing is deleted. A code that the new version no longer holds ends on the day before it; a code with another name or
other remarks ends likewise and begins anew. A later first day alone is no change: publishers renew it with each edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from comity.features.codes.entries import CodeEntry


class Current(NamedTuple):
    """An entry of the list as it is kept, with its row."""

    row: int
    entry: CodeEntry


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new version does: entries to begin, rows to end on a day, and the codes concerned by what happened."""

    begin: tuple[CodeEntry, ...]
    end: tuple[tuple[int, date | None], ...]
    added: tuple[str, ...]
    ended: tuple[str, ...]
    renamed: tuple[str, ...]


def compared(current: Iterable[Current], published: Iterable[CodeEntry], *, on: date, is_first: bool) -> Changes:
    """Compare a list as kept with its new version, valid from the day `on`; the first version begins with no day."""
    kept: dict[str, list[Current]] = {}
    for one in current:
        kept.setdefault(one.entry.code, []).append(one)
    new: dict[str, list[CodeEntry]] = {}
    for entry in published:
        new.setdefault(entry.code, []).append(entry)
    begin: list[CodeEntry] = []
    end: list[tuple[int, date | None]] = []
    added, renamed = [], []
    before = on - timedelta(days=1)
    for code, entries in new.items():
        earlier = kept.get(code)
        if earlier is None:
            added.append(code)
            begin += entries if is_first else [_from(entry, on) for entry in entries]
        elif not _is_same(earlier, entries):
            if {one.entry.name for one in earlier} != {entry.name for entry in entries}:
                renamed.append(code)
            end += [(one.row, _earliest(one.entry.valid_to, before)) for one in earlier]
            begin += [_from(entry, on) for entry in entries]
    ended = _ended(kept, new)
    end += [(one.row, _earliest(one.entry.valid_to, before)) for code in ended for one in kept[code]]
    return Changes(tuple(begin), tuple(end), tuple(added), tuple(ended), tuple(renamed))


def _ended(kept: Mapping[str, list[Current]], new: Mapping[str, list[CodeEntry]]) -> list[str]:
    return [code for code in kept if code not in new]


def _is_same(earlier: list[Current], entries: list[CodeEntry]) -> bool:
    def told(entry: CodeEntry) -> tuple[str, date | None, str]:
        return entry.name, entry.valid_to, repr(sorted((entry.attributes or {}).items()))

    return sorted(map(repr, (told(one.entry) for one in earlier))) == sorted(map(repr, map(told, entries)))


def _from(entry: CodeEntry, on: date) -> CodeEntry:
    return entry if entry.valid_from is not None else entry._replace(valid_from=on)


def _earliest(day: date | None, other: date) -> date:
    return other if day is None else min(day, other)
