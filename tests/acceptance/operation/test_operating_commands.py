"""The commands that keep a node going, on two served nodes: backup, loss, restore, recovery, and what went nowhere."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from comity.cooperation.exchange.store import find_peer
from comity.cooperation.ledger.append import head
from comity.cooperation.ledger.store import cosigned_size
from comity.entrypoints.node import open_node
from comity.foundation.settings import read_settings
from tests.acceptance.spine.test_commands import answers, run
from tests.simulators.processes import queue, serve_pair, wait_for


@pytest.fixture
def pair(tmp_path):
    kenya, uganda = serve_pair(tmp_path)
    for served in (kenya, uganda):
        served.start()
    wait_for(lambda: answers(kenya) and answers(uganda))
    yield kenya, uganda
    for served in (kenya, uganda):
        served.kill()
        served.node.close()


def test_a_lost_node_comes_back_from_its_backup_and_the_exchange_goes_on(pair, tmp_path):
    kenya, uganda = pair
    home, backup, passphrase = str(kenya.home), str(tmp_path / "ke.zip"), tmp_path / "passphrase.txt"
    passphrase.write_text("four words of a list\n", encoding="utf-8")
    queue(kenya, 5)
    wait_for(lambda: kenya.counts().delivered == 5)

    told = json.loads(run("backup", "--home", home, "-o", backup, "--passphrase-file", str(passphrase), "--json"))
    queue(kenya, 4, start=5)
    wait_for(lambda: kenya.counts().delivered == 9)
    wait_for(lambda: cosigned(kenya) == size_of(kenya))
    kenya.kill()
    kenya.node.close()
    shutil.rmtree(kenya.home)
    run("restore", backup, "--home", home, "--fingerprint", told["fingerprint"], "--passphrase-file", str(passphrase))
    kenya.node = open_node(replace(read_settings({}), home=kenya.home))
    queue(kenya, 2, start=20)
    kenya.start()
    wait_for(lambda: answers(kenya))
    wait_for(lambda: seen_by(uganda) == "contradicting")
    report = json.loads(run("recover", "UG", "--home", home, "--reason", "the disk failed on Monday", "--json"))
    wait_for(lambda: kenya.counts().waiting == 0)

    (recovered,) = report["recovered"]
    assert [one["subject"] for one in recovered["taken_back"]] == ["d5", "d6", "d7", "d8"]
    assert (recovered["signed_anew"], recovered["acknowledged"]) == (2, True)
    assert kenya.counts().delivered == uganda.counts().received == 11
    wait_for(lambda: seen_by(uganda) == "reached")
    assert "0 taken back" in run("recover", "--home", home, "--reason", "the disk failed on Monday")


def test_what_went_nowhere_is_listed_retried_and_given_up(pair):
    kenya, _uganda = pair
    home = str(kenya.home)
    queue(kenya, 2, payload={"kind": "nonsense"})
    wait_for(lambda: kenya.counts().refused == 2)

    listed = json.loads(run("deadletter", "list", "--home", home, "--json"))["dead_letters"]
    first, second = (one["id"] for one in listed)
    anew = json.loads(run("deadletter", "retry", first, "--home", home, "--by", "eric", "--json"))["anew"]
    run("deadletter", "giveup", second, "--home", home, "--reason", "the trader withdrew the declaration")
    wait_for(lambda: kenya.counts().refused == 1)

    assert {one["code"] for one in listed} == {"declarations.record-invalid"}
    assert anew in run("deadletter", "list", "--home", home)
    run("deadletter", "giveup", anew, "--home", home, "--reason", "short", expected=1)
    told = json.loads(
        run("deadletter", "skip", anew, "--home", home, "--reason", "it is not ours", "--json", expected=1)
    )
    assert told["error"]["code"] == "exchange.dead-letter-unknown"


def test_chores_are_listed_and_done_on_demand(pair):
    home = str(pair[0].home)

    assert "release-held" in run("chore", "list")
    for chore in json.loads(run("chore", "list", "--json"))["chores"]:
        assert json.loads(run("chore", "run", chore["chore"], "--home", home, "--json"))["done"] is True
    run("chore", "run", "nothing", "--home", home, expected=2)


def test_a_backup_is_never_overwritten_and_a_node_neither(pair, tmp_path):
    home, backup = str(pair[1].home), tmp_path / "ug.zip"

    assert "keys are not in it" in run("backup", "--home", home, "-o", str(backup))
    run("backup", "--home", home, "-o", str(backup), expected=1)
    told = json.loads(run("restore", str(backup), "--home", home, "--json", expected=1))
    assert told["error"]["code"] == "node.home-exists"
    assert "Its keys are not" in run("restore", str(backup), "--home", str(tmp_path / "new"))


def size_of(served):
    with served.node.database.reading() as session:
        return head(session).size


def cosigned(served):
    with served.node.database.reading() as session:
        return cosigned_size(session, "UG")


def seen_by(served):
    with served.node.database.reading() as session:
        return find_peer(session, "KE").state
