"""Are the codes of a declaration in force on its day? Findings, each with its place and what to do.

Before the day of a list's first version the list tells which codes exist, not since when: an absent code is told, a
later first day is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from comity.features.codes.correlate import Concordance, Correlation
from comity.features.codes.editions import Edition
from comity.features.codes.entries import CodeEntry
from comity.features.codes.errors import ConcordanceMissing
from comity.features.codes.subjects import AnsweringList, Subject
from comity.features.codes.uses import CodeUse, codes_used
from comity.foundation.errors import Finding, Severity
from comity.foundation.trade.declaration import Declaration

MOST_CANDIDATES = 12
"""Candidates named in a message; of more, the number is. `comity codes correlate` names them all."""

_WHAT = {
    Subject.GOODS: "goods code",
    Subject.PACKAGES: "kind of package",
    Subject.UNITS: "unit",
    Subject.COUNTRIES: "country",
    Subject.CURRENCIES: "currency",
    Subject.LOCATIONS: "UN/LOCODE",
    Subject.OFFICES: "customs office",
    Subject.DOCUMENTS: "type of document",
}
_NAMED = {
    Subject.GOODS: "goods-code",
    Subject.PACKAGES: "package",
    Subject.UNITS: "unit",
    Subject.COUNTRIES: "country",
    Subject.CURRENCIES: "currency",
    Subject.LOCATIONS: "locode",
    Subject.OFFICES: "office",
    Subject.DOCUMENTS: "document",
}


@dataclass(frozen=True, slots=True)
class ListAtHand:
    """A list that answers, and the day of its first version; `countries` where it answers for those only."""

    answers: AnsweringList
    since: date | None = None
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Codebook:
    """What the lists say of the codes that one declaration uses, on the day `on`.

    `entries` are by list and code. `nomenclature` says whether the codes of the edition are known at all: its list, or
    a concordance that names them.
    """

    on: date
    edition: Edition
    lists: tuple[ListAtHand, ...] = ()
    entries: Mapping[tuple[str, str], tuple[CodeEntry, ...]] = field(default_factory=dict)
    nomenclature: bool = False
    concordance: Concordance = field(default_factory=lambda: Concordance({}))


def check_codes(declaration: Declaration, codebook: Codebook, *, path: str, severity: Severity) -> list[Finding]:
    """Return what is wrong with the codes of a declaration; each code at each place is told once."""
    found: dict[tuple[str, str], Finding] = {}
    for use in codes_used(declaration, path=path):
        fault = (
            _goods(use, codebook) if use.subject is Subject.GOODS else _listed(use, codebook, declaration.kind.value)
        )
        if fault is not None:
            code, message = fault
            found.setdefault((code, use.path), Finding(f"codes.{code}", use.path, message, severity))
    return list(found.values())


def wanted_entries(uses: Iterable[CodeUse], names: Mapping[Subject, Iterable[str]]) -> set[tuple[str, str]]:
    """Return which entries a check looks at: each code in each list that answers for it."""
    return {
        (name, code)
        for use in uses
        for name in names.get(use.subject, ())
        for code in (use.code, use.other)
        if code is not None
    }


_Fault = tuple[str, str]


def _listed(use: CodeUse, codebook: Codebook, kind: str) -> _Fault | None:
    asked = [
        one
        for one in codebook.lists
        if one.answers.subject is use.subject and (not one.answers.kinds or kind in one.answers.kinds)
    ]
    answers = [_answer(use, one, codebook) for one in asked]
    if True in answers:
        return None
    if False in answers:
        message = (
            f"Expected a {_WHAT[use.subject]} in force on the day of the declaration; this one ended, or begins later."
        )
        return f"{_NAMED[use.subject]}-not-in-force", f"{message} Take the one in force."
    if any(_can_deny(use, one) for one in asked):
        message = (
            f"Expected a {_WHAT[use.subject]} of the lists in force; another came. Correct it, or import the list."
        )
        return f"{_NAMED[use.subject]}-unknown", message
    return None


def _answer(use: CodeUse, one: ListAtHand, codebook: Codebook) -> bool | None:
    """Return whether a list has the code in force on the day; None where it does not have it at all."""
    found = [
        entry
        for code in (use.code, use.other)
        if code is not None
        for entry in codebook.entries.get((one.answers.name, code), ())
    ]
    if not found:
        return None
    is_early = one.since is not None and codebook.on < one.since
    return any(_is_valid(entry, codebook.on, ignore_start=is_early) for entry in found)


def _is_valid(entry: CodeEntry, on: date, *, ignore_start: bool) -> bool:
    has_begun = ignore_start or entry.valid_from is None or entry.valid_from <= on
    return has_begun and (entry.valid_to is None or on <= entry.valid_to)


def _can_deny(use: CodeUse, one: ListAtHand) -> bool:
    if one.answers.is_partial:
        return False
    return not one.answers.is_by_country or use.code[:2] in one.countries


def _goods(use: CodeUse, codebook: Codebook) -> _Fault | None:
    edition, concordance = codebook.edition.name, codebook.concordance
    if not codebook.nomenclature:
        return None
    names = [edition, *(one.answers.name for one in codebook.lists if one.answers.subject is Subject.GOODS)]
    if use.code in concordance.codes.get(edition, ()) or any((name, use.code) in codebook.entries for name in names):
        return None
    others = concordance.editions_of(use.code)
    if not others:
        message = (
            f"Expected a subheading of {edition}, the edition in force on the day of the declaration; the code is in no"
            " edition that is known here. Classify the goods anew."
        )
        return "goods-code-unknown", message
    earlier = [name for name in others if name < edition]
    source = earlier[-1] if earlier else others[0]
    return "goods-code-retired", _became(source, edition, lambda: _correlation(use.code, source, edition, concordance))


def _correlation(code: str, source: str, target: str, concordance: Concordance) -> Correlation | None:
    try:
        return concordance.correlate(code, source=source, target=target)
    except ConcordanceMissing:
        return None


def _became(source: str, target: str, correlated: Callable[[], Correlation | None]) -> str:
    """Return the message about a code of another edition: every candidate, never one chosen."""
    start = f"A code of {source} came; the edition in force on the day of the declaration is {target}"
    found = correlated()
    if found is None or not found.candidates:
        return f"{start}. No concordance kept here tells what it became: classify the goods anew."
    named = ", ".join(found.candidates[:MOST_CANDIDATES])
    if len(found.candidates) == 1:
        return f"{start}, where it is {named} ({found.relation.value}). Declare the code in force."
    more = len(found.candidates) - MOST_CANDIDATES
    rest = f" or one of {more} more" if more > 0 else ""
    return f"{start}, where it is one of {named}{rest} ({found.relation.value}). Classify the goods among them."


def lists_by_subject(lists: Iterable[ListAtHand]) -> dict[Subject, list[str]]:
    """Return the names of the lists that answer for each subject."""
    found: dict[Subject, list[str]] = {}
    for one in lists:
        found.setdefault(one.answers.subject, []).append(one.answers.name)
    return found


def offices_by_country(lists: Iterable[ListAtHand]) -> Iterator[str]:
    """Yield the lists that answer for some countries only: which ones has to be asked."""
    for one in lists:
        if one.answers.is_by_country:
            yield one.answers.name
