"""`comity classify`: a model is trained from files, suggests with reasons, refuses, and is not taken when altered."""

from __future__ import annotations

import csv
import json

import pytest

from tests.acceptance.spine.test_commands import run
from tests.unit.classification.lessons import NOMENCLATURE, TERMS, VAGUE


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classification")
    home = str(folder / "node")
    run("init", "--authority", "KE", "--name", "Example Revenue", "--home", home)
    terms = {term.text: term.code for term in TERMS}
    (folder / "terms.json").write_text(json.dumps({**terms, "goods of no edition": "9999990000"}), encoding="utf-8")
    (folder / "more.csv").write_text("Goods,Code\nfilter coffee, ground,09012100\n", encoding="utf-8")
    with (folder / "nomenclature.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("hscode", "description"), *NOMENCLATURE.texts.items()])
    (folder / "vague.csv").write_text("\n".join(VAGUE), encoding="utf-8")
    files = ("--terms", str(folder / "terms.json"), str(folder / "more.csv"))
    files += ("--nomenclature", str(folder / "nomenclature.csv"), "--vague", str(folder / "vague.csv"))
    record = json.loads(run("classify", "train", *files, "--home", home, "--json"))
    assert record["terms"] == len(TERMS) + 1
    assert record["left_out"] == 1
    assert [source["name"] for source in record["sources"]] == [
        "terms.json",
        "more.csv",
        "nomenclature.csv",
        "vague.csv",
    ]
    return folder / "node"


def test_suggests_for_people_and_machines(home):
    told = run("classify", "frozen prawn tails", "--home", str(home))
    answer = json.loads(run("classify", "frozen", "prawn", "tails", "--top", "2", "--home", str(home), "--json"))

    assert "0306.17" in told
    assert "prawn" in told
    assert next(each["code"] for each in answer["suggestions"]) == "030617"
    assert len(answer["suggestions"]) == 2
    assert answer["model"].startswith("hs2022-")


def test_refuses_with_the_reason_and_exit_code_1(home):
    answer = json.loads(run("classify", "various", "--home", str(home), "--json", expected=1))

    assert answer["suggestions"] == []
    assert answer["refused"]
    assert "Refused" in run("classify", "various", "--home", str(home), expected=1)


def test_asks_for_the_files_to_learn_from(home):
    run("classify", "train", "--nomenclature", str(home / "node.json"), "--home", str(home), expected=2)


def test_a_file_that_is_no_nomenclature_is_named(home):
    files = ("--terms", str(home / "node.json"), "--nomenclature", str(home / "node.json"))

    error = json.loads(run("classify", "train", *files, "--home", str(home), "--json", expected=1))["error"]

    assert error["code"] == "classification.training-invalid"
    assert error["path"] == "node.json"


def test_a_record_that_was_changed_is_not_taken(home):
    path = home / "classification" / "model.json"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace('"seed": 1', '"seed": 2'), encoding="utf-8")
    try:
        error = json.loads(run("classify", "prawn", "--home", str(home), "--json", expected=3))["error"]
    finally:
        path.write_text(before, encoding="utf-8")

    assert error["code"] == "classification.model-altered"


def test_rulings_are_added_listed_applied_and_revoked(home):
    at = ("--home", str(home))
    about = ("--holder", "P051", "--description", "prawn tails", "--reasons", "note 1 to chapter 3")
    days = ("--from", "2026-01-01", "--to", "2099-12-31")

    assert "is kept" in run("ruling", "add", "KE-BTI-1", "0306170000", *about, *days, *at)
    run("ruling", "add", "KE-BTI-1", "0306170000", *about, *days, *at, "--json", expected=1)
    asked = ("classify", "frozen prawn tails", "--holder", "P051")
    advised = json.loads(run(*asked, *at, "--json"))
    listed = json.loads(run("ruling", "list", *at, "--json"))["rulings"]

    assert advised["ruling"]["reference"] == "KE-BTI-1"
    assert advised["ruling"]["binding"] is True
    assert "Ruling KE-BTI-1 binds" in run(*asked, *at)
    assert [one["state"] for one in listed] == ["valid"]
    assert "KE-BTI-1" in run("ruling", "list", *at)
    assert "is revoked" in run("ruling", "revoke", "KE-BTI-1", "--reason", "the note changed", *at)
    assert json.loads(run(*asked, *at, "--json"))["ruling"] is None
    run("ruling", "revoke", "KE-BTI-2", "--reason", "none such", *at, "--json", expected=1)


def test_opinions_are_not_asked_without_an_agreement(home):
    asked = ("opinion", "ask", "UG", "030617", "prawn tails, frozen", "--home", str(home))

    error = json.loads(run(*asked, "--json", expected=1))["error"]

    assert error["code"] == "agreements.none"
    assert json.loads(run("opinion", "list", "--home", str(home), "--json")) == {"asked": [], "to_answer": []}
    assert "We asked" in run("opinion", "list", "--home", str(home))
    nothing = ("UG", "0" * 32, "--home", str(home), "--reasons", "as the heading says")
    run("opinion", "answer", nothing[0], nothing[1], "030617", *nothing[2:], "--rule", "1", expected=1)
    run("opinion", "refuse", *nothing, "--ground", "resources", expected=1)
