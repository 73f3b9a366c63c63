"""What a class of the WCO Data Model is made of: its elements, the values they give, and how these are combined.

The tables made here say it once; `tree` reads by them with care, `plain` with speed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from comity.features.declarations.drafted import Build, drafted
from comity.features.declarations.formats.wco_xml.leaf import Leaf, date_time

Values = dict[str, Any]
Refuse = Callable[[str, str], None]
"""Takes a code without its prefix and a message."""
Finish = Callable[[Values, Refuse], None]


class Child(NamedTuple):
    """One element of a class: a named value, one of several, or (no name) several values of its parent at once."""

    name: str | None
    content: Leaf | Class
    is_many: bool = False


@dataclass(frozen=True, eq=False)
class Class:
    """A class: its children by element name, WCO elements not kept in `unmapped`, and what is made of the values.

    `needs` are the values without which there is nothing to make, with the elements that give them. `build` is None
    where the values belong to the parent (`ExitOffice/ID` gives `exit_office`).
    """

    children: Mapping[str, Child]
    build: Build | None = None
    unmapped: frozenset[str] = frozenset()
    finish: Finish | None = None
    needs: Mapping[str, str] | None = None


def one(name: str, content: Leaf | Class) -> Child:
    """Describe an element that comes at most once."""
    return Child(name, content)


def many(name: str, content: Leaf | Class) -> Child:
    """Describe an element that may be repeated; its values become a tuple in order."""
    return Child(name, content, is_many=True)


def merged(children: Mapping[str, Child], *, finish: Finish | None = None) -> Child:
    """Describe an element whose children give values of its parent."""
    return Child(None, Class(children, finish=finish))


def structure(
    kind: type | Build,
    children: Mapping[str, Child],
    *,
    unmapped: tuple[str, ...] = (),
    finish: Finish | None = None,
    needs: Mapping[str, str] | None = None,
) -> Class:
    """Describe a class that becomes a frozen value (`kind` is its dataclass) or what the function makes."""
    build = drafted(kind) if isinstance(kind, type) else kind
    return Class(children, build, frozenset(unmapped), finish, needs)


instant = Class(
    {"DateTimeString": Child("at", date_time)},
    lambda at: at,
    needs={"at": "one DateTimeString with its formatCode"},
)
"""A date and time: one DateTimeString with its formatCode (UN/EDIFACT 2379)."""
