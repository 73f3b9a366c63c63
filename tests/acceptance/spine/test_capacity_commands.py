"""`comity capacity` as its page shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from comity.entrypoints.cli.main import command_line
from comity.entrypoints.node import NodeConfiguration, create_node
from comity.foundation.settings import Settings

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "operate" / "selection.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^\$ comity (capacity .+)$", PAGE, re.MULTILINE)
FILE = re.search(r"```toml\n(.+?)```", PAGE, re.DOTALL)


def test_the_page_sets_and_lists_the_capacity_and_a_wrong_file_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "ug"
    create_node(NodeConfiguration("UG", "Uganda", "https://ug.example", "127.0.0.1", 8443), Settings(home=home)).close()
    (tmp_path / "capacity.toml").write_text(FILE.group(1), encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(FILE.group(1) + FILE.group(1).replace("24", "-1"), encoding="utf-8")

    def ran(words: str, expected: int = 0) -> dict:
        told = CliRunner().invoke(command_line(words.split()), [*words.split(), "--json"])
        assert told.exit_code == expected, told.output
        return json.loads(told.stdout)

    keep, show = SHOWN
    kept, listed = ran(keep), ran(show)
    ran(keep.replace("capacity.toml", "wrong.toml"), expected=1)

    assert kept["kept"] == listed["capacities"] == ran(show)["capacities"]
    assert "UGMAL" in CliRunner().invoke(command_line(show.split()), show.split()).stdout
    assert "kept" in CliRunner().invoke(command_line(keep.split()), keep.split()).output
