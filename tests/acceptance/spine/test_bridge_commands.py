"""The commands about neighbours' systems, on a node with something to tell and on one without."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import stix2

from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.store import add_peer
from comity.entrypoints.node import NodeConfiguration, create_node
from comity.flows.sign_agreement import take_in
from comity.foundation.settings import read_settings
from tests.integration.flows.test_decide_lane import KENYA, clear_import, send_export
from tests.simulators.access_point import AccessPoint
from tests.simulators.processes import queue, serve_pair

VERIFIER = Path(__file__).resolve().parents[3] / "docs" / "protocol" / "verify_bundle.py"


def comity(*words: str, expected: int = 0) -> str:
    ran = subprocess.run([sys.executable, "-m", "comity", *words], capture_output=True, text=True, timeout=120)
    assert ran.returncode == expected, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.fixture
def node(tmp_path):
    """Return a node of Uganda that knows Kenya and has signed an agreement on risk information with it."""
    configuration = NodeConfiguration("UG", "Uganda", "https://127.0.0.1:1", "127.0.0.1", 1)
    node = create_node(configuration, replace(read_settings({}), home=tmp_path / "ug"))
    day = node.clock.now().date()
    agreement = draft_agreement(
        id="ke-ug-risk",
        parties=("KE", "UG"),
        valid_from=day - timedelta(days=9),
        valid_to=day + timedelta(days=9),
        template="risk-intelligence",
    )
    with node.database.transaction() as session:
        add_peer(session, PeerCard(KENYA.public, "https://ke.example", ""), clock=node.clock)
        signatures = [sign_agreement(agreement, keys) for keys in (KENYA, node.keys)]
        take_in(session, agreement, signatures, clearing=node.clearing())
    yield node
    node.close()


def test_intelligence_for_a_partner_is_written_to_a_private_file_as_stix(node, tmp_path):
    with node.database.transaction() as session:
        send_export(session, node.clearing(), value="40000")
        clear_import(session, node.clearing(), "26UG0012345678ABJ9", value="10000")
    to = ("--home", str(node.settings.home), "-o", str(tmp_path / "for-ke.json"))

    told = json.loads(comity("export", "stix", "--for", "KE", *to, "--json"))
    people = comity("export", "stix", "--for", "ke", *to)

    bundle = stix2.parse((tmp_path / "for-ke.json").read_text(encoding="utf-8"), allow_custom=False)
    assert (told["items"], told["refused"]) == (1, {})
    assert "1 pieces for KE" in people
    assert "note" in {one["type"] for one in bundle.objects}
    assert (tmp_path / "for-ke.json").stat().st_mode & 0o077 == 0
    comity("prove", bundle.id, "--home", str(node.settings.home), "-o", str(tmp_path / "proof.json"))
    proof = subprocess.run(
        [sys.executable, str(VERIFIER), str(tmp_path / "proof.json")], capture_output=True, text=True
    )
    assert f"export {bundle.id}" in proof.stdout


def test_nothing_to_tell_and_nothing_that_may_be_told_are_refused_by_name(node, tmp_path):
    to = ("--home", str(node.settings.home), "-o", str(tmp_path / "for-ke.json"), "--json")

    nothing = json.loads(comity("export", "stix", "--for", "KE", *to, expected=1))
    stranger = json.loads(comity("export", "stix", "--for", "TZ", *to, expected=1))

    assert nothing["error"]["code"] == "bridges.nothing-to-export"
    assert stranger["error"]["code"] == "exchange.peer-unknown"
    assert not (tmp_path / "for-ke.json").exists()


def test_a_node_that_is_not_on_xroad_says_so_and_a_bad_file_is_named(node):
    home = node.settings.home

    closed = json.loads(comity("xroad", "show", "--home", str(home), "--json", expected=1))
    (home / "xroad.toml").write_text("client = 3", encoding="utf-8")
    invalid = json.loads(comity("xroad", "show", "--home", str(home), "--json", expected=3))

    assert closed["error"]["code"] == "bridges.xroad-closed"
    assert invalid["error"]["path"] == "security_server"


def test_batches_and_answers_go_over_access_points_that_deliver_twice(tmp_path):
    kenya, uganda = serve_pair(tmp_path)
    folders = {name: tmp_path / name for name in ("packed", "ke-out", "ug-in", "answers", "ug-out", "ke-in")}
    for folder in folders.values():
        folder.mkdir()
    queue(kenya, 40)

    comity("courier", "pack", "UG", "--home", str(kenya.home), "-o", str(folders["packed"]), "--max-bytes", "20KB")
    told = submitted(folders["packed"], folders["ke-out"], "customs-ug")
    AccessPoint(folders["ke-out"], {"customs-ug": folders["ug-in"]}).work(times=2)
    comity("courier", "unpack", *files_in(folders["ug-in"]), "--home", str(uganda.home), "-o", str(folders["answers"]))
    submitted(folders["answers"], folders["ug-out"], "customs-ke")
    AccessPoint(folders["ug-out"], {"customs-ke": folders["ke-in"]}).work(times=2)
    comity("courier", "take-answer", *files_in(folders["ke-in"]), "--home", str(kenya.home))

    assert len(told["submitted"]) == len(files_in(folders["packed"])) > 1
    assert (kenya.counts().delivered, uganda.counts().received) == (40, 40)
    assert {file.suffix for file in folders["ke-out"].iterdir()} == {".accepted"}
    for served in (kenya, uganda):
        served.node.close()


def test_a_pmode_that_is_no_name_is_refused_by_name(tmp_path):
    (tmp_path / "a.comity").write_bytes(b"x")

    told = comity(
        "access-point", "submit", str(tmp_path / "a.comity"), "--pmode", "", "-o", str(tmp_path), "--json", expected=1
    )

    assert json.loads(told)["error"]["code"] == "bridges.pmode-invalid"


def submitted(packed: Path, watched: Path, pmode: str) -> dict[str, list[str]]:
    told = comity("access-point", "submit", *files_in(packed), "--pmode", pmode, "-o", str(watched), "--json")
    return dict(json.loads(told))


def files_in(folder: Path) -> list[str]:
    return sorted(str(file) for file in folder.iterdir())
