"""Which code lists are there, and what do they say of a code? The lists kept here, and those that packages carry.

A list that was imported goes before the package's list of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from comity.features.codes import store
from comity.features.codes.entries import CodeEntry, PublishedList, searched_form
from comity.features.codes.errors import CodeListUnknown, CodeUnknown
from comity.features.codes.from_packages import SOURCE, lists_from_packages


@dataclass(frozen=True, slots=True)
class ListSummary:
    """A list: entries of its newest version, source, and since when it counts; version 0 is a package's."""

    name: str
    version: int
    entries: int
    source: str
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with the list it stands in."""

    list: str
    entry: CodeEntry

    def is_valid(self, on: date) -> bool:
        """Claim that the entry counts on a day."""
        starts, ends = self.entry.valid_from, self.entry.valid_to
        return (starts is None or starts <= on) and (ends is None or on <= ends)


def all_lists(session: Session) -> list[ListSummary]:
    """Return every list, in order of name."""
    kept = {
        one.list: ListSummary(one.list, one.version, one.entries, one.source, one.valid_from)
        for one in store.latest_versions(session)
    }
    carried = {one.name: ListSummary(one.name, 0, len(one.entries), SOURCE) for one in _packages()}
    return sorted((carried | kept).values(), key=lambda one: one.name.casefold())


def entries(
    session: Session, name: str, *, code: str | None = None, on: date | None = None, limit: int | None = None
) -> list[Found]:
    """Return the entries of a list, or all of one code in it; with a day, those that count on it.

    Raises:
        CodeListUnknown: there is no such list.
        CodeUnknown: the list has no such code, or none that counts on the day.
    """
    own = name_of(session, name)
    if store.latest_version(session, own) is None:
        found = [Found(own, entry) for entry in lists_from_packages()[own].entries if code in (None, entry.code)]
        found = [one for one in found if on is None or one.is_valid(on)][:limit]
    else:
        kept = store.entries_of(session, own, code=code, on=on, limit=limit)
        found = [Found(one.list, one.entry) for one in kept]
    if code is not None and not found:
        raise CodeUnknown
    return found


def count_valid(session: Session, name: str, on: date) -> int:
    """Return how many entries of a list count on a day; `name` as it is written."""
    if store.latest_version(session, name) is not None:
        return store.count_valid(session, name, on)
    return sum(Found(name, entry).is_valid(on) for entry in lists_from_packages()[name].entries)


def name_of(session: Session, name: str) -> str:
    """Return a list's name as it is written, whatever capitals it was asked for in.

    Raises:
        CodeListUnknown: there is no such list.
    """
    names = [one.name for one in all_lists(session)]
    found = name if name in names else next((one for one in names if one.casefold() == name.casefold()), None)
    if found is None:
        raise CodeListUnknown(f"no list {name} is kept here; `comity codes list` shows those that are")
    return found


def search(session: Session, text: str, *, limit: int) -> list[Found]:
    """Return entries of every list whose code or name holds every word of the text, whatever its accents."""
    words = searched_form(text).split()
    found = [Found(one.list, one.entry) for one in store.search(session, words, limit=limit)]
    kept = {one.list for one in store.latest_versions(session, list(lists_from_packages()))}
    for carried in _packages():
        if carried.name not in kept and words:
            found += [
                Found(carried.name, entry)
                for entry in carried.entries
                if all(word in searched_form(entry.code, entry.name) for word in words)
            ]
    return found[:limit]


def _packages() -> Iterator[PublishedList]:
    yield from lists_from_packages().values()
