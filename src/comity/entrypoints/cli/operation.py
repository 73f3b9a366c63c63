"""Commands that keep a node going: `backup`, `restore`, `recover`, `chore`, `deadletter`."""

from __future__ import annotations

from dataclasses import asdict, replace
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from comity.cooperation.exchange import dead_letters
from comity.cooperation.exchange.deliver import Line
from comity.cooperation.exchange.operation.recover import recover as recover_from
from comity.cooperation.exchange.store import list_peers
from comity.entrypoints.backup import restore_backup, write_backup
from comity.entrypoints.chores import CHORES, run_chore
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import Exit, people, reporting, working, write_json, write_table
from comity.foundation.clock import SystemClock
from comity.foundation.errors import ComityError
from comity.foundation.settings import read_settings

Reason = Annotated[str, typer.Option(help="Why; it is signed and stays in the log.")]
By = Annotated[str, typer.Option(help="Who decides; default: the user of this machine.")]
Passphrase = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="A file whose first line protects the keys.", exists=True, dir_okay=False),
]
MessageId = Annotated[str, typer.Argument(help="The message's id, as `deadletter list` shows it.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("recover")(recover)
    chore = typer.Typer(help="Chores: what the node does by itself.", no_args_is_help=True)
    chore.command("list")(list_chores)
    chore.command("run")(run)
    app.add_typer(chore, name="chore")
    letters = typer.Typer(help="Messages that went nowhere.", no_args_is_help=True)
    letters.command("list")(list_letters)
    letters.command("retry")(retry)
    letters.command("giveup")(give_up)
    letters.command("skip")(skip)
    app.add_typer(letters, name="deadletter")


def backup(
    home: Home,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write; never overwritten.")],
    passphrase_file: Passphrase = None,
    as_json: AsJson = False,
) -> None:
    """Write a consistent copy of a node, while it runs; with its keys only under a passphrase."""
    with reporting(as_json=as_json), opened(home) as node, working("copying", quiet=as_json):
        told = write_backup(node, output, passphrase=_first_line(passphrase_file))
    if as_json:
        write_json(asdict(told) | {"file": str(output)})
        return
    people.print(f"{output} holds the node of {told.authority} with {told.log_size} log entries.")
    if not told.has_keys:
        people.print("The keys are not in it: keep keys.json and tls-key.pem apart from it, or use --passphrase-file.")
    if not told.has_database:
        people.print("The database is PostgreSQL's and is not in it: copy that with pg_dump.")


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.", exists=True, dir_okay=False)],
    home: Home,
    passphrase_file: Passphrase = None,
    fingerprint: Annotated[str | None, typer.Option(help="The fingerprint that the node must have.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a node from a backup, after verifying all of it; then ask its partners with `comity recover`."""
    with reporting(as_json=as_json), working("verifying", quiet=as_json):
        told = restore_backup(
            file,
            replace(read_settings(), home=home),
            SystemClock(),
            passphrase=_first_line(passphrase_file),
            fingerprint=fingerprint,
        )
    if as_json:
        write_json(asdict(told) | {"home": str(home)})
        return
    people.print(
        f"The node of {told.authority} as of {told.created} is in {home}; its log of {told.log_size} is whole."
    )
    if not (home / "keys.json").exists():
        people.print(f"Its keys are not: put keys.json and tls-key.pem into {home}.")
    people.print(f'Partners may know more: comity recover --home {home} --reason "…"')


def recover(
    home: Home,
    reason: Reason,
    partner: Annotated[str | None, typer.Argument(metavar="PEER", help="Of this partner only, for example KE.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take back from partners what a restored node lacks, and admit to them that its log was cut."""
    told, failed = [], []
    with reporting(as_json=as_json), opened(home) as node:
        with node.database.reading() as session:
            names = [partner.upper()] if partner else [peer.authority for peer in list_peers(session)]
        for name in names:
            line = Line(node.keys, node.transport_to(name), node.clock)
            try:
                told.append(recover_from(node.database, name, line, reason=reason))
            except ComityError as error:
                if partner:
                    raise
                failed.append({"partner": name} | error.as_problem())
    if as_json:
        write_json({"recovered": [one.as_json() for one in told], "failed": failed})
    for one in [] if as_json else told:
        lost = f", at most {one.entries_lost} log entries lost and admitted" if one.acknowledged else ""
        people.print(f"{one.partner}: {len(one.taken_back)} taken back, {one.signed_anew} signed anew{lost}.")
        for message in one.taken_back:
            people.print(
                f"  {message.agreement_id} {message.sequence} {message.id} {message.subject or '(disposed of)'}"
            )
    for problem in [] if as_json else failed:
        people.print(f"{problem['partner']}: {problem['code']}: {problem['message']}")
    if failed:
        raise typer.Exit(Exit.ERRORS_IN_INPUT)


def list_chores(as_json: AsJson = False) -> None:
    """List what a node does by itself, and how often."""
    rows = [{"chore": chore.name, "every_seconds": int(chore.every.total_seconds())} for chore in CHORES]
    if as_json:
        write_json({"chores": rows})
    else:
        write_table("Chores", ["chore", "every"], [[str(one["chore"]), f"{one['every_seconds']} s"] for one in rows])


def run(
    name: Annotated[str, typer.Argument(help="The chore, as `chore list` shows it.")],
    home: Home,
    as_json: AsJson = False,
) -> None:
    """Do one chore now; it may run beside the node."""
    found = next((chore for chore in CHORES if chore.name == name), None)
    if found is None:
        raise typer.BadParameter("no chore of that name; see `comity chore list`", param_hint="NAME")
    with reporting(as_json=as_json), opened(home) as node:
        went_through = run_chore(found, node)
    if as_json:
        write_json({"chore": name, "done": went_through})
    else:
        people.print(f"{name}: {'done' if went_through else 'failed; the process log says where'}")
    if not went_through:
        raise typer.Exit(Exit.COULD_NOT_RUN)


def list_letters(home: Home, as_json: AsJson = False) -> None:
    """List messages that partners refused, and partners' messages that this node fails at."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        found = dead_letters.dead_letters(session)
    if as_json:
        write_json({"dead_letters": [one.as_json() for one in found]})
        return
    people.print(f"{len(found)} messages went nowhere.")
    for one in found:
        about = f"{one.type} about {one.subject}, since {one.since:%Y-%m-%d %H:%M}"
        people.print(f"{one.id}  {one.partner}  {one.side}  {one.code}\n  {about}")


def retry(message: MessageId, home: Home, by: By = "", as_json: AsJson = False) -> None:
    """Release a refused message anew, as the agreement is now."""
    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        anew = dead_letters.release_anew(session, message, officer=by or getuser(), keys=node.keys, clock=node.clock)
    _tell({"message": message, "anew": anew}, f"It is on its way as {anew}.", as_json=as_json)


def give_up(message: MessageId, reason: Reason, home: Home, by: By = "", as_json: AsJson = False) -> None:
    """Let a refused message rest, with the reason."""
    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        dead_letters.give_up(session, message, officer=by or getuser(), reason=reason, keys=node.keys, clock=node.clock)
    _tell({"message": message, "given_up": True}, "It rests; the reason is in the log.", as_json=as_json)


def skip(message: MessageId, reason: Reason, home: Home, by: By = "", as_json: AsJson = False) -> None:
    """Refuse for good a partner's message that this node fails at, when it comes again."""
    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        dead_letters.skip(session, message, officer=by or getuser(), reason=reason, keys=node.keys, clock=node.clock)
    _tell({"message": message, "skipped": True}, "It is refused when it comes again.", as_json=as_json)


def _tell(answer: dict[str, object], sentence: str, *, as_json: bool) -> None:
    if as_json:
        write_json(answer)
    else:
        people.print(sentence)


def _first_line(file: Path | None) -> str | None:
    return None if file is None else file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
