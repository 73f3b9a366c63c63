"""Commands about accounts with partners: `accounts reconcile|list|reciprocity`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from comity.cooperation.accounts.balance import propose_statement, statement_as_file
from comity.cooperation.accounts.errors import StatementInvalid, StatementUnknown
from comity.cooperation.accounts.reconcile import open_reconciliation
from comity.cooperation.accounts.send import Bookkeeping
from comity.cooperation.accounts.store import Reconciliation, list_reciprocity, list_reconciliations
from comity.cooperation.agreements.store import find_agreement
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json, write_table

From = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, UTC.")]
To = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="First day that no longer counts, UTC.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    accounts = typer.Typer(help="Accounts with partners: books compared, what each gave.", no_args_is_help=True)
    accounts.command("reconcile")(reconcile)
    accounts.command("list")(show)
    accounts.command("reciprocity")(reciprocity)
    app.add_typer(accounts, name="accounts")


def reconcile(
    partner: Annotated[str, typer.Argument(metavar="PEER", help="The partner, for example KE.")],
    home: Home,
    since: From = None,
    until: To = None,
    as_json: AsJson = False,
) -> None:
    """Ask a partner to compare its books with ours, without days since yesterday; `accounts list` has the answer."""
    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        now = node.clock.now()
        begin = since.replace(tzinfo=UTC) if since else datetime.combine(now.date() - timedelta(days=1), time(), UTC)
        end = min(until.replace(tzinfo=UTC), now) if until else now
        kept = open_reconciliation(session, partner.upper(), Bookkeeping(node.keys, node.clock), since=begin, until=end)
    if as_json:
        write_json(_reconciliation(kept))
    else:
        people.print(f"{kept.partner} is asked to compare {kept.messages} messages; see: comity accounts list")


def show(
    home: Home,
    partner: Annotated[str | None, typer.Argument(metavar="PEER", help="Of this partner only.")] = None,
    as_json: AsJson = False,
) -> None:
    """List how the books compare with partners, each message that differs, and the reciprocity statements."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        compared = [_reconciliation(one) for one in list_reconciliations(session, partner.upper() if partner else None)]
        balanced = [
            {
                "agreement_id": one.agreement_id,
                "partner": one.partner,
                "from": one.period_from.isoformat(),
                "to": one.period_to.isoformat(),
                "state": one.state.value,
                "differences": "; ".join(one.differences),
            }
            for one in list_reciprocity(session)
            if partner is None or one.partner == partner.upper()
        ]
    if as_json:
        write_json({"reconciliations": compared, "reciprocity": balanced})
        return
    write_table(
        "Books",
        ["partner", "from", "to", "messages", "state", "differences"],
        [
            [one["partner"], one["from"], one["to"], str(one["messages"]), one["state"], str(len(one["differences"]))]
            for one in compared
        ],
    )
    for one in compared:
        for told in one["differences"]:
            people.print(
                f"  {told['kind']}: {told['agreement_id']} {told['sender']} {told['sequence']} {told['message_id']}",
                markup=False,
            )
    write_table(
        "Reciprocity", list(balanced[0]) if balanced else ["agreement"], [list(one.values()) for one in balanced]
    )


def reciprocity(
    agreement: Annotated[
        str, typer.Argument(metavar="AGREEMENT[/PEER]", help="The agreement's id; with whom, where there are several.")
    ],
    home: Home,
    since: From,
    until: To,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write once both have signed.")],
    as_json: AsJson = False,
) -> None:
    """Write what both gave each other in a period, signed by both; until then ask the partner to sign."""
    if since is None or until is None:
        raise typer.BadParameter("a first day and the day after the last are needed", param_hint="--from, --to")
    record, differs = None, ""
    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        books = Bookkeeping(node.keys, node.clock)
        agreement_id, _, partner = agreement.partition("/")
        parties = find_agreement(session, agreement_id).agreement.parties
        partner = partner.upper() or next(one for one in parties if one != node.keys.authority)
        period = {"period_from": since.date(), "period_to": until.date()}
        try:
            record = statement_as_file(session, agreement_id, partner, books, **period)
        except (StatementUnknown, StatementInvalid) as missing:
            differs = missing.message if isinstance(missing, StatementInvalid) else ""
            propose_statement(session, agreement_id, partner, books, **period)
    if record is not None:
        output.write_text(json.dumps(record, indent=1), encoding="utf-8")
    state = "co-signed" if record is not None else "proposed"
    if as_json:
        write_json({"agreement_id": agreement_id, "partner": partner, "state": state, "differs": differs or None})
    elif record is not None:
        people.print(f"{output}: signed by both. Anyone verifies it with: comity verify {output}")
    else:
        people.print(f"{differs} {partner} is asked to sign; ask again when it has: then the file is written.".strip())


def _reconciliation(kept: Reconciliation) -> dict[str, Any]:
    return {
        "id": kept.id,
        "partner": kept.partner,
        "opened_by": kept.opened_by,
        "from": kept.period_from.isoformat(timespec="minutes"),
        "to": kept.period_to.isoformat(timespec="minutes"),
        "messages": kept.messages,
        "state": kept.state.value,
        "differences": kept.differences,
    }
