"""Commands about neighbours' systems: `xroad show`."""

from __future__ import annotations

from typing import Any

import typer

from comity.cooperation.bridges.errors import XRoadClosed
from comity.cooperation.bridges.xroad_settings import Identifier, write_identifier
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json, write_table


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    xroad = typer.Typer(help="X-Road: which partners are reached over it.", no_args_is_help=True)
    xroad.callback()(_xroad)
    xroad.command("show")(show_xroad)
    app.add_typer(xroad, name="xroad")


def _xroad() -> None:
    """Partners that are reached over X-Road."""


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
