"""Which record of the partner's is the mirror image of this one, and where do the two disagree?

The same for an import that is cleared and for an export record that arrives after it: only what the new record
touches is paired again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from comity.features.mirror.beyond_pairs import Corridor, ghost_imports
from comity.features.mirror.discrepancies import Comparison, Discrepancy, compare
from comity.features.mirror.pair import Pair, pair
from comity.features.mirror.record import MirrorRecord
from comity.features.mirror.store import discrepancies_of, keep_findings, keep_match, matches_of, neighbours_of
from comity.flows.clearing import Clearing


@dataclass(frozen=True, slots=True)
class MirrorImage:
    """What the mirror says of one record: its pair, the comparison, and the discrepancies that concern it."""

    pair: Pair | None = None
    comparison: Comparison = field(default_factory=Comparison)
    discrepancies: tuple[Discrepancy, ...] = ()
    touched: frozenset[str] = frozenset()
    """Other imports whose pair this record made, changed or dissolved: their lanes are to be decided again."""


def match_import(
    session: Session, record: MirrorRecord, *, corridors: Collection[Corridor], clearing: Clearing
) -> MirrorImage:
    """Pair an import that was kept with what the partner sent, and keep the pair or the finding that there is none."""
    image = _match(session, record, clearing=clearing)
    if image.pair is not None:
        return image
    return replace(image, discrepancies=_keep_ghosts(session, [record], corridors=corridors, clearing=clearing))


def images_of(
    session: Session, records: Collection[MirrorRecord], *, corridors: Collection[Corridor], clearing: Clearing
) -> dict[str, MirrorImage]:
    """Return what is kept of each import's mirror image, with what was found of it alone. Without a pair: a ghost?"""
    matches = matches_of(session, [record.id for record in records])
    alone = [record for record in records if record.id not in matches]
    _keep_ghosts(session, alone, corridors=corridors, clearing=clearing)
    singly = discrepancies_of(session, [record.id for record in records])
    images = {}
    for record in records:
        match = matches.get(record.id)
        image = MirrorImage(match.pair, match.comparison, match.comparison.discrepancies) if match else MirrorImage()
        kinds = {each.kind for each in image.discrepancies}
        more = [each for each in singly[record.id] if each.kind not in kinds]
        images[record.id] = replace(image, discrepancies=(*image.discrepancies, *more))
    return images


def match_export(session: Session, record: MirrorRecord, *, clearing: Clearing) -> MirrorImage:
    """Pair a partner's export that was kept with the imports already here."""
    return _match(session, record, clearing=clearing)


def _keep_ghosts(
    session: Session, records: Collection[MirrorRecord], *, corridors: Collection[Corridor], clearing: Clearing
) -> tuple[Discrepancy, ...]:
    ghosts = ghost_imports(records, pairs=(), corridors=corridors, thresholds=clearing.thresholds)
    if ghosts:
        keep_findings(session, ghosts, clock=clearing.clock)
    return tuple(ghost.discrepancy for ghost in ghosts)


def _match(session: Session, record: MirrorRecord, *, clearing: Clearing) -> MirrorImage:
    neighbours = neighbours_of(session, record)
    image = MirrorImage()
    if not neighbours.imports or not neighbours.exports:
        return image
    imports = {each.id: each for each in neighbours.imports}
    exports = {each.id: each for each in neighbours.exports}
    touched = neighbours.matched & set(imports)
    for found in pair(neighbours.imports, neighbours.exports):
        touched |= set(found.import_ids)
        comparison = compare(
            [imports[each] for each in found.import_ids],
            [exports[each] for each in found.export_ids],
            rates=clearing.rates,
            thresholds=clearing.thresholds,
        )
        keep_match(session, found, comparison=comparison, clock=clearing.clock)
        if record.id in found.import_ids or record.id in found.export_ids:
            image = MirrorImage(found, comparison, comparison.discrepancies)
    return replace(image, touched=frozenset(touched - {record.id}))
