"""How do the world's papers reach the administrations? As files: WCO XML, CSV and XLSX, the truth kept apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from comity.entrypoints.demo.world.generate import World
from comity.entrypoints.demo.world.truth import write_truth
from comity.features.declarations.formats.tabular.write import write_csv, write_xlsx
from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from comity.foundation.trade.declaration import Declaration

XML, CSV, XLSX = "xml", "csv", "xlsx"
FORMATS = {XML: 70, CSV: 18, XLSX: 12}
"""Share of each format among the declarations, per cent."""
BATCH = 12
TRUTH = "truth.json"


@dataclass(frozen=True, slots=True)
class WorldFiles:
    """The files written, each side's in the order in which its declarations begin."""

    exports: tuple[Path, ...]
    imports: tuple[Path, ...]
    truth: Path


def write_world(world: World, directory: Path) -> WorldFiles:
    """Write `exports/`, `imports/` and `truth.json` under the directory, which is made if need be.

    A declaration alone is WCO XML; tables hold up to twelve of one declarant. No file tells what is irregular.
    """
    random = Random(world.truth.seed)  # noqa: S311 - a repeatable world, not a secret
    written = {}
    for side, declarations in (("exports", world.exports), ("imports", world.imports)):
        folder = directory / side
        folder.mkdir(parents=True, exist_ok=True)
        written[side] = tuple(_write_side(random, declarations, folder))
    truth = directory / TRUTH
    write_truth(world.truth, truth)
    return WorldFiles(written["exports"], written["imports"], truth)


def _write_side(random: Random, declarations: Sequence[Declaration], folder: Path) -> list[Path]:
    paths = []
    for number, (ending, batch) in enumerate(_batches(random, declarations), start=1):
        path = folder / f"{number:05d}.{ending}"
        path.write_bytes(_content(ending, batch))
        paths.append(path)
    return paths


def _content(ending: str, batch: Sequence[Declaration]) -> bytes:
    if ending == CSV:
        return write_csv(batch)
    if ending == XLSX:
        return write_xlsx(batch)
    return write_wco_xml(batch[0])


def _batches(random: Random, declarations: Sequence[Declaration]) -> list[tuple[str, list[Declaration]]]:
    """Return what goes into each file; a table is filled by one declarant, then the next begins."""
    batches: list[tuple[str, list[Declaration]]] = []
    open_tables: defaultdict[tuple[str, str | None], list[Declaration]] = defaultdict(list)
    for declaration in declarations:
        ending = random.choices(list(FORMATS), list(FORMATS.values()))[0]
        if ending == XML:
            batches.append((ending, [declaration]))
            continue
        key = (ending, declaration.declarant.id if declaration.declarant else None)
        table = open_tables[key]
        if not table:
            batches.append((ending, table))
        table.append(declaration)
        if len(table) == BATCH:
            del open_tables[key]
    return batches
