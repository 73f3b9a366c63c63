"""Commands about decisions on value and origin: facts in a file, the decision with its record out. Needs no node."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from comity.entrypoints.cli.acting import Officer, acting
from comity.entrypoints.cli.options import AsJson
from comity.entrypoints.cli.output import Exit, people, reporting, write_json
from comity.features.tariff.decision_facts import agreement_in, origin_facts, read_facts_file, valuation_facts
from comity.features.tariff.origin.decide import decide_origin
from comity.features.tariff.valuation.method import decide_method
from comity.foundation.clock import SystemClock

FactsFile = Annotated[Path, typer.Argument(help="The facts, in TOML.", exists=True, dir_okay=False)]
Day = Annotated[datetime | None, typer.Option("--on", help="The day (YYYY-MM-DD).", formats=["%Y-%m-%d"])]


def value(facts: FactsFile, officer: Officer = None, on: Day = None, as_json: AsJson = False) -> None:
    """Decide the method of valuation from facts: which one, why the earlier ones were left, under which Articles."""
    with reporting(as_json=as_json):
        told = read_facts_file(facts.read_text(encoding="utf-8", errors="replace"))
        day = (on or SystemClock().now()).date()
        decision = decide_method(valuation_facts(told["facts"]), officer=acting(officer), on=day)
    if as_json:
        write_json(asdict(decision))
    else:
        known = f"method {decision.method} (Article {decision.article})" if decision.method else "no method yet"
        people.print(f"{known}: {escape(decision.arithmetic) or '-'}; {escape(decision.officer)}, {decision.on}")
        for left in decision.left:
            people.print(f"  left method {left.method} (Article {left.article}): {escape(left.reason)}")
        for question in decision.questions:
            people.print(f"  asked: {escape(question)}")
    raise typer.Exit(Exit.FINE if decision.method else Exit.ERRORS_IN_INPUT)


def origin(facts: FactsFile, on: Day = None, as_json: AsJson = False) -> None:
    """Decide a claim of preferential origin from facts and an agreement: given or not, with every reason."""
    with reporting(as_json=as_json):
        told = read_facts_file(facts.read_text(encoding="utf-8", errors="replace"))
        day = (on or SystemClock().now()).date()
        members = [str(one) for one in told.get("members", ())]
        decision = decide_origin(origin_facts(told["facts"], on=day), agreement_in(told), members=members)
    if as_json:
        write_json(asdict(decision))
    else:
        people.print(f"{'given' if decision.is_accepted else 'not given'}: {escape(decision.legal_reference or '')}")
        for reason in decision.reasons:
            holds = {True: "yes", False: "no", None: "asked"}[reason.holds]
            people.print(f"  {holds} · {reason.question}: {escape(reason.words)}")
    raise typer.Exit(Exit.FINE if decision.is_accepted else Exit.ERRORS_IN_INPUT)
