"""The command `convert`: a file of any readable format in another, with a list of what that cannot carry."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.console import Console
from rich.markup import escape

from comity.entrypoints.cli.options import AsJson
from comity.entrypoints.cli.output import Exit, errors, people, reading, write_json
from comity.features.declarations.convert import TARGETS, convert
from comity.features.declarations.formats.tabular.delimited import MOST_KEPT_BYTES
from comity.features.declarations.formats.tabular.words import Language
from comity.features.declarations.read import iter_documents
from comity.features.declarations.reading import ReadDocument
from comity.foundation.errors import Finding, Severity

Target = StrEnum("Target", {name.replace("-", "_").upper(): name for name in TARGETS})  # type: ignore[misc]
MOST_TOLD = 1_000
"""Errors told one by one; beyond, they are counted."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("convert")(convert_file)


def convert_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of any format that is read.", exists=True)],
    to: Annotated[Target, typer.Option(help="The format to write.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write; without it, standard output.", dir_okay=False)
    ] = None,
    lang: Annotated[
        Language | None, typer.Option(help="Language of a table's headers; without it, field names.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a file's documents in another format, and list path by path what that cannot carry. Needs no node.

    A file of any size in CSV, JSON lines or EDIFACT is converted in bounded memory.
    """
    told = _Told()
    quiet = as_json or output is None
    with _opened(output) as out, reading("converting", _bytes_to_read(file), quiet=quiet) as on_read:
        stream = iter_documents(file, on_read=on_read)
        documents = told.watching(stream.documents)
        for one in convert(documents, out, target=to.value, language=None if lang is None else lang.value):
            told.counts["written" if one.is_written else "without a place"] += 1
            told.lost.update((one.kind, path) for path in (one.lost if one.is_written else ("/",)))
    told.note(stream.findings)
    result = _result(stream.format, told, file, to.value)
    if as_json:
        write_json(result, to_errors=output is None)
    else:
        _tell(result, errors if output is None else people)
    wrong = told.counts["refused"] or told.counts["without a place"] or told.problems
    raise typer.Exit(Exit.ERRORS_IN_INPUT if wrong else Exit.FINE)


def _bytes_to_read(file: Path) -> int:
    """Return how much will be read: a large table is gone through twice."""
    size = file.stat().st_size
    is_twice = file.suffix.lower() in (".csv", ".tsv", ".txt") and size > MOST_KEPT_BYTES
    return 2 * size if is_twice else size


class _Told:
    """What is told of a conversion: counts, errors up to a number, and how often each path was lost."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.problems: list[dict[str, str]] = []
        self.warnings: list[dict[str, str]] = []
        self.lost: Counter[tuple[str, str]] = Counter()

    def watching(self, documents: Iterator[ReadDocument]) -> Iterator[ReadDocument]:
        """Pass documents on, and note the refused."""
        for one in documents:
            self.counts["documents"] += 1
            if one.document is None:
                self.counts["refused"] += 1
                self.note(one.findings)
            yield one

    def note(self, findings: list[Finding] | tuple[Finding, ...]) -> None:
        """Note findings, as many as are told."""
        for finding in findings:
            where = self.problems if finding.severity is Severity.ERROR else self.warnings
            if len(where) < MOST_TOLD:
                where.append(finding.as_problem())


def _result(format_name: str, told: _Told, file: Path, target: str) -> dict[str, Any]:
    return {
        "file": str(file),
        "format": format_name,
        "to": target,
        "documents": told.counts["documents"],
        "written": told.counts["written"],
        "refused": told.counts["refused"],
        "without_place": told.counts["without a place"],
        "lost": [
            {"document": kind, "path": path, "documents": number} for (kind, path), number in sorted(told.lost.items())
        ],
        "errors": told.problems,
        "warnings": told.warnings,
    }


def _tell(result: dict[str, Any], say: Console) -> None:
    say.print(
        f"{escape(result['file'])}: {result['written']} of {result['documents']} documents written as {result['to']},"
        f" {result['refused']} refused, {result['without_place']} without a place there."
    )
    for one in result["lost"]:
        say.print(f"  not carried: {one['document']} {escape(one['path'])} ({one['documents']} documents)")
    for problem in [*result["errors"], *result["warnings"]]:
        say.print(f"  {problem['code']} at {escape(problem['path'])}: {escape(problem['message'])}")


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Give where to write; a file appears under its name only when it is whole."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = output.with_name(f"{output.name}.part")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(output)
    except OSError as error:
        errors.print(f"The file cannot be written: {error.strerror}.")
        raise typer.Exit(Exit.COULD_NOT_RUN) from error
    finally:
        partial.unlink(missing_ok=True)
