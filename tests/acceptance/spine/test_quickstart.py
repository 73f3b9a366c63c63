"""The quickstart page: every command on it is run, in its order, and does what the page says."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[3] / "docs" / "quickstart.md"


def run(command: list[str], folder: Path, expected: int = 0) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "comity", *command], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == expected, f"{command}: {ran.stdout[-500:]}{ran.stderr[-1500:]}"
    return ran.stdout


def commands() -> list[list[str]]:
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line[2:])[1:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_quickstart_works_as_it_is_written(tmp_path):
    servers: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands():
            if command[:2] == ["declare", "world/imports"]:
                for home in ("ke", "ug"):
                    serve = [sys.executable, "-m", "comity", "serve", "--home", home]
                    servers.append(subprocess.Popen(serve, cwd=tmp_path))
                wait_until_delivered(tmp_path)
            if "RECORD" in command:
                record = record_to_prove(tmp_path)
                command = [record if word == "RECORD" else word for word in command]
            run(command, tmp_path)
    finally:
        for server in servers:
            server.send_signal(signal.SIGTERM)
        for server in servers:
            server.wait(timeout=30)
    assert json.loads(run(["verify", "bundle.json", "--json"], tmp_path))["verified"] is True


def wait_until_delivered(folder: Path) -> None:
    from dataclasses import replace

    from comity.cooperation.exchange.store import exchange_counts
    from comity.entrypoints.node import open_node
    from comity.foundation.settings import read_settings

    node = open_node(replace(read_settings({}), home=folder / "ke"))
    deadline = time.monotonic() + 60
    while True:
        with node.database.reading() as session:
            counts = exchange_counts(session)
        if counts.sent and not counts.waiting:
            break
        assert time.monotonic() < deadline
        time.sleep(0.2)
    node.close()


def record_to_prove(folder: Path) -> str:
    return next(
        element
        for path in sorted((folder / "world" / "imports").glob("*.xml"))
        for element in re.findall(r"<ID>(\d{2}UG[A-Z0-9]{14})</ID>", path.read_text(encoding="utf-8"))
    )


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["check", "README.md"], 2),
        (["verify", "nothing.json"], 2),
        (["nonsense"], 2),
        (["init", "--authority", "Kenya", "--name", "x", "--home", "h"], 2),
        (["peer", "list", "--home", "nowhere"], 3),
    ],
)
def test_exit_codes_tell_wrong_use_from_what_could_not_run(tmp_path, command, expected):
    run(command, tmp_path, expected)


def test_check_writes_one_object_a_file_and_exits_1_on_errors(tmp_path):
    (tmp_path / "bad.xml").write_text("<Declaration>", encoding="utf-8")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")

    lines = run(["check", "bad.xml", "other.csv", "--json"], tmp_path, 1).splitlines()

    told = [json.loads(line) for line in lines]
    assert [one["file"] for one in told] == ["bad.xml", "other.csv"]
    for one in told:
        assert one["errors"]
        assert set(one["errors"][0]) == {"code", "path", "message"}


def test_verify_names_what_is_wrong_with_a_bundle(tmp_path):
    (tmp_path / "bundle.json").write_text("[]", encoding="utf-8")

    answer = json.loads(run(["verify", "bundle.json", "--json"], tmp_path, 1))

    assert answer["error"]["code"] == "ledger.bundle-unreadable"
