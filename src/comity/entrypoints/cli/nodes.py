"""Commands that make and run a node: `init`, `serve`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json
from comity.entrypoints.node import CARD, RECOVERY_KEY, NodeConfiguration, create_node
from comity.foundation.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("init")(init)
    app.command("serve")(serve)


def init(
    authority: Annotated[str, typer.Option(help="The administration, ISO 3166 alpha-2 (UG).", metavar="CC")],
    name: Annotated[str, typer.Option(help="What the administration is called.")],
    home: Home,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8443,
    as_json: AsJson = False,
) -> None:
    """Make a node: keys, certificate, empty database, and the card for partners."""
    authority = authority.upper()
    if len(authority) != 2 or not authority.isascii() or not authority.isalpha():
        raise typer.BadParameter("two letters of ISO 3166, for example UG", param_hint="--authority")
    with reporting(as_json=as_json):
        configuration = NodeConfiguration(authority, name, f"https://{host}:{port}", host, port)
        node = create_node(configuration, replace(read_settings(), home=home))
        node.close()
    fingerprint, card, recovery = node.identity.fingerprint, home / CARD, home / RECOVERY_KEY
    if as_json:
        told = {"home": home, "card": card, "recovery_key": recovery}
        write_json(
            {"authority": authority, "fingerprint": fingerprint, **{name: str(path) for name, path in told.items()}}
        )
        return
    people.print(f"The node of {name} ({authority}) is in {home}.")
    people.print(f"Give partners {card}, and this fingerprint by another way:\n  {fingerprint}")
    people.print(f"Move {recovery} into a safe: with it alone you recover from a stolen signing key.")
    people.print(f"Start it with: comity serve --home {home}")


def serve(home: Home) -> None:
    """Run the node: API, console, exchange, and one sender per partner."""
    from comity.entrypoints.server import run_server

    with reporting(as_json=False), opened(home) as node:
        people.print(f"{node.configuration.name}: {node.configuration.url}")
        run_server(node)
