"""Commands about neighbours' systems: `access-point submit`, `export stix`, `xroad show`."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from comity.cooperation.bridges.access_point import submit
from comity.cooperation.bridges.errors import NothingToExport, XRoadClosed
from comity.cooperation.bridges.xroad_settings import Identifier, write_identifier
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json, write_table


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    xroad = typer.Typer(help="X-Road: which partners are reached over it.", no_args_is_help=True)
    xroad.callback()(_xroad)
    xroad.command("show")(show_xroad)
    app.add_typer(xroad, name="xroad")
    export = typer.Typer(help="Write what an agreement lets leave in a neighbour's format.", no_args_is_help=True)
    export.callback()(_export)
    export.command("stix")(export_intelligence)
    app.add_typer(export, name="export")
    access_point = typer.Typer(help="AS4: hand files of the courier to an access point.", no_args_is_help=True)
    access_point.callback()(_access_point)
    access_point.command("submit")(submit_files)
    app.add_typer(access_point, name="access-point")


def _xroad() -> None:
    """Partners that are reached over X-Road."""


def _access_point() -> None:
    """AS4 is spoken by an access point; it is given files."""


def submit_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of the courier.", exists=True)],
    pmode: Annotated[str, typer.Option("--pmode", help="The access point's P-Mode for this partner.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder that it watches.", file_okay=False, exists=True)
    ],
    as_json: AsJson = False,
) -> None:
    """Submit files of the courier to an AS4 access point: each a payload, with the document that Holodeck B2B reads."""
    with reporting(as_json=as_json):
        documents = [submit(file, output, pmode=pmode).name for file in files]
    if as_json:
        write_json({"submitted": documents})
    else:
        people.print(f"{len(documents)} messages submitted in {output}.")


def _export() -> None:
    """Files for systems that know nothing of this protocol."""


def export_intelligence(
    partner: Annotated[str, typer.Option("--for", metavar="CC", help="The partner that will read it, for example KE.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write; readable by its owner only.")],
    home: Home,
    as_json: AsJson = False,
) -> None:
    """Write discrepancies and examination results about a partner's exports as a STIX 2.1 bundle.

    Each piece leaves only as far as a clause of an agreement in force lets it; the others are counted with the reason.
    """
    from comity.flows.export_intelligence import export_stix

    with reporting(as_json=as_json), opened(home) as node:
        with node.database.transaction() as session:
            exported = export_stix(session, partner.upper(), clearing=node.clearing())
        if exported.content is None:
            raise exported.refusals[0] if exported.refusals else NothingToExport
        _write_private(output, exported.content)
    reasons = Counter(refused.code for refused in exported.refusals)
    if as_json:
        write_json({"file": str(output), "items": exported.items, "refused": dict(reasons)})
        return
    people.print(f"{output}: {exported.items} pieces for {partner.upper()}.")
    for code, count in sorted(reasons.items()):
        people.print(f"  {count} stay here: {code}")


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def show_xroad(home: Home, as_json: AsJson = False) -> None:
    """Read xroad.toml as the node will, and show which partners are reached over X-Road and as whom."""
    with reporting(as_json=as_json), opened(home) as node:
        if node.xroad is None:
            raise XRoadClosed
        rows: list[dict[str, Any]] = [
            {"authority": authority, "service": _text(partner.service), "client": _text(partner.client)}
            for authority, partner in sorted(node.xroad.partners.items())
        ]
        ours = {"security_server": node.xroad.security_server, "client": write_identifier(node.xroad.client)}
    if as_json:
        write_json({**ours, "partners": rows})
        return
    people.print(f"{ours['client']} at {ours['security_server']}")
    write_table(
        "Partners on X-Road",
        ["authority", "our batches go to", "its batches come from"],
        [[str(row[name] or "") for name in ("authority", "service", "client")] for row in rows],
    )


def _text(identifier: Identifier | None) -> str | None:
    return None if identifier is None else write_identifier(identifier)
