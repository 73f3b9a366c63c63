"""Commands about what goods are called: `classify TEXT`, and `classify train`, which builds the model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from comity.entrypoints.cli.options import AsJson, Home, opened, with_options
from comity.entrypoints.cli.output import Exit, errors, people, reporting, write_json, write_table

TRAIN = "train"


@dataclass(frozen=True, slots=True)
class Asking:
    """The arguments and options of `comity classify`."""

    text: Annotated[
        list[str], typer.Argument(metavar="TEXT… | train", help="The goods in words; or `train` to build the model.")
    ]
    home: Home
    top: Annotated[int, typer.Option(help="How many subheadings.", min=1, max=20)] = 5
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


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("classify")(with_options(Asking, classify))


def classify(asked: Asking) -> None:
    """Suggest codes for goods described in words, with reasons; it decides nothing, an officer does.

    `comity classify train --terms FILE… --nomenclature FILE [--vague FILE]` builds the model first.
    """
    if asked.text[0] == TRAIN and (asked.terms or asked.nomenclature):
        _train(asked)
    else:
        _suggest(asked)


def _suggest(asked: Asking) -> None:
    from comity.features.tariff.classification.classify import classify as suggest
    from comity.flows.train_classification import open_model

    with reporting(as_json=asked.as_json), opened(asked.home) as node:
        model = open_model(node.settings.home, keys=node.keys)
        answer = suggest(model, " ".join(asked.text), top=asked.top)
    if asked.as_json:
        write_json(answer.as_json())
    elif answer.refusal:
        people.print(f"Refused: {escape(answer.refusal)}. Model {answer.model}.")
    else:
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
    raise typer.Exit(Exit.ERRORS_IN_INPUT if answer.refusal else Exit.FINE)


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
