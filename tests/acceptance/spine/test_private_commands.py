"""`comity mirror private` as its page shows it, on a node that has nothing to compare yet."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from comity.entrypoints.cli.main import command_line
from comity.entrypoints.node import NodeConfiguration, create_node
from comity.foundation.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "reference" / "private-matching.md").read_text(encoding="utf-8")
START, ADVANCE, LIST = re.findall(r"^comity (mirror private .+)$", PAGE, re.MULTILINE)


@pytest.fixture
def told(tmp_path):
    home = tmp_path / "node"
    create_node(NodeConfiguration("UG", "Uganda", "https://ug.example", "127.0.0.1", 8443), Settings(home=home)).close()

    def run(command: str, expected: int) -> dict:
        words = shlex.split(command)
        ran = CliRunner().invoke(command_line(words), [*words, "--home", str(home), "--json"])
        assert ran.exit_code == expected, ran.output
        return json.loads(ran.stdout)

    return run


def test_a_run_is_not_begun_where_nothing_can_meet(told):
    assert told(START, 1)["error"]["code"] == "mirror.nothing-to-match"
    assert told(f"{START} --side sideways", 1)["error"]["code"] == "mirror.private-match-invalid"
    assert told(LIST, 0) == {"runs": []}
    assert told(ADVANCE, 0) == {"taken_on": []}


def test_a_run_that_is_unknown_is_named_so(told):
    assert told("mirror private learned 0123", 1)["error"]["code"] == "mirror.private-run-unknown"
