"""How long does a question to agreements take, beside one decision by Cedar, and beside trying out every case?

Run with `python benchmarks/agreements.py` from the project's root. Data: a bilateral agreement made from the template,
a regional one (eight parties, 40 clauses, 12 data classes with 40 fields each), and 30 bilateral agreements together.
Measured on each: translating the agreements for the solver, once; one question with its example decided by Cedar again;
one question whose answer is a proved no; the fixed questions on a draft. Beside them: one decision by Cedar, and what a
careful person would do instead, asking Cedar every combination of sender, recipient, data class, message and purpose
that the agreements name, on each agreement: how many those are times the measured rate, since it takes from seconds to
hours. That says nothing of names that are not mentioned. Each figure is the median of single calls with the 95th
percentile beside it. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402

from comity.cooperation.agreements.agreement import (  # noqa: E402
    Agreement,
    Clause,
    Marking,
    OnwardSharing,
    as_record,
    parse_agreement,
)
from comity.cooperation.agreements.analyse.ask import answer, vocabulary_of  # noqa: E402
from comity.cooperation.agreements.analyse.fixed_questions import check_draft  # noqa: E402
from comity.cooperation.agreements.analyse.grammar import understand  # noqa: E402
from comity.cooperation.agreements.analyse.law import Law, law_of  # noqa: E402
from comity.cooperation.agreements.draft import draft_agreement  # noqa: E402
from comity.cooperation.agreements.errors import ReleaseRefused  # noqa: E402
from comity.cooperation.agreements.permissions import Question, decide  # noqa: E402

GOAL_MS = 1.0
TRIED = 5_000
FROM, TO = date(2026, 1, 1), date(2028, 12, 31)
REGION = ("BI", "CD", "KE", "RW", "SO", "SS", "TZ", "UG")


def bilateral(one: str, other: str) -> Agreement:
    """Return an agreement made from the template."""
    name = f"{one}-{other}".lower()
    return draft_agreement(id=name, parties=(one, other), valid_from=FROM, valid_to=TO)


def regional(seed: int = 1) -> Agreement:
    """Return an agreement of eight parties with clauses that overlap in all their terms."""
    draw = random.Random(seed)
    fields = [f"section_{part}.field_{number}" for part in range(10) for number in range(20)]
    classes = tuple((f"class-{number}", tuple(draw.sample(fields, 40))) for number in range(12))
    clauses = tuple(
        Clause(
            id=f"art-{number:02}",
            article=str(number),
            data_class=draw.choice(classes)[0],
            message_types=tuple(draw.sample([f"message-{one}.v1" for one in range(12)], 3)),
            purposes=tuple(draw.sample([f"purpose-{one}" for one in range(10)], 3)),
            retention_days=draw.choice((365, 730, 1095)),
            senders=tuple(draw.sample(REGION, 3)),
            recipients=tuple(draw.sample(REGION, 4)),
            marking=draw.choice(tuple(Marking)),
            onward_sharing=draw.choice(tuple(OnwardSharing)),
        )
        for number in range(40)
    )
    made = Agreement("region", "Region", REGION, "Instrument", "1", clauses, classes, FROM, TO, reciprocal=False)
    return parse_agreement(as_record(made))


def timed_ms(call: Callable[[], object], calls: int) -> tuple[float, float]:
    """Return median and 95th percentile of single calls in milliseconds."""
    taken = []
    for _ in range(calls):
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1000)
    cuts = quantiles(taken, n=100)
    return cuts[49], cuts[94]


def questions_of(law: Law, *, is_yes: bool) -> Callable[[], object]:
    """Return a call that asks for one random case each time, all of which exist, or none of which do."""
    draw = random.Random(7)
    every = law.deciding(lambda *_: True)
    senders, fields = law.names("sender"), law.names("field")

    def ask() -> object:
        where = {"field": (draw.choice(fields),)} if is_yes else {"sender": (draw.choice(senders),)}
        found = law.find(every, where if is_yes else where | {"recipient": ("ZZ",)})
        if (found is not None) is not is_yes and not is_yes:
            raise SystemExit("a case was found that cannot be")
        return found

    return ask


def tried_s(agreements: list[Agreement]) -> tuple[int, float]:
    """Return how many cases trying out all of them means, and how many seconds, at the measured rate."""
    draw, cases = random.Random(3), 0
    samples: list[tuple[Agreement, Question]] = []
    for agreement in agreements:
        messages = sorted({one for clause in agreement.clauses for one in clause.message_types})
        purposes = sorted({one for clause in agreement.clauses for one in clause.purposes})
        classes = [name for name, _ in agreement.data_classes]
        parties = list(agreement.parties)
        cases += len(parties) * (len(parties) - 1) * len(classes) * len(messages) * len(purposes)
        for _ in range(TRIED // len(agreements)):
            one, other = draw.sample(parties, 2)
            question = Question(one, other, draw.choice(classes), draw.choice(messages), draw.choice(purposes))
            samples.append((agreement, question))
    begun = time.perf_counter()
    for agreement, question in samples:
        try:
            decide(agreement, question)
        except ReleaseRefused:
            continue
    return cases, (time.perf_counter() - begun) / len(samples) * cases


def measured(title: str, agreements: list[Agreement], calls: int) -> list[dict[str, object]]:
    """Measure everything on one set of agreements."""
    building = timed_ms(lambda: law_of(agreements), min(calls, 20))
    law = law_of(agreements)
    yes, no = (timed_ms(questions_of(law, is_yes=one), calls) for one in (True, False))
    text = "may personal data reach ZZ for purpose statistics"
    words = timed_ms(lambda: answer(understand(text, vocabulary_of(law)), law), calls)
    checking = timed_ms(lambda: check_draft(agreements[0], on=FROM), min(calls, 20))
    cases, trying = tried_s(agreements)
    return [
        figure(f"{title}: translate for the solver, once", building[0], "ms"),
        figure(f"{title}: one case, found and decided again, median", yes[0], "ms", most=GOAL_MS),
        figure(f"{title}: one case, found and decided again, 95th percentile", yes[1], "ms"),
        figure(f"{title}: one proved no, median", no[0], "ms", most=GOAL_MS),
        figure(f"{title}: one proved no, 95th percentile", no[1], "ms", most=GOAL_MS),
        figure(f"{title}: a question in words, read and answered, median", words[0], "ms"),
        figure(f"{title}: the fixed questions on one draft, median", checking[0], "ms"),
        figure(f"{title}: one decision by Cedar", trying / cases * 1000, "ms"),
        figure(f"{title}: cases to try out", cases, ""),
        figure(f"{title}: all cases tried out through Cedar", trying * 1000, "ms"),
    ]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--calls", type=int, default=300)
    calls = options.parse_args().calls
    partners = [f"{one}{other}" for one in "ABC" for other in "ABCDEFGHIJ"]
    sets = {
        "bilateral": [bilateral("KE", "UG")],
        "regional": [regional()],
        "30 agreements": [bilateral("KE", partner) for partner in partners],
    }
    figures = [one for title, agreements in sets.items() for one in measured(title, agreements, calls)]
    tell("agreements", figures)


if __name__ == "__main__":
    main()
