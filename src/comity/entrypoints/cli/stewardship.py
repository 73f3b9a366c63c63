"""Commands of a holder: `retention list|run|hold|lift|uses`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from comity.cooperation.stewardship.holdings.store import Holding, due_holdings, held_from, holds_in_force
from comity.cooperation.stewardship.uses.store import uses_of
from comity.entrypoints.cli.acting import Officer, acting
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json, write_table

MOST_LISTED = 1_000
DAYS = ["%Y-%m-%d"]
Partner = Annotated[str | None, typer.Option(metavar="CC", help="One partner only, for example KE.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    retention = typer.Typer(help="What is held of partners, until when, and who read it.", no_args_is_help=True)
    retention.command("list")(show_held)
    retention.command("run")(dispose)
    retention.command("hold")(place_hold)
    retention.command("lift")(end_hold)
    retention.command("uses")(show_uses)
    app.add_typer(retention, name="retention")


def show_held(home: Home, partner: Partner = None, as_json: AsJson = False) -> None:
    """List what is held, what we should have disposed of, and what partners owe us a disposal receipt for."""
    from comity.flows.dispose_expired import owed_receipts

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        now = node.clock.now()
        held = held_from(session, partner.upper() if partner else None, limit=MOST_LISTED)
        due = {one.message_id for one in due_holdings(session, now, limit=MOST_LISTED)}
        holds = holds_in_force(session, now)
        owed = owed_receipts(session, clearing=node.clearing())
    if as_json:
        write_json(
            {
                "held": [_holding(one, due) for one in held],
                "holds": [asdict(one) for one in holds],
                "owed_to_us": [asdict(one) for one in owed],
            }
        )
        return
    write_table(
        "Held of partners",
        ["message", "from", "type", "clause", "marking", "due", ""],
        [
            [
                one.message_id,
                one.originator,
                one.message_type,
                f"{one.agreement_id} {one.clause}",
                one.marking.value,
                f"{one.due_at:%Y-%m-%d}",
                "OVERDUE" if one.message_id in due else "",
            ]
            for one in held
        ],
    )
    write_table(
        "Legal holds",
        ["number", "message", "case", "until", "officer"],
        [[str(one.id), one.message_id, one.case_name, one.until.isoformat(), one.officer] for one in holds],
    )
    write_table(
        "Disposal receipts owed to us",
        ["message", "partner", "type", "due"],
        [[one.message_id, one.partner, one.message_type, f"{one.due_at:%Y-%m-%d}"] for one in owed],
    )


def dispose(home: Home, as_json: AsJson = False) -> None:
    """Dispose now of what is due, as the node does by itself every hour."""
    from comity.flows.dispose_expired import dispose_due

    disposed: dict[str, int] = {}
    with reporting(as_json=as_json), opened(home) as node:
        while True:
            with node.database.transaction() as session:
                some = dispose_due(session, clearing=node.clearing())
            if not some:
                break
            disposed = {name: disposed.get(name, 0) + some.get(name, 0) for name in {*disposed, *some}}
    if as_json:
        write_json({"disposed": disposed})
    else:
        people.print(f"{sum(disposed.values())} messages disposed of; their originators are told.")


def place_hold(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of the received message.")],
    home: Home,
    case: Annotated[tuple[str, str], typer.Option(metavar="NAME REASON", help="The case; the reason is told.")],
    until: Annotated[datetime, typer.Option(formats=DAYS, help="Last day (UTC) of the hold.")],
    officer: Officer = None,
    as_json: AsJson = False,
) -> None:
    """Keep a received message longer than its retention, for a case; its originator is told."""
    from comity.flows.dispose_expired import Case, hold

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        asked = Case(*case, until.date(), acting(officer))
        number = hold(session, message, case=asked, clearing=node.clearing())
    if as_json:
        write_json({"hold": number, "message": message, "until": until.date()})
    else:
        people.print(f"Hold {number}: kept until {until:%Y-%m-%d}. End it earlier with: comity retention lift {number}")


def end_hold(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The hold's number.")],
    home: Home,
    officer: Officer = None,
    as_json: AsJson = False,
) -> None:
    """End a legal hold; the message falls due again as before, and its originator is told."""
    from comity.flows.dispose_expired import lift

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        lifted = lift(session, number, officer=acting(officer), clearing=node.clearing())
    if as_json:
        write_json({"hold": number, "message": lifted.message_id})
    else:
        people.print(f"Hold {number} is lifted.")


def show_uses(
    home: Home,
    partner: Annotated[str, typer.Option(metavar="CC", help="Whose records, for example KE.")],
    since: Annotated[datetime | None, typer.Option(formats=DAYS, help="First day (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAYS, help="Last day (UTC).")] = None,
    as_json: AsJson = False,
) -> None:
    """Say who read a partner's records for which purpose: what the partner may ask to be told."""
    first = since.replace(tzinfo=UTC) if since else datetime(1970, 1, 1, tzinfo=UTC)
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        end = until.replace(tzinfo=UTC) + timedelta(days=1) if until else node.clock.now() + timedelta(seconds=1)
        uses = uses_of(session, partner.upper(), since=first, until=end, limit=MOST_LISTED)
    if as_json:
        write_json({"partner": partner.upper(), "uses": [asdict(one) for one in uses]})
        return
    write_table(
        f"Readings of records of {partner.upper()}",
        ["when", "message", "officer", "purpose", "door", "leaf"],
        [
            [
                f"{one.at:%Y-%m-%d %H:%M:%S}",
                one.message_id,
                one.officer,
                one.purpose,
                one.door,
                "" if one.leaf is None else str(one.leaf),
            ]
            for one in uses
        ],
    )


def _holding(one: Holding, due: set[str]) -> dict[str, Any]:
    return asdict(one) | {"is_overdue": one.message_id in due}
