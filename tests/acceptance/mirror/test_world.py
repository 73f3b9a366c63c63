"""On the generated world of the demonstration the mirror reaches the project's figures."""

from __future__ import annotations

import pytest

from comity.entrypoints.demo.count import Found, judge_mirror
from comity.entrypoints.demo.world.generate import World, generate_world
from comity.features.mirror.beyond_pairs import Corridor, containers_elsewhere, ghost_imports, orphan_exports
from comity.features.mirror.discrepancies import find_discrepancies
from comity.features.mirror.pair import pair
from comity.features.mirror.record import MirrorRecord, mirror_record
from comity.features.mirror.settings import load_thresholds
from comity.foundation.rates import load_rates


def records(declarations) -> dict[str, MirrorRecord]:
    """Return the records by functional reference, the name the truth uses."""
    return {
        each.functional_reference_id: mirror_record(
            each, id=each.functional_reference_id, date=each.acceptance_at.date()
        )
        for each in declarations
    }


def look(world: World) -> Found:
    imports, exports, thresholds = records(world.imports), records(world.exports), load_thresholds()
    pairs = pair(imports.values(), exports.values())
    told: set[str] = set()
    for one in pairs:
        ours, theirs = [imports[each] for each in one.import_ids], [exports[each] for each in one.export_ids]
        if find_discrepancies(ours, theirs, rates=load_rates(), thresholds=thresholds):
            told |= set(one.import_ids)
    beyond = [
        *ghost_imports(imports.values(), pairs=pairs, corridors=[Corridor("KE")], thresholds=thresholds),
        *orphan_exports(exports.values(), pairs=pairs, at=world.truth.observed_on, thresholds=thresholds),
        *containers_elsewhere(imports.values(), exports.values(), pairs=pairs, thresholds=thresholds),
    ]
    told |= {each.record_id for each in beyond}
    return Found(
        pairs=frozenset((theirs, ours) for one in pairs for ours in one.import_ids for theirs in one.export_ids),
        suspected_imports=frozenset(told & set(imports)),
        suspected_exports=frozenset(told & set(exports)),
    )


@pytest.mark.parametrize("seed", [1, 4])
def test_pairs_find_the_truth_and_what_leaves_a_trace_is_found(seed):
    world = generate_world(seed=seed, consignments=600)

    told = judge_mirror(world.truth, look(world))

    assert told["precision"] >= 0.99
    assert told["recall"] >= 0.98
    assert told["planted_found"] >= 0.95 * told["planted"]
    assert told["false_alarms"] < 0.02 * told["clean"]
