"""Which code lists are kept, and what they say: every query of this feature. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from comity.features.codes.changes import Changes, Current, compared
from comity.features.codes.entries import CodeEntry, content_hash, correlation_hash, searched_form
from comity.features.codes.tables import CodeCorrelationRow, CodeEntryRow, CodeListVersionRow
from comity.foundation.clock import Clock
from comity.foundation.storage.bulk import insert_rows

_AT_ONCE = 500  # ids in one statement: below every engine's limit of bound values
_CHUNK = 20_000  # rows in one insertion: bounds memory, costs nothing measurable


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a list: where it came from, since which day it counts, and what it changed."""

    list: str
    version: int
    source: str
    valid_from: date | None
    imported_at: datetime
    entries: int
    added: int
    ended: int
    renamed: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did to one list; `changes` is None where the same version was there already."""

    version: Version
    changes: Changes | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list as kept. A last day before the first says that it was corrected and never counted."""

    list: str
    entry: CodeEntry
    version: int


def latest_version(session: Session, name: str) -> Version | None:
    """Return the newest version of a list, or None where there is none of this name."""
    row = session.scalar(_latest().where(CodeListVersionRow.list == name))
    return None if row is None else _version(row)


def latest_versions(session: Session, names: Collection[str] | None = None) -> list[Version]:
    """Return the newest version of every list, or of those named, in order of name."""
    statement = _latest().order_by(CodeListVersionRow.list)
    if names is not None:
        statement = statement.where(CodeListVersionRow.list.in_(names))
    return [_version(row) for row in session.scalars(statement)]


def versions_of(session: Session, name: str) -> list[Version]:
    """Return every version of a list, the newest first."""
    statement = select(CodeListVersionRow).where(CodeListVersionRow.list == name)
    return [_version(row) for row in session.scalars(statement.order_by(CodeListVersionRow.version.desc()))]


def first_days(session: Session, names: Collection[str]) -> dict[str, date | None]:
    """Return since which day each of these lists is kept, for those that are."""
    first = select(CodeListVersionRow.list, CodeListVersionRow.valid_from).where(
        CodeListVersionRow.list.in_(names), CodeListVersionRow.version == 1
    )
    return {name: day for name, day in session.execute(first)}  # noqa: C416 - rows, not pairs, to the checker


def keep_list(
    session: Session, name: str, entries: tuple[CodeEntry, ...], *, source: str, on: date, clock: Clock
) -> Imported:
    """Keep a list as a new version that counts from the day `on`, or recognise that it is the newest one already."""
    digest = content_hash(entries)
    latest = session.scalar(_latest().where(CodeListVersionRow.list == name))
    if latest is not None and latest.content_sha256 == digest:
        return Imported(_version(latest), None)
    number = 1 if latest is None else latest.version + 1
    current = [] if latest is None else _current(session, name)
    changes = compared(current, entries, on=on, is_first=latest is None)
    for rows, day in _by_day(changes.end):
        for start in range(0, len(rows), _AT_ONCE):
            chosen = CodeEntryRow.id.in_(rows[start : start + _AT_ONCE])
            session.execute(update(CodeEntryRow).where(chosen).values(valid_to=day, ended_version=number))
    for start in range(0, len(changes.begin), _CHUNK):
        insert_rows(session, CodeEntryRow, [_row(name, one, number) for one in changes.begin[start : start + _CHUNK]])
    row = CodeListVersionRow(
        list=name,
        version=number,
        source=source[:200],
        content_sha256=digest,
        valid_from=on,
        imported_at=clock.now(),
        entries=len(entries),
        added=len(changes.added),
        ended=len(changes.ended),
        renamed=len(changes.renamed),
    )
    session.add(row)
    session.flush()
    return Imported(_version(row), changes)


def keep_correlation(
    session: Session, name: str, pairs: tuple[tuple[str, str], ...], *, source: str, on: date, clock: Clock
) -> Imported:
    """Keep a correlation of two editions as a new version, or recognise the newest one; the newest counts."""
    digest = correlation_hash(pairs)
    latest = session.scalar(_latest().where(CodeListVersionRow.list == name))
    if latest is not None and latest.content_sha256 == digest:
        return Imported(_version(latest), None)
    number = 1 if latest is None else latest.version + 1
    before = set() if latest is None else set(_pairs(session, name, latest.version))
    added, ended = [pair for pair in pairs if pair not in before], before.difference(pairs)
    for start in range(0, len(pairs), _CHUNK):
        insert_rows(
            session,
            CodeCorrelationRow,
            [
                {"list": name, "version": number, "earlier": earlier, "later": later}
                for earlier, later in pairs[start : start + _CHUNK]
            ],
        )
    row = CodeListVersionRow(
        list=name,
        version=number,
        source=source[:200],
        content_sha256=digest,
        valid_from=on,
        imported_at=clock.now(),
        entries=len(pairs),
        added=len(added),
        ended=len(ended),
        renamed=0,
    )
    session.add(row)
    session.flush()
    changes = Changes((), (), tuple(" → ".join(one) for one in added), tuple(" → ".join(one) for one in ended), ())
    return Imported(_version(row), changes)


