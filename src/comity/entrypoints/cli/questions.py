"""Commands that question agreements: `agreement ask|check|diff|conflicts|divergence|export`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from comity.cooperation.agreements.agreement import Agreement
from comity.cooperation.agreements.analyse.standing import agreements_in_force
from comity.cooperation.agreements.in_words import Sentence
from comity.cooperation.agreements.store import list_agreements
from comity.entrypoints.cli.agreements import read_file
from comity.entrypoints.cli.options import AsJson, opened
from comity.entrypoints.cli.output import Exit, people, reporting, write_json
from comity.foundation.clock import SystemClock
from comity.foundation.errors import Severity

if TYPE_CHECKING:
    from comity.cooperation.agreements.analyse.law import Case

Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Files of agreements; without one, those in force on the node.", exists=True, dir_okay=False),
]
AgreementFile = Annotated[Path, typer.Argument(help="The agreement's file.", exists=True, dir_okay=False)]
OptionalHome = Annotated[
    Path | None, typer.Option("--home", envvar="COMITY_HOME", help="Folder of the node.", file_okay=False)
]


class ExportFormat(StrEnum):
    """The languages of policies that an agreement is written in."""

    ODRL = "odrl"


def register_in(group: typer.Typer) -> None:
    """Add the commands to `comity agreement`."""
    group.command("ask")(ask)
    group.command("check")(check)
    group.command("diff")(diff)
    group.command("conflicts")(conflicts)
    group.command("divergence")(divergence)
    group.command("export")(export)


def ask(
    question: Annotated[str, typer.Argument(help='For example "may personal data reach TZ for purpose statistics".')],
    files: Files = None,
    home: OptionalHome = None,
    as_json: AsJson = False,
) -> None:
    """Ask whether, to whom and for what data may go: a yes with an example, or a no that is proved."""
    from comity.cooperation.agreements.analyse import ask as asking

    with reporting(as_json=as_json):
        answer = asking.ask(question, read_agreements(files, home))
    if as_json:
        found = [
            {
                "subject": one.subject,
                "verdict": one.verdict,
                "case": case_record(one.case),
                "consent_of": one.consent_of,
            }
            for one in answer.found
        ]
        write_json({"verdict": answer.verdict, "found": found, "sentences": in_words(answer.sentences)})
    else:
        say(answer.sentences)


def check(file: AgreementFile, as_json: AsJson = False) -> None:
    """Ask the fixed questions of a draft; exit code 1 when it has what no party should sign."""
    from comity.cooperation.agreements.analyse.fixed_questions import FIXED_QUESTIONS, check_draft

    with reporting(as_json=as_json):
        agreement, _ = read_file(file)
        remarks = check_draft(agreement, on=SystemClock().now().date())
    if as_json:
        records = [one.as_record() | {"case": case_record(one.case)} for one in remarks]
        write_json({"id": agreement.id, "asked": len(FIXED_QUESTIONS), "remarks": records})
    else:
        for one in remarks:
            people.print(f"{one.question.severity}: {one.as_record()['message']}", markup=False)
            people.print(f"  {one.question.reason}", markup=False)
        people.print(f"{agreement.id}: {len(FIXED_QUESTIONS)} questions asked, {len(remarks)} remarks.", markup=False)
    if any(one.question.severity is Severity.ERROR for one in remarks):
        raise typer.Exit(Exit.ERRORS_IN_INPUT)


def diff(old: AgreementFile, new: AgreementFile, as_json: AsJson = False) -> None:
    """Say who gains and who loses what when a new text replaces an old one, and whether it widens anything."""
    from comity.cooperation.agreements.analyse.amendment import compare

    with reporting(as_json=as_json):
        amendment = compare(read_file(old)[0], read_file(new)[0])
    if as_json:
        terms = [
            {"clause": one.clause, **asdict(one.difference), "case": case_record(one.case)} for one in amendment.terms
        ]
        write_json(
            {
                "widens": amendment.widens,
                "wider": case_record(amendment.wider),
                "gained": [asdict(flow) for flow in amendment.gained],
                "lost": [asdict(flow) for flow in amendment.lost],
                "terms": terms,
                "others": [dict(zip(("term", "before", "after"), one, strict=True)) for one in amendment.others],
            }
        )
    else:
        say(amendment.sentences)


def conflicts(files: Files = None, home: OptionalHome = None, as_json: AsJson = False) -> None:
    """Find where two agreements let the same data go on other terms, and say which the node follows."""
    from comity.cooperation.agreements.analyse.conflicts import NONE, find_conflicts

    with reporting(as_json=as_json):
        found = find_conflicts(read_agreements(files, home))
    if as_json:
        records = [
            {
                "first": {"agreement_id": one.first[0], "clause": one.first[1].id},
                "second": {"agreement_id": one.second[0], "clause": one.second[1].id},
                "differences": [asdict(difference) for difference in one.differences],
                "case": case_record(one.case),
                "sentences": in_words(one.sentences),
            }
            for one in found
        ]
        write_json({"conflicts": records})
        return
    for one in found:
        say(one.sentences)
        people.print("")
    if not found:
        say([(NONE, {})])


def divergence(
    one: Annotated[Path, typer.Argument(help="Legal facts of one administration.", exists=True, dir_okay=False)],
    other: Annotated[Path, typer.Argument(help="Legal facts of the other.", exists=True, dir_okay=False)],
    on: Annotated[datetime | None, typer.Option(help="The day that counts; today.", formats=["%Y-%m-%d"])] = None,
    as_json: AsJson = False,
) -> None:
    """Report where the laws of two administrations differ so that the nodes or their people act otherwise."""
    from comity.cooperation.agreements.analyse.divergence import SAME, find_divergence
    from comity.cooperation.agreements.analyse.legal_facts import read_legal_facts

    with reporting(as_json=as_json):
        first, second = read_legal_facts(one.read_bytes()), read_legal_facts(other.read_bytes())
        found = find_divergence(first, second, on=(on or SystemClock().now()).date())
    if as_json:
        records = [
            {"fact": each.fact, "message": in_words([each.sentence])[0], "sources": each.sources} for each in found
        ]
        write_json({"administrations": [first.administration, second.administration], "divergence": records})
        return
    for each in found:
        say([each.sentence])
        for source in each.sources:
            people.print(f"  {source}", markup=False)
    if not found:
        say([(SAME, {})])


def export(
    file: AgreementFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    to: Annotated[ExportFormat, typer.Option("--to", help="The language of policies.")] = ExportFormat.ODRL,
    as_json: AsJson = False,
) -> None:
    """Write an agreement in another language of policies; nothing reads it back, and no node decides by it."""
    from comity.cooperation.bridges.odrl import agreement_as_odrl

    with reporting(as_json=as_json):
        policy = agreement_as_odrl(read_file(file)[0])
        output.write_text(json.dumps(policy, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if as_json:
        write_json({"file": str(output), "format": to, "uid": policy["uid"], "permissions": len(policy["permission"])})
    else:
        people.print(f"{output}: {len(policy['permission'])} permissions in {to.upper()}.", markup=False)


def remarks_on(agreement: Agreement, on: date) -> list[dict[str, str]]:
    """Return what the fixed questions find in a text; of one that is too large to question, that it is."""
    from comity.cooperation.agreements.analyse.errors import TooLargeToQuestion
    from comity.cooperation.agreements.analyse.fixed_questions import check_draft

    try:
        return [one.as_record() for one in check_draft(agreement, on=on)]
    except TooLargeToQuestion as error:
        return [{"question": error.code, "severity": Severity.WARNING.value, "message": error.message}]


def read_agreements(files: Iterable[Path] | None, home: Path | None) -> list[Agreement]:
    """Return the agreements in the files, or without files those in force on the node.

    Raises:
        AgreementInvalid: a file is not an agreement.
    """
    if files:
        return [read_file(path)[0] for path in files]
    if home is None:
        raise typer.BadParameter("give files of agreements, or --home for those in force on the node")
    with opened(home) as node, node.database.reading() as session:
        return agreements_in_force(list_agreements(session), node.clock.now())


def case_record(case: Case | None) -> dict[str, Any] | None:
    """Return an example for a machine."""
    if case is None:
        return None
    return {
        "sender": case.sender,
        "recipient": case.recipient,
        "data_class": case.data_class,
        "field": case.field,
        "message_type": case.message_type,
        "purpose": case.purpose,
        "agreement_id": case.agreement_id,
        "clause": case.clause.id,
        "article": case.clause.article,
    }


def in_words(sentences: Iterable[Sentence]) -> list[str]:
    """Return sentences in English."""
    return [_capital(message % params) for message, params in sentences]


def say(sentences: Iterable[Sentence]) -> None:
    """Say sentences, one a line."""
    for sentence in in_words(sentences):
        people.print(sentence, markup=False)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
