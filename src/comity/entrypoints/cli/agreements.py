"""Commands about agreements: `agreement draft|sign|list|show|explain`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from comity.cooperation.agreements.agreement import Agreement, agreement_hash, as_record, parse_agreement
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.in_words import agreement_in_words
from comity.cooperation.agreements.lifecycle import Signature, sign_agreement, status_of
from comity.cooperation.agreements.store import current_agreements, find_agreement
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json, write_table
from comity.flows.sign_agreement import take_in
from comity.foundation.clock import SystemClock


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    from comity.entrypoints.cli import questions

    group = typer.Typer(help="Agreements: what may be exchanged, with whom, for what.", no_args_is_help=True)
    group.command("draft")(draft)
    group.command("sign")(sign)
    group.command("list")(show_all)
    group.command("show")(show)
    group.command("explain")(explain)
    questions.register_in(group)
    app.add_typer(group, name="agreement")


def draft(
    between: Annotated[tuple[str, str], typer.Option(help="The two parties, for example KE UG.")],
    agreement_id: Annotated[str, typer.Option("--id", help="A name for the agreement, for example ke-ug-2026.")],
    valid_from: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"])],
    valid_to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"])],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    as_json: AsJson = False,
) -> None:
    """Write a draft agreement on export records and examination results."""
    with reporting(as_json=as_json):
        drafted = draft_agreement(
            id=agreement_id,
            parties=tuple(party.upper() for party in between),
            valid_from=valid_from.date(),
            valid_to=valid_to.date(),
        )
        write_file(output, drafted, [])
    if as_json:
        write_json({"id": drafted.id, "hash": agreement_hash(drafted), "file": str(output)})
    else:
        people.print(f"{output}: a draft, signed by nobody. Read it with: comity agreement explain {output}")


def sign(
    file: Annotated[Path, typer.Argument(help="The agreement's file.", exists=True, dir_okay=False)],
    home: Home,
    as_json: AsJson = False,
) -> None:
    """Sign an agreement, take in the signatures already in the file, and write ours into it."""
    with reporting(as_json=as_json), opened(home) as node:
        agreement, signatures = read_file(file)
        ours = sign_agreement(agreement, node.keys)
        signatures = [one for one in signatures if one.authority != ours.authority] + [ours]
        with node.database.transaction() as session:
            stored = take_in(session, agreement, signatures, clearing=node.clearing())
        write_file(file, agreement, signatures)
        status = stored.status(node.clock.now())
    signed_by = sorted(one.authority for one in stored.signatures)
    if as_json:
        write_json({"id": agreement.id, "hash": agreement_hash(agreement), "signed_by": signed_by, "status": status})
    else:
        people.print(f"{agreement.id}: signed by {', '.join(signed_by)}; {status}.")


def show_all(home: Home, as_json: AsJson = False) -> None:
    """List the agreements this node knows."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        rows = [
            {
                "id": stored.agreement.id,
                "title": stored.agreement.title,
                "parties": list(stored.agreement.parties),
                "status": str(stored.status(node.clock.now())),
                "hash": stored.hash,
            }
            for stored in current_agreements(session, node.clock.now())
        ]
    if as_json:
        write_json({"agreements": rows})
        return
    write_table(
        "Agreements",
        ["id", "title", "parties", "status"],
        [[str(row["id"]), str(row["title"]), ", ".join(row["parties"]), str(row["status"])] for row in rows],
    )


def show(agreement_id: Annotated[str, typer.Argument(metavar="ID")], home: Home, as_json: AsJson = False) -> None:
    """Show an agreement as its document."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        stored = find_agreement(session, agreement_id)
    record = file_record(stored.agreement, list(stored.signatures))
    if as_json:
        write_json(record)
    else:
        people.print_json(json.dumps(record))


def explain(
    agreement: Annotated[str, typer.Argument(metavar="ID|FILE", help="A file, or an id with --home.")],
    home: Annotated[Path | None, typer.Option("--home", envvar="COMITY_HOME")] = None,
    as_json: AsJson = False,
) -> None:
    """Say in words what an agreement lets whom send, and for what."""
    with reporting(as_json=as_json):
        path = Path(agreement)
        if path.is_file():
            found, signatures = read_file(path)
        elif home is None:
            raise typer.BadParameter(f"{agreement} is not a file; give --home to look it up by its id")
        else:
            with opened(home) as node, node.database.reading() as session:
                stored = find_agreement(session, agreement)
                found, signatures = stored.agreement, list(stored.signatures)
        sentences = [
            message % params
            for message, params in agreement_in_words(found, status_of(found, signatures, SystemClock().now()))
        ]
    if as_json:
        write_json({"id": found.id, "sentences": sentences})
    else:
        for sentence in sentences:
            people.print(f"• {sentence}")


def file_record(agreement: Agreement, signatures: list[Signature]) -> dict[str, Any]:
    """Return the file form: the document and its signatures side by side."""
    return {"agreement": as_record(agreement), "signatures": [signature.as_json() for signature in signatures]}


def write_file(path: Path, agreement: Agreement, signatures: list[Signature]) -> None:
    """Write the file form to `path`."""
    path.write_text(json.dumps(file_record(agreement, signatures), indent=2, ensure_ascii=False) + "\n", "utf-8")


def read_file(path: Path) -> tuple[Agreement, list[Signature]]:
    """Read the file form.

    Raises:
        AgreementInvalid: the document is not an agreement.
    """
    record = json.loads(path.read_text(encoding="utf-8"))
    agreement = parse_agreement(record.get("agreement", record))
    return agreement, [Signature.from_json(one) for one in record.get("signatures", [])]