def correlations(session: Session, names: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the pairs of the newest version of each of these correlations, by name."""
    found = latest_versions(session, names)
    return {one.list: _pairs(session, one.list, one.version) for one in found}


def entries_of(
    session: Session, name: str, *, code: str | None = None, on: date | None = None, limit: int | None = None
) -> list[Entry]:
    """Return the entries of a list, or of one code in it, all of them or those valid on a day, in order of code."""
    statement = select(CodeEntryRow).where(CodeEntryRow.list == name)
    if code is not None:
        statement = statement.where(CodeEntryRow.code == code)
    if on is not None:
        statement = statement.where(_valid(on))
    statement = statement.order_by(CodeEntryRow.code, CodeEntryRow.id).limit(limit)
    return [_entry(row) for row in session.scalars(statement)]


def entries_of_codes(session: Session, wanted: Set[tuple[str, str]]) -> dict[tuple[str, str], list[CodeEntry]]:
    """Return the entries of these codes, each asked for with its list, in one statement for every 500 codes.

    Lists and codes are asked for apart, since SQLite finds no index for pairs of them.
    """
    found: dict[tuple[str, str], list[CodeEntry]] = {}
    names, codes = sorted({name for name, _ in wanted}), sorted({code for _, code in wanted})
    for start in range(0, len(codes), _AT_ONCE):
        chosen = select(CodeEntryRow).where(
            CodeEntryRow.list.in_(names), CodeEntryRow.code.in_(codes[start : start + _AT_ONCE])
        )
        for row in session.scalars(chosen):
            if (row.list, row.code) in wanted:
                found.setdefault((row.list, row.code), []).append(_entry(row).entry)
    return found


def countries_of(session: Session, name: str) -> frozenset[str]:
    """Return the first two letters of every code of a list: the countries it has codes of."""
    return frozenset(session.scalars(select(func.substr(CodeEntryRow.code, 1, 2)).where(_in(name)).distinct()))


def count_valid(session: Session, name: str, on: date) -> int:
    """Return how many entries of a list are valid on a day."""
    return int(session.scalar(select(func.count()).where(_in(name), _valid(on))) or 0)


def search(session: Session, words: Sequence[str], *, limit: int, names: Collection[str] | None = None) -> list[Entry]:
    """Return entries whose code or name holds every word; a code that begins with the first word comes first."""
    if not words:
        return []
    statement = select(CodeEntryRow)
    for word in words:
        statement = statement.where(CodeEntryRow.searched.contains(word, autoescape=True))
    if names is not None:
        statement = statement.where(CodeEntryRow.list.in_(names))
    is_start = case((CodeEntryRow.searched.startswith(words[0], autoescape=True), 0), else_=1)
    statement = statement.order_by(is_start, func.length(CodeEntryRow.name), CodeEntryRow.code, CodeEntryRow.id)
    return [_entry(row) for row in session.scalars(statement.limit(limit))]


def _in(name: str) -> ColumnElement[bool]:
    return CodeEntryRow.list == name


def _valid(on: date) -> ColumnElement[bool]:
    return and_(
        or_(CodeEntryRow.valid_from.is_(None), CodeEntryRow.valid_from <= on),
        or_(CodeEntryRow.valid_to.is_(None), CodeEntryRow.valid_to >= on),
    )


def _latest() -> Select[CodeListVersionRow]:
    newest = (
        select(CodeListVersionRow.list, func.max(CodeListVersionRow.version).label("version"))
        .group_by(CodeListVersionRow.list)
        .subquery()
    )
    return select(CodeListVersionRow).join(
        newest, and_(CodeListVersionRow.list == newest.c.list, CodeListVersionRow.version == newest.c.version)
    )


def _current(session: Session, name: str) -> Iterator[Current]:
    columns = (
        CodeEntryRow.id,
        CodeEntryRow.code,
        CodeEntryRow.name,
        CodeEntryRow.valid_from,
        CodeEntryRow.valid_to,
        CodeEntryRow.attributes,
    )
    for row, *entry in session.execute(select(*columns).where(_in(name), CodeEntryRow.ended_version.is_(None))):
        yield Current(row, CodeEntry(*entry))


def _pairs(session: Session, name: str, version: int) -> list[tuple[str, str]]:
    rows = session.execute(
        select(CodeCorrelationRow.earlier, CodeCorrelationRow.later).where(
            CodeCorrelationRow.list == name, CodeCorrelationRow.version == version
        )
    )
    return [(earlier, later) for earlier, later in rows]


def _by_day(end: Iterable[tuple[int, date | None]]) -> Iterator[tuple[list[int], date | None]]:
    days: dict[date | None, list[int]] = {}
    for row, day in end:
        days.setdefault(day, []).append(row)
    for day, rows in days.items():
        yield rows, day


def _row(name: str, entry: CodeEntry, version: int) -> dict[str, object]:
    return {
        "list": name,
        "code": entry.code,
        "name": entry.name,
        "searched": searched_form(entry.code, entry.name),
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "attributes": dict(entry.attributes) if entry.attributes else None,
        "version": version,
        "ended_version": None,
    }


def _entry(row: CodeEntryRow) -> Entry:
    entry = CodeEntry(row.code, row.name, row.valid_from, row.valid_to, row.attributes)
    return Entry(row.list, entry, row.version)


def _version(row: CodeListVersionRow) -> Version:
    return Version(
        list=row.list,
        version=row.version,
        source=row.source,
        valid_from=row.valid_from,
        imported_at=row.imported_at,
        entries=row.entries,
        added=row.added,
        ended=row.ended,
        renamed=row.renamed,
    )
