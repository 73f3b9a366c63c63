"""How many rows of a table one core reads and checks in a second, and how much memory a file of gigabytes takes.

Run with `python benchmarks/tabular.py [--megabytes 2000]`. Rows are goods items, generated (seeded): declarations of
one to six items, 21 columns, every mass, value, container and reference different. Beside it, on the same bytes: the
bare `csv` module, which only splits (the limit), and what a user would write: `csv.DictReader` and a dataclass of
decimals, which groups nothing, checks nothing and tells no fault. With --megabytes a file of that size is generated,
read from its path in a process of its own and converted to JSON lines; told are rows a second and that process's peak
of memory.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402

from comity.features.declarations.read import iter_documents  # noqa: E402
from comity.features.declarations.reading import DEFAULT_LIMITS  # noqa: E402

HEADER = (
    "reference,type_code,exporter_id,importer_id,export_country,destination_country,containers,item,goods_code,"
    "goods_description,origin_country,gross_mass_kg,net_mass_kg,packages,item_price,item_price_currency,procedure,"
    "previous_procedure,valuation_method,statistical_value,statistical_value_currency\n"
)
ROWS = 40_000
PASSES = 5
GOAL_PEAK_MIB = 300
LIMITS = DEFAULT_LIMITS._replace(max_documents=10**9, max_rows=10**9)
_CHILD = """
import resource, sys, time
from comity.features.declarations.convert import convert
from comity.features.declarations.read import iter_documents
started = time.perf_counter()
stream = iter_documents(sys.argv[1])
documents = 0
with open("/dev/null", "wb") as out:
    for one in convert(stream.documents, out, target="json"):
        documents += one.is_written
assert not stream.findings, stream.findings
print(documents, time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def lines(seed: int = 1) -> Iterator[str]:
    """Yield rows of declarations without end, each declaration's together."""
    draw = random.Random(seed)
    number = 0
    while True:
        number += 1
        trader = f"KE{draw.randrange(3000):09d},UG{draw.randrange(3000):09d}"
        head = f"KE-2026-{number:08d},IMA,{trader},KE,UG,CSQU3054383=SEAL-{number},"
        for item in range(1, draw.choice((1, 1, 1, 2, 2, 6)) + 1):
            mass = draw.randrange(100, 2_000_000)
            yield (
                f"{head}{item},0901{draw.randrange(1000):06d},Coffee of lot {draw.randrange(5000)},KE,{mass / 100:.2f},"
                f"{mass / 110:.2f},{draw.randrange(1, 400)} BG,{mass / 7:.2f},USD,40,00,1,{mass / 6:.2f},USD\n"
            )
            head = f"KE-2026-{number:08d},,,,,,,"


def table(rows: int) -> bytes:
    """Return a table of so many rows; the last declaration may lack items."""
    source = lines()
    return (HEADER + "".join(next(source) for _ in range(rows))).encode()


def ours(content: bytes) -> int:
    """Read and check every declaration; return how many goods items they have."""
    return sum(
        len(one.declaration.goods_shipment.items)
        for one in iter_documents(content, name="a.csv", limits=LIMITS).documents
        if one.declaration is not None
    )


def bare(content: bytes) -> int:
    """Only split into cells."""
    return sum(1 for _ in csv.reader(io.TextIOWrapper(io.BytesIO(content), newline=""))) - 1


@dataclass(frozen=True)
class NaiveItem:
    reference: str
    code: str
    gross: Decimal
    net: Decimal
    price: Decimal
    value: Decimal
    said: dict[str, str]


def naive(content: bytes) -> int:
    """Make a small dataclass of each row, as a user would."""
    numbers = ("gross_mass_kg", "net_mass_kg", "item_price", "statistical_value")
    return sum(
        1
        for row in csv.DictReader(io.TextIOWrapper(io.BytesIO(content), newline=""))
        if NaiveItem(row["reference"], row["goods_code"], *(Decimal(row[name]) for name in numbers), row)
    )


def rows_per_second(act: Callable[[bytes], int], content: bytes, rows: int, passes: int) -> float:
    """Return the rate of the best pass, by processor time: other work on the machine does not count."""
    best = float("inf")
    for _ in range(passes):
        started = time.process_time()
        if act(content) != rows:
            raise SystemExit("rows were refused that should be read")
        best = min(best, time.process_time() - started)
    return rows / best


def measure(rows: int = ROWS, passes: int = PASSES) -> dict[str, float]:
    """Return the figures that the issue names, beside the bare limit and the naive way."""
    content = table(rows)
    return {
        "csv_rows_per_second": rows_per_second(ours, content, rows, passes),
        "csv_rows_per_second_bare_module": rows_per_second(bare, content, rows, passes),
        "csv_rows_per_second_naive": rows_per_second(naive, content, rows, passes),
    }


def measure_stream(megabytes: int) -> dict[str, float]:
    """Return rate and peak memory of a file of that size, read from its path."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.csv"
        size = rows = 0
        with path.open("w", encoding="utf-8") as file:
            size += file.write(HEADER)
            for line in lines():
                size += file.write(line)
                rows += 1
                if size >= megabytes * 10**6 and line[30:35] != ",,,,,":
                    break
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        ran = subprocess.run(
            [sys.executable, "-c", _CHILD, str(path)], env=environment, check=True, capture_output=True, text=True
        )
    documents, seconds, peak = map(float, ran.stdout.split())
    return {
        "csv_stream_megabytes": size / 10**6,
        "csv_stream_documents": documents,
        "csv_stream_rows_per_second": rows / seconds,
        "csv_stream_peak_mib": peak,
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=ROWS)
    options.add_argument("--megabytes", type=int, default=0, help="size of the file that is read as a stream")
    asked = options.parse_args()
    figures = measure(asked.rows)
    if asked.megabytes:
        figures |= measure_stream(asked.megabytes)
    goals = {"csv_rows_per_second": {"least": 100_000}, "csv_stream_peak_mib": {"most": GOAL_PEAK_MIB}}
    tell("tabular", [figure(name, value, **goals.get(name, {})) for name, value in figures.items()])


if __name__ == "__main__":
    main()
