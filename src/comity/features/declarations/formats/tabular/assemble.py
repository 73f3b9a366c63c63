"""How columns of values become documents: dataclasses filled from whole columns, by the columns' places in the record.

A column's target (`goods_shipment.exporter.name`) is a path through the fields of the document's dataclass. What
repeats (parties, places, goods) is made once and shared, which frozen values allow.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from comity.features.declarations.drafted import drafted
from comity.features.declarations.formats.tabular.column import Column, Form

MOST_REMEMBERED = 20_000
"""Values kept to be shared: a guess that holds a node under 20 MB; the whole is forgotten when it is full."""


_TEXTS = frozenset({Form.TEXT, Form.COUNTRY, Form.GOODS_CODE})


class Place(NamedTuple):
    """Where a path ends: the type of the field there, and whether the field holds several."""

    hint: Any
    is_many: bool


class Assembly:
    """Makes one dataclass of every row, from lists of values; absent where all of its own values are.

    What holds nothing but texts is remembered by them and shared: numbers and lists differ from row to row.
    """

    def __init__(self, kind: type, columns: Sequence[tuple[Column, tuple[str, ...]]], *, is_root: bool) -> None:
        """`columns` are those below this node, each with the rest of its path."""
        self._build = drafted(kind)
        self._is_root = is_root
        self._parts: dict[str, str | Assembly] = {}
        self._many: set[str] = set()
        inner: dict[str, list[tuple[Column, tuple[str, ...]]]] = {}
        for column, path in columns:
            if len(path) == 1:
                self._parts[path[0]] = column.name
            else:
                inner.setdefault(path[0], []).append((column, path[1:]))
        for name, below in inner.items():
            place = place_of(kind, name)
            self._parts[name] = Assembly(place.hint, below, is_root=False)
            if place.is_many:
                self._many.add(name)
        self._defaults = defaults_of(kind)
        self._required = [name for name, default in self._defaults.items() if default is MISSING]
        self._remembered: dict[tuple[Any, ...], Any] | None = None
        if not is_root and not inner and all(column.form in _TEXTS for column, _ in columns):
            self._remembered = {}

    def made(self, values: dict[str, list[Any]], number: int, absent: Any) -> list[Any]:
        """Return one value for each of `number` rows; `absent` where the row says nothing of it."""
        given: dict[str, Iterable[Any]] = {}
        for name, part in self._parts.items():
            if isinstance(part, str):
                if part in values:
                    given[name] = self._in_default(values[part], name)
            elif part.is_among(values):
                default = None if name in self._many else self._absent(name)
                made = part.made(values, number, default)
                given[name] = [(one,) if one is not None else () for one in made] if name in self._many else made
        if self._is_root:
            return list(map(self._build, *self._arguments(given)))
        return self._distinct(given, number, absent)

    def is_among(self, values: dict[str, list[Any]]) -> bool:
        """Claim that a column of this node, or below it, is in the table."""
        return any(part in values if isinstance(part, str) else part.is_among(values) for part in self._parts.values())

    def _absent(self, name: str) -> Any:
        default = self._defaults[name]
        return None if default is MISSING else default

    def _in_default(self, column: list[Any], name: str) -> list[Any]:
        """Return the column with the field's default (`()`, or a value) where the row says nothing."""
        default = self._absent(name)
        return column if default is None else [default if one is None else one for one in column]

    def _arguments(self, given: dict[str, Iterable[Any]]) -> list[Iterable[Any]]:
        """Return an argument for each field up to the last given, in order; the default where none is given."""
        names = list(self._defaults)
        last = max(names.index(name) for name in given)
        return [given[name] if name in given else repeat(self._defaults[name]) for name in names[: last + 1]]

    def _distinct(self, given: dict[str, Iterable[Any]], number: int, absent: Any) -> list[Any]:
        build = self._build
        if any(name not in given for name in self._required):
            return [absent] * number
        rows = zip(*self._arguments(given), strict=False)
        if self._required:
            return [absent if None in row else build(*row) for row in rows]
        blank = tuple(self._defaults.values())
        remembered = self._remembered
        if remembered is None:
            return [absent if row == blank[: len(row)] else build(*row) for row in rows]
        made = []
        for row in rows:
            found = remembered.get(row)
            if found is None:
                if row == blank[: len(row)]:
                    made.append(absent)
                    continue
                if len(remembered) >= MOST_REMEMBERED:
                    remembered.clear()
                found = remembered[row] = build(*row)
            made.append(found)
        return made


def place_of(kind: type, name: str) -> Place:
    """Return the type of a dataclass's field, without `None` and without the tuple around it.

    Raises:
        KeyError: the dataclass has no such field.
    """
    hint = _hints(kind)[name]
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        return Place(get_args(hint)[0], is_many=True)
    return Place(hint, is_many=False)


def hint_at(kind: type, path: Sequence[str]) -> Any:
    """Return the annotation of the field at a path of a dataclass."""
    *steps, last = path
    for step in steps:
        kind = place_of(kind, step).hint
    return _hints(kind)[last]


@cache
def defaults_of(kind: type) -> dict[str, Any]:
    """Return the default of each field of a dataclass, in order; `MISSING` where a value is required."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is no dataclass: a column's path leads through it")
    return {one.name: one.default for one in fields(kind)}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
