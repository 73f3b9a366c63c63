"""Commands about risk profiles: is this a condition a profile may have?"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from comity.entrypoints.cli.options import AsJson
from comity.entrypoints.cli.output import Exit, errors, people, write_json
from comity.features.risk.errors import RuleInvalid
from comity.features.risk.profiles import load_profiles
from comity.features.risk.rules.accept import accept_rule

SHOWN_AROUND = 60  # characters of the condition before and after the fault

Condition = Annotated[str, typer.Argument(help="The condition, as docs/reference/columns.md describes.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    profile = typer.Typer(help="Risk profiles.", no_args_is_help=True)
    app.add_typer(profile, name="profile")
    profile.command("check")(check)


def check(condition: Condition, as_json: AsJson = False) -> None:
    """Check a profile's condition as it would be checked before it is stored; needs no node."""
    try:
        rule = accept_rule(condition, profile_ids=[profile.id for profile in load_profiles().profiles])
    except RuleInvalid as error:
        if as_json:
            write_json({"error": error.as_problem() | {"position": error.position, "nearest": error.nearest}})
        else:
            errors.print(f"[red]{error.code}[/red]: {escape(error.message)}")
            for line in _pointed(condition, error.position):
                errors.print(escape(line))
        raise typer.Exit(Exit.ERRORS_IN_INPUT) from error
    windows = [{"name": window.name, "meaning": window.meaning} for window in rule.windows]
    if as_json:
        write_json({"is_accepted": True, "columns": sorted(rule.columns_used), "windows": windows, "sql": rule.sql})
        return
    people.print(f"accepted; asks for {escape(', '.join(sorted(rule.columns_used)) or 'no column')}")
    for window in windows:
        people.print(f"  {escape(window['meaning'])}")


def _pointed(condition: str, position: int | None) -> list[str]:
    """Return the condition's part around the fault with a sign beneath it."""
    if position is None:
        return []
    begin = max(0, position - SHOWN_AROUND)
    shown = "".join(letter if letter.isprintable() else " " for letter in condition[begin : position + SHOWN_AROUND])
    return [f"  {shown}", f"  {' ' * (position - begin)}^"]
