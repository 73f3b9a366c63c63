"""Whether coverage-guided fuzzing makes a reader raise, hang or swell: each target for some seconds.

Run with `make fuzz`, or `python tests/conformance/fuzz/run.py [--seconds 20] [TARGET…]`. A target is a module
`fuzz_<format>.py` beside this one with `one_input(data: bytes)`; whatever it raises is a fault and is kept as a file in
the working directory, as libFuzzer writes it. Memory is bounded by 300 MB above the interpreter with its libraries.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
RSS_LIMIT_MB = 600
"""300 MB for the reader; the interpreter with every library imported and instrumented takes about as much again."""

RUNNER = """
import sys
sys.path[:0] = [{root!r}, {source!r}]
import atheris
READERS = ["comity.features.declarations", "comity.features.tariff", "comity.features.codes", "comity.foundation.sheets"]
with atheris.instrument_imports(include=READERS):
    from tests.conformance.fuzz.{target} import one_input
atheris.Setup(sys.argv, one_input)
atheris.Fuzz()
"""


def targets() -> list[str]:
    """Return the names of the targets."""
    return sorted(path.stem for path in HERE.glob("fuzz_*.py"))


def run(target: str, seconds: int) -> tuple[bool, str]:
    """Fuzz one target; return whether nothing was found, and the end of what it printed."""
    code = RUNNER.format(root=str(ROOT), source=str(ROOT / "src"), target=target)
    options = [
        f"-max_total_time={seconds}",
        f"-rss_limit_mb={RSS_LIMIT_MB}",
        "-timeout=10",
        "-max_len=20000",
        "-print_final_stats=1",
    ]
    ran = subprocess.run(
        [sys.executable, "-c", code, *options], capture_output=True, text=True, timeout=seconds * 3 + 120
    )
    return ran.returncode == 0, ran.stderr[-1500:]


def main() -> int:
    """Run the targets asked for and tell each one's outcome as JSON on the last line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=20, help="how long each target runs")
    asked.add_argument("targets", nargs="*", default=targets())
    given = asked.parse_args()
    outcome = {}
    for target in given.targets:
        is_fine, tail = run(target, given.seconds)
        outcome[target] = is_fine
        print(f"{target:30} {'nothing found' if is_fine else 'FOUND'}")
        if not is_fine:
            print(tail)
    print(json.dumps({"fuzz": outcome, "seconds": given.seconds}))
    return 0 if all(outcome.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
