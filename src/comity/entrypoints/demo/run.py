"""How does the demonstration go, from an empty folder to a verified proof?"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.cooperation.ledger.evidence import verify_bundle
from comity.entrypoints.demo import count
from comity.entrypoints.demo.play import EXAMINED_LANES, declare_all, examine, wait_until_cosigned, wait_until_delivered
from comity.entrypoints.demo.stage import Stage
from comity.entrypoints.demo.world import Truth, generate_world, write_world
from comity.features.risk.store import worklist
from comity.flows.prove import bundle_for
from comity.flows.run_mirror import MirrorRun, run

Step = Callable[[str, int], Callable[[int], None]]
"""Begins a step of the given length and returns what moves its bar on."""

IMPORTS_FROM = "KE"


@dataclass(frozen=True, slots=True)
class Script:
    """Which world is played, where its files go, and where the evidence that outlives them."""

    seed: int
    consignments: int
    folder: Path
    bundle: Path


def play(stage: Stage, script: Script, *, step: Step) -> dict[str, Any]:
    """Play the world on a stage and return every figure, counted afterwards."""
    begun = time.monotonic()
    world = generate_world(seed=script.seed, consignments=script.consignments)
    files = write_world(world, script.folder / "world")
    declare_all(stage.exporter, files.exports, advance=step("Kenya: exports", len(files.exports)))
    wait_until_delivered(stage.exporter)
    taken_ms = declare_all(stage.importer, files.imports, advance=step("Uganda: imports", len(files.imports)))
    mirror = _run_mirror(stage)
    _examine(stage, world.truth, step)
    wait_until_delivered(stage.importer)
    wait_until_cosigned(stage.importer)
    wait_until_cosigned(stage.exporter)
    return {
        "world": {
            "seed": script.seed,
            "consignments": script.consignments,
            "irregular": len(world.truth.irregular),
        },
        "nodes": count.count_nodes(stage),
        "agreement": count.count_agreement(stage),
        "exchange": count.count_exchange(stage),
        "clearance": count.count_clearance(stage, taken_ms),
        "mirror": count.judge_mirror(world.truth, count.found_by(stage, mirror)),
        "examinations": count.count_examinations(stage),
        "proof": _prove(stage, mirror, script.bundle),
        "seconds": round(time.monotonic() - begun, 1),
    }


def _run_mirror(stage: Stage) -> MirrorRun:
    node = stage.importer.node
    with node.database.transaction() as session:
        return run(session, IMPORTS_FROM, clearing=node.clearing())


def _examine(stage: Stage, truth: Truth, step: Step) -> None:
    """Let the examiners look at what the lanes send them; they find what is true."""
    with stage.importer.node.database.reading() as session:
        rows = worklist(session, lanes=EXAMINED_LANES, limit=count.MOST)
    names = count.imports_by_reference(stage.importer)
    wrong = count.irregular_references(truth)
    cases = [(row.declaration_id, wrong.get(names.get(row.declaration_id, ""))) for row in rows]
    examine(stage.importer, cases, advance=step("Uganda: examinations", len(cases)))


def _prove(stage: Stage, mirror: MirrorRun, path: Path) -> dict[str, Any]:
    """Write the evidence of one import that was compared, and verify the file as a stranger would."""
    node = stage.importer.node
    with node.database.reading() as session:
        bundle = bundle_for(session, mirror.pairs[0].import_ids[0], keys=node.keys, clock=node.clock)
    path.write_text(json.dumps(bundle), encoding="utf-8")
    verified = verify_bundle(json.loads(path.read_text(encoding="utf-8")))
    return {
        "bundle": str(path),
        "verified": True,
        "entries": len(verified.entries),
        "witnessed_by": list(verified.witnessed_by),
    }
