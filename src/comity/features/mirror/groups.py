"""Which of several exports make one import, and which of several imports make one export?

Consolidation and splitting: parts belong together when someone cites them, or when the parties agree and the masses
add up (WCO DM 68A masses; previous documents D018 may be cited per item).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from comity.features.mirror.evidence import Prepared, are_kin, may_be_dispatched
from comity.features.mirror.settings import matching_settings

LARGEST_GROUP = 5  # parts tried for a sum of masses; more are only joined when cited
MOST_PARTS = 12  # candidates tried: C(12,5) sums at most


@dataclass(frozen=True, slots=True)
class Group:
    """Imports and exports of the same goods; one side has one member, except where documents cite across."""

    imports: tuple[Prepared, ...]
    exports: tuple[Prepared, ...]


def mass_fit(imports: Iterable[Prepared], exports: Iterable[Prepared]) -> float | None:
    """Return imports' mass over exports' mass, gross or else net, or None when a mass is missing."""
    ours, theirs = list(imports), list(exports)
    for name in ("gross", "net"):
        here, there = [getattr(part, name) for part in ours], [getattr(part, name) for part in theirs]
        if here and there and all(here) and all(there):
            return float(sum(here) / sum(there))
    return None


def fits(ratio: float | None) -> bool:
    """Claim that two sums of masses are the same goods, within the tolerance of `matching.toml`."""
    return ratio is not None and abs(ratio - 1) <= matching_settings().mass_fit


def join_exports(group: Group, leftover: Sequence[Prepared], *, is_cited: Callable[[Prepared], bool]) -> Group:
    """Add exports to a group of one import: all that it cites, and kin that bring its mass nearer."""
    cited = tuple(export for export in leftover if is_cited(export))
    joined = Group(group.imports, _sorted((*group.exports, *cited)))
    kin = [export for export in leftover if not is_cited(export) and are_kin(group.imports[0], export)]
    if not kin or fits(mass_fit(joined.imports, joined.exports)):
        return joined
    best = best_sum(kin, lambda parts: Group(joined.imports, (*joined.exports, *parts)))
    return Group(joined.imports, _sorted((*joined.exports, *best)))


def join_documented(group: Group, named_alone: Sequence[Prepared]) -> Group:
    """Add to a group of one import the exports whose own transport document it names, while they do not outweigh it.

    A document that one export and one import bear, and no other, is as good as a citation where a party agrees.
    """
    joined, ours = group, group.imports[0]
    for export in sorted(named_alone, key=lambda part: part.record.id):
        wider = Group(joined.imports, _sorted((*joined.exports, export)))
        ratio = mass_fit(wider.imports, wider.exports)
        if ratio is not None and ratio >= 1 - matching_settings().mass_fit and may_be_dispatched(ours, export):
            joined = wider
    return joined


def join_imports(group: Group, leftover: Sequence[Prepared]) -> Group:
    """Add imports to a group of one export as long as together they do not outweigh it."""
    joined = group
    for candidate in sorted(leftover, key=lambda part: part.record.id):
        wider = Group(_sorted((*joined.imports, candidate)), joined.exports)
        ratio = mass_fit(wider.imports, wider.exports)
        if ratio is not None and ratio <= 1 + matching_settings().mass_fit:
            joined = wider
    return joined


def best_sum(parts: Sequence[Prepared], group_of: Callable[[tuple[Prepared, ...]], Group]) -> tuple[Prepared, ...]:
    """Return the parts whose masses complete the sum; empty when none do.

    Among several such sums the one whose packages and goods agree too is taken, then the nearest, then the smallest.
    """
    tried = sorted(parts, key=lambda part: part.record.id)[:MOST_PARTS]
    found = []
    for size in range(1, min(LARGEST_GROUP, len(tried)) + 1):
        for chosen in combinations(tried, size):
            group = group_of(chosen)
            ratio = mass_fit(group.imports, group.exports)
            if ratio is not None and fits(ratio):
                rank = (*_disagreements(group), round(abs(ratio - 1), 3), size)
                found.append((rank, tuple(part.record.id for part in chosen), chosen))
    return min(found, key=lambda each: each[:2])[2] if found else ()


def _disagreements(group: Group) -> tuple[int, int]:
    """Return 1 for packages that do not add up, 1 for HS subheadings that are not the same."""
    packages = [[part.record.packages for part in side] for side in (group.imports, group.exports)]
    counted = [sum(count or 0 for count in side) for side in packages]
    goods = [frozenset().union(*(part.goods for part in side)) for side in (group.imports, group.exports)]
    return int(counted[0] != counted[1]), int(goods[0] != goods[1])


def _sorted(parts: Iterable[Prepared]) -> tuple[Prepared, ...]:
    return tuple(sorted(parts, key=lambda part: part.record.id))
