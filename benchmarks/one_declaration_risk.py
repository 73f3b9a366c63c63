"""How long does it take to judge one goods item by 500 risk profiles, in process, with lane, score and reasons?

Run with `python benchmarks/one_declaration_risk.py` from the project's root. Data: 500 generated profiles (seeded) of
the shapes analysts write (prefixes, lists, ratios, ranges, missing values, mirror facts), and one ordinary item with
some facts unknown that hits none, and one that hits more than a third of them. Measured: the whole `assess` of either,
and the compiled rules alone. Each is the median of single calls,
with the 95th percentile beside it, because another process on the machine may interrupt one. Compiling is told too:
it happens once, when the node starts. The last line is one JSON object.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402
from tests.unit.risk.item_facts import an_item  # noqa: E402

from comity.features.risk.assess import SelectionPolicy, assess  # noqa: E402
from comity.features.risk.facts import read_facts  # noqa: E402
from comity.features.risk.lanes import Lane  # noqa: E402
from comity.features.risk.profiles import Profile, compile_profiles  # noqa: E402

PROFILES = 500
CALLS = 3_000
GOAL_MS = 1.0
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SHAPES = (
    "starts_with(hs_code, '{hs4}') AND unit_value_usd_kg < {price}",
    "hs2 IN ('{a}', '{b}', '{c}') AND origin_country <> export_country",
    "customs_value_usd / invoice_value_usd < 0.{a} AND item_count > {n}",
    "mirror_found AND mirror_value_ratio BETWEEN 0.{a} AND 0.9 AND hs4 = '{hs4}'",
    "abs(gross_mass_kg - net_mass_kg) / net_mass_kg > {n} OR net_mass_kg IS NULL AND hs2 = '{a}'",
    "coalesce(quantity, package_count, 0) > {n}00 AND hs_code LIKE '{a}%{n}'",
    "importer_is_new AND NOT aeo AND round(invoice_value_usd, 0) > {n}0000",
    "CASE WHEN transport_mode = '1' THEN containers ELSE package_count END > {n}00 AND upper(incoterm) = 'CIF'",
)


def generated(number: int, seed: int = 1) -> list[Profile]:
    """Return profiles that differ in their constants."""
    draw = random.Random(seed)
    made = []
    for index in range(number):
        a, b, c = (f"{draw.randint(10, 97)}" for _ in range(3))
        expression = SHAPES[index % len(SHAPES)].format(
            a=a, b=b, c=c, hs4=f"{draw.randint(1001, 9706)}", n=draw.randint(1, 9), price=draw.randint(1, 50) / 10
        )
        made.append(
            Profile(
                id=f"generated-{index}",
                title=f"Generated {index}",
                risk_area="revenue",
                expression=expression,
                weight=0.2,
                lane=Lane.YELLOW,
                instruction="Check",
            )
        )
    return made


def timed_ms(call: Callable[[], object]) -> tuple[float, float]:
    """Return median and 95th percentile of single calls in milliseconds."""
    taken = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1000)
    cuts = quantiles(taken, n=100)
    return cuts[49], cuts[94]


def main() -> None:
    """Measure and print."""
    profiles = generated(PROFILES)
    begun = time.perf_counter()
    compiled = compile_profiles(profiles)
    compiling = time.perf_counter() - begun
    item, policy = an_item(quantity=None, transport_mode="1", incoterm="CIF"), SelectionPolicy()
    risky = item | {"importer_is_new": True, "invoice_value_usd": 1e6, "customs_value_usd": 1e4}
    risky |= {"item_count": 12, "containers": 1_000}
    row = read_facts(item)
    hits, many = len(compiled.hits(row)), len(compiled.hits(read_facts(risky)))
    whole = timed_ms(lambda: assess([item], "import", profiles=compiled, draw=0.5, at=AT, policy=policy))
    loaded = timed_ms(lambda: assess([risky], "import", profiles=compiled, draw=0.5, at=AT, policy=policy))
    rules = timed_ms(lambda: compiled.hits(row))
    print(f"{PROFILES} profiles; the ordinary item hits {hits}, the risky one {many}; {CALLS:,} single calls each")
    figures = [
        figure("assess one item, median", whole[0], "ms", most=GOAL_MS),
        figure("assess one item, 95th percentile", whole[1], "ms", most=GOAL_MS),
        figure(f"assess one item that hits {many}, median", loaded[0], "ms", most=GOAL_MS),
        figure(f"assess one item that hits {many}, 95th percentile", loaded[1], "ms", most=GOAL_MS),
        figure("compiled rules alone, median", rules[0], "ms"),
        figure("compile and bind all profiles, once", compiling, "s"),
    ]
    tell("one_declaration_risk", figures)


if __name__ == "__main__":
    main()
