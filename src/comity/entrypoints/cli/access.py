"""Commands about who may enter: `officer add` for the console, `token issue` for trader systems."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from comity.entrypoints.api.scopes import Scope
from comity.entrypoints.api.tokens import issue_token
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json
from comity.entrypoints.console.accounts import add_officer
from comity.entrypoints.console.officers import Role

PASSWORD_BYTES = 15  # 120 bits, 20 characters


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    officer = typer.Typer(help="Officers: who may sign in to the console.", no_args_is_help=True)
    officer.command("add")(add)
    officer.callback()(_group)
    app.add_typer(officer, name="officer")
    token = typer.Typer(help="Tokens: which systems may use the API.", no_args_is_help=True)
    token.command("issue")(issue)
    token.callback()(_group)
    app.add_typer(token, name="token")


def _group() -> None:
    """Keep the group's name although it has one command."""


def add(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    role: Annotated[list[Role], typer.Option(help="What the officer may do; may be given several times.")],
    home: Home,
    language: Annotated[str, typer.Option(help="Language of the pages.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Create an officer, or give one a new password; the password is made here and shown once."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        add_officer(session, name, password, [str(one) for one in role], language=language, clock=node.clock)
    if as_json:
        write_json({"name": name, "password": password, "roles": [one.value for one in role]})
    else:
        people.print(f"{name} signs in with this password, shown this once: {password}")


def issue(
    trader: Annotated[str, typer.Argument(help="The trader's TIN, or a name of the administration's own system.")],
    scope: Annotated[list[Scope], typer.Option(help="What the token permits; may be given several times.")],
    home: Home,
    as_json: AsJson = False,
) -> None:
    """Make a token for a system that uses the API; it is shown once."""
    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        token = issue_token(session, trader, [one.value for one in scope], node.clock)
    if as_json:
        write_json({"trader": trader, "token": token, "scopes": [one.value for one in scope]})
    else:
        people.print(f"{trader} uses this token, shown this once: {token}")
