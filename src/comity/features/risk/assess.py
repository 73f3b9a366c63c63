"""Which lane, and why? Every profile that hits is a reason; a random few are looked at whatever the profiles say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.features.risk.errors import PolicyInvalid
from comity.features.risk.facts import Facts, read_facts
from comity.features.risk.lanes import Lane
from comity.features.risk.profiles import CompiledProfiles

NOTHING = "nothing-matched"
RANDOM = "random-selection"


@dataclass(frozen=True, slots=True)
class SelectionPolicy:
    """How random selection works: the share of what profiles would release that is looked at all the same.

    Two in a hundred: within the one to three usual (project's domain notes on risk management).
    """

    random_share: float = 0.02
    random_lane: Lane = Lane.YELLOW

    def __post_init__(self) -> None:
        if not 0 <= self.random_share <= 1:
            raise PolicyInvalid


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a profile's id and title, its weight and lane, and the item it hit (from 1; 0 for the whole declaration)."""

    code: str
    text: str
    weight: float
    lane: Lane
    item: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """A lane with its score (0 to 1) and reasons. `propensity`: how probable it was that this would be looked at.

    `draw` and `engine_version` (of the profiles) with the facts repeat the decision.
    """

    lane: Lane
    score: float
    reasons: tuple[Reason, ...]
    random_selected: bool
    propensity: float
    draw: float
    engine_version: str


def assess(
    items: Sequence[Facts], kind: str, *, profiles: CompiledProfiles, draw: float, at: datetime, policy: SelectionPolicy
) -> Assessment:
    """Judge a declaration of a kind (`import` …) by the facts of its items; `draw` is uniform in [0, 1).

    Score: noisy-or of the weights, `1 − Π(1 − w)`, each profile once. Lane: the most intrusive of the hits; green and
    blue become `random_lane` when the draw falls into the random share.
    """
    hits = {reason.code: reason for reason in _hits(items, kind, profiles, at)}
    reasons = sorted(hits.values(), key=lambda one: (-one.lane.rank, -one.weight, one.code))
    missed = 1.0
    for reason in reasons:
        missed *= 1 - reason.weight
    lane = reasons[0].lane if reasons else Lane.GREEN
    is_looked_at = lane.rank >= Lane.YELLOW.rank
    random_selected = not is_looked_at and draw < policy.random_share
    if random_selected:
        chosen = Reason(RANDOM, "Selected at random", 0.0, policy.random_lane, 0)
        lane, reasons = policy.random_lane, [chosen, *reasons]
    return Assessment(
        lane=lane,
        score=1 - missed,
        reasons=tuple(reasons) or (Reason(NOTHING, "No profile matched", 0.0, Lane.GREEN, 0),),
        random_selected=random_selected,
        propensity=1.0 if is_looked_at else policy.random_share,
        draw=draw,
        engine_version=f"profiles-{profiles.version}",
    )


def _hits(items: Sequence[Facts], kind: str, profiles: CompiledProfiles, at: datetime) -> Iterator[Reason]:
    """Give every hit, the last item first, so that the first item's reason stays."""
    day = at.date()
    for position in range(len(items), 0, -1):
        for hit in profiles.hits(read_facts(items[position - 1], profiles.windows)):
            profile = profiles.profiles[hit]
            if kind in profile.applies_to and profile.valid_from <= day <= profile.valid_to:
                item = 0 if profile.id in profiles.of_whole else position
                yield Reason(profile.id, profile.title, profile.weight, profile.lane, item)
