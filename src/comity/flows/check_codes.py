"""What do the code lists of this node say of a declaration's codes? Only what is needed is read: a few statements.

The day is the declaration's acceptance, else its issue, else today; the country of the edition in force is the node's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from comity.features.codes.check import (
    Codebook,
    ListAtHand,
    check_codes,
    lists_by_subject,
    offices_by_country,
    wanted_entries,
)
from comity.features.codes.editions import Calendar, load_calendar
from comity.features.codes.entries import CodeEntry
from comity.features.codes.from_packages import lists_from_packages
from comity.features.codes.store import countries_of, entries_of_codes, first_days
from comity.features.codes.subjects import Subject, answering_lists
from comity.features.codes.uses import codes_used
from comity.flows.concordance import ConcordanceMemory
from comity.foundation.clock import Clock
from comity.foundation.errors import ComityError, Finding, Severity
from comity.foundation.trade.declaration import Declaration

EDITIONS_FILE = "hs-editions.toml"


class CodesRefused(ComityError):
    """A code of the declaration is not in force, and the law of this administration makes that an error."""

    code = "codes.refused"
    status = 422

    def __init__(self, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__()
        self.findings = findings


class CodeChecks:
    """How a node checks codes: the country whose editions count, whether a fault is an error, and what it remembers."""

    def __init__(self, country: str, *, severity: Severity = Severity.WARNING, home: Path | None = None) -> None:
        self.country = country
        self.severity = severity
        own = home / EDITIONS_FILE if home is not None else None
        self._calendar = load_calendar(own) if own is not None and own.is_file() else load_calendar()
        self._memory = ConcordanceMemory()

    @property
    def calendar(self) -> Calendar:
        """Return the editions of the Harmonized System and who took one up when."""
        return self._calendar

    def check(
        self, session: Session, declaration: Declaration, *, clock: Clock, path: str = "/Declaration"
    ) -> list[Finding]:
        """Return what is wrong with the codes of a declaration on its day."""
        book = self._codebook(session, declaration, on=day_of(declaration, clock))
        return check_codes(declaration, book, path=path, severity=self.severity)

    def _codebook(self, session: Session, declaration: Declaration, *, on: date) -> Codebook:
        uses = list(codes_used(declaration, path=""))
        edition = self._calendar.in_force(self.country, on)
        asked = {one.subject for one in uses}
        answering = {one.name: one for one in answering_lists() if one.subject in asked}
        days = first_days(session, [*answering, edition.name])
        carried = lists_from_packages()
        lists = [ListAtHand(answering[name], day) for name, day in days.items() if name in answering]
        wanted = wanted_entries(uses, lists_by_subject(lists))
        goods = {one.code for one in uses if one.subject is Subject.GOODS}
        if edition.name in days:
            wanted |= {(edition.name, code) for code in goods}
        found = {key: tuple(entries) for key, entries in entries_of_codes(session, wanted).items()}
        lists += [ListAtHand(one) for name, one in answering.items() if name in carried and name not in days]
        found |= _carried(uses_of={one.code for one in uses}, names=[name for name in answering if name not in days])
        by_country = set(offices_by_country(lists)) if Subject.OFFICES in asked else set()
        missing = any(one.subject is Subject.OFFICES and not _is_in(one.code, by_country, found) for one in uses)
        if missing:
            lists = [_with_countries(session, one) if one.answers.name in by_country else one for one in lists]
        concordance = self._memory.current(session) if goods else None
        book = Codebook(on, edition, tuple(lists), found, nomenclature=edition.name in days)
        if concordance is None:
            return book
        known = edition.name in days or edition.name in concordance.codes
        return replace(book, concordance=concordance, nomenclature=known)


def day_of(declaration: Declaration, clock: Clock) -> date:
    """Return the day whose lists count: of acceptance, else of issue, else today (UTC)."""
    return (declaration.acceptance_at or declaration.issued_at or clock.now()).date()


def _carried(*, uses_of: set[str], names: list[str]) -> dict[tuple[str, str], tuple[CodeEntry, ...]]:
    """Return the entries of packages' lists for these codes."""
    carried = lists_from_packages()
    return {
        (name, entry.code): (entry,)
        for name in names
        if name in carried
        for entry in carried[name].entries
        if entry.code in uses_of
    }


def _is_in(code: str, names: set[str], found: dict[tuple[str, str], tuple[CodeEntry, ...]]) -> bool:
    return any((name, code) in found for name in names)


def _with_countries(session: Session, one: ListAtHand) -> ListAtHand:
    return replace(one, countries=countries_of(session, one.answers.name))
