"""Commands about agreements: `agreement draft|templates|sign|list|show|explain|history`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Agreement, agreement_hash, as_record, parse_agreement
from comity.cooperation.agreements.draft import draft_agreement, list_templates
from comity.cooperation.agreements.errors import AgreementInvalid
from comity.cooperation.agreements.in_words import agreement_in_words
from comity.cooperation.agreements.lifecycle import Signature, sign_agreement, status_of
from comity.cooperation.agreements.store import current_agreements, find_agreement
from comity.cooperation.agreements.texts import StoredAgreement
from comity.entrypoints.cli.options import AsJson, Home, opened, with_options
from comity.entrypoints.cli.output import people, reporting, write_json, write_table
from comity.flows import negotiate
from comity.flows.clearing import Clearing
from comity.flows.sign_agreement import take_in
from comity.foundation.clock import SystemClock
from comity.foundation.errors import Finding


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    from comity.entrypoints.cli import negotiation, questions

    group = typer.Typer(help="Agreements: what may be exchanged, with whom, for what.", no_args_is_help=True)
    group.command("draft")(with_options(Drafting, draft))
    group.command("templates")(templates)
    group.command("sign")(sign)
    group.command("list")(show_all)
    group.command("show")(show)
    group.command("explain")(explain)
    group.command("history")(history)
    negotiation.register_in(group)
    questions.register_in(group)
    app.add_typer(group, name="agreement")


@dataclass(frozen=True, slots=True)
class Drafting:
    """What a draft is made of."""

    between: Annotated[tuple[str, str], typer.Option(help="The parties, for example KE UG, or KE UG TZ.")]
    agreement_id: Annotated[str, typer.Option("--id", help="A name for the agreement, for example ke-ug-2026.")]
    valid_from: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"])]
    valid_to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"])]
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")]
    others: Annotated[list[str] | None, typer.Argument(metavar="[PARTY]...", help="Further parties.")] = None
    template: Annotated[str, typer.Option(help="The basis; see `comity agreement templates`.")] = "export-data"
    accept: Annotated[
        list[str] | None, typer.Option(help="Annexes that a party accepts, for example KE=ii,iii; once a party.")
    ] = None
    as_json: AsJson = False


def draft(drafting: Drafting) -> None:
    """Write a draft agreement from a template."""
    with reporting(as_json=drafting.as_json):
        drafted = draft_agreement(
            id=drafting.agreement_id,
            parties=tuple(party.upper() for party in (*drafting.between, *(drafting.others or ()))),
            valid_from=drafting.valid_from.date(),
            valid_to=drafting.valid_to.date(),
            template=drafting.template,
            accepted=dict(_acceptance(one) for one in drafting.accept or ()),
        )
        write_file(drafting.output, drafted, [])
    if drafting.as_json:
        write_json({"id": drafted.id, "hash": agreement_hash(drafted), "file": str(drafting.output)})
    else:
        read = f"comity agreement explain {drafting.output}"
        people.print(f"{drafting.output}: a draft, signed by nobody. Read it with: {read}")


def _acceptance(text: str) -> tuple[str, list[str]]:
    party, separator, annexes = text.partition("=")
    if not separator or not annexes:
        raise typer.BadParameter(f"{text}: a party and its annexes were expected, for example KE=ii,iii")
    return party.upper(), annexes.lower().split(",")


def templates(as_json: AsJson = False) -> None:
    """List the usual bases from which a draft can be made, with their sources."""
    found = list_templates()
    if as_json:
        write_json({"templates": [asdict(one) for one in found]})
        return
    write_table("Templates", ["name", "what for", "basis"], [[one.name, one.summary, one.instrument] for one in found])


def sign(
    target: Annotated[str, typer.Argument(metavar="FILE|ID|HASH", help="A file, or a text proposed over the wire.")],
    home: Home,
    as_json: AsJson = False,
) -> None:
    """Sign a text: a file, with the signatures in it, or a proposal, telling the other parties."""
    with reporting(as_json=as_json), opened(home) as node:
        path, heard = Path(target), None
        with node.database.transaction() as session:
            if path.is_file():
                stored = _sign_file(session, path, node.clearing())
            else:
                step = negotiate.sign(session, target, clearing=node.clearing())
                stored, heard = step.text, step.heard
        status, text = stored.status(node.clock.now()), stored.agreement
    signed_by = sorted(stored.signers)
    if as_json:
        told = {"told": heard.told, "not_partners": heard.not_partners} if heard else {}
        write_json({"id": text.id, "hash": stored.hash, "signed_by": signed_by, "status": status, **told})
    else:
        people.print(f"{text.id}: signed by {', '.join(signed_by)}; {status}.")


def _sign_file(session: Session, path: Path, clearing: Clearing) -> StoredAgreement:
    agreement, signatures = read_file(path)
    ours = sign_agreement(agreement, clearing.keys)
    signatures = [one for one in signatures if one.authority != ours.authority] + [ours]
    stored = take_in(session, agreement, signatures, clearing=clearing)
    write_file(path, agreement, signatures)
    return stored


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
        stored = find_agreement(session, agreement_id, node.clock.now())
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
            status = status_of(found, signatures, SystemClock().now())
        elif home is None:
            raise typer.BadParameter(f"{agreement} is not a file; give --home to look it up by its id")
        else:
            with opened(home) as node, node.database.reading() as session:
                stored = find_agreement(session, agreement, node.clock.now())
                found, status = stored.agreement, stored.status(node.clock.now())
        sentences = [message % params for message, params in agreement_in_words(found, status)]
    if as_json:
        write_json({"id": found.id, "sentences": sentences})
    else:
        for sentence in sentences:
            people.print(f"• {sentence}")


def history(agreement_id: Annotated[str, typer.Argument(metavar="ID")], home: Home, as_json: AsJson = False) -> None:
    """Show every text of an agreement, who proposed and signed it, and every notice."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        texts, now = negotiate.history_of(session, agreement_id), node.clock.now()
        rows = [_text_record(text, now) for text in texts]
        notices = [notice.as_json() for notice in texts[0].history.notices]
    if as_json:
        write_json({"id": agreement_id, "texts": rows, "notices": notices})
        return
    columns = ["version", "hash", "status", "proposed_by", "signed_by", "answers"]
    write_table(f"Texts of {agreement_id}", columns, [[str(row[name] or "") for name in columns] for row in rows])
    for notice in notices:
        people.print(f"{notice['given_at']} {notice['authority']} {notice['kind']} from {notice['from_day']}:")
        people.print(f"  {notice['reason']}", markup=False)


def _text_record(text: StoredAgreement, at: datetime) -> dict[str, Any]:
    proposal = text.proposal
    return {
        "version": text.agreement.version,
        "hash": text.hash,
        "replaces": text.agreement.replaces,
        "status": text.status(at),
        "valid_from": text.agreement.valid_from,
        "valid_to": text.agreement.valid_to,
        "signed_by": ", ".join(sorted(text.signers)),
        "proposed_by": proposal.by if proposal else None,
        "proposed_at": proposal.at if proposal else None,
        "answers": proposal.answers if proposal else None,
        "note": proposal.note if proposal else None,
    }


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
    agreement, signatures = read_record(path)
    return parse_agreement(agreement), signatures


def read_record(path: Path) -> tuple[Any, list[Signature]]:
    """Read the file form, the document as it stands.

    Raises:
        AgreementInvalid: the file is not JSON of this form.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        signatures = record.get("signatures", [])
        return record.get("agreement", record), [Signature.from_json(one) for one in signatures]
    except (ValueError, AttributeError, TypeError) as error:
        finding = Finding(AgreementInvalid.code, str(path), "a JSON object with an agreement was expected")
        raise AgreementInvalid([finding]) from error
