"""The commands that question agreements: for people, for machines, their exit codes, on files and on a node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comity.cooperation.agreements.agreement import Marking
from comity.cooperation.agreements.lifecycle import Signature
from comity.entrypoints.cli.agreements import write_file
from tests.acceptance.spine.test_commands import run
from tests.builders.agreements import a_clause, an_agreement

NONE: list[Signature] = []
FACTS = Path(__file__).resolve().parents[2] / "unit" / "agreements" / "analyse" / "facts"


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


def test_draft_is_asked_the_fixed_questions_and_an_error_is_an_exit_code(tmp_path, draft):
    bad = str(tmp_path / "bad.json")
    write_file(tmp_path / "bad.json", an_agreement(a_clause(marking=Marking.OPEN)), NONE)

    told = json.loads(run("agreement", "check", bad, "--json", expected=1))

    assert {one["question"] for one in told["remarks"]} == {"open-personal", "data-class-unused"}
    assert told["remarks"][0]["case"]["field"] == "goods_shipment.exporter.name"
    assert "error: Clause art-3 is marked open" in run("agreement", "check", bad, expected=1)
    assert f"{told['asked']} questions asked, 1 remarks" in run("agreement", "check", draft)


def test_amendment_is_told_as_who_gains_what(tmp_path, draft):
    new = str(tmp_path / "new.json")
    write_file(tmp_path / "new.json", an_agreement(a_clause(purposes=("audit", "risk-assessment"))), NONE)

    told = json.loads(run("agreement", "diff", draft, new, "--json"))

    assert told["widens"]
    assert told["wider"]["purpose"] == "audit"
    assert told["gained"][0]["purposes"] == ["audit"]
    assert "The amendment widens the agreement" in run("agreement", "diff", draft, new)
    assert "widens nothing" in run("agreement", "diff", new, draft)


def test_conflicts_of_two_agreements_are_told_with_what_the_node_does(tmp_path, draft):
    other = str(tmp_path / "other.json")
    write_file(tmp_path / "other.json", an_agreement(a_clause(retention_days=30), id="other"), NONE)

    told = json.loads(run("agreement", "conflicts", draft, other, "--json"))

    assert told["conflicts"][0]["first"] == {"agreement_id": "other", "clause": "art-3"}
    assert "the stricter" in run("agreement", "conflicts", draft, other)
    assert "proved" in run("agreement", "conflicts", draft)


def test_divergence_of_two_laws_is_told_with_its_sources():
    files = [str(FACTS / "aa.toml"), str(FACTS / "zz.toml")]

    told = json.loads(run("agreement", "divergence", *files, "--on", "2026-06-01", "--json"))

    assert told["administrations"] == ["AA", "ZZ"]
    assert told["divergence"][0]["fact"] == "hs_edition"
    assert "synthetic, for tests" in run("agreement", "divergence", *files, "--on", "2026-06-01")


def test_file_without_legal_facts_is_refused(draft):
    told = json.loads(run("agreement", "divergence", draft, draft, "--json", expected=1))

    assert told["error"]["code"] == "agreements.legal-facts-invalid"


def test_agreement_is_written_in_odrl(tmp_path, draft):
    told = json.loads(run("agreement", "export", draft, "--to", "odrl", "-o", str(tmp_path / "a.jsonld"), "--json"))

    written = json.loads((tmp_path / "a.jsonld").read_text(encoding="utf-8"))
    assert (written["@type"], written["uid"]) == ("Agreement", told["uid"])
    assert "2 permissions in ODRL" in run("agreement", "export", draft, "-o", str(tmp_path / "b.jsonld"))
