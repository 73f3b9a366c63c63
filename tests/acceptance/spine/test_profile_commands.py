"""`comity profile check` as its page shows it: what is accepted, and what is refused with position and nearest name."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "operate" / "profiles.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^comity (profile check .+)$", PAGE, re.MULTILINE)


def run(*command: str, expected: int) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        [sys.executable, "-m", "comity", *command], capture_output=True, text=True, timeout=120, cwd=ROOT, check=False
    )
    assert ran.returncode == expected, ran.stdout[-500:] + ran.stderr[-1500:]
    return ran


def test_the_commands_of_the_page_answer_as_it_says():
    accepted, refused = SHOWN

    told = run(*shlex.split(accepted), expected=0).stdout
    wrong = json.loads(run(*shlex.split(refused), expected=1).stdout)["error"]

    assert "30 days, by importer_id, hs4" in told
    assert (wrong["position"], wrong["nearest"]) == (8, "mirror_value_ratio")


def test_a_contradiction_is_pointed_at():
    told = run("profile", "check", "hs2 = '01' AND hs2 = '02'", expected=1).stderr

    *_, shown, sign = told.splitlines()
    assert shown.index("hs2 = '02'") == sign.index("^")
