"""Commands about documents: `check` (no node needed), `declare`, `world`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from comity.entrypoints.cli.options import AsJson, Home, OwnHome, opened, with_options
from comity.entrypoints.cli.output import Exit, errors, people, progress, reporting, working, write_json
from comity.features.declarations.errors import NotKept
from comity.features.declarations.formats.tabular.words import Language
from comity.features.declarations.read import FORMATS, ReadDocument, Reading, read_documents
from comity.foundation.clock import SystemClock
from comity.foundation.errors import Finding, Severity

if TYPE_CHECKING:
    from comity.entrypoints.node import Node
    from comity.features.declarations.requirements import Requirements
    from comity.flows.clear_declaration import Cleared

SUFFIXES = frozenset(f".{one.ending}" for one in FORMATS)
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files, or folders to look in.", exists=True)]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("check")(with_options(Checking, check))
    app.command("declare")(declare)
    app.command("world")(world)


@dataclass(frozen=True, slots=True)
class Checking:
    """What `check` is asked for."""

    files: Files
    rules: Annotated[
        Path | None,
        typer.Option(help="Folder of an administration's rule packs (JSON).", exists=True, file_okay=False),
    ] = None
    schema: Annotated[
        Path | None, typer.Option(help="Folder of an administration's XML schemas, or one of them.", exists=True)
    ] = None
    variants: Annotated[
        Path | None,
        typer.Option(help="File that says which rule packs apply when (TOML).", exists=True, dir_okay=False),
    ] = None
    codes: Annotated[bool, typer.Option("--codes", help="Check codes too, with the lists of the node.")] = False
    home: OwnHome = None
    remarks: Annotated[
        Path | None,
        typer.Option(help="File to write: the table that is checked, with a column of remarks.", dir_okay=False),
    ] = None
    lang: Annotated[
        Language | None, typer.Option(help="Language of the remarks; without it, that of the table's headers.")
    ] = None
    as_json: AsJson = False


def check(asked: Checking) -> None:
    """Read documents and list every error, each with its place and what to do. Needs a node for --codes only.

    With `--rules` and `--schema`, XML documents must keep an administration's business rules and schemas too. With
    `--remarks`, one table is given back with what is wrong beside each row, in the language
    of its headers unless another is asked for.
    """
    any_error = False
    paths, as_json = list(documents_in(asked.files)), asked.as_json
    if asked.codes and asked.home is None:
        raise typer.BadParameter("the lists are a node's: name its home with --home", param_hint="--codes")
    if asked.remarks is not None and len(paths) != 1:
        raise typer.BadParameter("one table is given back: name one file", param_hint="--remarks")
    with reporting(as_json=as_json), ExitStack() as until_the_end, progress(quiet=as_json) as bar:
        node = until_the_end.enter_context(opened(asked.home)) if asked.codes and asked.home else None
        requirements = _requirements(asked.rules, asked.schema, asked.variants, as_json=as_json)
        task = bar.add_task("checking", total=len(paths))
        for path in paths:
            reading = read_documents(path, name=path.name, requirements=requirements)
            if asked.remarks is not None:
                _write_remarks(path, reading, asked.remarks, asked.lang)
            findings = [*all_findings(reading), *(code_findings(node, reading) if node is not None else ())]
            wrong = [finding for finding in findings if finding.severity is Severity.ERROR]
            any_error = any_error or bool(wrong)
            if as_json:
                write_json(_as_object(path, reading, findings))
            else:
                _tell(path, reading, findings)
            bar.advance(task)
    raise typer.Exit(Exit.ERRORS_IN_INPUT if any_error else Exit.FINE)


def declare(files: Files, home: Home, as_json: AsJson = False) -> None:
    """Clear declarations: each is kept, compared, given a lane, and released to partners as agreed.

    Other trade documents (notices, cargo reports, movements) are kept.
    """
    lanes: Counter[str] = Counter()
    counts = Counter(documents=0, kept=0, known=0, refused=0, released=0)
    problems: list[dict[str, Any]] = []
    warnings: list[dict[str, Any]] = []
    with reporting(as_json=as_json), opened(home) as node:
        paths = list(documents_in(files))
        with progress(quiet=as_json) as bar:
            task = bar.add_task("clearing", total=len(paths))
            for path in paths:
                reading = read_documents(path, name=path.name, requirements=node.requirements)
                problems += [{"file": str(path), **finding.as_problem()} for finding in reading.findings]
                for document in reading.documents:
                    for finding in _taken(node, document, counts=counts, lanes=lanes):
                        told = problems if finding.severity is Severity.ERROR else warnings
                        told.append({"file": str(path), **finding.as_problem()})
                bar.advance(task)
    if as_json:
        write_json({**counts, "lanes": dict(lanes), "errors": problems, "warnings": warnings})
    else:
        people.print(
            f"{counts['documents']} documents: {counts['kept']} kept, {counts['known']} known already,"
            f" {counts['refused']} refused; {counts['released']} messages released to partners."
        )
        for lane, number in sorted(lanes.items()):
            people.print(f"  {lane}: {number}")
        for problem in (*problems, *warnings):
            people.print(f"  {problem['file']}: {escape(problem['path'])}: {escape(problem['message'])}")
    raise typer.Exit(Exit.ERRORS_IN_INPUT if problems else Exit.FINE)


def world(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write into.", file_okay=False)],
    seed: Annotated[int, typer.Option(help="Equal seeds make equal worlds.")] = 1,
    consignments: Annotated[int, typer.Option(help="How many consignments.", min=1, max=1_000_000)] = 500,
    start: Annotated[datetime | None, typer.Option(help="First day of trade.", formats=["%Y-%m-%d"])] = None,
    as_json: AsJson = False,
) -> None:
    """Write two countries' trade as documents, with its irregularities and the truth in a file apart."""
    from comity.entrypoints.demo.world.generate import START, generate_world
    from comity.entrypoints.demo.world.write import write_world

    with reporting(as_json=as_json), working("writing the world's documents", quiet=as_json):
        made = generate_world(seed=seed, consignments=consignments, start=start.date() if start else START)
        written = write_world(made, output)
    if as_json:
        write_json({"seed": seed, "consignments": consignments, "folder": str(output), "truth": str(written.truth)})
    else:
        people.print(f"{consignments} consignments in {output}; the truth is apart in {written.truth}.")


