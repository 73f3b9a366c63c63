"""Every command of the command line on two real nodes: for people, for machines, and its exit code."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import cbor2
import httpx
import pytest

from comity.cooperation.ledger.checkpoint import sign_checkpoint
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.witness import Contradiction, ForkDetected, keep_fork_evidence
from comity.entrypoints.demo.stage import free_port
from comity.entrypoints.node import open_node
from comity.features.declarations.store import counts
from comity.foundation.settings import read_settings
from tests.conftest import postgresql_database
from tests.simulators.processes import serve_pair, wait_for

ROOT = Path(__file__).resolve().parents[3]
COMITY = [sys.executable, "-m", "comity"]


def run(*command: str, expected: int = 0, cwd: Path | None = None, environment: dict[str, str] | None = None) -> str:
    ran = subprocess.run(
        [*COMITY, *command],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == expected, f"{command}: {ran.stdout[-500:]}{ran.stderr[-1500:]}"
    return ran.stdout


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    kenya, uganda = serve_pair(tmp_path_factory.mktemp("commands"))
    for served in (kenya, uganda):
        served.start()
    wait_for(lambda: answers(kenya) and answers(uganda))
    yield kenya, uganda
    for served in (kenya, uganda):
        served.kill()
        served.node.close()


def answers(served) -> bool:
    try:
        url = f"{served.node.configuration.url}/health"
        return httpx.get(url, verify=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def test_partners_and_agreements_are_listed_and_shown_to_people_and_machines(pair):
    home = str(pair[0].home)

    assert "UG" in run("peer", "list", "--home", home)
    assert json.loads(run("peer", "list", "--home", home, "--json"))["peers"][0]["authority"] == "UG"
    assert "in force" in run("agreement", "list", "--home", home)
    assert json.loads(run("agreement", "list", "--home", home, "--json"))["agreements"][0]["status"] == "in force"
    shown = json.loads(run("agreement", "show", "ke-ug", "--home", home, "--json"))
    assert {one["authority"] for one in shown["signatures"]} == {"KE", "UG"}
    assert "ke-ug" in run("agreement", "show", "ke-ug", "--home", home)
    assert "each party may send" in run("agreement", "explain", "ke-ug", "--home", home)
    run("agreement", "show", "nothing", "--home", home, expected=1)


def test_doctor_finds_a_healthy_partner_fine_and_names_the_side_of_a_fault(pair):
    kenya, uganda = pair

    fine = json.loads(run("peer", "doctor", "UG", "--home", str(kenya.home), "--json"))
    assert all(check["ok"] for check in fine["checks"])
    uganda.kill()
    told = json.loads(run("peer", "doctor", "UG", "--home", str(kenya.home), "--json", expected=1))
    uganda.start()
    wait_for(lambda: answers(uganda))

    (fault,) = [check for check in told["checks"] if not check["ok"]]
    assert (fault["check"], fault["side"]) == ("tcp", "theirs")
    assert "FAULT" not in run("peer", "doctor", "UG", "--home", str(kenya.home))


def test_doctor_of_an_unknown_partner_is_told_so(pair):
    told = json.loads(run("peer", "doctor", "TZ", "--home", str(pair[0].home), "--json", expected=1))

    assert told["error"]["code"] == "exchange.peer-unknown"


def test_a_card_with_another_fingerprint_is_refused(pair, tmp_path):
    card = str(pair[1].home / "card.json")

    told = run("peer", "add", card, "--home", str(pair[0].home), "--fingerprint", "0" * 64, "--json", expected=1)

    assert json.loads(told)["error"]["code"] == "exchange.fingerprint-differs"


def test_evidence_is_verified_against_fingerprints_one_was_told(pair, tmp_path):
    run("prove", "ke-ug", "--home", str(pair[0].home), "-o", str(tmp_path / "bundle.json"))
    bundle = str(tmp_path / "bundle.json")
    keys = {served.node.identity.authority: served.node.identity.fingerprint for served in pair}
    trusted = [part for name, key in keys.items() for part in ("--trust", f"{name}={key}")]

    assert keys["KE"] in run("verify", bundle)
    assert json.loads(run("verify", bundle, *trusted, "--json"))["verified"] is True
    forged = json.loads(run("verify", bundle, "--trust", f"KE={keys['UG']}", "--json", expected=1))
    assert forged["error"]["code"] == "ledger.evidence-invalid"
    run("verify", bundle, "--trust", "KE", expected=2)


def test_evidence_is_written_for_other_tools_and_judged_by_a_policy_of_one_s_own(pair, tmp_path):
    home, bundle, policy = str(pair[0].home), str(tmp_path / "bundle.json"), tmp_path / "policy.txt"
    told = json.loads(run("prove", "ke-ug", "--home", home, "--format", "cose", "-o", str(tmp_path / "b"), "--json"))
    run("prove", "ke-ug", "--home", home, "-o", bundle)
    assert told["entries"] == len(cbor2.loads((tmp_path / "b").read_bytes())) > 0

    shown = json.loads(run("ledger", "policy", "--home", home, "--json"))
    policy.write_text(run("ledger", "policy", "--home", home).replace("quorum partners", "quorum none"))
    judged = json.loads(run("verify", bundle, "--policy", str(policy), "--json"))
    policy.write_text("nonsense")

    assert shown["is_own"] is False
    assert judged["quorum"]["reached"] is True
    run("verify", bundle, "--policy", str(policy), expected=1)


def test_contradictions_are_listed_and_acknowledged_with_a_reason(pair):
    kenya = pair[0]
    home, keys = str(kenya.home), pair[1].node.keys
    fork = Contradiction(
        "UG", sign_checkpoint(LogHead(3, b"1" * 32), keys), f"old 3\n\n{sign_checkpoint(LogHead(3, b'2' * 32), keys)}"
    )
    with kenya.node.database.transaction() as session:
        keep_fork_evidence(session, ForkDetected(fork), kenya.node.clock)

    (listed,) = json.loads(run("ledger", "evidence", "UG", "--home", home, "--json"))["evidence"]
    said = ("--by", "head of IT", "--reason", "a test database was switched on", "--home", home)
    run("ledger", "acknowledge", "999", *said, expected=1)
    assert "acknowledged" in run("ledger", "acknowledge", str(listed["id"]), *said)
    run("ledger", "acknowledge", str(listed["id"]), *said, "--json", expected=1)

    assert (listed["proves_fork"], listed["acknowledged_at"]) == (True, None)
    assert "yes" in run("ledger", "evidence", "--home", home)
    assert "switched on" in run("ledger", "evidence", "--home", home, "--json")


def test_books_are_compared_and_a_reciprocity_statement_is_signed_by_both_and_verified(pair, tmp_path):
    home, file = str(pair[0].home), str(tmp_path / "balance.json")
    period = ("--from", "2026-01-01", "--to", "2026-02-01", "--home", home, "-o", file)

    asked = json.loads(run("accounts", "reconcile", "UG", "--home", home, "--json"))
    run("accounts", "reconcile", "UG", "--home", home, "--from", "2026-01-02", "--to", "2026-01-01", expected=1)
    first = json.loads(run("accounts", "reciprocity", "ke-ug", *period, "--json"))
    wait_for(lambda: listed(home)["reciprocity"][0]["state"] == "co-signed" and states(home) == {"agreed"})
    second = json.loads(run("accounts", "reciprocity", "ke-ug/UG", *period, "--json"))

    assert (asked["partner"], first["state"], second["state"]) == ("UG", "proposed", "co-signed")
    assert json.loads(run("verify", file, "--json"))["signed_by"] == ["KE", "UG"]
    assert "both signed" in run("verify", file)
    assert "agreed" in run("accounts", "list", "UG", "--home", home)
    run("accounts", "reciprocity", "nothing", *period, expected=1)


def listed(home):
    return json.loads(run("accounts", "list", "--home", home, "--json"))


def states(home):
    return {one["state"] for one in listed(home)["reconciliations"]}


def test_a_node_lives_on_postgresql_from_init_to_the_mirror(postgresql_server, tmp_path):
    with postgresql_database(postgresql_server) as url:
        on = {"COMITY_DATABASE_URL": url}
        home = str(tmp_path / "ug")
        run("init", "--authority", "UG", "--name", "Uganda", "--home", home, environment=on)
        run("world", "--seed", "3", "--consignments", "30", "-o", str(tmp_path / "world"))
        imports = str(tmp_path / "world" / "imports")

        told = json.loads(run("declare", imports, "--home", home, "--json", environment=on))
        again = json.loads(run("declare", imports, "--home", home, "--json", environment=on))
        mirrored = json.loads(run("mirror", "run", "KE", "--home", home, "--json", environment=on))

        node = open_node(replace(read_settings(on), home=tmp_path / "ug"))
        with node.database.reading() as session:
            kept = counts(session)["import"]
        node.close()
    assert kept == told["kept"] == again["known"] == mirrored["imports"] > 20
    assert not (tmp_path / "ug" / "node.db").exists()


HEARING = """
import signal
from comity.entrypoints.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets its jobs in the background ignore interruptions
main()
"""


def test_the_demonstration_stays_until_interrupted_and_its_accounts_open_the_console(tmp_path):
    command = [sys.executable, "-c", HEARING, "demo", "--consignments", "25", "--home", str(tmp_path / "demo")]
    log = tmp_path / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: "Stop with Ctrl-C" in log.read_text(encoding="utf-8"), seconds=150)
        text = log.read_text(encoding="utf-8")
        address = re.findall(r"https://\S+/console", text)[1]
        password = re.findall(r"examiner / (\S+)", text)[1]
        with httpx.Client(verify=False, follow_redirects=True) as browser:
            page = browser.get(f"{address}/sign-in")
            csrf = dict(re.findall(r'name="(\w+)" (?:type="hidden" )?value="([^"]*)"', page.text))
            form = {**csrf, "name": "examiner", "password": password}
            origin = {"Origin": address.removesuffix("/console")}
            home = browser.post(f"{address}/sign-in", data=form, headers=origin)
        assert "Arrivals" in home.text
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in log.read_text(encoding="utf-8")


def test_every_command_of_the_operating_pages_is_known_with_its_options():
    lines = [
        line[2:]
        for page in sorted((ROOT / "docs").rglob("*.md"))
        if page.name != "quickstart.md"
        for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("$ ")
    ]
    assert lines
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "comity"
        command = [word for word in words[1:4] if re.fullmatch(r"[a-z]+(-[a-z]+)*", word)][:2]
        known = help_of(command)
        options = [word for word in words if word.startswith("--")]
        assert [option for option in options if option not in known] == [], line


def help_of(command: list[str]) -> str:
    ran = subprocess.run(
        [*COMITY, *command, "--help"], capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"}
    )
    if ran.returncode != 0:
        return help_of(command[:-1])
    return ran.stdout


def test_the_operating_page_works_as_it_is_written(tmp_path):
    port = str(free_port())
    run("init", "--authority", "KE", "--name", "Kenya", "--home", "ke", cwd=tmp_path)
    told = json.loads(
        run(
            *shlex.split('init --authority UG --name "Uganda Revenue Authority" --home ug --host 127.0.0.1 --json'),
            "--port",
            port,
            cwd=tmp_path,
        )
    )
    card = json.loads((tmp_path / "ke" / "card.json").read_text(encoding="utf-8"))
    kenya = json.loads(run("peer", "add", "ke/card.json", "--home", "ug", "--yes", "--json", cwd=tmp_path))
    added = run("peer", "add", "ke/card.json", "--home", "ug", "--fingerprint", kenya["fingerprint"], cwd=tmp_path)

    assert "is known" in added
    assert card["identity"]["authority"] == "KE"
    assert len(told["fingerprint"].replace(" ", "")) == 64
    started = time.monotonic()
    server = subprocess.Popen([*COMITY, "serve", "--home", "ug"], cwd=tmp_path)
    wait_for(lambda: is_served(port))
    server.send_signal(signal.SIGTERM)
    server.wait(timeout=30)
    assert time.monotonic() - started < 90


def is_served(port: str) -> bool:
    try:
        return httpx.get(f"https://127.0.0.1:{port}/health", verify=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
