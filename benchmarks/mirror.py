"""How fast and how rightly are a million imports paired with a million exports? Beside splink on the same worlds.

Run with `make bench-mirror`. Worlds of `benchmarks/noisy_mirror.py`, in Parquet; each run of either is a process of
its own, so that its memory is its own. `--splink-python` names an interpreter that has splink, where this one has not;
where none has, its figures are absent. F1 of splink is taken at the threshold that suits it best, ours at 0.5.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402
from benchmarks.noisy_mirror import HEAVY, MODERATE, noisy_mirror  # noqa: E402

from comity.features.mirror.linkage.columns import take_in  # noqa: E402
from comity.features.mirror.linkage.link import ACCEPTED, link  # noqa: E402
from comity.features.mirror.linkage.prepare import preparing  # noqa: E402
from comity.features.mirror.linkage.settings import linkage_settings  # noqa: E402

NOISE = {"moderate": MODERATE, "heavy": HEAVY}
SEED = 20
SIDES = {"imports": "i", "exports": "e"}


def made(folder: Path, records: int, noise: str) -> Path:
    """Write a world into a folder below, with the columns prepared as splink needs them."""
    here = folder / f"{noise}_{records}"
    here.mkdir()
    world = noisy_mirror(records, NOISE[noise], seed=SEED)
    np.savez(here / "truth.npz", import_ids=world.true_imports.astype(str), export_ids=world.true_exports.astype(str))
    with duckdb.connect() as connection:
        for side in SIDES:
            take_in(connection, side, getattr(world, side))
            connection.execute(f"COPY {side} TO '{here}/{side}.parquet'")
        for statement in preparing(linkage_settings()):
            connection.execute(statement)
        connection.execute(
            "CREATE TABLE heads AS SELECT number, list(head ORDER BY place) AS heads FROM head GROUP BY number"
        )
        for side, table in SIDES.items():
            connection.execute(
                "COPY (SELECT r.* REPLACE (x.form AS exporter, m.form AS importer), substr(r.hs6, 1, 4) AS hs4,"
                f" xh.heads[1] AS exporter_head_1, xh.heads[-1] AS exporter_head_2, mh.heads[1] AS importer_head_1,"
                f" mh.heads[-1] AS importer_head_2 FROM {table} r"
                " LEFT JOIN form x ON x.number = r.exporter LEFT JOIN form m ON m.number = r.importer"
                " LEFT JOIN heads xh ON xh.number = r.exporter LEFT JOIN heads mh ON mh.number = r.importer)"
                f" TO '{here}/prepared_{side}.parquet'"
            )
    return here


def link_alone(folder: Path) -> None:
    """Pair the world of a folder and tell the seconds, the seconds of the processor and the megabytes at most."""
    began = time.perf_counter()
    linked = link(folder / "imports.parquet", folder / "exports.parquet")
    told = {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    pairs = linked.pairs
    np.savez(
        folder / "ours.npz",
        import_ids=pairs.import_ids.astype(str),
        export_ids=pairs.export_ids.astype(str),
        probability=pairs.probability,
        alone=linked.exports_alone.astype(str),
    )
    print(json.dumps(told))


def ours(folder: Path) -> dict[str, float]:
    """Run `link_alone` in a process of its own."""
    ran = subprocess.run(
        [sys.executable, __file__, "--link", str(folder)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    told: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return told


def splink(folder: Path, python: str) -> float | None:
    """Return the seconds that splink took, None where it is not installed."""
    if subprocess.run([python, "-c", "import splink"], capture_output=True, check=False).returncode:
        return None
    script = str(ROOT / "benchmarks" / "mirror_by_splink.py")
    ran = subprocess.run([python, script, str(folder)], capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"splink failed: {ran.stderr[-2000:]}")
    return float(ran.stdout.splitlines()[-1])


def right(folder: Path, name: str) -> tuple[Any, Any, int]:
    """Return the probability of each pair told, whether it is true, and how many are true at all."""
    truth, told = np.load(folder / "truth.npz"), np.load(folder / f"{name}.npz")
    true = set(zip(truth["import_ids"].tolist(), truth["export_ids"].tolist(), strict=True))
    pairs = zip(told["import_ids"].tolist(), told["export_ids"].tolist(), strict=True)
    return told["probability"], np.array([one in true for one in pairs], dtype=bool), len(true)


def f1(probability: Any, is_right: Any, true: int, least: float) -> float:
    kept = probability >= least
    return float(2 * is_right[kept].sum() / (kept.sum() + true))


def calibration_error(probability: Any, is_right: Any) -> float:
    """Return the expected calibration error over ten bins of equal width."""
    tenth = np.minimum((probability * 10).astype(int), 9)
    return float(sum(abs((probability - is_right)[tenth == at].sum()) for at in range(10)) / len(probability))


def orphan_precision(folder: Path) -> float:
    """Return the share of the exports told as alone that truly have no twin."""
    twins = np.load(folder / "truth.npz")["export_ids"]
    return float((~np.isin(np.load(folder / "ours.npz")["alone"], twins)).mean())


def judged(folder: Path, noise: str, records: int, python: str) -> dict[str, float | None]:
    """Return what ours and splink find in one world."""
    here = made(folder, records, noise)
    run = ours(here)
    told = right(here, "ours")
    found: dict[str, float | None] = {
        "f1": f1(*told, ACCEPTED),
        "calibration_error": calibration_error(*told[:2]),
        "orphan_precision": orphan_precision(here),
        "seconds": run["seconds"],
    }
    seconds = splink(here, python)
    found["splink_seconds"] = seconds
    if seconds is not None:
        found["splink_f1"] = max(f1(*right(here, "splink"), least) for least in np.arange(0.05, 1, 0.05))
    return found


def main() -> None:
    """Tell the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--judged", type=int, default=200_000)
    parser.add_argument("--splink-python", default=sys.executable)
    parser.add_argument("--link", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.link:
        link_alone(asked.link)
        return
    with tempfile.TemporaryDirectory(prefix="bench-mirror-") as folder:
        many = made(Path(folder), asked.records, "moderate")
        whole = ours(many)
        f1_many = f1(*right(many, "ours"), ACCEPTED)
        (Path(folder) / "judged").mkdir()
        by = {name: judged(Path(folder) / "judged", name, asked.judged, asked.splink_python) for name in NOISE}
    moderate, heavy = by["moderate"], by["heavy"]
    if moderate["splink_seconds"] is None:
        print("splink is not installed here: its figures are absent (--splink-python names an interpreter that has it)")
    ratio = moderate["seconds"] / moderate["splink_seconds"] if moderate["splink_seconds"] else None
    errors = [one["calibration_error"] or 0.0 for one in by.values()]
    tell(
        "mirror",
        [
            figure("million_s", whole["seconds"], "s", most=60),
            figure("million_cpu_s", whole["cpu"], "s"),
            figure("million_peak_mb", whole["peak_mb"], "MB", most=3000),
            figure("million_f1", f1_many, least=0.98),
            figure("f1_moderate", moderate["f1"], least=0.98),
            figure("f1_heavy", heavy["f1"], least=0.92),
            figure("calibration_error", max(errors), most=0.03),
            figure("orphan_precision", moderate["orphan_precision"], least=0.95),
            figure("orphan_precision_heavy", heavy["orphan_precision"]),
            figure("splink_f1_moderate", moderate.get("splink_f1"), most=moderate["f1"]),
            figure("splink_f1_heavy", heavy.get("splink_f1"), most=heavy["f1"]),
            figure("time_over_splink", ratio, most=1),
        ],
    )


if __name__ == "__main__":
    main()
