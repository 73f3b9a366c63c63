"""Commands about goods codes: `classify TEXT`, `classify train` which builds the model; `ruling add|list|revoke`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from comity.entrypoints.cli.acting import Officer, acting
from comity.entrypoints.cli.options import AsJson, Home, opened, with_options
from comity.entrypoints.cli.output import Exit, errors, people, reporting, write_json, write_table

if TYPE_CHECKING:
    from comity.flows.classify_goods import Advice

TRAIN = "train"
DAYS = ["%Y-%m-%d"]


@dataclass(frozen=True, slots=True)
class Asking:
    """The arguments and options of `comity classify`."""

    text: Annotated[
        list[str], typer.Argument(metavar="TEXT… | train", help="The goods in words; or `train` to build the model.")
    ]
    home: Home
    top: Annotated[int, typer.Option(help="How many subheadings.", min=1, max=20)] = 5
    holder: Annotated[str | None, typer.Option(help="Who would hold a ruling: the importer's number.")] = None
    document: Annotated[list[str] | None, typer.Option(help="Reference of a ruling that came with the goods.")] = None
    terms: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE…", help="train: terms with their codes, JSON or CSV.", exists=True, dir_okay=False),
    ] = None
    nomenclature: Annotated[
        Path | None, typer.Option(help="train: the HS texts, CSV.", exists=True, dir_okay=False)
    ] = None
    vague: Annotated[
        Path | None, typer.Option(help="train: terms to be refused, one a line.", exists=True, dir_okay=False)
    ] = None
    edition: Annotated[str, typer.Option(help="train: edition of the nomenclature.")] = "HS2022"
    seed: Annotated[int, typer.Option(help="train: equal files and seeds make equal models.")] = 1
    as_json: AsJson = False


@dataclass(frozen=True, slots=True)
class NewRuling:
    """The arguments and options of `comity ruling add`."""

    reference: Annotated[str, typer.Argument(help="The ruling's reference.")]
    code: Annotated[str, typer.Argument(help="The goods code ruled, 6 to 12 digits.")]
    home: Home
    holder: Annotated[str, typer.Option(help="Whom it binds towards: the holder's number.")]
    description: Annotated[str, typer.Option(help="The goods.")]
    reasons: Annotated[str, typer.Option(help="Why this code.")]
    valid_from: Annotated[datetime, typer.Option("--from", formats=DAYS)]
    valid_to: Annotated[datetime, typer.Option("--to", formats=DAYS, help="Last day.")]
    edition: Annotated[str, typer.Option(help="Edition of the HS the code is of.")] = "HS2022"
    officer: Officer = None
    as_json: AsJson = False


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("classify")(with_options(Asking, classify))
    ruling = typer.Typer(help="Binding rulings on goods codes (TFA article 3).", no_args_is_help=True)
    ruling.command("add")(with_options(NewRuling, add))
    ruling.command("list")(show_all)
    ruling.command("revoke")(end)
    app.add_typer(ruling, name="ruling")


def classify(asked: Asking) -> None:
    """Suggest codes for goods described in words, with reasons; it decides nothing, an officer does.

    `comity classify train --terms FILE… --nomenclature FILE [--vague FILE]` builds the model first.
    """
    if asked.text[0] == TRAIN and (asked.terms or asked.nomenclature):
        _train(asked)
    else:
        _suggest(asked)


def _suggest(asked: Asking) -> None:
    from comity.flows.classify_goods import Goods, advise
    from comity.flows.concordance import ConcordanceMemory
    from comity.flows.train_classification import open_model

    with reporting(as_json=asked.as_json), opened(asked.home) as node:
        model = open_model(node.settings.home, keys=node.keys)
        goods = Goods(" ".join(asked.text), asked.holder, tuple(asked.document or ()))
        with node.database.reading() as session:
            concordance = ConcordanceMemory().current(session)
            day = node.clock.now().date()
            advice = advise(session, model, goods, on=day, top=asked.top, concordance=concordance)
    if asked.as_json:
        write_json(advice.as_json())
    else:
        _tell(advice)
    is_refused = advice.answer.refusal is not None and advice.ruling is None
    raise typer.Exit(Exit.ERRORS_IN_INPUT if is_refused else Exit.FINE)


def _tell(advice: Advice) -> None:
    answer = advice.answer
    if advice.ruling:
        people.print(f"Ruling {escape(advice.ruling.ruling.reference)} binds: code {advice.ruling.code}.")
    for like in advice.like:
        people.print(
            f"Like goods, not binding here: ruling {escape(like.ruling.reference)} ({like.state}), {like.code}."
        )
    if answer.refusal:
        people.print(f"Refused: {escape(answer.refusal)}. Model {answer.model}.")
        return
    rows = [
        [
            f"{each.code[:4]}.{each.code[4:]}",
            f"{each.chance:.0%}",
            escape(each.text),
            escape(", ".join(each.words)),
            ", ".join(each.rules),
            ", ".join(each.national),
        ]
        for each in answer.suggestions
    ]
    write_table(
        f"Model {answer.model}; a suggestion, the decision is an officer's",
        ["Code", "Chance", "Text", "Deciding words", "Rules", "National codes"],
        rows,
    )


def _train(asked: Asking) -> None:
    from comity.features.tariff.classification.learn_from import read_nomenclature, read_terms, read_vague
    from comity.features.tariff.classification.meaning import shipped_vectors
    from comity.features.tariff.classification.train import Lesson, train
    from comity.flows.train_classification import Made, keep_model

    if asked.nomenclature is None or not asked.terms:
        errors.print("`comity classify train` needs --terms and --nomenclature")
        raise typer.Exit(Exit.WRONG_USE)
    paths = [*asked.terms, *(Path(each) for each in asked.text[1:])]
    with reporting(as_json=asked.as_json), opened(asked.home) as node:
        nomenclature = read_nomenclature(asked.nomenclature, edition=asked.edition)
        read = read_terms(paths, nomenclature)
        vague = read_vague(asked.vague) if asked.vague else []
        with errors.status("reading") as status:
            model = train(
                Lesson(read.terms, vague, nomenclature, shipped_vectors(), asked.seed),
                told=lambda step: status.update(f"learning: {step}"),
            )
        sources = [*paths, asked.nomenclature, *([asked.vague] if asked.vague else [])]
        made = Made(model, asked.seed, len(read.terms), len(vague), sources)
        with node.database.transaction() as session:
            record = keep_model(session, made, home=node.settings.home, keys=node.keys, clock=node.clock)
    if asked.as_json:
        write_json({**record, "left_out": read.left_out, "meaning": model.parts.meaning is not None})
    else:
        people.print(
            f"Model {record['version']}: {record['terms']} terms learned, {read.left_out} left out (no code of"
            f" {asked.edition}), {record['vague']} vague terms."
        )


def add(new: NewRuling) -> None:
    """Keep a binding ruling; it goes before the model wherever it applies."""
    from comity.features.tariff.classification.records import Ruling
    from comity.flows.decide_code import add_ruling

    ruling = Ruling(
        reference=new.reference,
        holder=new.holder,
        code=new.code,
        edition=new.edition,
        description=new.description,
        reasons=new.reasons,
        valid_from=new.valid_from.date(),
        valid_to=new.valid_to.date(),
    )
    with reporting(as_json=new.as_json), opened(new.home) as node, node.database.transaction() as session:
        add_ruling(session, ruling, officer=acting(new.officer), clock=node.clock)
    if new.as_json:
        write_json({"reference": new.reference, "code": new.code})
    else:
        people.print(f"Ruling {escape(new.reference)} is kept: {new.code} until {ruling.valid_to}.")


def show_all(
    home: Home,
    holder: Annotated[str | None, typer.Option(help="Only those of one holder.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the binding rulings and whether each binds today; one of an earlier edition of the HS is marked."""
    from comity.features.codes.editions import load_calendar
    from comity.features.tariff.classification.store import all_rulings
    from comity.flows.classify_goods import shown_in
    from comity.flows.concordance import ConcordanceMemory

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        today = node.clock.now().date()
        edition = load_calendar().in_force(node.configuration.authority, today).name
        concordance = ConcordanceMemory().current(session)
        kept = [
            shown_in(one, on=today, edition=edition, concordance=concordance)
            for one in all_rulings(session, holder=holder)
        ]
    if as_json:
        write_json({"rulings": [one.as_json() | {"holder": one.ruling.holder} for one in kept]})
        return
    write_table(
        "Binding rulings",
        ["reference", "holder", "code", "edition", "goods", "until", "state"],
        [
            [
                escape(one.ruling.reference),
                escape(one.ruling.holder),
                one.code,
                one.ruling.edition,
                escape(one.ruling.description),
                one.ruling.valid_to.isoformat(),
                one.state.value,
            ]
            for one in kept
        ],
    )


def end(
    reference: Annotated[str, typer.Argument(help="The ruling's reference.")],
    home: Home,
    reason: Annotated[str, typer.Option(help="Why; the log keeps it.")],
    on: Annotated[
        datetime | None, typer.Option(formats=DAYS, help="First day it no longer binds; today if not given.")
    ] = None,
    officer: Officer = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a ruling from a day on."""
    from comity.flows.decide_code import revoke

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        day = on.replace(tzinfo=UTC).date() if on else node.clock.now().date()
        ruling = revoke(session, reference, on=day, reason=reason, officer=acting(officer), clock=node.clock)
    if as_json:
        write_json({"reference": reference, "revoked_on": str(ruling.revoked_on)})
    else:
        people.print(f"Ruling {escape(reference)} is revoked from {ruling.revoked_on}.")
