"""Whether the commands about tables do what the page on them shows: every command of the page is run."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from tests.acceptance.spine.test_commands import run

ROOT = Path(__file__).resolve().parents[3]
TYPED = """reference,type_code,item,goods_code,gross_mass_kg,additional_codes
EX-1,EXA,1,0901110010,1230.5,GN:EX01
EX-2,EXA,1,09,410,
"""


def test_every_command_of_the_page_on_templates_runs(tmp_path):
    page = (ROOT / "docs" / "operate" / "templates.md").read_text(encoding="utf-8")
    commands = [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    (tmp_path / "typed.csv").write_text(TYPED, encoding="utf-8")

    for command in commands:
        words = shlex.split(command)[1:]
        run(*words, cwd=tmp_path, expected=1 if "typed.csv" in words else 0)

    assert len(commands) == 8
    returned = (tmp_path / "returned.csv").read_text(encoding="utf-8").splitlines()
    assert returned[1] == TYPED.splitlines()[1]
    assert "6 to 12 digits" in returned[2]
    assert (tmp_path / "typed.pt.csv").read_text(encoding="utf-8").startswith("Número de referência;")


def test_conversion_tells_machines_what_is_lost(tmp_path):
    (tmp_path / "typed.csv").write_text(TYPED, encoding="utf-8")

    told = json.loads(run("convert", "typed.csv", "--to", "json", "-o", "a.json", "--json", cwd=tmp_path, expected=1))
    made = json.loads(run("template", "import", "--lang", "ru", "-o", "a.ods", "--json", cwd=tmp_path))

    assert (told["documents"], told["written"], told["refused"], told["lost"]) == (2, 1, 1, [])
    assert [one["path"] for one in told["errors"]] == ["row 3, column goods_code"]
    assert made["bytes"] == (tmp_path / "a.ods").stat().st_size
    run("template", "import", "-o", "a.doc", cwd=tmp_path, expected=2)
