"""Commands about second opinions on goods codes: `opinion ask|list|answer|refuse`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

from comity.entrypoints.cli.acting import Officer, acting
from comity.entrypoints.cli.options import AsJson, Home, opened, with_options
from comity.entrypoints.cli.output import people, reporting, write_json, write_table
from comity.features.tariff.classification.records import GROUNDS, KeptQuestion, Opinion, Question

MOST_LISTED = 200
Partner = Annotated[str, typer.Argument(metavar="CC", help="The partner.")]
QuestionId = Annotated[str, typer.Argument(metavar="QUESTION", help="The question's id.")]


@dataclass(frozen=True, slots=True)
class Asking:
    """The arguments and options of `comity opinion ask`."""

    partner: Partner
    code: Annotated[str, typer.Argument(help="The code proposed, 6 to 12 digits.")]
    description: Annotated[str, typer.Argument(help="The goods, not whose they are.")]
    home: Home
    facts: Annotated[str, typer.Option(help="Material, function, how they are put up.")] = ""
    edition: Annotated[str, typer.Option(help="Edition of the HS.")] = "HS2022"
    due: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day for an answer.")] = (
        None
    )
    declaration: Annotated[str | None, typer.Option(help="The declaration it is about; stays here.")] = None
    item: Annotated[int | None, typer.Option(help="The goods item of the declaration.")] = None
    officer: Officer = None
    as_json: AsJson = False


@dataclass(frozen=True, slots=True)
class Answering:
    """The arguments and options of `comity opinion answer`."""

    partner: Partner
    question: QuestionId
    code: Annotated[str, typer.Argument(help="The code, 6 to 12 digits.")]
    home: Home
    reasons: Annotated[str, typer.Option(help="Why; the partner reads it.")]
    rule: Annotated[list[str], typer.Option(help="A general rule relied on; several times for several.")]
    officer: Officer = None
    as_json: AsJson = False


@dataclass(frozen=True, slots=True)
class Refusing:
    """The arguments and options of `comity opinion refuse`."""

    partner: Partner
    question: QuestionId
    home: Home
    ground: Annotated[str, typer.Option(help=f"One of {', '.join(GROUNDS)}.")]
    reasons: Annotated[str, typer.Option(help="Why; the partner reads it.")]
    officer: Officer = None
    as_json: AsJson = False


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    opinion = typer.Typer(help="Second opinions of partners on goods codes.", no_args_is_help=True)
    opinion.command("ask")(with_options(Asking, ask_for))
    opinion.command("list")(show_all)
    opinion.command("answer")(with_options(Answering, give))
    opinion.command("refuse")(with_options(Refusing, refuse))
    app.add_typer(opinion, name="opinion")


def ask_for(asking: Asking) -> None:
    """Ask a partner what it thinks of a code, under a clause of an agreement in force."""
    from comity.flows.ask_opinion import Asked, ask, usual_due_day

    with reporting(as_json=asking.as_json), opened(asking.home) as node, node.database.transaction() as session:
        due_on = asking.due.date() if asking.due else usual_due_day(node.clock.now().date())
        kept = ask(
            session,
            asking.partner.upper(),
            Question(asking.description, asking.facts, asking.code, asking.edition, due_on),
            about=Asked(asking.declaration, asking.item),
            officer=acting(asking.officer),
            clearing=node.clearing(),
        )
    if asking.as_json:
        write_json(_as_object(kept, "open"))
    else:
        people.print(f"{kept.partner} is asked (question {kept.id}), until {due_on}; its answer: comity opinion list")


def show_all(home: Home, as_json: AsJson = False) -> None:
    """List the questions we asked and got, their answers, and which are overdue."""
    from comity.features.tariff.classification.store import IN, OUT, list_questions

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        today = node.clock.now().date()
        ours, theirs = (list_questions(session, direction, limit=MOST_LISTED) for direction in (OUT, IN))
    told = {
        name: [_as_object(one, one.state(today)) for one in some]
        for name, some in (("asked", ours), ("to_answer", theirs))
    }
    if as_json:
        write_json(told)
        return
    for title, name in (("We asked", "asked"), ("We are asked", "to_answer")):
        columns = ["partner", "question", "description", "proposed_code", "due_on", "state", "code", "reasons"]
        write_table(title, columns, [[escape(str(one[column] or "")) for column in columns] for one in told[name]])


def give(answering: Answering) -> None:
    """Answer a partner's question with a code, reasons and the general rules relied on."""
    opinion = Opinion(answering.code, answering.reasons, tuple(answering.rule))
    _answer(
        answering.home, (answering.partner, answering.question), opinion, answering.officer, as_json=answering.as_json
    )


def refuse(refusing: Refusing) -> None:
    """Refuse an opinion, with the ground."""
    opinion = Opinion(None, refusing.reasons, (), refusing.ground)
    _answer(refusing.home, (refusing.partner, refusing.question), opinion, refusing.officer, as_json=refusing.as_json)


def _answer(home: Any, asked: tuple[str, str], opinion: Opinion, officer: str | None, *, as_json: bool) -> None:
    from comity.flows.ask_opinion import answer

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        partner = asked[0].upper()
        kept = answer(session, partner, asked[1], opinion, officer=acting(officer), clearing=node.clearing())
    if as_json:
        write_json(_as_object(kept, kept.state(kept.asked_at.date())))
    else:
        people.print(f"{kept.partner} is answered (question {kept.id}).")


def _as_object(kept: KeptQuestion, state: str) -> dict[str, Any]:
    opinion = kept.opinion
    return {
        "question": kept.id,
        "partner": kept.partner,
        "description": kept.question.description,
        "facts": kept.question.facts,
        "proposed_code": kept.question.proposed_code,
        "edition": kept.question.edition,
        "due_on": kept.question.due_on.isoformat(),
        "state": state,
        "code": opinion.code if opinion else None,
        "reasons": opinion.reasons if opinion else None,
        "rules": list(opinion.rules) if opinion else [],
        "refusal_ground": opinion.refusal_ground if opinion else None,
        "model": opinion.model if opinion else None,
    }
