"""What does a declaration without a mirror image mean, and is a container in two places at once?

An export without import is an orphan after the waiting time of its mode of transport; an import without export is a
ghost only where an agreement makes the partner send its exports (the project's mirror-matching requirements).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from comity.features.mirror.discrepancies import Discrepancy, DiscrepancyKind
from comity.features.mirror.in_words import Reason
from comity.features.mirror.journeys import Clash, claims_of, clashes
from comity.features.mirror.keys import normal_reference
from comity.features.mirror.pair import Pair
from comity.features.mirror.record import MirrorRecord
from comity.features.mirror.settings import Thresholds, matching_settings


@dataclass(frozen=True, slots=True)
class Corridor:
    """A partner whose exports we are owed: from `country`, exports since `since`, known to us until `known_until`.

    Both days may be None: then every export is expected to be here.
    """

    country: str
    since: date | None = None
    known_until: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A discrepancy of one declaration, named by its id."""

    record_id: str
    discrepancy: Discrepancy


def is_expected(record: MirrorRecord, corridors: Iterable[Corridor]) -> bool:
    """Claim that the partner owes us the export of this import.

    The export may have happened up to the usual lag of the mode before the import: if that reaches back before
    `since`, or if the import is later than `known_until`, its absence proves nothing.
    """
    usual = timedelta(days=matching_settings().lag(record.mode).usual)
    return any(
        record.dispatch_country == corridor.country
        and (corridor.since is None or record.date - usual >= corridor.since)
        and (corridor.known_until is None or record.date <= corridor.known_until)
        for corridor in corridors
    )


def ghost_imports(
    imports: Iterable[MirrorRecord],
    *,
    pairs: Sequence[Pair],
    exports: Iterable[MirrorRecord] = (),
    corridors: Collection[Corridor],
    thresholds: Thresholds,
) -> list[Finding]:
    """Return the imports that are in no pair though their export is expected. `exports` only sharpens the reason."""
    paired = {import_id for pair in pairs for import_id in pair.import_ids}
    used = {export_id for pair in pairs for export_id in pair.export_ids}
    used_mrns = {normal_reference(export.mrn) for export in exports if export.id in used} - {None}
    found = []
    for record in sorted(imports, key=lambda each: each.id):
        if record.id in paired or not is_expected(record, corridors):
            continue
        if used_mrns & {normal_reference(cited) for cited in record.previous_ids}:
            reason = Reason("mirror.difference.ghost-import-reused")
        else:
            reason = Reason("mirror.difference.ghost-import", (("country", record.dispatch_country or "?"),))
        severity = thresholds.severity["ghost-import"]
        path = "goods_shipment.previous_documents"
        discrepancy = Discrepancy(DiscrepancyKind.GHOST_IMPORT, path, record.mrn, None, None, severity, reason)
        found.append(Finding(record.id, discrepancy))
    return found


def orphan_exports(
    exports: Iterable[MirrorRecord], *, pairs: Sequence[Pair], at: date, thresholds: Thresholds
) -> list[Finding]:
    """Return the exports that are in no pair and have waited longer than their mode of transport allows."""
    paired = {export_id for pair in pairs for export_id in pair.export_ids}
    found = []
    for record in sorted(exports, key=lambda each: each.id):
        waited, limit = (at - record.date).days, thresholds.waiting_days(record.mode)
        if record.id in paired or waited <= limit:
            continue
        reason = Reason("mirror.difference.orphan-export", (("days", str(waited)), ("limit", str(limit))))
        severity = thresholds.severity["orphan-export"]
        discrepancy = Discrepancy(DiscrepancyKind.ORPHAN_EXPORT, "mrn", None, record.mrn, None, severity, reason)
        found.append(Finding(record.id, discrepancy))
    return found


def containers_elsewhere(
    imports: Iterable[MirrorRecord],
    exports: Iterable[MirrorRecord],
    *,
    pairs: Sequence[Pair],
    thresholds: Thresholds,
) -> list[Finding]:
    """Return the imports whose container was, meanwhile, on another journey under another transport document.

    Whatever the destination of the other journey. House bills of one groupage container are one journey when their
    declarations name the master document too, or one import names them all.
    """
    ours, theirs = {record.id: record for record in imports}, {record.id: record for record in exports}
    claims = claims_of(ours, theirs, pairs=pairs)
    found = [_elsewhere(record, clash, thresholds) for clash in clashes(claims) for record in clash.claim.imports]
    return sorted(found, key=lambda each: (each.record_id, each.discrepancy.ours or ""))


def _elsewhere(record: MirrorRecord, clash: Clash, thresholds: Thresholds) -> Finding:
    others = (*clash.other.exports, *clash.other.imports)
    country = next((other.destination_country for other in others if other.destination_country), None)
    container = clash.claim.container
    if country and record.destination_country and country != record.destination_country:
        theirs = country
        reason = Reason("mirror.difference.container-elsewhere", (("ours", container), ("theirs", theirs)))
    else:
        theirs = min(clash.other.documents)
        reason = Reason("mirror.difference.container-twice", (("ours", container), ("theirs", theirs)))
    path = "goods_shipment.consignment.equipment"
    kind, severity = DiscrepancyKind.CONTAINER_ELSEWHERE, thresholds.severity["container"]
    return Finding(record.id, Discrepancy(kind, path, container, theirs, None, severity, reason))
