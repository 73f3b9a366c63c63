"""How many goods items one core assesses in a second: every charge of each, with what its arithmetic line is made of.

Run with `python benchmarks/duty.py` from the project's root, or as a part of `make bench-documents`. A made tariff of
20,000 measures (ad valorem, compound with a maximum, preference, excise, VAT) in memory. Beside it: the same
with nothing remembered, and the measures of each item asked from SQLite, as a system without a compiled schedule does.
By the processor's time, the best of three passes.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402

from comity.features.tariff.duty.assess import Assessor  # noqa: E402
from comity.features.tariff.duty.facts import ItemFacts  # noqa: E402
from comity.features.tariff.expression import parse_rate  # noqa: E402
from comity.features.tariff.law import law_of  # noqa: E402
from comity.features.tariff.measure import Area, Measure, Membership  # noqa: E402
from comity.features.tariff.schedule import Schedule  # noqa: E402
from comity.foundation.rates import load_rates  # noqa: E402

MEASURES, ITEMS, PASSES = 20_000, 30_000, 3
DAY = date(2024, 5, 2)
AREAS = (Area("2020", (Membership("KE"), Membership("UG"))),)
LAW = law_of("DE", DAY)


def made_tariff(chance: Random, number: int) -> list[Measure]:
    """Return measures on random codes: duty, preference and value-added tax of each, excise of some."""
    measures: list[Measure] = []
    while len(measures) < number:
        code = f"{chance.randint(1, 97):02}{chance.randint(1, 99):02}{chance.randint(10, 99)}{chance.randint(11, 99)}"
        place = len(measures)
        percent = chance.randint(1, 30)
        rate = f"{percent}% + 3 EUR/100kg MAX 35%" if place % 5 == 0 else f"{percent}%"
        measures.append(Measure(f"{place}d", "103", code, "1011", parse_rate(rate), legal_reference="R1"))
        measures.append(Measure(f"{place}v", "305", code, "1011", parse_rate("20%"), legal_reference="R2"))
        measures.append(Measure(f"{place}p", "142", code, "2020", legal_reference="R3"))
        if place % 10 == 0:
            measures.append(Measure(f"{place}e", "306", code, "1011", parse_rate("12 EUR/100kg"), legal_reference="R4"))
    return measures[:number]


def made_items(chance: Random, codes: Sequence[str], number: int) -> list[ItemFacts]:
    """Return items on codes of the tariff, a tenth of them with a preference."""
    made = []
    for place in range(number):
        is_preferred = place % 10 == 0
        made.append(
            ItemFacts(
                code=chance.choice(codes),
                value=Decimal(chance.randint(100, 10_000_000)) / 100,
                on=DAY,
                origin="KE" if is_preferred else chance.choice(["CN", "US", "IN", "BR"]),
                preference_code="300" if is_preferred else None,
                preferences=frozenset({"2020"}) if is_preferred else frozenset(),
                net_mass_kg=Decimal(chance.randint(1, 10_000)),
            )
        )
    return made


def per_second(assess: Callable[[ItemFacts], object], items: Sequence[ItemFacts], passes: int = PASSES) -> float:
    """Return the items a second of the best pass."""
    best = float("inf")
    for _ in range(passes):
        started = time.process_time()
        for item in items:
            assess(item)
        best = min(best, time.process_time() - started)
    return len(items) / best


def asked_from_sql(measures: Sequence[Measure]) -> Callable[[ItemFacts], object]:
    """Return an assessment that asks a database for the measures of each item."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE measures (code TEXT, first TEXT, last TEXT, place INTEGER)")
    rows = [(one.code, one.first.isoformat(), None, place) for place, one in enumerate(measures)]
    database.executemany("INSERT INTO measures VALUES (?, ?, ?, ?)", rows)
    database.execute("CREATE INDEX measures_code ON measures (code)")
    rates = load_rates()

    def assess(item: ItemFacts) -> object:
        codes = ["", *(item.code[:length] for length in range(2, len(item.code) + 1))]
        day = item.on.isoformat()
        found = database.execute(
            f"SELECT place FROM measures WHERE code IN ({','.join('?' * len(codes))})"
            " AND first <= ? AND (last IS NULL OR last >= ?)",
            (*codes, day, day),
        ).fetchall()
        schedule = Schedule([measures[place] for (place,) in found], areas=AREAS)
        return Assessor(schedule, LAW, rates).assess(item)

    return assess


def measure(items: int = ITEMS) -> dict[str, float]:
    """Return the figures of `benchmarks/documents.py`."""
    chance = Random(7)
    measures = made_tariff(chance, MEASURES)
    facts = made_items(chance, sorted({one.code for one in measures}), items)
    rates = load_rates()
    schedule = Schedule(measures, areas=AREAS)
    assessor = Assessor(schedule, LAW, rates)
    first = per_second(assessor.assess, facts, passes=1)
    remembered = per_second(assessor.assess, facts)
    sql = per_second(asked_from_sql(measures), facts[: max(items // 20, 100)])
    told = sum(len(charge.arithmetic) for item in facts[:1_000] for charge in assessor.assess(item).charges)
    if not told:
        raise RuntimeError("the items owe nothing: the made tariff is wrong")
    return {
        "duty_items_per_second": remembered,
        "duty_items_per_second_first_pass": first,
        "duty_items_per_second_by_sql": sql,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=ITEMS, help="another number, for a short run")
    goals = {"duty_items_per_second": 50_000.0}
    found = measure(parser.parse_args().items)
    tell("duty", [figure(name, value, "items/s", least=goals.get(name)) for name, value in found.items()])


if __name__ == "__main__":
    main()
