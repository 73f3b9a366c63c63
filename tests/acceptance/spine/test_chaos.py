"""The chaos run in a short version: killed, cut off and lied to, three nodes lose nothing and believe nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.timeout(300)
def test_three_nodes_agree_after_chaos_and_every_forgery_is_named():
    options = ["--messages", "300", "--kills", "9", "--lies", "1", "--seed", "3"]

    ran = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "chaos.py"), *options],
        cwd=ROOT, capture_output=True, text=True, timeout=280,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout[-1500:] + ran.stderr[-1500:]
    told = json.loads(ran.stdout.splitlines()[-1])
    assert (told["lost"], told["doubled"], told["failures"]) == (0, 0, [])
    assert told["kills"] >= 9 and told["messages"] >= 300 and told["kinds"] == 31
    assert told["forgeries"] == told["forgeries_named"] >= 90
