"""Every command of keys and membership, as an operator gives it, on nodes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


def run(*words: str, expected: int = 0) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "comity", *words], capture_output=True, text=True, timeout=120, env=dict(os.environ)
    )
    assert ran.returncode == expected, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    made = {}
    for authority, port in (("UG", "18443"), ("TZ", "18444")):
        home = str(folder / authority.lower())
        told = run("init", "--authority", authority, "--name", authority, "--home", home, "--port", port, "--json")
        made[authority] = (home, json.loads(told))
    run("peer", "add", made["TZ"][1]["card"], "--yes", "--home", made["UG"][0])
    return made


def test_keys_are_shown_rotated_revoked_and_recovered(homes):
    home, made = homes["UG"]

    rotated = json.loads(run("key", "rotate", "--reason", "yearly", "--home", home, "--json"))
    earlier = json.loads(
        run("key", "compromised", "--since", "2026-01-15T00:00:00Z", "--key", "0", "--home", home, "--json")
    )
    recovery = ["--recovery-key", made["recovery_key"]]
    recovered = json.loads(
        run("key", "compromised", "--since", "2026-03-02T08:00:00Z", *recovery, "--home", home, "--json")
    )
    shown = json.loads(run("key", "show", "--home", home, "--json"))

    assert [one["sequence"] for one in (rotated, earlier, recovered)] == [1, 2, 3]
    assert recovered["recovery_key"].endswith("recovery-key-3.json")
    assert [one["kind"] for one in shown["statements"]] == ["first", "succession", "succession", "recovery"]
    assert shown["fingerprint"] == made["fingerprint"]
    assert "recovery" in run("key", "show", "--home", home)
    assert json.loads(run("key", "show", "TZ", "--home", home, "--json"))["in_doubt"] is None


def test_the_recovery_key_is_needed_and_a_time_must_be_one(homes):
    home, _ = homes["UG"]

    run("key", "compromised", "--since", "2026-03-02T08:00:00Z", "--home", home, expected=2)
    run("key", "compromised", "--since", "yesterday", "--key", "0", "--home", home, expected=2)
    run("key", "compromised", "--since", "2999-01-01T00:00:00Z", "--key", "0", "--home", home, expected=1)


def test_certificate_is_renewed_once_and_used_at_once_when_asked(homes):
    home, _ = homes["TZ"]

    assert json.loads(run("key", "renew-tls", "--home", home, "--json")) == {"partners": 0, "switched": False}
    run("key", "renew-tls", "--home", home, expected=1)
    assert json.loads(run("key", "renew-tls", "--now", "--home", home, "--json"))["switched"] is True


def test_partner_is_removed_with_a_reason_and_the_epochs_are_listed(homes):
    home, _ = homes["UG"]

    told = json.loads(run("peer", "remove", "TZ", "--reason", "the agreement ended", "--home", home, "--json"))
    epochs = json.loads(run("peer", "epochs", "--home", home, "--json"))["epochs"]

    assert told["authority"] == "TZ"
    assert [one["change"] for one in epochs] == ["admitted", "removed"]
    run("peer", "remove", "TZ", "--reason", "again", "--home", home, expected=1)
