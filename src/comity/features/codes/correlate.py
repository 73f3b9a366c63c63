"""What became of a code of one edition of the Harmonized System in another: every candidate, and in which relation.

Pairs of codes are published for neighbouring editions; the way between distant ones goes through those between. The
relation follows from the pairs in both directions: one code may have been split, several merged, or both at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.features.codes.editions import Calendar, load_calendar
from comity.features.codes.errors import ConcordanceMissing


class Relation(StrEnum):
    """How the code and its candidates stand to each other, read from the code asked for."""

    SAME = "1:1"
    SPLIT = "1:n"
    MERGED = "n:1"
    MIXED = "n:n"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Correlation:
    """What a code of edition `source` is in edition `target`: the candidates in order, and the relation.

    `is_unchanged` says that the code itself is the only candidate, and comes from no other code.
    """

    code: str
    source: str
    target: str
    candidates: tuple[str, ...]
    relation: Relation

    @property
    def is_unchanged(self) -> bool:
        """Claim that the code means the same in both editions, as far as the pairs can tell."""
        return self.relation is Relation.SAME and self.candidates == (self.code,)


_Step = dict[str, tuple[str, ...]]


class Concordance:
    """The pairs of every two editions that are kept, ready to be asked. A value: what it answers never changes."""

    __slots__ = ("_answers", "_calendar", "_steps", "codes")

    def __init__(
        self, pairs: Mapping[tuple[str, str], Iterable[tuple[str, str]]], calendar: Calendar | None = None
    ) -> None:
        """Take the pairs of codes by (earlier, later) edition."""
        self._calendar = calendar or load_calendar()
        self._steps: dict[tuple[str, str], _Step] = {}
        self._answers: dict[tuple[str, str, str], Correlation] = {}
        self.codes: Final[dict[str, frozenset[str]]] = {}
        codes: dict[str, set[str]] = {}
        for (earlier, later), found in pairs.items():
            forth: dict[str, set[str]] = {}
            back: dict[str, set[str]] = {}
            for before, after in found:
                forth.setdefault(before, set()).add(after)
                back.setdefault(after, set()).add(before)
            self._steps[earlier, later] = {code: tuple(sorted(one)) for code, one in forth.items()}
            self._steps[later, earlier] = {code: tuple(sorted(one)) for code, one in back.items()}
            codes.setdefault(earlier, set()).update(forth)
            codes.setdefault(later, set()).update(back)
        self.codes.update((name, frozenset(one)) for name, one in codes.items())

    def editions_of(self, code: str) -> tuple[str, ...]:
        """Return the editions that have a subheading, the oldest first."""
        return tuple(one.name for one in self._calendar.editions if code in self.codes.get(one.name, ()))

    def correlate(self, code: str, *, source: str, target: str) -> Correlation:
        """Return what a subheading (six digits) of the edition `source` is in the edition `target`.

        A code that the source edition does not have has no candidate. An answer is kept: again, it costs a look-up.

        Raises:
            EditionUnknown: an edition is not known.
            ConcordanceMissing: no pairs lead from one edition to the other.
        """
        key = (code, source, target)
        known = self._answers.get(key)
        if known is None:
            known = self._answers[key] = self._correlated(code, source, target)
        return known

    def _correlated(self, code: str, source: str, target: str) -> Correlation:
        way = self._way(source, target)
        if not way:
            found = {code} if code in self.codes.get(source, ()) else set()
            return Correlation(code, source, target, tuple(found), Relation.SAME if found else Relation.NONE)
        found = self._follow({code}, way)
        if not found:
            return Correlation(code, source, target, (), Relation.NONE)
        back = [(later, earlier) for earlier, later in reversed(way)]
        is_one_source = all(self._follow({one}, back) == {code} for one in found)
        relation = {
            (True, True): Relation.SAME,
            (True, False): Relation.MERGED,
            (False, True): Relation.SPLIT,
            (False, False): Relation.MIXED,
        }[len(found) == 1, is_one_source]
        return Correlation(code, source, target, tuple(sorted(found)), relation)

    def _follow(self, codes: set[str], way: list[tuple[str, str]]) -> set[str]:
        for step in way:
            pairs = self._steps[step]
            codes = {after for code in codes for after in pairs.get(code, ())}
        return codes

    def _way(self, source: str, target: str) -> list[tuple[str, str]]:
        """Return the steps between two editions: the longest ones that are kept, so that the least is lost."""
        names = [one.name for one in self._calendar.editions]
        start, end = (names.index(self._calendar.named(one).name) for one in (source, target))
        step = 1 if end >= start else -1
        way: list[tuple[str, str]] = []
        while start != end:
            reachable = [place for place in range(end, start, -step) if (names[start], names[place]) in self._steps]
            if not reachable:
                raise ConcordanceMissing(f"no concordance leads from {names[start]} to {names[end]}; import one")
            way.append((names[start], names[reachable[0]]))
            start = reachable[0]
        return way


def name_of_correlation(earlier: str, later: str) -> str:
    """Return the name the pairs of two editions are kept under, such as `HS2017-HS2022`."""
    return f"{earlier}-{later}"


def editions_in(name: str) -> tuple[str, str] | None:
    """Return the editions whose pairs are kept under a name, or None for other lists."""
    known = {one.name for one in load_calendar().editions}
    earlier, found, later = name.partition("-")
    return (earlier, later) if found and earlier in known and later in known else None