def documents_in(files: list[Path]) -> Iterator[Path]:
    """Give every document named, and every document in the folders named, in order of name."""
    for path in files:
        if path.is_dir():
            yield from sorted(
                found for found in path.rglob("*") if found.is_file() and found.suffix.lower() in SUFFIXES
            )
        else:
            yield path


def _requirements(
    rules: Path | None, schema: Path | None, variants: Path | None, *, as_json: bool
) -> Requirements | None:
    """Load what an administration requires, or tell every fault of its rule packs and leave."""
    from comity.features.declarations.requirements import read_requirements
    from comity.features.declarations.rule_packs.errors import RulePacksRefused

    try:
        return read_requirements(rules=rules, schemas=schema, variants=variants, clock=SystemClock())
    except RulePacksRefused as refused:
        if as_json:
            faults = [fault.as_problem() for fault in refused.findings]
            write_json({"error": {**refused.as_problem(), "findings": faults}})
        else:
            for fault in refused.findings:
                errors.print(f"[red]{fault.code}[/red] at {escape(fault.path)}: {escape(fault.message)}")
            errors.print("No rule was loaded.")
        raise typer.Exit(Exit.COULD_NOT_RUN) from refused


def all_findings(reading: Reading) -> list[Finding]:
    """Give the findings of a file and of each document in it."""
    return [*reading.findings, *(finding for document in reading.documents for finding in document.findings)]


def code_findings(node: Node, reading: Reading) -> list[Finding]:
    """Give what the node's code lists say of the declarations of a file."""
    checks = node.equipment.codes
    if checks is None:
        return []
    with node.database.reading() as session:
        return [
            finding
            for document in reading.documents
            if document.declaration is not None
            for finding in checks.check(session, document.declaration, clock=node.clock)
        ]


def _taken(
    node: Node, document: ReadDocument, *, counts: Counter[str], lanes: Counter[str]
) -> list[Finding] | tuple[Finding, ...]:
    """Clear or keep one document, count what became of it, and give the findings to be told."""
    from comity.flows.check_codes import CodesRefused
    from comity.flows.clear_declaration import clear
    from comity.flows.take_document import take

    counts["documents"] += 1
    try:
        if document.document is None:
            counts["refused"] += 1
            return _errors(document.findings)
        with node.database.transaction() as session:
            if document.declaration is None:
                taken = take(session, document, clock=node.clock)
                counts["kept" if taken.is_new else "known"] += 1
                return ()
            cleared = clear(session, document, clearing=node.clearing())
        _count(cleared, counts, lanes)
        return [finding for finding in cleared.findings if finding not in document.findings]
    except CodesRefused as error:
        counts["refused"] += 1
        return error.findings
    except NotKept as error:
        counts["refused"] += 1
        return [Finding(error.code, "/", error.message)]


def _write_remarks(path: Path, reading: Reading, output: Path, language: Language | None) -> None:
    from comity.features.declarations.formats.tabular.write_remarks import write_remarks

    output.write_bytes(write_remarks(path.read_bytes(), reading, language=None if language is None else language.value))


def _errors(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _as_object(path: Path, reading: Reading, findings: list[Finding]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "file": str(path),
        "format": reading.format,
        "documents": len(reading.documents),
        "errors": [finding.as_problem() for finding in findings if finding.severity is Severity.ERROR],
    }
    warnings = [finding.as_problem() for finding in findings if finding.severity is Severity.WARNING]
    if warnings:
        told["warnings"] = warnings
    return told


def _tell(path: Path, reading: Reading, findings: list[Finding]) -> None:
    wrong = sum(finding.severity is Severity.ERROR for finding in findings)
    verdict = f"[red]{wrong} errors[/red]" if wrong else "[green]fine[/green]"
    people.print(f"{escape(str(path))}: {reading.format}, {len(reading.documents)} documents, {verdict}")
    for finding in findings:
        people.print(f"  {finding.severity} {finding.code} at {escape(finding.path)}: {escape(finding.message)}")


def _count(cleared: Cleared, counts: Counter[str], lanes: Counter[str]) -> None:
    counts["kept" if cleared.is_new else "known"] += 1
    counts["released"] += cleared.released
    if cleared.is_new and cleared.lane is not None:
        lanes[cleared.lane] += 1
