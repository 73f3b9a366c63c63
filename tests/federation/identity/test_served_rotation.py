"""Keys are handed over while both nodes serve: neither is restarted, nothing is lost, and the partner follows."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from comity.cooperation.exchange.store import find_peer
from comity.features.mirror.store import all_exports
from tests.simulators.processes import queue, serve_pair, wait_for

BEFORE, AFTER = 40, 60


@pytest.fixture
def pair(tmp_path):
    kenya, uganda = serve_pair(tmp_path)
    for served in (kenya, uganda):
        served.start()
    yield kenya, uganda
    for served in (kenya, uganda):
        served.kill()
        served.node.close()


def comity(served, *words):
    """Run a command on the node's home, as its operator does beside the running server."""
    ran = subprocess.run(
        [sys.executable, "-m", "comity", *words, "--home", str(served.home), "--json"],
        capture_output=True, text=True, timeout=120, env={**os.environ, "COMITY_DATABASE_URL": ""},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def known_key(served, authority):
    with served.node.database.reading() as session:
        return find_peer(session, authority).identity.signing_key


def records(served):
    with served.node.database.reading() as session:
        return sorted(str(record.mrn) for record in all_exports(session))


def test_served_node_hands_over_its_keys_and_the_partner_follows(pair):
    kenya, uganda = pair
    queue(kenya, BEFORE)
    wait_for(lambda: len(records(uganda)) == BEFORE)
    old = known_key(uganda, "KE")

    comity(kenya, "key", "rotate", "--reason", "yearly rotation")
    queue(kenya, AFTER - BEFORE, start=BEFORE)

    wait_for(lambda: len(records(uganda)) == AFTER)
    assert known_key(uganda, "KE") not in (old, b"")
    assert records(uganda) == sorted(f"M{number}" for number in range(AFTER))
