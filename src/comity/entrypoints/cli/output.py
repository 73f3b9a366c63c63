"""How the command line speaks: text for people, one JSON object for machines, and four exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from comity.foundation.errors import ComityError

people = Console(stderr=False, highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Exit(IntEnum):
    """The exit codes of every command."""

    FINE = 0
    ERRORS_IN_INPUT = 1
    WRONG_USE = 2
    COULD_NOT_RUN = 3


def write_json(value: Any, *, to_errors: bool = False) -> None:
    """Write one JSON value on one line to standard output; to standard error where the output is a document."""
    where = sys.stderr if to_errors else sys.stdout
    where.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    where.flush()


def write_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Write a table for people."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*row)
    people.print(table)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """Show a progress bar on standard error; nothing when `quiet` or when nobody looks."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=errors,
        disable=quiet or not errors.is_terminal,
    )
    with bar:
        yield bar


@contextmanager
def reading(title: str, total_bytes: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show how far a file is read: give what is told of each part; nothing when `quiet` or when nobody looks."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=errors,
        disable=quiet or not errors.is_terminal,
    )
    with bar:
        task = bar.add_task(title, total=total_bytes)
        yield lambda number: bar.advance(task, number)


@contextmanager
def working(title: str, *, quiet: bool) -> Iterator[None]:
    """Show that work goes on whose length is not known; nothing when `quiet` or when nobody looks."""
    if quiet or not errors.is_terminal:
        yield
        return
    with errors.status(title):
        yield


@contextmanager
def reporting(*, as_json: bool) -> Iterator[None]:
    """Turn a `ComityError` into its message and an exit code: 3 when the node is at fault, else 1."""
    try:
        yield
    except ComityError as error:
        if as_json:
            write_json({"error": error.as_problem()})
        else:
            where = f" ({error.path})" if error.path else ""
            errors.print(f"[red]{error.code}[/red]{where}: {error.message}")
        code = Exit.COULD_NOT_RUN if error.status >= 500 else Exit.ERRORS_IN_INPUT
        raise typer.Exit(code) from error
