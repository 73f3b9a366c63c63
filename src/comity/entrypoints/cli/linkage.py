"""The command `mirror link`: two files of a million records each, and which of them are the same goods."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from comity.entrypoints.cli.options import AsJson
from comity.entrypoints.cli.output import people, progress, reporting, write_json, write_table

if TYPE_CHECKING:
    from comity.features.mirror.linkage.explain import Explanation
    from comity.features.mirror.linkage.link import Linked

MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Linking:
    """The arguments and options of `comity mirror link`."""

    imports: Annotated[Path, typer.Argument(help="Our imports, CSV or Parquet.", exists=True, dir_okay=False)]
    exports: Annotated[Path, typer.Argument(help="The partner's exports, CSV or Parquet.", exists=True, dir_okay=False)]
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where the pairs go, CSV.", dir_okay=False)] = (
        None
    )
    why: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="IMPORT EXPORT", help="Explain why these two records were paired or not."),
    ] = None
    as_json: AsJson = False


def link_files(asked: Linking) -> None:
    """Pair a file of imports with a file of exports: exact keys, then learned weights, then parts of consignments."""
    from comity.features.mirror.linkage.link import STEPS, link

    with reporting(as_json=asked.as_json), progress(quiet=asked.as_json) as bar:
        task = bar.add_task("beginning", total=len(STEPS))

        def begins(title: str) -> None:
            bar.update(task, description=title, completed=STEPS.index(title))

        linked = link(asked.imports, asked.exports, why=asked.why, step=begins)
        if asked.output:
            _write_pairs(asked.output, linked)
        bar.update(task, completed=len(STEPS))
    told = _summary(linked)
    if asked.as_json:
        write_json(told)
        return
    people.print(
        f"{told['imports']} imports, {told['exports']} exports: {told['accepted']} pairs accepted in"
        f" {told['consignments']} consignments, {told['doubtful']} doubtful,"
        f" {told['exports_alone']} exports alone."
    )
    if linked.faults:
        rows = [[one.side, one.column, str(one.records), one.done] for one in linked.faults]
        write_table("What could not be used", ["side", "column", "records", "what was done"], rows)
    if asked.why and not told["why"]:
        people.print("No record met another, so that there are no weights to explain with.")
    if told["why"]:
        _print_explanation(told["why"])


def _summary(linked: Linked) -> dict[str, Any]:
    accepted = linked.accepted()
    return {
        "imports": len(linked.import_ids),
        "exports": len(linked.export_ids),
        "accepted": int(accepted.sum()),
        "consignments": len(set(linked.pairs.group[accepted].tolist())),
        "doubtful": int((~accepted).sum()),
        "exports_alone": len(linked.exports_alone),
        "candidates": linked.candidates,
        "faults": [
            {"side": one.side, "column": one.column, "records": one.records, "done": one.done} for one in linked.faults
        ],
        "why": _explanation(linked, linked.explanation) if linked.explanation else None,
    }


def _write_pairs(path: Path, linked: Linked) -> None:
    from comity.features.mirror.linkage.in_words import reasons_in_words

    @lru_cache(maxsize=100_000)
    def reasons(pattern: int) -> str:
        return reasons_in_words(linked.reasons(pattern), most=MOST_REASONS)

    pairs = linked.pairs
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["import_id", "export_id", "probability", "group", "reasons"])
        for ours, theirs, probable, group, pattern in zip(
            pairs.import_ids, pairs.export_ids, pairs.probability, pairs.group, pairs.pattern, strict=True
        ):
            writer.writerow([ours, theirs, f"{probable:.4f}", group, reasons(int(pattern))])


def _explanation(linked: Linked, held: Explanation) -> dict[str, Any]:
    from comity.features.mirror.linkage.in_words import in_words

    chosen = (linked.pairs.import_ids == held.import_id) & (linked.pairs.export_ids == held.export_id)
    return {
        "import": held.import_id,
        "export": held.export_id,
        "probability": round(float(linked.pairs.probability[chosen][0]), 4) if chosen.any() else None,
        "met_by": list(held.passes),
        "bits": round(held.bits, 1),
        "reasons": [
            {"reason": in_words(name, level), "bits": round(bits, 1)}
            for name, level, bits in linked.reasons(held.pattern)
        ],
        "rivals": [{"import": ours, "export": theirs, "bits": round(bits, 1)} for ours, theirs, bits in held.rivals],
    }


def _print_explanation(told: dict[str, Any]) -> None:
    paired = "not paired" if told["probability"] is None else f"paired, probability {told['probability']}"
    met = ", ".join(told["met_by"]) or "no pass, so they were not compared"
    people.print(f"{told['import']} and {told['export']}: {paired}. Met by: {met}. Weight: {told['bits']} bits.")
    write_table("How they compare", ["reason", "bits"], [[one["reason"], str(one["bits"])] for one in told["reasons"]])
    if told["rivals"]:
        rows = [[one["import"], one["export"], str(one["bits"])] for one in told["rivals"]]
        write_table("Other candidates of either", ["import", "export", "bits"], rows)
