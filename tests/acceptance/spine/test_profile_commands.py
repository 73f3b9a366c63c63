"""`comity profile check` as its page shows it: what is accepted, and what is refused with position and nearest name."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from comity.entrypoints.cli.main import command_line
from comity.entrypoints.node import NodeConfiguration, create_node
from comity.foundation.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "operate" / "profiles.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^comity (profile check .+)$", PAGE, re.MULTILINE)
GOVERNED = re.findall(r"^comity (profile (?!check).+)$", PAGE, re.MULTILINE)
FILE = re.search(r"```toml\n(.+?)```", PAGE, re.DOTALL)


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


def test_a_profile_comes_into_force_and_out_of_it_as_the_page_shows(tmp_path):
    home = tmp_path / "node"
    (tmp_path / "sugar.toml").write_text(FILE.group(1), encoding="utf-8")
    runs = CliRunner()

    def told(words: list[str], expected: int = 0) -> dict:
        ran = runs.invoke(command_line(words), [*words, "--home", str(home), "--json"])
        assert ran.exit_code == expected, ran.output
        return json.loads(ran.stdout)

    create_node(NodeConfiguration("UG", "Uganda", "https://ug.example", "127.0.0.1", 8443), Settings(home=home)).close()
    tested, proposed, approved, listed, withdrawn = (
        told([str(tmp_path / word) if word == "sugar.toml" else word for word in shlex.split(line)])
        for line in GOVERNED
    )

    assert (tested["declarations"], tested["hit_rate"]) == (0, None)
    assert (proposed["status"], approved["status"], withdrawn["status"]) == ("proposed", "approved", "withdrawn")
    sources = {one["id"]: one["approved_by"] for one in listed["in_force"]}
    assert (sources["sugar-cheap"], sources["importer-new"]) == ("this node", "the installation")
    again = told(["profile", "propose", str(tmp_path / "sugar.toml"), "--reason", "r", "--officer", "brian"])
    assert again["version"] == 2
    alone = ["profile", "approve", "sugar-cheap", "--reason", "r", "--officer", "brian"]
    assert told(alone, expected=1)["error"]["code"] == "risk.second-person-needed"
