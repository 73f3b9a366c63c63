"""Commands of code lists: `codes import`, `list`, `show`, `search`, `correlate`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import Exit, people, progress, reporting, write_json, write_table
from comity.features.codes.editions import load_calendar
from comity.features.codes.entries import DEFAULT_LIMITS
from comity.features.codes.files.read import READABLE
from comity.features.codes.store import Imported
from comity.flows.concordance import ConcordanceMemory
from comity.flows.import_codes import ImportedFile, Wanted, check_ports, import_codes
from comity.flows.look_up_codes import Found, all_lists, entries, search
from comity.foundation.errors import Finding, Severity

_TOLD = 20  # codes named of each change, and findings of each file, where people read
_DAY = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    codes = typer.Typer(help="Published code lists, by validity.", no_args_is_help=True)
    codes.command("import")(import_files)
    codes.command("list")(list_all)
    codes.command("show")(show)
    codes.command("search")(search_all)
    codes.command("correlate")(correlate)
    app.add_typer(codes, name="codes")


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files, or folders to look in.", exists=True)],
    home: Home,
    name: Annotated[str | None, typer.Option("--list", help="Name of the list, where the file does not say.")] = None,
    valid_from: Annotated[
        datetime | None, typer.Option(help="First day the lists count from, where the file does not say.", formats=_DAY)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take in published code lists; a list that is here already becomes a new version, or is recognised."""
    told: list[tuple[Path, ImportedFile]] = []
    wanted = Wanted(name, valid_from.date() if valid_from else None)
    with reporting(as_json=as_json), opened(home) as node:
        paths = list(_lists_in(files))
        with progress(quiet=as_json) as bar:
            task = bar.add_task("importing", total=len(paths))
            for path in paths:
                content = _content(path)
                if isinstance(content, Finding):
                    told.append((path, ImportedFile(findings=[content])))
                else:
                    with node.database.transaction() as session:
                        done = import_codes(session, path.name, content, wanted=wanted, clock=node.clock)
                    told.append((path, done))
                bar.advance(task)
        with node.database.reading() as session:
            ports = check_ports(session) if any(one.lists for _, one in told) else []
    wrong = any(finding.severity is Severity.ERROR for _, one in told for finding in one.findings)
    if as_json:
        write_json(
            {"files": [_file_object(path, one) for path, one in told], "ports": [_problem(one) for one in ports]}
        )
    else:
        _tell_files(told, ports)
    raise typer.Exit(Exit.ERRORS_IN_INPUT if wrong else Exit.FINE)


def list_all(home: Home, as_json: AsJson = False) -> None:
    """List the code lists, with their newest version."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        lists = all_lists(session)
    if as_json:
        write_json(
            {
                "lists": [
                    {
                        "list": one.name,
                        "version": one.version,
                        "entries": one.entries,
                        "valid_from": one.valid_from,
                        "source": one.source,
                    }
                    for one in lists
                ]
            }
        )
        return
    rows = [
        [one.name, str(one.version or ""), str(one.entries), str(one.valid_from or ""), one.source] for one in lists
    ]
    write_table("Code lists", ["list", "version", "entries", "valid from", "source"], rows)


def show(
    home: Home,
    name: Annotated[str, typer.Argument(metavar="LIST", help="Name of the list.")],
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="One code; without it, all.")] = None,
    on: Annotated[datetime | None, typer.Option(help="Only what counts on this day.", formats=_DAY)] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many entries.", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Show a list, or every entry of one of its codes, with the days each counts on."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        found = entries(session, name, code=code, on=on.date() if on else None, limit=limit)
    _write_found(found, as_json=as_json)


def search_all(
    home: Home,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Words of the name, or the begin of the code.")],
    limit: Annotated[int, typer.Option(help="At most so many entries.", min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Search every list for codes and names that hold all the words."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        found = search(session, text, limit=limit)
    _write_found(found, as_json=as_json)


def correlate(
    home: Home,
    code: Annotated[str, typer.Argument(metavar="CODE", help="A subheading of the Harmonized System, six digits.")],
    source: Annotated[str, typer.Option("--from", help="The code's edition, such as HS2017.")],
    target: Annotated[str, typer.Option("--to", help="The edition wanted, such as HS2022.")],
    as_json: AsJson = False,
) -> None:
    """Show what became of a subheading in another edition: every candidate, never one chosen silently."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        calendar = load_calendar()
        editions = calendar.named(source).name, calendar.named(target).name
        bare = code.replace(".", "").replace(" ", "")[:6]
        found = ConcordanceMemory().current(session).correlate(bare, source=editions[0], target=editions[1])
    if as_json:
        write_json(
            {
                "code": found.code,
                "from": found.source,
                "to": found.target,
                "relation": found.relation.value,
                "candidates": list(found.candidates),
            }
        )
    elif found.candidates:
        people.print(f"{found.code} of {found.source} is in {found.target} ({found.relation.value}):")
        for one in found.candidates:
            people.print(f"  {one}")
    else:
        people.print(f"{escape(found.code)} is no subheading of {found.source}.")
    raise typer.Exit(Exit.FINE if found.candidates else Exit.ERRORS_IN_INPUT)


