"""The commands of code lists on a node: import, list, show, search, correlate, and checking documents with them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from comity.entrypoints.cli.main import command_line
from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from tests.builders.declarations import a_declaration

CONCORDANCE = "HS 2022,HS 2017\n030721,030721\n030722,030791\n030729,030791\n"


def run(*command, expected=0):
    """Run a command in this process: a process for each would take ten times as long."""
    ran = CliRunner().invoke(command_line(command), list(command))
    assert ran.exit_code == expected, f"{command}: {ran.output[-500:]}{ran.exception!r}"
    return ran.output


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("codes")
    (folder / "lists").mkdir()
    (folder / "lists" / "packages.csv").write_text("code,name\nBX,Box\nCT,Carton\n")
    (folder / "lists" / "concordance.csv").write_text(CONCORDANCE)
    (folder / "lists" / "remarks.txt").write_text("no list at all\n")
    home = str(folder / "ke")
    run("init", "--authority", "KE", "--name", "Kenya", "--home", home)
    told = json.loads(run("codes", "import", str(folder / "lists"), "--home", home, "--json", expected=1))
    assert {one["list"]: one["entries"] for file in told["files"] for one in file["lists"]} == {
        "packages": 2,
        "HS2017-HS2022": 3,
    }
    assert [one["code"] for file in told["files"] for one in file["errors"]] == ["codes.layout-unknown"]
    return home


def test_lists_are_listed_shown_and_searched_for_people_and_machines(home):
    listed = json.loads(run("codes", "list", "--home", home, "--json"))["lists"]
    (shown,) = json.loads(run("codes", "show", "packages", "BX", "--on", "2026-12-31", "--home", home, "--json"))[
        "entries"
    ]
    found = json.loads(run("codes", "search", "cart", "--home", home, "--json"))["entries"]

    assert {"packages", "ISO-3166-1", "ISO-4217"} <= {one["list"] for one in listed}
    assert shown["name"] == "Box"
    assert [one["code"] for one in found] == ["CT"]
    assert "packages" in run("codes", "list", "--home", home)
    assert "Carton" in run("codes", "show", "packages", "--home", home)
    run("codes", "show", "nothing", "--home", home, expected=1)


def test_a_new_version_tells_what_changed(home, tmp_path):
    second = tmp_path / "second.csv"
    second.write_text("code,name\nBX,Box of wood\nPK,Package\n")
    command = ("codes", "import", str(second), "--list", "packages", "--valid-from", "2030-01-01", "--home", home)

    told = run(*command)
    again = json.loads(run(*command, "--json"))

    assert "1 added, 1 ended, 1 renamed" in told
    assert again["files"][0]["lists"][0]["is_new"] is False


def test_a_code_is_correlated_with_all_its_candidates(home):
    asked = ("codes", "correlate", "0307.91", "--from", "HS2017", "--to", "HS2022", "--home", home)

    told = json.loads(run(*asked, "--json"))

    assert (told["relation"], told["candidates"]) == ("1:n", ["030722", "030729"])
    assert "030729" in run(*asked)
    run("codes", "correlate", "999999", "--from", "HS2017", "--to", "HS2022", "--home", home, expected=1)
    run("codes", "correlate", "030791", "--from", "HS1996", "--to", "HS2022", "--home", home, "--json", expected=1)


def test_documents_are_checked_against_the_lists(home, tmp_path):
    document = tmp_path / "import.xml"
    document.write_bytes(write_wco_xml(a_declaration()))

    told = json.loads(run("check", str(document), "--codes", "--home", home, "--json"))

    assert "codes.goods-code-unknown" in {one["code"] for one in told["warnings"]}
    run("check", str(document), "--codes", expected=2)
