"""What would this profile have done? Its condition laid over the history of lines, as they were when they were judged.

Hit rates are of what was examined. Where the chance of having been looked at is known, each result counts for as many
as it stands for (Horvitz and Thompson 1952, as the ratio of two such sums); the interval is Wilson's (1927) at 95 %,
for the weighted rate with the effective number of results (Kish 1965).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from comity.features.risk.lanes import Lane
from comity.features.risk.profiles import Profile

_Z = 1.959963984540054  # the standard normal's 97.5 % point


@dataclass(slots=True)
class _Past:
    """One declaration of the past as the back-test sees it."""

    office: str
    at: datetime
    irregular: bool | None
    propensity: float
    hits: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One line of history: declaration, office, acceptance, result, chance, and the ids of the profiles that hit."""

    declaration_id: str
    office: str | None
    accepted_at: datetime
    irregular: bool | None
    propensity: float | None
    hits: Sequence[str]


def back_test(profile: Profile, lines: Iterable[JudgedLine], *, others: Mapping[str, Profile]) -> dict[str, Any]:
    """Return what the profile would have done, declarations counted once; `others` are those in force, by id."""
    past: dict[str, _Past] = {}
    number = 0
    for line in lines:
        number += 1
        whole = past.setdefault(
            line.declaration_id,
            _Past(line.office or "", line.accepted_at, line.irregular, line.propensity or 0.0),
        )
        whole.hits |= set(line.hits)
    hit = [one for one in past.values() if profile.id in one.hits]
    rest = {name for name, other in others.items() if name != profile.id and other.lane.rank >= Lane.YELLOW.rank}
    examined = [one for one in hit if one.irregular is not None]
    irregular = [one for one in past.values() if one.irregular]
    return {
        "lines": number,
        "declarations": len(past),
        "first": _told(past, min),
        "last": _told(past, max),
        "hits": len(hit),
        "hits_per_week": _per_week(hit),
        "examined": len(examined),
        "irregular": sum(one.irregular is True for one in examined),
        "hit_rate": _rate(examined),
        "base_rate": _rate([one for one in past.values() if one.irregular is not None]),
        "load": _load(hit),
        "overlap": dict(Counter(name for one in hit for name in one.hits if name != profile.id).most_common()),
        "alone": sum(rest.isdisjoint(one.hits) for one in hit),
        "found_by_this_alone": sum(profile.id in one.hits and rest.isdisjoint(one.hits) for one in irregular),
        "missed_by_all": sum(profile.id not in one.hits and rest.isdisjoint(one.hits) for one in irregular),
    }


def interval(share: float, number: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share seen in `number` trials; the whole range for none."""
    if number <= 0:
        return 0.0, 1.0
    scale = 1 + _Z**2 / number
    centre = (share + _Z**2 / (2 * number)) / scale
    half = _Z * math.sqrt(share * (1 - share) / number + _Z**2 / (4 * number**2)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)


def _told(past: Mapping[str, _Past], choose: Any) -> str | None:
    return choose(one.at for one in past.values()).isoformat() if past else None


def _rate(examined: Sequence[_Past]) -> dict[str, Any] | None:
    """Return the share found irregular with its interval, as seen and re-weighted; None where nothing was examined."""
    if not examined:
        return None
    seen = sum(one.irregular is True for one in examined) / len(examined)
    told: dict[str, Any] = {"seen": seen, "interval": list(interval(seen, len(examined)))}
    weights = [1 / one.propensity if one.propensity > 0 else 0.0 for one in examined]
    if sum(weights) > 0:
        weighted = sum(w for w, one in zip(weights, examined, strict=True) if one.irregular) / sum(weights)
        effective = sum(weights) ** 2 / sum(w * w for w in weights)
        told |= {"weighted": weighted, "weighted_interval": list(interval(weighted, effective))}
    return told


def _per_week(hit: Sequence[_Past]) -> dict[str, int]:
    weeks = Counter(f"{one.at.isocalendar().year}-W{one.at.isocalendar().week:02}" for one in hit)
    return dict(sorted(weeks.items()))


def _load(hit: Sequence[_Past]) -> list[dict[str, Any]]:
    """Return hits by office: on a day with hits on the average, and on the busiest."""
    days: dict[str, Counter[str]] = {}
    for one in hit:
        days.setdefault(one.office, Counter())[one.at.date().isoformat()] += 1
    return [
        {"office": office, "days": len(of), "mean": sum(of.values()) / len(of), "most": max(of.values())}
        for office, of in sorted(days.items())
    ]
