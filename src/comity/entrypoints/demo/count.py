"""What did the demonstration do? Counted from the nodes' own databases and logs, and held against the world's truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.store import find_agreement
from comity.cooperation.exchange.store import ExchangeCounts, delivery_times, exchange_counts
from comity.cooperation.ledger.append import head
from comity.entrypoints.demo.stage import Stage, StagedNode
from comity.entrypoints.demo.world.truth import ConsignmentTruth, IrregularityKind, Truth
from comity.features.declarations.store import latest
from comity.features.mirror.store import all_exports, discrepancies_of, export_counts
from comity.features.risk.store import examination_counts, feedback_received, lane_counts
from comity.flows.run_mirror import MirrorRun

MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """What the importer's mirror found, in the names of the world: pairs, and what each declaration is suspected of."""

    pairs: frozenset[tuple[str, str]]
    suspected_imports: frozenset[str]
    suspected_exports: frozenset[str]


def count_nodes(stage: Stage) -> list[dict[str, Any]]:
    """Return each node's address, log size and root."""
    told = []
    for staged in (stage.exporter, stage.importer):
        with staged.node.database.reading() as session:
            now = head(session)
        told.append(
            {
                "authority": staged.node.configuration.authority,
                "url": staged.url,
                "log_size": now.size,
                "log_root": now.root.hex(),
            }
        )
    return told


def count_agreement(stage: Stage) -> dict[str, Any]:
    """Return the agreement as the importer's node keeps it."""
    with stage.importer.node.database.reading() as session:
        stored = find_agreement(session, stage.agreement.id)
    return {
        "id": stored.agreement.id,
        "hash": stored.hash,
        "signed_by": sorted(one.authority for one in stored.signatures),
    }


def count_exchange(stage: Stage) -> dict[str, Any]:
    """Return what was sent and arrived, both ways; `per_second` from the first message queued to the last receipt."""
    sides = [_exchange_of(stage.exporter), _exchange_of(stage.importer)]
    sent = sum(counts.sent for counts, _ in sides)
    received = sum(counts.received for counts, _ in sides)
    refused = sum(counts.refused for counts, _ in sides)
    waiting = sum(counts.waiting for counts, _ in sides)
    with stage.importer.node.database.reading() as session:
        kept, different = export_counts(session)
    seconds = sides[0][1]
    return {
        "sent": sent,
        "delivered": received,
        "receipts": sum(counts.receipts for counts, _ in sides),
        "refused": refused,
        "lost": sent - received - refused - waiting,
        "duplicated": kept - different,
        "per_second": round(sides[0][0].delivered / seconds, 1) if seconds else None,
    }


def count_clearance(stage: Stage, taken_ms: Sequence[float]) -> dict[str, Any]:
    """Return how many declarations were cleared, the importer's lanes, and how long a system waited for one."""
    declarations = 0
    for staged in (stage.exporter, stage.importer):
        with staged.node.database.reading() as session:
            declarations += sum(lane_counts(session, None).values())
    with stage.importer.node.database.reading() as session:
        lanes = lane_counts(session)
    cuts = quantiles(taken_ms, n=100) if len(taken_ms) > 1 else []
    return {
        "declarations": declarations,
        "lanes": lanes,
        "p50_ms": round(cuts[49], 2) if cuts else None,
        "p95_ms": round(cuts[94], 2) if cuts else None,
    }


def found_by(stage: Stage, run: MirrorRun) -> Found:
    """Return what the mirror run found, in the names that the world gives its declarations."""
    with stage.importer.node.database.reading() as session:
        imports = _references(session)
        by_mrn = _references_by_mrn(stage.exporter)
        exports = {each.id: by_mrn.get(each.mrn or "", each.id) for each in all_exports(session)}
        suspected = discrepancies_of(session, [*imports, *exports])
    members = {each: one for one in run.pairs for each in (*one.import_ids, *one.export_ids)}
    told = {each for each, found in suspected.items() if found}
    told |= {each for one in run.pairs for each in one.import_ids if one.import_ids[0] in told}
    with_pair = {each for each in told if each in members}
    return Found(
        pairs=frozenset(
            (exports[theirs], imports[ours])
            for one in run.pairs
            for ours in one.import_ids
            for theirs in one.export_ids
            if ours in imports and theirs in exports
        ),
        suspected_imports=frozenset(imports[each] for each in told | with_pair if each in imports),
        suspected_exports=frozenset(exports[each] for each in told if each in exports),
    )


def judge_mirror(truth: Truth, found: Found) -> dict[str, Any]:
    """Hold what was found against the truth.

    `paired` and `true_pairs` count (export, import) pairs. An irregularity counts as planted where it leaves a trace
    between the two sides; a false alarm is a consignment with nothing wrong that is suspected all the same.
    """
    true = set(truth.pairs)
    right = len(found.pairs & true)
    planted = [one for one in truth.irregular if one.leaves_trace]
    clean = [one for one in truth.consignments if not one.is_irregular]
    return {
        "paired": len(found.pairs),
        "true_pairs": len(true),
        "precision": round(right / len(found.pairs), 4) if found.pairs else None,
        "recall": round(right / len(true), 4) if true else None,
        "planted": len(planted),
        "planted_found": sum(is_suspected(one, found) for one in planted),
        "clean": len(clean),
        "false_alarms": sum(is_suspected(one, found) for one in clean),
    }


def is_suspected(consignment: ConsignmentTruth, found: Found) -> bool:
    """Claim that a declaration of the consignment is suspected of something."""
    return bool(
        found.suspected_imports & set(consignment.imports) or found.suspected_exports & set(consignment.exports)
    )


def count_examinations(stage: Stage) -> dict[str, int]:
    """Return the results recorded at the importer and those that reached the exporter."""
    with stage.importer.node.database.reading() as session:
        recorded, irregular = examination_counts(session)
    with stage.exporter.node.database.reading() as session:
        arrived = len(feedback_received(session))
    return {"recorded": recorded, "irregular": irregular, "feedback_delivered": arrived}


def irregular_references(truth: Truth) -> dict[str, IrregularityKind]:
    """Return what is wrong with each import, by its functional reference."""
    return {name: one.kind for one in truth.consignments if one.kind for name in one.imports}


def imports_by_reference(node: StagedNode) -> dict[str, str]:
    """Return the functional reference of every declaration the node keeps, by id."""
    with node.node.database.reading() as session:
        return _references(session)


def _exchange_of(staged: StagedNode) -> tuple[ExchangeCounts, float | None]:
    with staged.node.database.reading() as session:
        counts, times = exchange_counts(session), delivery_times(session)
    if not times:
        return counts, None
    seconds = (max(receipt for _, receipt in times) - min(released for released, _ in times)).total_seconds()
    return counts, seconds or None


def _references(session: Session) -> dict[str, str]:
    return {each.id: each.declaration.functional_reference_id or "" for each in latest(session, MOST)}


def _references_by_mrn(staged: StagedNode) -> dict[str, str]:
    with staged.node.database.reading() as session:
        kept = latest(session, MOST)
    return {one.declaration.mrn or "": one.declaration.functional_reference_id or "" for one in kept}