def _lists_in(files: list[Path]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in READABLE)
        else:
            yield path


def _content(path: Path) -> bytes | Finding:
    """Read at most one byte more than is taken in, so that a larger file is refused and not held."""
    try:
        with path.open("rb") as file:
            return file.read(DEFAULT_LIMITS.max_file_bytes + 1)
    except OSError:
        return Finding("codes.file-unreadable", "/", "The file cannot be opened. Check its permissions.")


def _file_object(path: Path, told: ImportedFile) -> dict[str, Any]:
    return {
        "file": str(path),
        "lists": [_list_object(one) for one in told.lists],
        "errors": [_problem(one) for one in told.findings if one.severity is Severity.ERROR],
        "warnings": [_problem(one) for one in told.findings if one.severity is Severity.WARNING],
    }


def _list_object(one: Imported) -> dict[str, Any]:
    version, changes = one.version, one.changes
    told: dict[str, Any] = {
        "list": version.list,
        "version": version.version,
        "entries": version.entries,
        "valid_from": version.valid_from,
        "is_new": changes is not None,
    }
    if changes is not None:
        told |= {"added": len(changes.added), "ended": list(changes.ended), "renamed": list(changes.renamed)}
    return told


def _problem(finding: Finding) -> dict[str, str]:
    return finding.as_problem()


def _tell_files(told: list[tuple[Path, ImportedFile]], ports: list[Finding]) -> None:
    for path, one in told:
        people.print(f"{escape(str(path))}: {len(one.lists)} lists")
        for imported in one.lists:
            version, changes = imported.version, imported.changes
            what = "the same as here already"
            if changes is not None:
                what = f"{len(changes.added)} added, {len(changes.ended)} ended, {len(changes.renamed)} renamed"
            people.print(f"  {escape(version.list)} version {version.version}: {version.entries} entries, {what}")
            if changes is not None and version.version > 1:
                _tell_codes("ended", changes.ended)
                _tell_codes("renamed", changes.renamed)
        _tell_findings(one.findings)
    if ports:
        people.print(f"{len(ports)} ports of the World Port Index have a UN/LOCODE that is none:")
        _tell_findings(ports)


def _tell_codes(what: str, codes: tuple[str, ...]) -> None:
    if codes:
        more = "" if len(codes) <= _TOLD else f" and {len(codes) - _TOLD} more"
        people.print(f"    {what}: {escape(', '.join(codes[:_TOLD]))}{more}")


def _tell_findings(findings: list[Finding]) -> None:
    for finding in findings[:_TOLD]:
        people.print(f"  {finding.severity} {finding.code} at {escape(finding.path)}: {escape(finding.message)}")
    if len(findings) > _TOLD:
        people.print(f"  … and {len(findings) - _TOLD} more; --json gives them all.")


def _write_found(found: list[Found], *, as_json: bool) -> None:
    if as_json:
        write_json(
            {
                "entries": [
                    {
                        "list": one.list,
                        "code": one.entry.code,
                        "name": one.entry.name,
                        "valid_from": one.entry.valid_from,
                        "valid_to": one.entry.valid_to,
                        "attributes": dict(one.entry.attributes) if one.entry.attributes else {},
                    }
                    for one in found
                ]
            }
        )
        return
    rows = [
        [
            one.list,
            one.entry.code,
            escape(one.entry.name),
            str(one.entry.valid_from or ""),
            str(one.entry.valid_to or ""),
        ]
        for one in found
    ]
    write_table(f"{len(found)} entries", ["list", "code", "name", "valid from", "valid to"], rows)
