"""Which rows of a table belong together: those with the same reference, wherever they stand.

Rows that stand together are given with the chunk in which the next reference begins; those that stand apart (the survey
has found them) are held until the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from comity.features.declarations.formats.tabular.cells import text_of
from comity.features.declarations.formats.tabular.table import Chunk, Table

MOST_HELD_ROWS = 200_000
"""Rows of one reference, or rows that stand apart, kept at once: about 200 MB of wide rows (a guess)."""


class TooManyHeld(Exception):
    """Rows stand apart, or one reference has rows, in such a number that they cannot be held."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Whole groups of rows, by column: the reference of each group (empty where none came), and where its rows end."""

    columns: list[Sequence[Any]]
    numbers: Sequence[int]
    references: list[str]
    ends: list[int]
    too_long: frozenset[int]


def batches_of(table: Table, *, scattered: frozenset[int]) -> Iterator[Batch]:
    """Yield the groups that end in each chunk, in the order they begin; those that stand apart come last.

    Raises:
        TooManyHeld: more than `MOST_HELD_ROWS` would have to be kept.
    """
    key = table.header.positions()[table.header.kind.key]
    apart: dict[str, list[tuple[int, tuple[Any, ...]]]] = {}
    held = 0
    rest: Chunk | None = None
    too_long: frozenset[int] = frozenset()
    for chunk in table.chunks():
        whole = chunk if rest is None else _joined(rest, chunk)
        too_long |= whole.too_long
        references, ends, last = _runs(whole, key)
        rest = _part(whole, last, len(whole.numbers))
        if scattered:
            held += _take_apart(whole, references, ends, scattered, apart)
        if held > MOST_HELD_ROWS or len(rest.numbers) > MOST_HELD_ROWS:
            raise TooManyHeld
        yield from _batch(_part(whole, 0, last), references, ends, scattered)
    if rest is not None:
        references, ends, _ = _runs(rest, key, is_end=True)
        if scattered:
            _take_apart(rest, references, ends, scattered, apart)
        yield from _batch(rest, references, ends, scattered)
    if apart:
        yield _gathered(apart, too_long)


def _runs(chunk: Chunk, key: int, *, is_end: bool = False) -> tuple[list[str], list[int], int]:
    """Return the reference of each run of equal ones, where it ends, and where the last, unfinished one begins.

    Each row without a reference that says anything is a run of its own; empty rows are part of the run before.
    """
    references: list[str] = []
    ends: list[int] = []
    said = chunk.columns[key]
    begun = 0
    for place, reference in enumerate(said):
        if place and reference != said[place - 1]:
            references.append(text_of(said[begun]))
            ends.append(place)
            begun = place
    if is_end:
        references.append(text_of(said[begun]))
        ends.append(len(said))
    return references, ends, begun


def _batch(chunk: Chunk, references: list[str], ends: list[int], scattered: frozenset[int]) -> Iterator[Batch]:
    """Yield the groups of a chunk, without those that stand apart and without rows that say nothing."""
    if not references:
        return
    if "" not in references and not (scattered and any(hash(one) in scattered for one in references)):
        yield Batch(list(chunk.columns), chunk.numbers, references, ends, chunk.too_long)
        return
    rows: list[tuple[int, tuple[Any, ...]]] = []
    kept: list[str] = []
    kept_ends: list[int] = []
    start = 0
    for reference, end in zip(references, ends, strict=True):
        if reference == "":
            for one in _rows(chunk, start, end):
                if any(map(text_of, one[1])) or one[0] in chunk.too_long:
                    rows.append(one)
                    kept.append("")
                    kept_ends.append(len(rows))
        elif hash(reference) not in scattered:
            rows += _rows(chunk, start, end)
            kept.append(reference)
            kept_ends.append(len(rows))
        start = end
    if rows:
        numbers, cells = zip(*rows, strict=True)
        yield Batch(list(zip(*cells, strict=True)), numbers, kept, kept_ends, chunk.too_long)


def _take_apart(
    chunk: Chunk,
    references: list[str],
    ends: list[int],
    scattered: frozenset[int],
    apart: dict[str, list[tuple[int, tuple[Any, ...]]]],
) -> int:
    """Put the rows that stand apart to those of their reference; return how many."""
    taken = start = 0
    for reference, end in zip(references, ends, strict=True):
        if reference and hash(reference) in scattered:
            apart.setdefault(reference, []).extend(_rows(chunk, start, end))
            taken += end - start
        start = end
    return taken


def _gathered(apart: dict[str, list[tuple[int, tuple[Any, ...]]]], too_long: frozenset[int]) -> Batch:
    rows = [row for group in apart.values() for row in group]
    ends: list[int] = []
    for group in apart.values():
        ends.append((ends[-1] if ends else 0) + len(group))
    numbers, cells = zip(*rows, strict=True)
    return Batch(list(zip(*cells, strict=True)), numbers, list(apart), ends, too_long)


def _rows(chunk: Chunk, start: int, end: int) -> list[tuple[int, tuple[Any, ...]]]:
    part = _part(chunk, start, end)
    return list(zip(part.numbers, zip(*part.columns, strict=True), strict=True))


def _part(chunk: Chunk, start: int, end: int) -> Chunk:
    if start == 0 and end == len(chunk.numbers):
        return chunk
    return Chunk(chunk.numbers[start:end], [column[start:end] for column in chunk.columns], chunk.too_long)


def _joined(one: Chunk, other: Chunk) -> Chunk:
    columns = [first + second for first, second in zip(one.columns, other.columns, strict=True)]
    return Chunk([*one.numbers, *other.numbers], columns, one.too_long | other.too_long)
