"""Which lane, and why? Every profile that hits is a reason; a rule of selection says which of them are looked at.

Finding out is apart from choosing: `find` says what is known against a declaration, `select` gives the lane by the rule
of the office's day (`selection.rule`), and a few are looked at whatever was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from comity.features.risk.errors import PolicyInvalid
from comity.features.risk.facts import Facts, read_facts
from comity.features.risk.lanes import Lane, most_intrusive
from comity.features.risk.profiles import CompiledProfiles
from comity.features.risk.selection.curiosity import curiosity, novelty
from comity.features.risk.selection.rule import Candidate, Choice, Ground, LaneRule, Rule, Used, choose

NOTHING = "nothing-matched"
RANDOM = "random-selection"
EXPLORED = "selected-to-learn"
OF_SELECTION = frozenset({NOTHING, RANDOM, EXPLORED})
"""Codes of the reasons that say how a declaration was chosen, not what is known against it."""


@dataclass(frozen=True, slots=True)
class SelectionPolicy:
    """How declarations are chosen where no capacity is set: hits give their lane, and chance a share of the others.

    Two in a hundred: within the one to three usual (project's domain notes on risk management).
    """

    random_share: float = 0.02
    random_lane: Lane = Lane.YELLOW

    def __post_init__(self) -> None:
        if not 0 <= self.random_share <= 1:
            raise PolicyInvalid

    @property
    def rule(self) -> Rule:
        """Return it as a rule of selection, without bounds."""
        return Rule((LaneRule(self.random_lane, random_share=self.random_share),), is_by_profile=True)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a profile's id and title, its weight and lane, and the item it hit (from 1; 0 for the whole declaration)."""

    code: str
    text: str
    weight: float
    lane: Lane
    item: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known against a declaration, before anything is chosen: score and curiosity from 0 to 1, and the hits.

    `versions`: of the profiles that hit, by id. `mandatory`: the most intrusive lane of those that must be looked at.
    """

    score: float
    reasons: tuple[Reason, ...]
    curiosity: float
    mandatory: Lane | None
    versions: Mapping[str, int]
    engine_version: str

    @property
    def candidate(self) -> Candidate:
        """Return what selection sees of it."""
        hit_lane = most_intrusive(reason.lane for reason in self.reasons)
        return Candidate(self.score, hit_lane, self.mandatory, self.curiosity)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A lane with its score (0 to 1) and reasons. `propensity`: how probable it was that this would be looked at.

    `draw` and `engine_version` (of the profiles) with the facts and the rule of the day repeat the decision.
    """

    lane: Lane
    score: float
    reasons: tuple[Reason, ...]
    random_selected: bool
    propensity: float
    draw: float
    engine_version: str
    ground: Ground = Ground.NONE
    curiosity: float = 0.0
    has_slot: bool = True
    mandatory: Lane | None = None
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def hits(self) -> tuple[Reason, ...]:
        """Return the reasons that say what is known against the declaration."""
        return tuple(reason for reason in self.reasons if reason.code not in OF_SELECTION)

    @property
    def hit_lane(self) -> Lane:
        """Return the most intrusive lane of the hits."""
        return most_intrusive(reason.lane for reason in self.hits)

    @property
    def choice(self) -> Choice:
        """Return what selection decided."""
        return Choice(self.lane, self.ground, self.propensity, has_slot=self.has_slot)


def assess(
    items: Sequence[Facts], kind: str, *, profiles: CompiledProfiles, draw: float, at: datetime, policy: SelectionPolicy
) -> Assessment:
    """Judge a declaration of a kind (`import` …) by the facts of its items; `draw` is uniform in [0, 1)."""
    return select(find(items, kind, profiles=profiles, at=at), rule=policy.rule, draw=draw)


def find(items: Sequence[Facts], kind: str, *, profiles: CompiledProfiles, at: datetime) -> Finding:
    """Find what is known against a declaration. Score: noisy-or of the weights, `1 − Π(1 − w)`, each profile once."""
    hits = {reason.code: reason for reason in _hits(items, kind, profiles, at)}
    found = {code: profile for code in hits if (profile := profiles.find(code)) is not None}
    missed = 1.0
    for reason in hits.values():
        missed *= 1 - reason.weight
    must = [hits[code].lane for code, profile in found.items() if profile.mandatory]
    return Finding(
        score=1 - missed,
        reasons=tuple(sorted(hits.values(), key=lambda one: (-one.lane.rank, -one.weight, one.code))),
        curiosity=curiosity(probability=1 - missed, novelty=novelty(items[0]) if items else 1.0),
        mandatory=most_intrusive(must) if must else None,
        versions={code: profile.version for code, profile in found.items()},
        engine_version=f"profiles-{profiles.version}",
    )


def select(finding: Finding, *, rule: Rule, draw: float, used: Mapping[Lane, Used] | None = None) -> Assessment:
    """Give the lane by a rule of selection, given which slots of the day are used; `draw` is uniform in [0, 1)."""
    choice = choose(finding.candidate, rule, draw, used)
    reasons = finding.reasons
    if choice.ground is Ground.RANDOM:
        reasons = (Reason(RANDOM, "Selected at random", 0.0, choice.lane, 0), *reasons)
    elif choice.ground is Ground.EXPLORE:
        reasons = (Reason(EXPLORED, "Selected to learn: little is known of the like", 0.0, choice.lane, 0), *reasons)
    return Assessment(
        lane=choice.lane,
        score=finding.score,
        reasons=reasons or (Reason(NOTHING, "No profile matched", 0.0, Lane.GREEN, 0),),
        random_selected=choice.ground is Ground.RANDOM,
        propensity=choice.propensity,
        draw=draw,
        engine_version=finding.engine_version,
        ground=choice.ground,
        curiosity=finding.curiosity,
        has_slot=choice.has_slot,
        mandatory=finding.mandatory,
        versions=finding.versions,
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
