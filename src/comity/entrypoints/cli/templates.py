"""The command `template`: an empty table for typing documents, in six languages. Needs no node."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from babel import Locale

from comity.entrypoints.cli.options import AsJson
from comity.entrypoints.cli.output import Exit, errors, people, write_json
from comity.features.codes.from_packages import COUNTRIES, CURRENCIES, lists_from_packages
from comity.features.declarations.formats.tabular.template import ENDINGS, templates, write_template
from comity.features.declarations.formats.tabular.words import Language
from comity.foundation.clock import SystemClock

Kind = StrEnum("Kind", {name.replace("-", "_").upper(): name for name in templates()})  # type: ignore[misc]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("template")(template)


def template(
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help="The kind of document that will be typed.")],
    lang: Annotated[Language, typer.Option(help="The language of headers and explanation.")] = Language.EN,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="File to write: its ending, .xlsx, .ods or .csv, says which.", dir_okay=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write an empty table of a kind of document: headers, an explanation of each, lists of codes to choose from."""
    path = output or Path(f"{kind.value}.{lang.value}.xlsx")
    ending = path.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        errors.print("Expected a file that ends in .xlsx, .ods or .csv.")
        raise typer.Exit(Exit.WRONG_USE)
    countries, currencies = _names(lang.value)
    content = write_template(kind.value, ending, language=lang.value, countries=countries, currencies=currencies)
    try:
        path.write_bytes(content)
    except OSError as error:
        errors.print(f"The file cannot be written: {error.strerror}.")
        raise typer.Exit(Exit.COULD_NOT_RUN) from error
    if as_json:
        write_json({"file": str(path), "kind": kind.value, "language": lang.value, "bytes": len(content)})
    else:
        people.print(f"{path}: type into it, then `comity check {path}`.")


def _names(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return countries and currencies that are valid today, by code, called as the language calls them."""
    locale = Locale(language)
    today = SystemClock().now().date()
    lists = lists_from_packages()
    valid = {
        name: {
            entry.code: entry.name
            for entry in lists[name].entries
            if (entry.valid_from is None or entry.valid_from <= today)
            and (entry.valid_to is None or entry.valid_to >= today)
        }
        for name in (COUNTRIES, CURRENCIES)
    }
    return (
        {code: str(locale.territories.get(code, name)) for code, name in valid[COUNTRIES].items()},
        {code: str(locale.currencies.get(code, name)) for code, name in valid[CURRENCIES].items()},
    )
