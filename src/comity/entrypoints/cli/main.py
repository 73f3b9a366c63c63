"""The command line: `comity …`; every command opens what it needs, calls one flow, and presents."""

from __future__ import annotations

from typing import Annotated

import typer

from comity import __version__
from comity.entrypoints.cli import access, agreements, demonstration, documents, nodes, partners, proofs
from comity.entrypoints.cli.output import people

app = typer.Typer(
    name="comity",
    help="The open customs cooperation node.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        people.print(f"comity {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Exit codes: 0 fine, 1 the work found errors in its input, 2 wrong use, 3 could not run."""


nodes.register(app)
documents.register(app)
partners.register(app)
agreements.register(app)
proofs.register(app)
access.register(app)
demonstration.register(app)


def main() -> None:
    """Run the command line."""
    app()
