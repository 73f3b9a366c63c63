"""Pairs by splink: `python benchmarks/mirror_by_splink.py FOLDER`, with columns prepared by `benchmarks/mirror.py`.

A fair configuration: the names without legal forms and the heads that ours looks up by, the same bounds of days and
masses in the blocking rules, levels of comparison as ours, term frequencies for names and goods, weights trained by
random sampling and expectation and maximisation. Of what it predicts each record is paired once, the likeliest first.
Stands alone, so that it also runs where only splink, duckdb and numpy are installed. Seconds on the last line.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

TIMELY = "r.day BETWEEN l.earliest AND l.latest"
LIKELY = f"{TIMELY} AND abs(l.mass - r.mass) < 0.25"
BOUNDS = {"mass": (0.01, 0.025, 0.05, 0.09, 0.15, 0.25, 0.5), "value": (0.02, 0.06, 0.12, 0.2, 0.35, 0.6)}
RULES = (
    f"l.container = r.container AND {TIMELY}",
    f"l.document = r.document AND {TIMELY}",
    f"l.exporter = r.exporter AND l.importer = r.importer AND {TIMELY} AND abs(l.mass - r.mass) < 0.45",
    *(
        f"l.exporter_head_{x} = r.exporter_head_{x} AND l.importer_head_{m} = r.importer_head_{m} AND {LIKELY}"
        for x in (1, 2)
        for m in (1, 2)
    ),
    *(
        f"l.{role}_head_{place} = r.{role}_head_{place} AND l.hs4 = r.hs4 AND {LIKELY}"
        for role in ("exporter", "importer")
        for place in (1, 2)
    ),
)


def levels(column: str, *conditions: str) -> dict[str, Any]:
    """Return a comparison whose levels are conditions, the strictest first; neither side's silence counts."""
    told = [{"sql_condition": f'"{column}_l" IS NULL OR "{column}_r" IS NULL', "is_null_level": True}]
    told += [{"sql_condition": one} for one in conditions]
    return {"output_column_name": column, "comparison_levels": [*told, {"sql_condition": "ELSE"}]}


def with_frequency(comparison: dict[str, Any], column: str) -> dict[str, Any]:
    """Return a comparison whose first level counts how rare the value is."""
    comparison["comparison_levels"][1] |= {"tf_adjustment_column": column, "tf_adjustment_weight": 1.0}
    return comparison


def comparisons() -> list[dict[str, Any]]:
    """Return what is compared: levels as ours."""
    near = "length({0}_l) = length({0}_r) AND hamming({0}_l, {0}_r) = 1"
    alike = [f"jaro_winkler_similarity({{0}}_l, {{0}}_r) >= {bound}" for bound in (0.96, 0.88, 0.75)]
    told = [levels(one, f"{one}_l = {one}_r", near.format(one)) for one in ("container", "document")]
    told += [
        with_frequency(levels(one, f"{one}_l = {one}_r", *(each.format(one) for each in alike)), one)
        for one in ("exporter", "importer")
    ]
    prefixes = [f"substr(hs6_l, 1, {digits}) = substr(hs6_r, 1, {digits})" for digits in (4, 2)]
    told.append(with_frequency(levels("hs6", "hs6_l = hs6_r", *prefixes), "hs6"))
    told += [levels(one, *(f"abs({one}_l - {one}_r) < {bound}" for bound in bounds)) for one, bounds in BOUNDS.items()]
    same = "packages_l = packages_r"
    told.append(
        levels(
            "packages",
            f"{same} AND packages_l >= 50",
            f"{same} AND packages_l >= 10",
            same,
            "abs(packages_l - packages_r) <= 3",
        )
    )
    steps = [
        f"mode_l = '{mode}' AND abs(day_l - day_r) < {days * step}"
        for mode, days in (("4", 1), ("3", 2), ("1", 6))
        for step in range(1, 12)
    ]
    told.append(levels("day", "mode_l <> mode_r", *steps))
    return told


def predicted(folder: Path) -> Any:
    """Train, then predict; return the arrays of ids and probabilities."""
    from splink import Linker, SettingsCreator, block_on
    from splink.internals.duckdb.database_api import DuckDBAPI

    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET memory_limit = '3GB'")
    api = DuckDBAPI(connection)
    for side in ("imports", "exports"):
        connection.execute(f"CREATE TABLE {side} AS SELECT * FROM '{folder}/prepared_{side}.parquet'")
    sides = [api.register(side) for side in ("imports", "exports")]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        comparisons=comparisons(),
        blocking_rules_to_generate_predictions=list(RULES),
        retain_matching_columns=False,
    )
    linker = Linker(sides, settings, log_level=40)
    sure = "l.container = r.container AND l.document = r.document"
    linker.training.estimate_probability_two_random_records_match([sure], recall=0.4)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in ((("container", "document")), (("exporter", "importer", "hs6"))):
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), record_sample_proportion=1.0
        )
    found = linker.inference.predict(threshold_match_probability=0.05)
    query = f"SELECT id_l, id_r, match_probability FROM {found.physical_name} ORDER BY 3 DESC, 1, 2"
    return connection.execute(query).fetchnumpy()


def main() -> None:
    """Write `splink.npz` into the folder."""
    folder = Path(sys.argv[1])
    began = time.perf_counter()
    found = predicted(folder)
    used: set[str] = set()
    kept = []
    for at, (ours, theirs) in enumerate(zip(found["id_l"].tolist(), found["id_r"].tolist(), strict=True)):
        if ours not in used and theirs not in used:
            used.update((ours, theirs))
            kept.append(at)
    seconds = time.perf_counter() - began
    np.savez(
        folder / "splink.npz",
        import_ids=np.array(found["id_l"], dtype=str)[kept],
        export_ids=np.array(found["id_r"], dtype=str)[kept],
        probability=np.array(found["match_probability"], dtype=float)[kept],
    )
    print(seconds)


if __name__ == "__main__":
    main()
