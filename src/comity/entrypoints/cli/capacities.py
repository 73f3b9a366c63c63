"""Commands about capacity: how many inspections each office can make on a day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from comity.entrypoints.cli.acting import Officer, acting
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json, write_table

if TYPE_CHECKING:
    from comity.features.risk.selection.capacity import Capacity

CapacityFile = Annotated[Path, typer.Argument(metavar="FILE", help="[[capacity]], TOML.", exists=True, dir_okay=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    capacity = typer.Typer(help="Slots for inspections, by office and day.", no_args_is_help=True)
    app.add_typer(capacity, name="capacity")
    capacity.command("set")(set_capacities)
    capacity.command("list")(show_capacities)


def set_capacities(file: CapacityFile, home: Home, officer: Officer = None, as_json: AsJson = False) -> None:
    """Keep the capacities of a file; they count from the next day that is opened."""
    from comity.features.risk.selection.capacity import load_capacities
    from comity.features.risk.selection.store import keep_capacity

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        read = load_capacities(file)
        for one in read:
            keep_capacity(session, one, officer=acting(officer), clock=node.clock)
    if as_json:
        write_json({"kept": [_told(one) for one in read]})
    else:
        people.print(f"{len(read)} capacities kept; they count from the next day that is opened.")


def show_capacities(home: Home, as_json: AsJson = False) -> None:
    """List every capacity with its validity."""
    from comity.features.risk.selection.store import capacities

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        kept = [_told(one) for one in capacities(session)]
    if as_json:
        write_json({"capacities": kept})
        return
    names = ["office", "resource", "slots", "valid_from", "valid_to", "weekdays"]
    write_table("Capacity", names, [[escape(str(one[name] or "")) for name in names] for one in kept])


def _told(one: Capacity) -> dict[str, Any]:
    return {
        "office": one.office,
        "resource": one.resource.value,
        "slots": one.slots,
        "valid_from": one.valid_from.isoformat(),
        "valid_to": one.valid_to.isoformat() if one.valid_to else None,
        "weekdays": list(one.weekdays),
    }
