"""On a market with known truth the mirror reaches the project's figures, over several seeds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comity.features.mirror.beyond_pairs import Corridor, ghost_imports, orphan_exports
from comity.features.mirror.discrepancies import find_discrepancies
from comity.features.mirror.pair import pair
from comity.features.mirror.settings import load_thresholds
from tests.acceptance.mirror.market import Market, make_market
from tests.unit.mirror.records import EXPORTED_ON, RATES

LATER = EXPORTED_ON + timedelta(days=400)


def alarmed(market: Market, pairs) -> set[str]:
    imports = {each.id: each for each in market.imports}
    exports = {each.id: each for each in market.exports}
    thresholds = load_thresholds()
    found: set[str] = set()
    for one in pairs:
        ours, theirs = [imports[each] for each in one.import_ids], [exports[each] for each in one.export_ids]
        if find_discrepancies(ours, theirs, rates=RATES, thresholds=thresholds):
            found |= set(one.import_ids)
    single = [
        *ghost_imports(market.imports, pairs=pairs, corridors=[Corridor("KE")], thresholds=thresholds),
        *orphan_exports(market.exports, pairs=pairs, at=LATER, thresholds=thresholds),
    ]
    return found | {each.record_id for each in single}


@pytest.mark.parametrize(("seed", "weak_share"), [(1, 0.0), (2, 0.15), (3, 0.3), (4, 0.6)])
def test_pairs_find_the_truth_and_alarms_find_what_was_planted(seed, weak_share):
    market = make_market(seed, consignments=900, weak_share=weak_share)

    pairs = pair(market.imports, market.exports)
    alarms = alarmed(market, pairs)

    paired = {(ours, theirs) for one in pairs for ours in one.import_ids for theirs in one.export_ids}
    assert len(paired & market.truth) / len(paired) >= 0.99
    assert len(paired & market.truth) / len(market.truth) >= 0.98
    assert len(alarms & set(market.planted)) / len(market.planted) >= 0.95
    assert len(alarms & market.clean) / len(market.clean) < 0.02
