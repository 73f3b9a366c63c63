"""What the demonstration does with 2,000 consignments, and what clearing one declaration costs.

Run with `python benchmarks/spine.py` from the project's root. Every figure is counted from the nodes' own databases.
The last line is one JSON object.
"""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from sqlalchemy import event

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402

from comity.entrypoints.demo.run import Script, play  # noqa: E402
from comity.entrypoints.demo.stage import Stage, staged  # noqa: E402
from comity.entrypoints.demo.world import generate_world  # noqa: E402
from comity.features.declarations.formats.wco_xml.write import write_wco_xml  # noqa: E402
from comity.features.declarations.read import read_documents  # noqa: E402
from comity.flows.clear_declaration import clear  # noqa: E402

CONSIGNMENTS, SEED = 2_000, 7
MORE = 300


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--consignments", type=int, default=CONSIGNMENTS, help="another number, for a short run")
    consignments = parser.parse_args().consignments
    with tempfile.TemporaryDirectory() as folder, staged(Path(folder)) as stage:
        told = play(
            stage,
            Script(SEED, consignments, Path(folder), Path(folder) / "bundle.json"),
            step=lambda _title, _length: lambda _count: None,
        )
        memory = [_peak_mb(one.process.pid) for one in (stage.exporter, stage.importer)]
        taken, statements = _clear_more(stage)
    exchange, mirror = told["exchange"], told["mirror"]
    figures = [
        figure("demo_seconds", told["seconds"], "s", most=90),
        figure("exporter_peak_mb", memory[0], "MB", most=500),
        figure("importer_peak_mb", memory[1], "MB", most=500),
        figure("lost", exchange["lost"], "messages", most=0),
        figure("duplicated", exchange["duplicated"], "messages", most=0),
        figure("pairing_precision", mirror["precision"], "share", least=0.99),
        figure("pairing_recall", mirror["recall"], "share", least=0.98),
        figure("planted_found", mirror["planted_found"] / mirror["planted"], "share", least=0.95),
        figure("false_alarms", mirror["false_alarms"] / mirror["clean"], "share of clean consignments", most=0.02),
        figure("clear_one_p95_ms", quantiles(taken, n=100)[94], "ms", most=50),
        figure("clear_one_sql_statements", max(statements), "statements, the most of one", most=60),
    ]
    tell("spine", figures)


def _clear_more(stage: Stage) -> tuple[list[float], list[int]]:
    """Clear imports of another world on the importer's full database; return milliseconds and statements of each."""
    node, counted = stage.importer.node, [0]
    event.listen(node.database.engine, "before_cursor_execute", lambda *_: counted.__setitem__(0, counted[0] + 1))
    taken, statements = [], []
    clearing = node.clearing()
    for declaration in generate_world(seed=SEED + 1, consignments=MORE).imports:
        (document,) = read_documents(write_wco_xml(declaration), name="import.xml").documents
        counted[0], begun = 0, perf_counter()
        with node.database.transaction() as session:
            clear(session, document, clearing=clearing)
        taken.append((perf_counter() - begun) * 1000)
        statements.append(counted[0])
    return taken, statements


def _peak_mb(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
