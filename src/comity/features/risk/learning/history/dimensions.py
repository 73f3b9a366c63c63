"""Of whom and of what is a history kept? Parties, goods, routes, offices and their pairs, each named by columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.features.risk.learning.errors import LinesInvalid

Lines = Mapping[str, NDArray[Any]]
"""Goods items, columnar: the published columns of risk by name, with `declaration_id`, `item` and `accepted_at`.

Text that is unknown is None, a number NaN; `accepted_at` is datetime64[s]. A column that is left out is unknown.
"""

SEPARATOR = "\x1f"  # between the parts of a key; no identifier holds it
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Dimension:
    """One kind of subject with a history; `columns` together name it. Without one of them, a line has none of it."""

    name: str
    columns: tuple[str, ...]
    keeps_measures: bool = False
    """Whether the usual price, mass and package of its lines are kept too."""


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension("all", ()),
    Dimension("importer", ("importer_id",)),
    Dimension("exporter", ("exporter_id",)),
    Dimension("declarant", ("declarant_id",)),
    Dimension("office", ("office",)),
    Dimension("route", ("origin_country", "export_country", "transport_mode")),
    Dimension("origin", ("origin_country",)),
    Dimension("heading", ("hs4",), keeps_measures=True),
    Dimension("goods", ("hs6",), keeps_measures=True),
    Dimension("goods_origin", ("hs6", "origin_country"), keeps_measures=True),
    Dimension("importer_goods", ("importer_id", "hs6"), keeps_measures=True),
    Dimension("exporter_goods", ("exporter_id", "hs6"), keeps_measures=True),
    Dimension("importer_exporter", ("importer_id", "exporter_id")),
    Dimension("importer_declarant", ("importer_id", "declarant_id")),
    Dimension("importer_origin", ("importer_id", "origin_country")),
    Dimension("declarant_goods", ("declarant_id", "hs6")),
)
PLACE: Mapping[str, int] = {dimension.name: place for place, dimension in enumerate(DIMENSIONS)}
MEASURED: tuple[int, ...] = tuple(place for place, one in enumerate(DIMENSIONS) if one.keeps_measures)


class _Numbers(dict[Any, int]):
    """Numbers given to values in the order in which they come; the unknown has none."""

    def __init__(self, unknown: object) -> None:
        super().__init__({unknown: UNKNOWN})

    def __missing__(self, value: Any) -> int:
        self[value] = number = len(self) - 1
        return number

    def in_order(self) -> list[Any]:
        return list(self)[1:]


class Keys:
    """The subjects met so far: every value of a column has a number, and so has every subject of a dimension."""

    def __init__(self) -> None:
        self._values = {column: _Numbers(None) for one in DIMENSIONS for column in one.columns}
        self._pairs: dict[tuple[str, ...], _Numbers] = {
            one.columns[:length]: _Numbers(UNKNOWN) for one in DIMENSIONS for length in range(2, len(one.columns) + 1)
        }
        self._slot_of = [np.full(1, UNKNOWN, np.int64) for _ in DIMENSIONS]  # by the subject's number; the last is free
        self._subjects: list[tuple[int, int]] = []  # by slot: place of the dimension, number of the subject

    def __len__(self) -> int:
        return len(self._subjects)

    def slots(self, lines: Lines, *, meet: bool = True) -> NDArray[np.int64]:
        """Return the slot of each line in each dimension (n × dimensions); −1 where a part of the key is unknown.

        With `meet` subjects not met before get slots; without, −1.
        """
        count = line_count(lines)
        numbers = {
            column: _numbered(values, _column(lines, column, count), meet=meet)
            for column, values in self._values.items()
        }
        found = np.empty((count, len(DIMENSIONS)), np.int64)
        for place, dimension in enumerate(DIMENSIONS):
            subject = self._subject(dimension.columns, numbers, count, meet=meet)
            found[:, place] = self._slot(place, subject, meet=meet)
        return found

    def _subject(
        self, columns: tuple[str, ...], numbers: Mapping[str, NDArray[np.int64]], count: int, *, meet: bool
    ) -> NDArray[np.int64]:
        if not columns:
            return np.zeros(count, np.int64)
        if len(columns) == 1:
            return numbers[columns[0]]
        first = self._subject(columns[:-1], numbers, count, meet=meet)
        last = numbers[columns[-1]]
        joined = np.where((first < 0) | (last < 0), UNKNOWN, (first << 32) | last)
        return _numbered(self._pairs[columns], joined, meet=meet)

    def _slot(self, place: int, subject: NDArray[np.int64], *, meet: bool) -> NDArray[np.int64]:
        table = self._slot_of[place]
        if subject.max(initial=UNKNOWN) + 1 >= len(table):
            longer = np.full(2 * (int(subject.max()) + 2), UNKNOWN, np.int64)
            longer[: len(table)] = table
            self._slot_of[place] = table = longer
        found = table[subject]
        if not meet:
            return found
        new = np.unique(subject[(found < 0) & (subject >= 0)])
        if not len(new):
            return found
        table[new] = np.arange(len(self._subjects), len(self._subjects) + len(new))
        self._subjects += zip(repeat(place), new.tolist(), strict=False)
        return table[subject]

    def named(self) -> Iterator[tuple[int, str, str]]:
        """Give the slot, dimension and key of each subject; `meet_named` takes them back."""
        values = {column: numbers.in_order() for column, numbers in self._values.items()}
        pairs = {columns: numbers.in_order() for columns, numbers in self._pairs.items()}

        def parts(columns: tuple[str, ...], number: int) -> list[str]:
            if not columns:
                return []
            if len(columns) == 1:
                return [values[columns[0]][number]]
            joined = pairs[columns][number]
            return [*parts(columns[:-1], joined >> 32), values[columns[-1]][joined & 0xFFFFFFFF]]

        for slot, (place, number) in enumerate(self._subjects):
            yield slot, DIMENSIONS[place].name, SEPARATOR.join(parts(DIMENSIONS[place].columns, number))

    def meet_named(self, dimension: str, key: str) -> int:
        """Return the slot of a subject, by its dimension's name and its key as `named` gave it."""
        place = PLACE[dimension]
        columns = DIMENSIONS[place].columns
        parts = key.split(SEPARATOR) if columns else []
        number = 0
        for position, (column, part) in enumerate(zip(columns, parts, strict=True)):
            value = self._values[column][part]
            number = value if not position else self._pairs[columns[: position + 1]][(number << 32) | value]
        return int(self._slot(place, np.array([number], np.int64), meet=True)[0])


