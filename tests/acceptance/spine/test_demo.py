"""The main job on a small world: two processes, every figure counted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

VERIFIER = Path(__file__).resolve().parents[3] / "docs" / "protocol" / "verify_bundle.py"


@pytest.fixture(scope="module")
def figures():
    command = [sys.executable, "-m", "comity", "demo", "--once", "--json", "--consignments", "150", "--seed", "11"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout)


def test_nothing_is_lost_doubled_or_refused(figures):
    exchange = figures["exchange"]

    assert exchange["sent"] == exchange["delivered"] == exchange["receipts"] > 100
    assert (exchange["lost"], exchange["duplicated"], exchange["refused"]) == (0, 0, 0)


def test_pairs_are_right_and_irregularities_found(figures):
    mirror = figures["mirror"]

    assert mirror["precision"] >= 0.99
    assert mirror["recall"] >= 0.98
    assert mirror["planted_found"] >= 0.9 * mirror["planted"] > 0


def test_both_parties_signed_and_both_logs_grew(figures):
    assert figures["agreement"]["signed_by"] == ["KE", "UG"]
    assert all(node["log_size"] > 150 for node in figures["nodes"])


def test_examinations_are_fed_back_and_the_proof_verifies(figures):
    assert figures["examinations"]["recorded"] > 0
    assert figures["examinations"]["feedback_delivered"] >= figures["examinations"]["irregular"]
    assert figures["proof"]["verified"]
    assert figures["proof"]["witnessed_by"] == ["KE"]


def test_evidence_outlives_the_demonstration_and_a_stranger_verifies_it(figures):
    bundle = figures["proof"]["bundle"]

    ran = subprocess.run([sys.executable, "-m", "comity", "verify", bundle], capture_output=True)
    independent = subprocess.run([sys.executable, "-I", str(VERIFIER), bundle], capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
    assert independent.returncode == 0, independent.stdout
    assert "co-signed by KE" in independent.stdout


def test_every_import_has_a_lane(figures):
    lanes = figures["clearance"]["lanes"]

    assert set(lanes) == {"green", "blue", "yellow", "orange", "red"}
    assert lanes["green"] > lanes["red"] > 0
