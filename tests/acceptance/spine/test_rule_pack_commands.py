"""An administration's schemas and rule packs on the command line: what they refuse, and how broken packs are told."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from comity.entrypoints.cli.main import command_line
from tests.builders.entry_summaries import an_entry_summary

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://ics.dgtaxud.ec/CC315A">
<xs:element name="CC315A"><xs:complexType><xs:sequence><xs:any maxOccurs="unbounded" processContents="skip"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""


def a_pack(number, test, element="/GOOITEGDS"):
    rule = {"test": test, "errorCode": number, "errorMessage": f"Rule {number} must hold."}
    return json.dumps({"element": element, "name": "example", "asserts": [rule]})


def run(words, expected=0):
    ran = CliRunner().invoke(command_line(words), words)
    assert ran.exit_code == expected, ran.output[-1500:]
    return ran.stdout


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("rules", "schemas", "messages"):
        (tmp_path / name).mkdir()
    (tmp_path / "rules" / "p1.json").write_text(a_pack("9001", "trim('IteNumGDS7') != '2'"), encoding="utf-8")
    (tmp_path / "schemas" / "message.xsd").write_text(SCHEMA, encoding="utf-8")
    (tmp_path / "messages" / "one.xml").write_bytes(an_entry_summary())
    (tmp_path / "messages" / "two.xml").write_bytes(an_entry_summary(replaced={"LRN-EXAMPLE-1": ""}))
    return tmp_path


def test_check_tells_each_broken_rule_with_its_number_and_location(folder):
    lines = run(["check", "messages", "--rules", "rules", "--schema", "schemas", "--json"], 1).splitlines()

    broken = [{"code": "ens.9001", "path": "/ie:CC315A[1]/GOOITEGDS[2]", "message": "Rule 9001 must hold."}]
    assert [json.loads(line)["errors"] for line in lines] == [broken, broken]


def test_check_tells_people_what_the_reader_finds_when_the_rules_are_kept(folder):
    (folder / "rules" / "p1.json").write_text(a_pack("9001", "exists('IteNumGDS7')"), encoding="utf-8")

    told = run(["check", "messages", "--rules", "rules", "--schema", "schemas/message.xsd"], 1)

    assert "one.xml: ens-xml, 1 documents, fine" in told
    assert "error declarations.value-missing at /CC315A/HEAHEA/RefNumHEA4" in told


def test_a_broken_pack_is_told_with_every_fault_and_nothing_is_checked(folder):
    (folder / "rules" / "p2.json").write_text(a_pack("9002", "exists('A' || launch()"), encoding="utf-8")

    told = json.loads(run(["check", "messages", "--rules", "rules", "--json"], 3))

    assert told["error"]["code"] == "rule-packs.refused"
    assert [(one["code"], one["path"]) for one in told["error"]["findings"]] == [
        ("rule-packs.syntax", "p2.json, rule 9002, character 23")
    ]
    run(["check", "messages", "--rules", "rules"], 3)


def test_the_choice_of_packs_may_be_another_file(folder):
    (folder / "rules" / "p1_Trial.json").write_text(a_pack("9001", "exists('IteNumGDS7')"), encoding="utf-8")
    choice = 'code = "trial"\n[messages]\nCC315A = "CC315A"\n[variants.Trial]\ntakes_the_place = true\n'
    (folder / "choice.toml").write_text(choice, encoding="utf-8")

    run(["check", "messages/one.xml", "--rules", "rules"], 3)
    run(["check", "messages/one.xml", "--rules", "rules", "--variants", "choice.toml"])


def test_a_node_keeps_what_its_administration_requires_in_its_home(folder):
    run(["init", "--authority", "UG", "--name", "Example Administration", "--home", "ug"])
    (folder / "rules").rename(folder / "ug" / "rules")
    (folder / "schemas").rename(folder / "ug" / "schemas")

    refused = json.loads(run(["declare", "messages/one.xml", "--home", "ug", "--json"], 1))
    (folder / "ug" / "rules" / "p1.json").write_text(a_pack("9001", "exists('IteNumGDS7')"), encoding="utf-8")
    kept = json.loads(run(["declare", "messages/one.xml", "--home", "ug", "--json"]))

    assert (refused["refused"], refused["errors"][0]["code"]) == (1, "ens.9001")
    assert (kept["kept"], kept["lanes"]) == (1, {})
