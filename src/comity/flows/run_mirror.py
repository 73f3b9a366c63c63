"""How do all our imports from a partner compare with all its exports? The whole period paired at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from comity.features.mirror.beyond_pairs import Finding, containers_elsewhere, ghost_imports, orphan_exports
from comity.features.mirror.discrepancies import Discrepancy, compare
from comity.features.mirror.pair import Pair, pair
from comity.features.mirror.record import MirrorRecord
from comity.features.mirror.store import all_exports, all_imports, keep_findings, keep_match
from comity.features.risk.store import open_decisions
from comity.flows.clearing import Clearing
from comity.flows.decide_lane import decide_again
from comity.flows.gather_context import corridors_to


@dataclass(frozen=True, slots=True)
class MirrorRun:
    """What a run found. `table` rows: kind, import MRN, export MRN, ours, theirs, ratio; the most severe first.

    `shown` are the partner's exports of which the table says something: whoever is shown it reads them.
    """

    partner: str
    imports: int
    exports: int
    paired: int
    pairs: tuple[Pair, ...]
    discrepancies: int
    kinds: dict[str, int]
    table: tuple[tuple[str, str, str, str, str, str], ...]
    shown: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the counts and the table for a machine."""
        record = asdict(self)
        del record["pairs"], record["shown"]
        record["table"] = [list(row) for row in self.table]
        return record


def run(session: Session, partner: str, *, clearing: Clearing) -> MirrorRun:
    """Pair every import from `partner` with every export it sent; keep pairs, discrepancies, ghosts and orphans."""
    now = clearing.clock.now()
    imports = {each.id: each for each in all_imports(session) if each.dispatch_country in (partner, None)}
    exports = {each.id: each for each in all_exports(session, partner)}
    pairs = pair(imports.values(), exports.values())
    found: list[tuple[Discrepancy, str, str]] = []
    shown: set[str] = set()
    kinds: dict[str, set[str]] = {each: set() for each in imports}
    for one in pairs:
        ours, theirs = [imports[each] for each in one.import_ids], [exports[each] for each in one.export_ids]
        comparison = compare(ours, theirs, rates=clearing.rates, thresholds=clearing.thresholds)
        keep_match(session, one, comparison=comparison, clock=clearing.clock)
        found += [(each, ours[0].mrn or "", theirs[0].mrn or "") for each in comparison.discrepancies]
        shown |= set(one.export_ids) if comparison.discrepancies else set()
        for each in one.import_ids:
            kinds[each] |= {discrepancy.kind.value for discrepancy in comparison.discrepancies}
    corridors = corridors_to(session, clearing)
    beyond = [
        *ghost_imports(
            imports.values(),
            pairs=pairs,
            exports=exports.values(),
            corridors=corridors,
            thresholds=clearing.thresholds,
        ),
        *orphan_exports(exports.values(), pairs=pairs, at=now.date(), thresholds=clearing.thresholds),
        *containers_elsewhere(imports.values(), exports.values(), pairs=pairs, thresholds=clearing.thresholds),
    ]
    if beyond:
        keep_findings(session, beyond, clock=clearing.clock)
    found += [_single(each, imports, exports) for each in beyond]
    for finding in beyond:
        if finding.record_id in kinds:
            kinds[finding.record_id].add(finding.discrepancy.kind.value)
    decide_again(session, _changed(session, kinds), clearing=clearing)
    shown |= {finding.record_id for finding in beyond} & set(exports)
    return replace(_summary(partner, imports, exports, pairs, found), shown=tuple(sorted(shown)))


def _changed(session: Session, kinds: dict[str, set[str]]) -> list[str]:
    """Return the imports of which the mirror now says something else than when their lane was decided."""
    return [
        decision.declaration_id
        for decision in open_decisions(session)
        if decision.declaration_id in kinds and kinds[decision.declaration_id] != set(decision.discrepancy_kinds)
    ]


def _single(
    finding: Finding, imports: dict[str, MirrorRecord], exports: dict[str, MirrorRecord]
) -> tuple[Discrepancy, str, str]:
    ours, theirs = imports.get(finding.record_id), exports.get(finding.record_id)
    return finding.discrepancy, (ours.mrn or "") if ours else "", (theirs.mrn or "") if theirs else ""


def _summary(
    partner: str,
    imports: dict[str, MirrorRecord],
    exports: dict[str, MirrorRecord],
    pairs: list[Pair],
    found: list[tuple[Discrepancy, str, str]],
) -> MirrorRun:
    found.sort(key=lambda row: (-row[0].severity, row[0].kind, row[1], row[2]))
    kinds: dict[str, int] = {}
    for discrepancy, _, _ in found:
        kinds[discrepancy.kind.value] = kinds.get(discrepancy.kind.value, 0) + 1
    return MirrorRun(
        partner=partner,
        imports=len(imports),
        exports=len(exports),
        paired=sum(len(one.import_ids) for one in pairs),
        pairs=tuple(pairs),
        discrepancies=len(found),
        kinds=kinds,
        table=tuple(
            (
                each.kind.value,
                import_mrn,
                export_mrn,
                each.ours or "",
                each.theirs or "",
                "" if each.ratio is None else f"{each.ratio:.2f}",
            )
            for each, import_mrn, export_mrn in found
        ),
    )
