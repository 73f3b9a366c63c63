"""Commands about matching without showing records: `mirror private start|advance|list|learned`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from comity.entrypoints.cli.acting import Officer, acting
from comity.entrypoints.cli.options import AsJson, Home, opened, with_options
from comity.entrypoints.cli.output import people, reporting, working, write_json, write_table
from comity.features.mirror.private.store import PrivateRun

TOLD = ("run_id", "partner", "role", "side", "from_day", "to_day", "state", "ground")
COUNTS = ("keys_ours", "keys_theirs", "met", "crossed", "records_sent")


@dataclass(frozen=True, slots=True)
class Starting:
    """The arguments and options of `comity mirror private start`."""

    partner: Annotated[str, typer.Argument(metavar="CC", help="The partner.")]
    home: Home
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of the period.")]
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day of the period.")]
    side: Annotated[str, typer.Option(help="Which of our declarations: import or export.")] = "import"
    officer: Officer = None
    as_json: AsJson = False


def register_private(mirror: typer.Typer) -> None:
    """Add the commands beneath `comity mirror`."""
    private = typer.Typer(help="Compare with a partner without showing records.", no_args_is_help=True)
    private.command("start")(with_options(Starting, start))
    private.command("advance")(advance)
    private.command("list")(show_runs)
    private.command("learned")(show_learned)
    mirror.add_typer(private, name="private")


def start(starting: Starting) -> None:
    """Ask a partner which of our declarations it knows, under blinded keys."""
    from comity.features.mirror.private.keys import Threshold
    from comity.features.mirror.private.moves import Terms
    from comity.features.mirror.private.settings import private_settings
    from comity.flows.match_privately import begin, make

    with reporting(as_json=starting.as_json), opened(starting.home) as node:
        clearing = node.clearing()
        settings = private_settings(node.clock.now().date())
        threshold = Threshold(settings.threshold_value, settings.threshold_mass)
        terms = Terms(starting.side, starting.since.date(), starting.until.date(), threshold)
        with working("blinding keys", quiet=starting.as_json), node.database.reading() as session:
            due = begin(session, starting.partner.upper(), terms, officer=acting(starting.officer), clearing=clearing)
        with node.database.transaction() as session:
            run = make(session, due, clearing=clearing)
    if run is None:
        raise typer.Exit(1)
    if starting.as_json:
        write_json(_as_object(run))
    else:
        people.print(f"{run.partner} is asked with {run.keys_ours} blinded keys (run {run.run_id}).")


def advance(home: Home, as_json: AsJson = False) -> None:
    """Take runs on whose partner has answered; a served node does so every minute by itself."""
    from comity.flows.match_privately import make, pending

    taken = []
    with reporting(as_json=as_json), opened(home) as node:
        clearing = node.clearing()
        with working("comparing", quiet=as_json), node.database.reading() as reading:
            for due in pending(reading, clearing=clearing):
                with node.database.transaction() as session:
                    taken.append(make(session, due, clearing=clearing))
    told = [_as_object(run) for run in taken if run is not None]
    if as_json:
        write_json({"taken_on": told})
    else:
        _table("Runs taken on", told)


def show_runs(home: Home, as_json: AsJson = False) -> None:
    """List private runs, the newest first."""
    from comity.features.mirror.private.store import list_runs

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        told = [_as_object(run) for run in list_runs(session)]
    if as_json:
        write_json({"runs": told})
    else:
        _table("Private runs", told)


def show_learned(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")], home: Home, as_json: AsJson = False
) -> None:
    """List what a run taught us, meeting by meeting."""
    from comity.features.mirror.private.store import learned_in, run_named

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        run = run_named(session, run_id)
        learned = learned_in(session, run)
    if as_json:
        write_json(_as_object(run) | {"learned": [asdict(one) for one in learned]})
        return
    rows = [
        [
            str(one.meeting),
            " ".join(one.records),
            _steps(one.ours.value, one.theirs.value),
            _steps(one.ours.mass, one.theirs.mass),
            " ".join(one.theirs.chapters),
            {True: "yes", False: "no", None: "the partner has no such record"}[one.crossed],
        ]
        for one in learned
    ]
    write_table(
        f"What run {run_id} taught us", ["meeting", "our records", "value", "mass", "their chapters", "differs"], rows
    )


def _steps(ours: int | None, theirs: int | None) -> str:
    if ours is None or theirs is None:
        return "not told"
    return "same step" if ours == theirs else f"theirs {theirs - ours:+d} steps"


def _as_object(run: PrivateRun) -> dict[str, Any]:
    told = {name: getattr(run, name) for name in (*TOLD, *COUNTS)}
    return told | {"from_day": run.from_day.isoformat(), "to_day": run.to_day.isoformat()}


def _table(title: str, told: list[dict[str, Any]]) -> None:
    columns = [*TOLD, *COUNTS]
    write_table(title, columns, [["" if one[each] is None else str(one[each]) for each in columns] for one in told])
