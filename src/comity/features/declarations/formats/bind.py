"""How does an element's value become a field of a value, and back? Tables of bindings, read in either direction.

A table names for each element the field it fills. What a table does not name is lost, and told: `Lost` collects the
paths, each once, whatever the number of elements. An element that comes as something else than its binding reads (a
part where a text is bound) is lost as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

Record = dict[str, Any]
Fields = dict[str, Any]


MOST_TOLD = 2_000
"""Paths and wrong values noted of one document: more than are ever told of it (`Limits.max_findings`)."""

_INDEX = re.compile(r"\[[0-9]+\]")


class BadValue(Exception):
    """A text is not of the form its codec reads; `code` and `advice` say what was expected."""

    def __init__(self, code: str, advice: str) -> None:
        super().__init__(code)
        self.code = code
        self.advice = advice


class Wrong(NamedTuple):
    """A value that could not be read: where, why, and what to do."""

    path: str
    code: str
    advice: str


class Lost:
    """What did not become part of a value: elements without a place, each path once, and values that are wrong."""

    __slots__ = ("_paths", "wrong")

    def __init__(self) -> None:
        self._paths: dict[str, None] = {}
        self.wrong: list[Wrong] = []

    def add(self, path: str) -> None:
        """Note an element that has no place, by its path without indexes."""
        if len(self._paths) < MOST_TOLD:
            self._paths[_INDEX.sub("", path) if "[" in path else path] = None

    def refuse(self, path: str, bad: BadValue) -> None:
        """Note a value that could not be read."""
        if len(self.wrong) < MOST_TOLD:
            self.wrong.append(Wrong(path, bad.code, bad.advice))

    def paths(self) -> list[str]:
        """Return the paths in the order they were met."""
        return list(self._paths)


class Binding(Protocol):
    """Reads an element's value into fields, and writes it from them."""

    def read(self, value: Any, fields: Fields, path: str, lost: Lost) -> None:
        """Put what the element says into the fields."""

    def write(self, fields: Fields) -> Any:
        """Return what the element says, None when nothing."""


Table = Mapping[str, Binding]
_NOTHING: Table = MappingProxyType({})


def read_by(table: Table, record: Record, path: str, lost: Lost) -> Fields:
    """Return the fields that a record's elements give."""
    fields: Fields = {}
    for name, value in record.items():
        binding = table.get(name)
        if binding is None:
            lost.add(f"{path}/{name}")
        elif value is not None:
            binding.read(value, fields, f"{path}/{name}", lost)
    return fields


def write_by(table: Table, fields: Fields) -> Record:
    """Return the record that gives these fields."""
    record = {}
    for name, binding in table.items():
        value = binding.write(fields)
        if value is not None and value not in ({}, []):
            record[name] = value
    return record


