"""The command line: `comity …`; every command opens what it needs, calls one flow, and presents."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from comity import __version__
from comity.entrypoints.cli.output import people

# Command -> the module that registers it. Only the module asked for is imported: the whole house takes seconds.
MODULES = {
    "init": "nodes",
    "serve": "nodes",
    "check": "documents",
    "declare": "documents",
    "codes": "codes",
    "world": "documents",
    "tariff": "tariff",
    "duty": "tariff",
    "peer": "partners",
    "mirror": "partners",
    "key": "keys",
    "courier": "courier",
    "agreement": "agreements",
    "retention": "stewardship",
    "recall": "recalls",
    "onward": "recalls",
    "prove": "proofs",
    "verify": "proofs",
    "access-point": "bridges",
    "export": "bridges",
    "ledger": "ledger",
    "accounts": "accounts",
    "xroad": "bridges",
    "officer": "access",
    "token": "access",
    "backup": "operation",
    "restore": "operation",
    "recover": "operation",
    "chore": "operation",
    "deadletter": "operation",
    "classify": "classification",
    "ruling": "classification",
    "opinion": "opinions",
    "demo": "demonstration",
    "template": "templates",
    "convert": "conversion",
    "profile": "profiles",
    "capacity": "capacities",
}


def command_line(words: Sequence[str]) -> typer.Typer:
    """Return the command line with the command that `words` begins with, or with every command where it names none."""
    app = typer.Typer(
        name="comity",
        help="The open customs cooperation node.",
        no_args_is_help=True,
        pretty_exceptions_show_locals=False,
    )
    app.callback()(root)
    asked = MODULES.get(words[0]) if words else None
    for module in [asked] if asked else dict.fromkeys(MODULES.values()):
        import_module(f"comity.entrypoints.cli.{module}").register(app)
    return app


def _show_version(asked: bool) -> None:
    if asked:
        people.print(f"comity {__version__}")
        raise typer.Exit


def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Exit codes: 0 fine, 1 the work found errors in its input, 2 wrong use, 3 could not run."""


def main() -> None:
    """Run the command line."""
    command_line(sys.argv[1:])()
