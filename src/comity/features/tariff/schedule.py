"""Which measures apply to a code from a country on a day? An index over a tariff, kept in memory and asked often.

A measure on a heading applies below it; of the measures of one type, additional code and order number the one on the
deepest code wins, and on the same code the one for the smallest area. Validity is by day, both days included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from comity.features.tariff.measure import (
    EVERYWHERE,
    Area,
    Measure,
    MeasureKind,
    MeasureType,
    QuotaDefinition,
    TariffLine,
    load_measure_types,
    significant,
)

MOST_REMEMBERED = 100_000  # answers kept; a guess: an administration's day has fewer pairs of code and origin
DEEPEST = 24  # lines above a line, by the nomenclature; a guess beyond any tariff seen


class Schedule:
    """A tariff, compiled. Answers are remembered, so that a schedule is not changed once it is made."""

    def __init__(
        self,
        measures: Iterable[Measure],
        *,
        areas: Iterable[Area] = (),
        types: Mapping[str, MeasureType] | None = None,
        lines: Iterable[TariffLine] = (),
        quotas: Iterable[QuotaDefinition] = (),
    ) -> None:
        self.types = {**load_measure_types(), **(types or {})}
        self.areas = {area.id: area for area in areas}
        self._lines: dict[str, list[TariffLine]] = {}
        for line in lines:
            self._lines.setdefault(line.code, []).append(line)
        self._measures: dict[str, list[Measure]] = {}
        self._quotas: dict[str, list[QuotaDefinition]] = {}
        self.size = 0
        for measure in measures:
            self._measures.setdefault(measure.code, []).append(measure)
            self.size += 1
        for quota in quotas:
            self._quotas.setdefault(quota.order_number, []).append(quota)
        self.applicable = lru_cache(maxsize=MOST_REMEMBERED)(self._applicable)
        self.contains = lru_cache(maxsize=MOST_REMEMBERED)(self._contains)

    def kind(self, measure: Measure) -> MeasureKind:
        """Return what a measure is; a type that nobody described is `other`."""
        known = self.types.get(measure.type)
        return known.kind if known else MeasureKind.OTHER

    def line(self, code: str, on: date) -> TariffLine | None:
        """Return the nomenclature's line of a code on a day, or None."""
        found = self._lines.get(significant(code), ())
        return next((line for line in found if line.first <= on and (line.last is None or on <= line.last)), None)

    def quota(self, order_number: str, on: date) -> QuotaDefinition | None:
        """Return the period of the quota that is open on the day, or None."""
        found = self._quotas.get(order_number, ())
        return next((one for one in found if one.first <= on and (one.last is None or on <= one.last)), None)

    def above(self, code: str, on: date) -> tuple[str, ...]:
        """Return the code and every code above it, the deepest first and "" (all goods) last."""
        return codes_above(code, lambda one: _parent(self.line(one, on)))

    def _applicable(self, code: str, country: str | None, on: date) -> tuple[Measure, ...]:
        winners: dict[tuple[str, str | None, str | None], tuple[int, Measure]] = {}
        for one in self.above(code, on):
            for measure in self._measures.get(one, ()):
                if not measure.holds(on):
                    continue
                width = self._width(measure, country, on)
                if width is None:
                    continue
                key = (measure.type, measure.additional_code, measure.order_number)
                held = winners.get(key)
                if held is None or (held[1].code == measure.code and _goes_before(width, measure, held)):
                    winners[key] = (width, measure)
        return tuple(measure for _, measure in winners.values())

    def below(self, code: str, on: date) -> tuple[Measure, ...]:
        """Return the measures of the tariff's duty on codes under `code`: a code that is not deep enough has some."""
        code = significant(code)
        return tuple(
            measure
            for one, measures in self._measures.items()
            if len(one) > len(code) and one.startswith(code)
            for measure in measures
            if measure.holds(on) and self.kind(measure) is MeasureKind.DUTY
        )

    def _width(self, measure: Measure, country: str | None, on: date) -> int | None:
        """Return how wide the measure's area is (0 the country, 1 a group, 2 every country), or None outside it."""
        if measure.area in EVERYWHERE:
            width = 2
        elif country is None:
            return None
        elif measure.area == country:
            width = 0
        elif self.contains(measure.area, country, on):
            width = 1
        else:
            return None
        if country and any(out == country or self.contains(out, country, on) for out in measure.excluded):
            return None
        return width

    def _contains(self, area: str, country: str, on: date) -> bool:
        return country in members(self.areas, area, on)


def members(areas: Mapping[str, Area], area: str, on: date) -> frozenset[str]:
    """Return every area that is in `area` on the day, directly or through groups; a circle of groups ends."""
    found: set[str] = set()
    waiting = [area]
    while waiting:
        group = areas.get(waiting.pop())
        for membership in group.members if group else ():
            held = membership.first <= on and (membership.last is None or on <= membership.last)
            if held and membership.member not in found:
                found.add(membership.member)
                waiting.append(membership.member)
    return frozenset(found)


def circle_of_groups(areas: Mapping[str, Area]) -> Sequence[str]:
    """Return groups that hold each other in a circle, or none; validity is not looked at."""
    done: set[str] = set()
    for start in areas:
        path: list[str] = []
        circle = _walk(areas, start, path, done)
        if circle:
            return circle
    return ()


def _walk(areas: Mapping[str, Area], start: str, path: list[str], done: set[str]) -> Sequence[str]:
    """Search depth first without recursion; `path` is the way from the start, `done` what leads to no circle."""
    stack = [(start, iter(_groups_in(areas, start)))]
    path.append(start)
    while stack:
        name, rest = stack[-1]
        following = next(rest, None)
        if following is None:
            stack.pop()
            path.pop()
            done.add(name)
        elif following in path:
            return path[path.index(following) :]
        elif following not in done:
            path.append(following)
            stack.append((following, iter(_groups_in(areas, following))))
    return ()


def _groups_in(areas: Mapping[str, Area], name: str) -> tuple[str, ...]:
    area = areas.get(name)
    return tuple(one.member for one in area.members if one.member in areas) if area else ()


def codes_above(code: str, parent_of: Callable[[str], str | None]) -> tuple[str, ...]:
    """Return the code and all above it, the deepest first: by the line above where one is told, else by digits."""
    found = [significant(code)]
    while found[-1] and len(found) <= DEEPEST:
        told = parent_of(found[-1])
        following = significant(told) if told is not None else _shorter(found[-1])
        if following in found:
            break
        found.append(following)
    return tuple(found) if found[-1] == "" else (*found, "")


def _shorter(code: str) -> str:
    """Return the code one level up by its digits: pairs below the heading, the chapter above it, then all goods."""
    if len(code) <= 2:
        return ""
    return significant(code[:-1] if len(code) % 2 else code[:-2])


def _parent(line: TariffLine | None) -> str | None:
    return line.parent if line else None


def _goes_before(width: int, measure: Measure, held: tuple[int, Measure]) -> bool:
    """Claim that a measure on the same code goes before: a smaller area, then the later start, then the id."""
    return (width, -measure.first.toordinal(), measure.id) < (held[0], -held[1].first.toordinal(), held[1].id)
