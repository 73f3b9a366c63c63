"""What a table is before it is read: rows in chunks, each row with its number, and the words for its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from comity.features.declarations.formats.tabular.header import Header
from comity.foundation.errors import Finding
from comity.foundation.sheets.sheet import Row

CHUNK_ROWS = 512
"""Rows read at once: whole columns are read nearly at the price of one cell, and little is alive at a time. Measured
from 128 to 4,096: 256 to 1,024 are equally fast, 4,096 a tenth slower (2026-11)."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows one after another, by column, with their numbers as a spreadsheet shows them; never empty.

    `too_long` are the numbers of rows that had more cells than the header.
    """

    numbers: Sequence[int]
    columns: list[tuple[Any, ...]]
    too_long: frozenset[int] = frozenset()


class TableCut(Exception):
    """The rows end in the middle: the file was cut off, or is not in its encoding from here on."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.code)


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows can be gone through as often as needed. `place` is put before `row 7`: a sheet's name.

    The chunks end with `TableCut` where the file does not end as it should.
    """

    header: Header
    chunks: Callable[[], Iterator[Chunk]]
    place: str = ""

    def place_of(self, number: int) -> str:
        """Return the words for the place of a row."""
        return f"{self.place}row {number}"


def squared(rows: list[Row], numbers: Sequence[int], width: int) -> Chunk:
    """Return rows as a chunk of the header's width; longer ones are noted, if they say anything there."""
    too_long = set()
    if not set(map(len, rows)) <= {width}:
        for place, row in enumerate(rows):
            if len(row) < width:
                rows[place] = row + [""] * (width - len(row))
            elif len(row) > width:
                if any(cell not in (None, "") for cell in row[width:]):
                    too_long.add(numbers[place])
                rows[place] = row[:width]
    return Chunk(numbers, list(zip(*rows, strict=True)), frozenset(too_long))
