"""How long do two administrations take to compare 100,000 records each without showing them?

Run with `python benchmarks/private_matching.py [--records 100000]` from the project's root. Data: made records, each
with an MRN (or its citation), a UCR and a transport document; half of the imports have their export. Each side is a
process of its own, as each node is; the time is from the first blinded key to both lists of what was learned, without
transport. Beside it, in the same run: what a user would pick instead, keyed hashes (HMAC-SHA256 under a common key,
which either side can turn back by trying out numbers), and the bare limit, two multiplications a key (X25519).
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import Figure, figure, tell  # noqa: E402

from comity.features.mirror.private import moves  # noqa: E402
from comity.features.mirror.private.blinding import blinded, doubled, new_secret  # noqa: E402
from comity.features.mirror.private.keys import Threshold  # noqa: E402
from comity.features.mirror.private.settings import private_settings  # noqa: E402
from comity.features.mirror.record import MirrorLine, MirrorRecord  # noqa: E402
from comity.foundation.rates import load_rates  # noqa: E402
from comity.foundation.trade.money import Money  # noqa: E402

RECORDS = 100_000
GOAL_S = 60
DAY = date(2026, 3, 2)
RUN = "a" * 32


def records(side: str, number: int) -> tuple[MirrorRecord, ...]:
    """Return made records; import n is of export n for the first half, and of another country's export after that."""
    made = []
    for index in range(number):
        of = index if side == "export" or index < number // 2 else number + index
        mrn = f"26KE{of:012d}A0"
        value = Decimal(1_000 + of % 977) * (Decimal("0.5") if side == "import" and of % 50 == 0 else 1)
        made.append(
            MirrorRecord(
                id=f"{side}-{index}",
                kind=side,
                date=DAY + timedelta(days=index % 28),
                mrn=mrn if side == "export" else f"26UG{of:012d}A0",
                ucrs=(f"6KE{of:030d}",),
                transport_documents=(f"BL{of:010d}",),
                previous_ids=(mrn,) if side == "import" else (),
                value=Money(value, "USD"),
                gross_mass_kg=Decimal(500 + of % 311),
                lines=(MirrorLine(1, hs6=f"{10 + of % 80}0110"),),
            )
        )
    return tuple(made)


class Side:
    """One administration's process: its records, and what it keeps between two steps."""

    def __init__(self, side: str, number: int) -> None:
        self.own = moves.Own(records(side, number), load_rates(), private_settings(DAY))
        self.last = moves.Move(())
        self.offered: Sequence[object] = ()


_HERE: dict[str, Side] = {}


def prepare(side: str, number: int) -> int:
    """Make a side's records in its process, before the clock starts."""
    _HERE["own"] = Side(side, number)
    return len(_HERE["own"].own.keyed())


def step(name: str, parts: Sequence[object]) -> tuple[tuple[object, ...], int, int]:
    """Compute one step in a side's process; return the parts to send, how many met and how many crossed."""
    here = _HERE["own"]
    threshold, own, last = Threshold(3, 2), here.own, here.last
    if name == "offer":
        move = moves.offer(RUN, moves.Terms("import", DAY, DAY, threshold), own)
    elif name == "answer":
        here.offered = parts
        move = moves.answer(RUN, parts, own)
    elif name == "meet":
        move = moves.meet(RUN, last.secret or b"", last.keyed["order"], parts, own)
    elif name == "conclude":
        move = moves.conclude(RUN, here.offered, parts, threshold, own)
    else:
        move = moves.close(last.keyed["groups"], parts, threshold, own)
    here.last = move
    return move.steps, move.met, sum(1 for one in move.learned if one.crossed)


def measure(number: int = RECORDS) -> list[Figure]:
    """Measure one run of `number` records on either side."""
    with ProcessPoolExecutor(1) as asker, ProcessPoolExecutor(1) as answerer:
        counts = [asker.submit(prepare, "import", number), answerer.submit(prepare, "export", number)]
        keys = sum(each.result() for each in counts)
        start = time.perf_counter()
        offered, _, _ = asker.submit(step, "offer", ()).result()
        answered, _, _ = answerer.submit(step, "answer", offered).result()
        told, met, _ = asker.submit(step, "meet", answered).result()
        results, _, crossed = answerer.submit(step, "conclude", told).result()
        asker.submit(step, "close", results).result()
        taken = time.perf_counter() - start
    bytes_sent = sum(len(str(part)) for part in (*offered, *answered, *told, *results))
    sample = [f"reference|{index}" for index in range(2_000)]
    return [
        figure("private_100k_s", taken if number == RECORDS else None, "s", most=GOAL_S),
        figure("private_s", taken, "s"),
        figure("private_keys", keys, "keys of both sides"),
        figure("private_met", met, "meetings"),
        figure("private_crossed", crossed, "meetings beyond the threshold"),
        figure("private_mb_sent", bytes_sent / 1e6, "MB"),
        figure("keyed_hashes_s", _hashed(sample) * keys / len(sample), "s, HMAC-SHA256 of the same keys"),
        figure("bare_multiplications_s", _multiplied(sample) * keys / len(sample), "s, two a key, one core"),
    ]


def _hashed(keys: Sequence[str]) -> float:
    start = time.process_time()
    for key in keys:
        hmac.new(b"key", key.encode(), hashlib.sha256).digest()
    return time.process_time() - start


def _multiplied(keys: Sequence[str]) -> float:
    points = blinded(keys, new_secret())
    start = time.process_time()
    doubled(doubled(points, new_secret()), new_secret())
    return time.process_time() - start


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--records", type=int, default=RECORDS)
    tell("private matching", measure(asked.parse_args().records))


if __name__ == "__main__":
    main()
