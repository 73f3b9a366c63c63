"""Commands about the tariff: `tariff import|show|quotas|value|origin`, and `duty`, which needs no node."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from comity.entrypoints.cli.documents import documents_in
from comity.entrypoints.cli.options import AsJson, Home, opened, with_options
from comity.entrypoints.cli.output import Exit, people, progress, reporting, write_json, write_table
from comity.entrypoints.cli.tariff_decisions import origin, value
from comity.features.declarations.read import read_documents
from comity.foundation.errors import Severity
from comity.foundation.trade.declaration import Declaration

if TYPE_CHECKING:
    from comity.features.tariff.assessment import Assessed, Book
    from comity.features.tariff.quota import QuotaBalance
    from comity.flows.import_tariff import TariffImport

TariffFiles = Annotated[
    list[Path],
    typer.Argument(metavar="FILE…", help="TARIC3 XML, a CSV schedule, a law in TOML; or folders of them.", exists=True),
]
Day = Annotated[datetime | None, typer.Option("--on", help="The day (YYYY-MM-DD).", formats=["%Y-%m-%d"])]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(help="The tariff of this administration: measures, quotas, law.", no_args_is_help=True)
    group.command("import")(import_)
    group.command("show")(show)
    group.command("quotas")(quotas)
    group.command("value")(value)
    group.command("origin")(origin)
    app.add_typer(group, name="tariff")
    app.command("duty")(with_options(DutyOptions, duty))


def import_(
    files: TariffFiles,
    home: Home,
    name: Annotated[str | None, typer.Option(help="Name of the schedule or law; the file's own otherwise.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import a tariff: each file wholly or not at all, the same file again changes nothing."""
    from comity.flows.import_tariff import import_tariff, tariff_files

    wrong = False
    with reporting(as_json=as_json), opened(home) as node, progress(quiet=as_json) as bar:
        paths = tariff_files(files)
        task = bar.add_task("importing", total=len(paths))
        for path in paths:
            with node.database.transaction() as session:
                done = import_tariff(session, path, name=name, clock=node.clock)
            wrong = wrong or not done.is_stored
            _tell_import(path, done, as_json=as_json)
            bar.advance(task)
    raise typer.Exit(Exit.ERRORS_IN_INPUT if wrong else Exit.FINE)


def _tell_import(path: Path, done: TariffImport, *, as_json: bool) -> None:
    errors = [one for one in done.findings if one.severity is Severity.ERROR]
    if as_json:
        told: dict[str, Any] = {"file": str(path), "format": done.form, "stored": done.is_stored, "counts": done.counts}
        told["errors"] = [one.as_problem() for one in errors]
        told["warnings"] = [one.as_problem() for one in done.findings if one.severity is Severity.WARNING]
        write_json(told)
        return
    verdict = "[green]stored[/green]" if done.is_stored else f"[red]{len(errors)} errors, nothing stored[/red]"
    counts = ", ".join(f"{number} {what}" for what, number in sorted(done.counts.items()))
    people.print(f"{escape(str(path))}: {done.form}, {verdict}; {counts}")
    for finding in done.findings:
        people.print(f"  {finding.severity} {finding.code} at {escape(finding.path)}: {escape(finding.message)}")


def show(
    code: Annotated[str, typer.Argument(help="A commodity code.")],
    home: Home,
    origin: Annotated[str | None, typer.Option(help="Country of origin, ISO 3166 alpha-2.", metavar="CC")] = None,
    on: Day = None,
    as_json: AsJson = False,
) -> None:
    """Show the measures that apply to a code from a country on a day."""
    from comity.features.tariff.measures.store import tariff_for

    with reporting(as_json=as_json), opened(home) as node:
        with node.database.reading() as session:
            schedule = tariff_for(session, [code]).compiled()
        day = (on or node.clock.now()).date()
        rows = [
            {
                "measure": one.id,
                "type": one.type,
                "kind": schedule.kind(one).value,
                "code": one.code or "*",
                "area": one.area,
                "rate": str(one.rate),
                "additional_code": one.additional_code,
                "order_number": one.order_number,
                "valid_from": one.first.isoformat(),
                "valid_to": one.last.isoformat() if one.last else None,
                "legal_reference": one.legal_reference,
            }
            for one in schedule.applicable(code, origin, day)
        ]
        line = schedule.line(code, day)
    if as_json:
        write_json({"code": code, "on": day.isoformat(), "description": line and line.description, "measures": rows})
        return
    columns = ["kind", "type", "code", "area", "rate", "valid_from", "valid_to", "legal_reference"]
    write_table(f"{code} on {day}", columns, [[str(row[column] or "") for column in columns] for row in rows])


def quotas(home: Home, on: Day = None, as_json: AsJson = False) -> None:
    """Show the tariff quotas that are open on a day, with what is left of each."""
    from comity.features.tariff.drawings.store import balances_on

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        day = (on or node.clock.now()).date()
        rows = balances_on(session, day)
    if as_json:
        write_json({"on": day.isoformat(), "quotas": rows})
        return
    columns = ["order_number", "volume", "left", "unit", "status"]
    write_table(f"Quotas on {day}", columns, [[str(row[column] or "") for column in columns] for row in rows])