class Codec(NamedTuple):
    """How a text becomes a value and back."""

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def _decimal_text(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


TEXT = Codec(lambda text: text.strip() or None)
WHOLE = Codec(int)
NUMBER = Codec(Decimal, _decimal_text)
FLAG = Codec(lambda text: text == "1", lambda value: "1" if value else "0")
DAY = Codec(date.fromisoformat, date.isoformat)
INSTANT = Codec(_instant, lambda at: at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"))
MIDNIGHT = Codec(_instant, lambda at: at.astimezone(UTC).date().isoformat())
"""A day where the vocabulary holds an instant: midnight, as UTC."""


class Field(NamedTuple):
    """A leaf: the field it fills."""

    name: str
    codec: Codec = TEXT

    def read(self, value: Any, fields: Fields, path: str, lost: Lost) -> None:
        """Put the value into its field; one that another element filled already is lost."""
        if not isinstance(value, str):
            value = _first(value, path, lost)
        if self.name in fields or not isinstance(value, str):
            lost.add(path)
            return
        try:
            found = self.codec.read(value)
        except BadValue as bad:
            lost.refuse(path, bad)
            return
        if found is not None:
            fields[self.name] = found

    def write(self, fields: Fields) -> Any:
        """Return the field's text."""
        value = fields.get(self.name)
        return None if value is None else self.codec.write(value)


class Inside(NamedTuple):
    """A part whose elements fill fields of what it stands in."""

    table: Table

    def read(self, value: Any, fields: Fields, path: str, lost: Lost) -> None:
        """Put its elements into the fields around it; what another element filled already is lost, a list goes on."""
        value = _first(value, path, lost)
        if not isinstance(value, dict):
            lost.add(path)
            return
        for name, one in read_by(self.table, value, path, lost).items():
            if name not in fields:
                fields[name] = one
            elif isinstance(one, tuple):
                fields[name] += one
            else:
                lost.add(path)

    def write(self, fields: Fields) -> Any:
        """Return the part of what its elements say."""
        return write_by(self.table, fields)


class Shape(NamedTuple):
    """A value and the table of its elements; `join` and `split` do what no single element tells.

    Without the field it `needs` there is no value: the element is lost.
    """

    build: Callable[..., Any]
    table: Table
    join: Callable[[Fields, str, Lost], None] | None = None
    split: Callable[[Any], Fields] | None = None
    needs: str | None = None

    def value_of(self, record: Record, path: str, lost: Lost) -> Any:
        """Return the value of a record, or None where it has no value without what is missing."""
        fields = read_by(self.table, record, path, lost)
        if self.join is not None:
            self.join(fields, path, lost)
        if self.needs is not None and self.needs not in fields:
            lost.add(path)
            return None
        return self.build(**fields)

    def record_of(self, value: Any) -> Record:
        """Return the record of a value."""
        return write_by(self.table, self.split(value) if self.split is not None else fields_of(value))


class One(NamedTuple):
    """A part that is one value; elements of it that `around` names fill fields of what it stands in."""

    name: str
    shape: Shape
    around: Table = _NOTHING

    def read(self, value: Any, fields: Fields, path: str, lost: Lost) -> None:
        """Put the part's value into its field."""
        value = _first(value, path, lost)
        if not isinstance(value, dict):
            lost.add(path)
            return
        for name in self.around.keys() & value.keys():
            if value[name] is not None:
                self.around[name].read(value[name], fields, f"{path}/{name}", lost)
        own = {name: one for name, one in value.items() if name not in self.around}
        if own:
            fields[self.name] = self.shape.value_of(own, path, lost)

    def write(self, fields: Fields) -> Any:
        """Return the part's record."""
        value = fields.get(self.name)
        own = {} if value is None else self.shape.record_of(value)
        return own | write_by(self.around, fields)


class Many(NamedTuple):
    """A repeated part: a tuple of values, or with `only` of that field of each. Its numbers are the order they come in.

    A part whose number is not its place loses it, unless the table binds `counted` itself. Where two elements fill one
    field, `wrote` says which of its values this one wrote.
    """

    name: str
    shape: Shape
    only: str | None = None
    counted: str = "sequenceNumber"
    wrote: Callable[[Any], bool] | None = None

    def read(self, value: Any, fields: Fields, path: str, lost: Lost) -> None:
        """Put the parts' values into the field, after those another element put there."""
        found = []
        is_counted = self.counted not in self.shape.table
        values = value if isinstance(value, list) else [value]
        around = path
        for place, one in enumerate(values, 1):
            path = f"{around}[{place}]" if len(values) > 1 else around
            if not isinstance(one, dict):
                lost.add(path)
                continue
            record = one
            if is_counted and self.counted in one:
                record = {name: inner for name, inner in one.items() if name != self.counted}
                if one[self.counted] != str(place):
                    lost.add(f"{path}/{self.counted}")
            built = self.shape.value_of(record, path, lost)
            if built is not None:
                found.append(built.get(self.only) if self.only is not None else built)
        fields[self.name] = fields.get(self.name, ()) + tuple(one for one in found if one is not None)

    def write(self, fields: Fields) -> Any:
        """Return the parts' records, numbered."""
        values = [one for one in fields.get(self.name) or () if self.wrote is None or self.wrote(one)]
        records = [self.shape.record_of({self.only: one} if self.only is not None else one) for one in values]
        if self.counted in self.shape.table:
            return records
        return [{self.counted: str(place), **record} for place, record in enumerate(records, 1)]


def names_in(table: Table) -> Iterator[str]:
    """Yield the name of every element that a table binds, and those within them."""
    for name, binding in table.items():
        yield name
        if isinstance(binding, Inside):
            yield from names_in(binding.table)
        elif isinstance(binding, One | Many):
            yield from names_in(binding.shape.table)


def _first(value: Any, path: str, lost: Lost) -> Any:
    """Return the first of what came several times where one is bound; the others are lost."""
    if not isinstance(value, list):
        return value
    lost.add(path)
    return value[0]


def fields_of(value: Any) -> Fields:
    """Return the fields of a value, or the dict that stands for one."""
    return value if isinstance(value, dict) else {name: getattr(value, name) for name in value.__slots__}
