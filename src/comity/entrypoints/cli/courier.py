"""Commands for a partner without a line: `courier pack|unpack|take-answer`, files by e-mail or USB stick."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from comity.cooperation.exchange.courier.answers import take_answers
from comity.cooperation.exchange.courier.pack import pack
from comity.cooperation.exchange.courier.part import LARGEST_FILE_BYTES, SMALLEST_FILE_BYTES, Kind, Whole, cut
from comity.cooperation.exchange.courier.store import unanswered
from comity.cooperation.exchange.courier.unpack import Desk, incomplete, keep_file, take_batches
from comity.cooperation.exchange.deliver import Line
from comity.cooperation.exchange.store import exchange_counts, find_peer
from comity.cooperation.exchange.transport import HttpTransport
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import Exit, people, progress, reporting, write_json, write_table
from comity.entrypoints.node import Node
from comity.foundation.errors import ComityError

_UNITS = {"": 1, "KB": 1_000, "MB": 1_000_000, "KIB": 1_024, "MIB": 1_048_576}
MostBytes = Annotated[
    str, typer.Option("--max-bytes", metavar="SIZE", help="Largest file: 5MB, 700KB. E-mail adds a third to it.")
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of the courier, in any order.")]
Folder = Annotated[Path, typer.Option("-o", "--output", help="Folder to write the files to.", file_okay=False)]


class CourierFileUnreadable(ComityError):
    """The file cannot be read; check that it is there and may be read."""

    code = "courier.file-unreadable"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    courier = typer.Typer(help="Exchange by e-mail or USB stick: the same envelope as files.", no_args_is_help=True)
    courier.command("pack")(pack_files)
    courier.command("unpack")(unpack)
    courier.command("take-answer")(take_answer)
    app.add_typer(courier, name="courier")


def pack_files(
    authority: Annotated[str, typer.Argument(metavar="PEER", help="The partner, for example KE.")],
    home: Home,
    output: Folder,
    max_bytes: MostBytes = "5MB",
    as_json: AsJson = False,
) -> None:
    """Write what waits for a partner as files, each below the limit."""
    partner, most_bytes = authority.upper(), _bytes(max_bytes)
    with reporting(as_json=as_json), opened(home) as node:
        with node.database.reading() as session:
            find_peer(session, partner)
            waiting = exchange_counts(session, partner).waiting
        output.mkdir(parents=True, exist_ok=True)
        names, messages = [], 0
        with progress(quiet=as_json) as bar:
            task = bar.add_task(f"packing for {partner}", total=waiting)
            for file in pack(node.database, partner, line=_line(node), most_bytes=most_bytes):
                _write(output / file.name, file.content)
                names.append(file.name)
                messages += file.messages
                bar.advance(task, file.messages)
        with node.database.reading() as session:
            unanswered_batches = len(unanswered(session, partner))
    if as_json:
        write_json({"files": names, "messages": messages, "unanswered_batches": unanswered_batches})
        return
    people.print(f"{messages} messages in {len(names)} files in {output}. Keep them until {partner} has answered.")


def unpack(files: Files, home: Home, output: Folder, max_bytes: MostBytes = "5MB", as_json: AsJson = False) -> None:
    """Take a partner's files, in any order and repeatedly, and write the answer as files for the way back."""
    written: list[str] = []
    most_bytes = _bytes(max_bytes)

    def answered(answer: Whole) -> None:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in cut(answer, most_bytes=most_bytes, keys=node.keys):
            _write(output / name, content)
            written.append(name)

    with reporting(as_json=as_json), opened(home) as node:
        desk, skew = _desk(node), timedelta(seconds=node.settings.clock_skew_seconds)
        with progress(quiet=as_json) as bar:
            told = [_kept(desk, file, "batch") for file in bar.track(files, description="reading files")]
            task = bar.add_task("taking batches", total=None)
            batches = []
            taken = take_batches(desk, handlers=node.handlers, skew=skew, answered=answered, keeper=node.keep_received)
            for batch in taken:
                batches.append(asdict(batch))
                bar.advance(task)
        missing = [name for one in incomplete(desk, "batch") for name in one.missing()]
    _tell(told, {"batches": batches, "answers": written}, missing, as_json=as_json)


def take_answer(files: Files, home: Home, as_json: AsJson = False) -> None:
    """Take the files with a partner's answer: receipts and its co-signature."""
    with reporting(as_json=as_json), opened(home) as node:
        desk = _desk(node)
        with progress(quiet=as_json) as bar:
            told = [_kept(desk, file, "answer") for file in bar.track(files, description="reading files")]
            answers = [
                {
                    "name": taken.name,
                    "delivered": taken.report.delivered if taken.report else 0,
                    "refused": taken.report.refused if taken.report else 0,
                    "again": taken.report.again if taken.report else 0,
                    "cosigned": taken.report.cosigned if taken.report else False,
                    "refusal": taken.refusal,
                }
                for taken in bar.track(take_answers(desk, _line(node)), description="taking answers")
            ]
        missing = [name for one in incomplete(desk, "answer") for name in one.missing()]
    _tell(told, {"answers": answers}, missing, as_json=as_json)


def _kept(desk: Desk, path: Path, kind: Kind) -> dict[str, Any]:
    """Keep a file's part; a refused file is told with its code and stops no other."""
    try:
        _, is_new = keep_file(desk, _read(path), kind=kind)
    except ComityError as error:
        if error.status >= 500:
            raise
        return {"file": str(path), "state": "refused", "refusal": error.code, "message": error.message}
    return {"file": str(path), "state": "new" if is_new else "known", "refusal": None, "message": None}


def _tell(told: list[dict[str, Any]], outcome: dict[str, Any], missing: list[str], *, as_json: bool) -> None:
    """Tell what became of the files; exit 1 where a file or a batch was refused."""
    if as_json:
        write_json({"files": told, **outcome, "missing": missing})
    else:
        write_table("Files", ["file", "", "why"], [[one["file"], one["state"], one["message"] or ""] for one in told])
        for name, rows in outcome.items():
            _write_rows(name.capitalize(), rows)
        for name in missing:
            people.print(f"missing: {name}")
    ends = [*told, *(one for rows in outcome.values() for one in rows if isinstance(one, dict))]
    if any(one["refusal"] for one in ends):
        raise typer.Exit(Exit.ERRORS_IN_INPUT)


def _write_rows(title: str, rows: Iterable[Any]) -> None:
    listed = [row if isinstance(row, dict) else {"file": row} for row in rows]
    if listed:
        cells = [["" if value is None else str(value) for value in row.values()] for row in listed]
        write_table(title, list(listed[0]), cells)


def _desk(node: Node) -> Desk:
    return Desk(node.database, node.keys, node.clock)


def _line(node: Node) -> Line:
    return Line(node.keys, HttpTransport(), node.clock)


def _bytes(text: str) -> int:
    """Read a size such as 5MB; the limits are those of a courier's file."""
    match = re.fullmatch(r"([0-9]{1,12})\s*([A-Za-z]{0,3})", text.strip())
    size = int(match[1]) * _UNITS.get(match[2].upper(), 0) if match else 0
    if size < SMALLEST_FILE_BYTES:
        raise typer.BadParameter(
            f"a size of at least {SMALLEST_FILE_BYTES} bytes, for example 5MB", param_hint="--max-bytes"
        )
    return min(size, LARGEST_FILE_BYTES)


def _read(path: Path) -> bytes:
    """Read a file, no further than a courier's file can be long."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise CourierFileUnreadable(path=str(path)) from error


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: what a power cut leaves half-written bears another name."""
    half = path.with_suffix(".half")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
