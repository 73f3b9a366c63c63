"""Which record of the partner's is the mirror image of this one, and where do the two disagree?

The same for an import that is cleared and for an export record that arrives after it: only what the new record
touches is paired again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from comity.features.mirror.beyond_pairs import Corridor, ghost_imports
from comity.features.mirror.discrepancies import Comparison, Discrepancy, compare
from comity.features.mirror.pair import Pair, pair
from comity.features.mirror.record import MirrorRecord
from comity.features.mirror.store import keep_findings, keep_match, neighbours_of
from comity.flows.clearing import Clearing


@dataclass(frozen=True, slots=True)
class MirrorImage:
    """What the mirror says of one record: its pair, the comparison, and the discrepancies that concern it."""

    pair: Pair | None = None
    comparison: Comparison = field(default_factory=Comparison)
    discrepancies: tuple[Discrepancy, ...] = ()


def match_import(
    session: Session, record: MirrorRecord, *, corridors: Collection[Corridor], clearing: Clearing
) -> MirrorImage:
    """Pair an import that was kept with what the partner sent, and keep the pair or the finding that there is none."""
    image = _match(session, record, clearing=clearing)
    if image.pair is not None:
        return image
    ghosts = ghost_imports([record], pairs=(), corridors=corridors, thresholds=clearing.thresholds)
    if ghosts:
        keep_findings(session, ghosts, clock=clearing.clock)
    return MirrorImage(discrepancies=tuple(ghost.discrepancy for ghost in ghosts))


def match_export(session: Session, record: MirrorRecord, *, clearing: Clearing) -> MirrorImage:
    """Pair a partner's export that was kept with the imports already here."""
    return _match(session, record, clearing=clearing)


def _match(session: Session, record: MirrorRecord, *, clearing: Clearing) -> MirrorImage:
    neighbours = neighbours_of(session, record)
    image = MirrorImage()
    if not neighbours.imports or not neighbours.exports:
        return image
    imports = {each.id: each for each in neighbours.imports}
    exports = {each.id: each for each in neighbours.exports}
    for found in pair(neighbours.imports, neighbours.exports):
        comparison = compare(
            [imports[each] for each in found.import_ids],
            [exports[each] for each in found.export_ids],
            rates=clearing.rates,
            thresholds=clearing.thresholds,
        )
        keep_match(session, found, comparison=comparison, clock=clearing.clock)
        if record.id in found.import_ids or record.id in found.export_ids:
            image = MirrorImage(found, comparison, comparison.discrepancies)
    return image