def key_names(lines: Lines, row: int) -> tuple[tuple[str, str], ...]:
    """Return dimension and key of every subject of one line, as `Keys.named` tells them."""
    values = {column: lines[column][row] for one in DIMENSIONS for column in one.columns if column in lines}
    told = []
    for dimension in DIMENSIONS:
        parts = [values.get(column) for column in dimension.columns]
        if None not in parts:
            told.append((dimension.name, SEPARATOR.join(str(part) for part in parts)))
    return tuple(told)


def line_count(lines: Lines) -> int:
    """Return how many lines there are.

    Raises:
        LinesInvalid: no `accepted_at`, or columns of different length.
    """
    if "accepted_at" not in lines:
        raise LinesInvalid("lines have no accepted_at: their order in time is what features rest on")
    count = len(lines["accepted_at"])
    uneven = [name for name, column in lines.items() if len(column) != count]
    if uneven:
        raise LinesInvalid(f"columns are not as long as accepted_at ({count}): {', '.join(sorted(uneven)[:3])}")
    return count


def taken(lines: Lines, rows: NDArray[Any] | Sequence[int] | slice) -> dict[str, NDArray[Any]]:
    """Return some of the lines, by position or mask, in the order asked for."""
    return {name: column[rows] for name, column in lines.items()}


def _column(lines: Lines, name: str, count: int) -> NDArray[Any]:
    column = lines.get(name)
    return np.full(count, None, object) if column is None else column


def _numbered(numbers: _Numbers, column: NDArray[Any], *, meet: bool) -> NDArray[np.int64]:
    values = column.tolist()
    found = map(numbers.__getitem__, values) if meet else map(numbers.get, values, repeat(UNKNOWN))
    return np.fromiter(found, np.int64, len(values))
