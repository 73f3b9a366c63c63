"""The commands that question agreements: for people, for machines, their exit codes, on files and on a node."""

from __future__ import annotations

import json

import pytest

from comity.cooperation.agreements.lifecycle import Signature
from comity.entrypoints.cli.agreements import write_file
from tests.acceptance.spine.test_commands import run
from tests.builders.agreements import an_agreement

NONE: list[Signature] = []


@pytest.fixture
def draft(tmp_path):
    write_file(tmp_path / "ke-ug.json", an_agreement(), NONE)
    return str(tmp_path / "ke-ug.json")


def test_question_is_answered_to_people_and_to_machines(draft):
    told = json.loads(run("agreement", "ask", "may personal data reach UG", draft, "--json"))

    assert (told["verdict"], told["found"][0]["case"]["clause"]) == ("yes", "art-3")
    assert "Yes: personal data may reach UG." in run("agreement", "ask", "may personal data reach UG", draft)
    assert "proved" in run("agreement", "ask", "may personal data reach TZ for purpose statistics", draft)


def test_question_that_is_not_understood_names_its_place(draft):
    told = json.loads(run("agreement", "ask", "may mrn rech UG", draft, "--json", expected=1))

    assert (told["error"]["code"], told["error"]["path"]) == ("agreements.question-unclear", "character 9")
    run("agreement", "ask", "may mrn reach UG", expected=2)


def test_agreements_in_force_on_a_node_are_asked_together(tmp_path, draft):
    home = str(tmp_path / "ke")
    run("init", "--authority", "KE", "--name", "Kenya", "--home", home)
    run("agreement", "sign", draft, "--home", home)

    told = json.loads(run("agreement", "ask", "may any data reach UG", "--home", home, "--json"))

    assert told["verdict"] == "no"  # signed by one party only: not in force
