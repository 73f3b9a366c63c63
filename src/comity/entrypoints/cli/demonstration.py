"""The command `demo`: two nodes, a world of trade, every figure counted."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from comity.entrypoints.cli.options import AsJson
from comity.entrypoints.cli.output import people, progress, reporting, working, write_json


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("demo")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop after the figures.")] = False,
    consignments: Annotated[int, typer.Option(help="How many consignments.", min=20, max=100_000)] = 500,
    seed: Annotated[int, typer.Option(help="Equal seeds make equal worlds.")] = 7,
    home: Annotated[Path | None, typer.Option("--home", help="Folder to work in; a new one when absent.")] = None,
    as_json: AsJson = False,
) -> None:
    """Play some weeks of trade between Kenya and Uganda on two nodes of this machine."""
    from comity.entrypoints.demo.run import Script, play
    from comity.entrypoints.demo.stage import staged

    place = nullcontext(str(home)) if home else tempfile.TemporaryDirectory(prefix="comity-demo-")
    with reporting(as_json=as_json), place as folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        bundle = (home or Path(tempfile.mkdtemp(prefix="comity-evidence-"))) / "bundle.json"
        with ExitStack() as closing:
            with working("setting up two nodes", quiet=as_json):
                stage = closing.enter_context(staged(Path(folder)))
            with progress(quiet=as_json) as bar:
                figures = play(stage, Script(seed, consignments, Path(folder), bundle), step=_steps(bar))
            if as_json:
                write_json(figures)
            else:
                _tell(figures)
            if not once:
                _invite(stage)
                signal.pause()


def _steps(bar: Progress) -> Callable[[str, int], Callable[[int], None]]:
    def begin(title: str, length: int) -> Callable[[int], None]:
        task = bar.add_task(title, total=length)
        return lambda count: bar.advance(task, count)

    return begin


def _tell(figures: dict[str, Any]) -> None:
    exchange, mirror, work = figures["exchange"], figures["mirror"], figures["examinations"]
    clearance, proof = figures["clearance"], figures["proof"]
    lanes = ", ".join(f"{number} {lane}" for lane, number in clearance["lanes"].items())
    people.print(
        f"\n{figures['world']['consignments']} consignments, {figures['world']['irregular']} of them irregular,"
        f" in {figures['seconds']} s."
    )
    people.print(
        f"Agreement {figures['agreement']['id']}, signed by {' and '.join(figures['agreement']['signed_by'])}:"
        f" {exchange['delivered']} messages delivered, {exchange['receipts']} receipts, {exchange['lost']} lost,"
        f" {exchange['duplicated']} doubled, {exchange['refused']} refused."
    )
    people.print(f"Lanes in Uganda: {lanes}. Half the answers within {clearance['p50_ms']} ms.")
    people.print(
        f"Mirror: {mirror['paired']} pairs, precision {mirror['precision']}, recall {mirror['recall']};"
        f" {mirror['planted_found']} of {mirror['planted']} traceable irregularities found,"
        f" {mirror['false_alarms']} false alarms in {mirror['clean']} clean consignments."
    )
    people.print(
        f"{work['recorded']} examinations, {work['irregular']} irregular; {work['feedback_delivered']} results reached"
        " Kenya."
    )
    people.print(f"Evidence of one import verified offline: {proof['bundle']}")


def _invite(stage: Any) -> None:
    people.print("\nThe consoles (the browser will ask about the self-signed certificates of this demonstration):")
    for staged_node in (stage.exporter, stage.importer):
        people.print(f"  {staged_node.node.configuration.name}: {staged_node.url}/console")
        for name, password in staged_node.accounts:
            people.print(f"    {name} / {password}")
    people.print("Stop with Ctrl-C.")
