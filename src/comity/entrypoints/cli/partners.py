"""Commands about partners: `peer add|list|remove|epochs|doctor`, and `mirror run|link|private`."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from comity.cooperation.exchange.card import read_card
from comity.cooperation.exchange.deliver import Line
from comity.cooperation.exchange.doctor import Place, diagnose
from comity.cooperation.exchange.store import find_peer, list_peers
from comity.cooperation.exchange.transport import HttpTransport
from comity.cooperation.identity.store import list_epochs
from comity.entrypoints.cli.acting import acting
from comity.entrypoints.cli.linkage import Linking, link_files
from comity.entrypoints.cli.options import AsJson, Home, opened, with_options
from comity.entrypoints.cli.output import Exit, people, reporting, working, write_json, write_table
from comity.entrypoints.cli.private import register_private
from comity.flows.change_partners import admit_partner, remove_partner
from comity.flows.run_mirror import run
from comity.flows.use_partner_record import Reader, use


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    peer = typer.Typer(help="Partners: other administrations' nodes.", no_args_is_help=True)
    peer.command("add")(add)
    peer.command("list")(show)
    peer.command("remove")(remove)
    peer.command("epochs")(epochs)
    peer.command("doctor")(doctor)
    app.add_typer(peer, name="peer")
    mirror = typer.Typer(help="Compare our imports with a partner's exports.", no_args_is_help=True)
    mirror.command("run")(run_mirror)
    mirror.command("link")(with_options(Linking, link_files))
    register_private(mirror)
    app.add_typer(mirror, name="mirror")


def add(
    card: Annotated[Path, typer.Argument(help="The partner's card.json.", exists=True, dir_okay=False)],
    home: Home,
    fingerprint: Annotated[str | None, typer.Option(help="The fingerprint heard from the partner.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="The fingerprint shown was already compared.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add a partner after its fingerprint was compared by another way than the card came."""
    with reporting(as_json=as_json), opened(home) as node:
        read = read_card(json.loads(card.read_text(encoding="utf-8")), fingerprint=fingerprint)
        if fingerprint is None and not yes:
            people.print(f"{read.identity.name} ({read.identity.authority})\n  {read.identity.fingerprint}")
            typer.confirm("Is this the fingerprint you heard from the partner?", abort=True)
        with node.database.transaction() as session:
            waiting = admit_partner(session, read, keys=node.keys, clock=node.clock)
    answer = {
        "authority": read.identity.authority,
        "url": read.url,
        "fingerprint": read.identity.fingerprint,
        "waiting_again": waiting,
    }
    if as_json:
        write_json(answer)
    else:
        people.print(f"Partner {answer['authority']} at {answer['url']} is known.")


def remove(
    authority: Annotated[str, typer.Argument(metavar="PEER", help="The partner, for example TZ.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the signed epoch.")],
    home: Home,
    as_json: AsJson = False,
) -> None:
    """Remove a partner: from now on nothing is sealed for it and nothing taken from it; what waited is listed."""
    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        withdrawn = remove_partner(session, authority.upper(), reason=reason, keys=node.keys, clock=node.clock)
    if as_json:
        messages = [{"message": message, "subject": subject} for message, subject in withdrawn]
        write_json({"authority": authority.upper(), "withdrawn": messages})
        return
    people.print(f"{authority.upper()} is no partner any more. {len(withdrawn)} messages that waited are withdrawn.")
    if withdrawn:
        write_table("Withdrawn", ["message", "subject"], [[message, subject] for message, subject in withdrawn])


def epochs(home: Home, as_json: AsJson = False) -> None:
    """List who became a partner and who was removed, in order, as signed."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        rows = [
            {
                "epoch": one.epoch,
                "at": one.at.isoformat(),
                "partner": one.partner,
                "change": one.change,
                "reason": one.reason,
            }
            for one in list_epochs(session)
        ]
    if as_json:
        write_json({"epochs": rows})
    else:
        columns = ["epoch", "at", "partner", "change", "reason"]
        write_table("Membership", columns, [[str(row[name]) for name in columns] for row in rows])


def show(home: Home, as_json: AsJson = False) -> None:
    """List the partners and how the exchange with each stands."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        rows = [
            {
                "authority": peer.authority,
                "name": peer.name,
                "url": peer.url,
                "fingerprint": peer.fingerprint,
                "state": str(peer.state),
                "last_error": peer.last_error,
            }
            for peer in list_peers(session)
        ]
    if as_json:
        write_json({"peers": rows})
        return
    write_table(
        "Partners",
        ["authority", "name", "url", "state", "last error"],
        [[str(row[name] or "") for name in ("authority", "name", "url", "state", "last_error")] for row in rows],
    )


def doctor(
    authority: Annotated[str, typer.Argument(help="The partner, for example KE.")], home: Home, as_json: AsJson = False
) -> None:
    """Say what stands between this node and a partner, and on which side it is."""
    with reporting(as_json=as_json), opened(home) as node:
        with node.database.reading() as session:
            peer = find_peer(session, authority.upper())
        transport = node.transport_to(peer.authority)
        place = Place(
            home=node.settings.home,
            least_free_bytes=node.settings.least_free_bytes,
            skew=timedelta(seconds=node.settings.clock_skew_seconds),
            is_direct=isinstance(transport, HttpTransport),
        )
        found = diagnose(node.database, peer, Line(node.keys, transport, node.clock), place)
    if as_json:
        write_json({"peer": authority.upper(), "checks": [diagnosis.as_json() for diagnosis in found]})
    else:
        write_table(
            f"Partner {authority.upper()}",
            ["check", "", "side", "what"],
            [[check.check, "fine" if check.ok else "FAULT", check.side, check.message] for check in found],
        )
    if not all(diagnosis.ok for diagnosis in found):
        raise typer.Exit(Exit.ERRORS_IN_INPUT)


def run_mirror(
    partner: Annotated[str, typer.Argument(metavar="PEER", help="The partner, for example KE.")],
    home: Home,
    as_json: AsJson = False,
) -> None:
    """Pair every import from the partner's country with its exports and list what disagrees."""
    with reporting(as_json=as_json), opened(home) as node:
        with working("pairing imports with exports", quiet=as_json), node.database.transaction() as session:
            outcome = run(session, partner.upper(), clearing=node.clearing())
            reader = Reader(acting(None), "mirror-matching", "cli")
            use(session, outcome.shown, reader=reader, clearing=node.clearing())
        if as_json:
            write_json(outcome.as_json())
            return
        people.print(
            f"{outcome.imports} imports, {outcome.exports} exports, {outcome.paired} imports paired,"
            f" {outcome.discrepancies} discrepancies."
        )
        write_table(
            "Discrepancies",
            ["kind", "import", "export", "ours", "theirs", "ratio"],
            [list(row) for row in outcome.table[:50]],
        )