@dataclass(frozen=True)
class DutyOptions:
    """The options of `duty`."""

    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Declarations, or folders of them.", exists=True)]
    tariff: Annotated[
        list[Path] | None,
        typer.Option("--tariff", help="A tariff file or folder to assess by, without a node. Repeatable.", exists=True),
    ] = None
    home: Annotated[
        Path | None, typer.Option("--home", envvar="COMITY_HOME", help="Folder of the node whose tariff counts.")
    ] = None
    country: Annotated[
        str | None, typer.Option(help="Whose law counts, without a node (ISO 3166); that of the tariff otherwise.")
    ] = None
    on: Day = None
    as_json: AsJson = False


def duty(options: DutyOptions) -> None:
    """Work out customs value, origin and every charge of declarations, with the arithmetic. Nothing is kept."""
    from comity.features.tariff.in_record import as_record
    from comity.flows.assess_duty import assess_without_keeping

    wrong = False
    balances: dict[str, QuotaBalance] = {}
    with reporting(as_json=options.as_json), _book(options) as (book, today), progress(quiet=options.as_json) as bar:
        paths = list(documents_in(options.files))
        task = bar.add_task("assessing", total=len(paths))
        for path in paths:
            reading = read_documents(path, name=path.name)
            for position, document in enumerate(reading.documents, start=1):
                declaration = document.declaration
                if not isinstance(declaration, Declaration):
                    problems = [one.as_problem() for one in (*reading.findings, *document.findings)]
                    wrong = True
                    _tell_unreadable(path, problems, as_json=options.as_json)
                    continue
                day = options.on.date() if options.on else None
                assessed = assess_without_keeping(declaration, book, on=day, today=today, balances=balances)
                if options.as_json:
                    write_json({"file": str(path), "position": position, **as_record(assessed)})
                else:
                    _tell(path, assessed)
            if not reading.documents:
                wrong = True
                _tell_unreadable(path, [one.as_problem() for one in reading.findings], as_json=options.as_json)
            bar.advance(task)
    raise typer.Exit(Exit.ERRORS_IN_INPUT if wrong else Exit.FINE)


@contextmanager
def _book(options: DutyOptions) -> Iterator[tuple[Book, Any]]:
    """Open what is assessed by: the node's tariff, or the files named, in a database that is thrown away."""
    from comity.flows.assess_duty import country_of, whole_book
    from comity.foundation.clock import SystemClock
    from comity.foundation.rates import load_rates

    if options.tariff is None and options.home is None:
        raise typer.BadParameter("name a tariff with --tariff, or a node with --home", param_hint="--tariff")
    today = SystemClock().now().date()
    if options.tariff is None and options.home is not None:
        with opened(options.home) as node, node.database.reading() as session:
            yield whole_book(session, country=node.configuration.authority, rates=load_rates()), today
        return
    from comity.flows.import_tariff import import_tariff, tariff_files
    from comity.foundation.storage.session import Database
    from comity.migrations.upgrade import migrate

    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/tariff.db")
        try:
            migrate(database)
            for path in tariff_files(options.tariff or []):
                with database.transaction() as session:
                    done = import_tariff(session, path, clock=SystemClock())
                if not done.is_stored:
                    _tell_import(path, done, as_json=options.as_json)
                    raise typer.Exit(Exit.ERRORS_IN_INPUT)
            with database.reading() as session:
                yield whole_book(session, country=options.country or country_of(session), rates=load_rates()), today
        finally:
            database.dispose()


def _tell_unreadable(path: Path, problems: list[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        write_json({"file": str(path), "errors": problems})
        return
    people.print(f"{escape(str(path))}: [red]no declaration could be read[/red]")
    for problem in problems:
        people.print(f"  {problem['code']} at {escape(problem['path'])}: {escape(problem['message'])}")


def _tell(path: Path, assessed: Assessed) -> None:
    law = assessed.law
    people.print(f"{escape(str(path))}: {assessed.total} {law.currency} on {assessed.on} ({law.basis})")
    for item in assessed.items:
        value = item.value
        known = "not known" if value.value is None else f"{value.value:.2f} {value.currency}"
        people.print(f"  item {item.sequence}, {item.code}: value {known}")
        for line in value.lines:
            people.print(f"      {escape(line)}")
        for charge in item.duty.charges:
            people.print(f"    {charge.order}. {charge.kind}: {escape(charge.arithmetic)}")
        for reason in item.origin.reasons if item.origin else ():
            people.print(f"    origin: {escape(reason.words)}")
        for refusal in item.duty.refusals:
            people.print(f"    [yellow]refused[/yellow] {escape(refusal)}")
        for question in item.duty.questions:
            people.print(f"    [cyan]asked[/cyan] {escape(question)}")
