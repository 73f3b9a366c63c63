"""When was a container surely under way, and was it on two journeys at once?

A container (WCO DM 159) under one transport document (D023) makes one journey, whoever declares what is in it. Under
documents that have nothing in common it cannot be on two journeys whose days overlap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from comity.features.mirror.keys import normal_reference
from comity.features.mirror.pair import Pair
from comity.features.mirror.record import MirrorRecord
from comity.features.mirror.settings import Carriage, matching_settings


@dataclass(frozen=True, slots=True)
class Claim:
    """A container said to be under way from `start` to `end` for these declarations of one pair, or a single one.

    `is_attested`: both sides name the container, or the other side is a country whose imports we do not see.
    """

    container: str
    start: date
    end: date
    is_attested: bool
    margin_days: int
    imports: tuple[MirrorRecord, ...]
    exports: tuple[MirrorRecord, ...]
    documents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Clash:
    """A claim that another one, attested at least as well, makes impossible."""

    claim: Claim
    other: Claim


def claims_of(
    imports: Mapping[str, MirrorRecord], exports: Mapping[str, MirrorRecord], *, pairs: Iterable[Pair]
) -> list[Claim]:
    """Return what each pair, and each declaration in none, says about its containers.

    A declaration without transport document says nothing: what journey it belongs to is not known.
    """
    ours_to = {record.destination_country for record in imports.values()}
    groups: list[tuple[list[MirrorRecord], list[MirrorRecord]]] = [
        ([imports[each] for each in one.import_ids], [exports[each] for each in one.export_ids]) for one in pairs
    ]
    paired = {record.id for ours, theirs in groups for record in (*ours, *theirs)}
    groups += [([record], []) for record in imports.values() if record.id not in paired]
    groups += [([], [record]) for record in exports.values() if record.id not in paired]
    return [claim for ours, theirs in groups for claim in _claims(ours, theirs, ours_to)]


def clashes(claims: Iterable[Claim]) -> list[Clash]:
    """Return the claims that cannot be true beside another one of the same container; near linear in their number.

    Where only one side of a pair names the container, and both sides of the other pair do, the first is told alone.
    """
    by_container: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_container[claim.container].append(claim)
    return [clash for held in by_container.values() if len(held) > 1 for clash in _sweep(held)]


def _claims(ours: Sequence[MirrorRecord], theirs: Sequence[MirrorRecord], ours_to: set[str | None]) -> list[Claim]:
    members = (*ours, *theirs)
    documents = frozenset(_normal(each for record in members for each in record.transport_documents))
    if not documents:
        return []
    mode = next((record.mode for record in members if record.mode), None)
    carriage = matching_settings().carriage(mode)
    found = []
    for box in sorted({box for record in members for box in _normal(record.containers)}):
        inward = [record for record in ours if box in _normal(record.containers)]
        outward = [record for record in theirs if box in _normal(record.containers)]
        start, end = _days(inward, outward, carriage)
        is_unseen = not ours and not {record.destination_country for record in theirs} & ours_to
        found.append(
            Claim(
                container=box,
                start=start,
                end=end,
                is_attested=bool(inward and outward) or is_unseen,
                margin_days=carriage.margin,
                imports=tuple(inward),
                exports=tuple(outward),
                documents=documents,
            )
        )
    return found


def _days(inward: Sequence[MirrorRecord], outward: Sequence[MirrorRecord], carriage: Carriage) -> tuple[date, date]:
    """Return the days in which the container was surely under way: last export to first import.

    A side that names another container, or none, may have reloaded: then only the shortest carriage is sure.
    """
    shortest = timedelta(days=carriage.shortest)
    left = max((record.date for record in outward), default=None)
    came = min((record.date for record in inward), default=None)
    if left is None:
        end = came or date.min
        return end - shortest, end
    return left, left + shortest if came is None else came


def _sweep(claims: Sequence[Claim]) -> list[Clash]:
    """Go through one container's claims by their first day, remembering who ends last and who is not told yet."""
    voyage = _voyages(claims)
    order = sorted(range(len(claims)), key=lambda at: (claims[at].start, claims[at].end, _names(claims[at])))
    told: dict[int, int] = {}
    last: dict[bool, list[int]] = {True: [], False: []}  # by attestation: the latest to end, of two voyages at most
    untold: dict[bool, list[int]] = {True: [], False: []}
    for at in order:
        claim = claims[at]
        for is_attested in (True, False) if not claim.is_attested else (True,):
            rivals = [each for each in last[is_attested] if voyage[each] != voyage[at]]
            rival = next((each for each in rivals if _overlap(claims[each], claim)), None)
            if rival is not None and at not in told:
                told[at] = rival
        for is_attested in (True, False) if claim.is_attested else (False,):
            under_way = [each for each in untold[is_attested] if claims[each].end > claim.start]
            hit = {each for each in under_way if voyage[each] != voyage[at] and _overlap(claims[each], claim)}
            told.update(dict.fromkeys(hit, at))
            untold[is_attested] = [each for each in under_way if each not in hit]
        if at not in told:
            untold[claim.is_attested].append(at)
        last[claim.is_attested] = _latest([*last[claim.is_attested], at], claims, voyage)
    return [Clash(claims[at], claims[told[at]]) for at in order if at in told]


def _latest(candidates: Iterable[int], claims: Sequence[Claim], voyage: Sequence[str]) -> list[int]:
    kept: list[int] = []
    for each in sorted(candidates, key=lambda at: claims[at].end, reverse=True):
        if all(voyage[each] != voyage[other] for other in kept):
            kept.append(each)
    return kept[:2]


def _overlap(one: Claim, other: Claim) -> bool:
    common = min(one.end, other.end) - max(one.start, other.start)
    return common.days >= max(one.margin_days, other.margin_days)


def _voyages(claims: Sequence[Claim]) -> list[str]:
    """Return a name for each claim, the same for those whose transport documents hang together."""
    leader: dict[str, str] = {}

    def find(document: str) -> str:
        leader.setdefault(document, document)
        while leader[document] != document:
            leader[document] = leader[leader[document]]
            document = leader[document]
        return document

    for claim in claims:
        first, *others = sorted(claim.documents)
        for other in others:
            a, b = find(first), find(other)
            leader[max(a, b)] = min(a, b)
    return [find(min(claim.documents)) for claim in claims]


def _names(claim: Claim) -> tuple[str, ...]:
    return tuple(sorted(record.id for record in (*claim.imports, *claim.exports)))


def _normal(references: Iterable[str]) -> set[str]:
    return {reference for reference in map(normal_reference, references) if reference}
