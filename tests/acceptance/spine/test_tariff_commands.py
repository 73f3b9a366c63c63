"""The commands about the tariff and duty: for people, for machines, their exit codes, with a node and without one."""

from __future__ import annotations

import json

import pytest

from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from tests.acceptance.spine.test_commands import run
from tests.integration.console.seeded import LAW, SCHEDULE, undervalued_import


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("tariff")
    (made / "tariff").mkdir()
    (made / "tariff" / "schedule.csv").write_text(SCHEDULE, encoding="utf-8")
    (made / "tariff" / "law.toml").write_text(LAW, encoding="utf-8")
    (made / "wrong.csv").write_text("code,rate\n0901,25 percent\n", encoding="utf-8")
    (made / "import.xml").write_bytes(write_wco_xml(undervalued_import()))
    run("init", "--authority", "UG", "--name", "Example Authority", "--home", str(made / "ug"))
    return made


def test_duty_needs_no_node_where_a_tariff_is_named(folder):
    told = json.loads(run("duty", "import.xml", "--tariff", "tariff", "--json", cwd=folder))

    first = told["items"][0]
    assert first["value"]["amount"] == "9983833.53"
    assert [(one["kind"], one["amount"]) for one in first["charges"]] == [
        ("duty", "2495958"),
        ("fee", "149758"),
        ("vat", "2274429"),
    ]
    assert first["charges"][2]["arithmetic"] == (
        "value 9983833.53 + later-costs 6166.47 + customs 2495958 + fee 149758 = 12635716;"
        " 18% × 12635716 = 2274428.88 → 2274429 UGX"
    )
    assert "2274429 UGX" in run("duty", "import.xml", "--tariff", "tariff", cwd=folder)


def test_a_tariff_is_imported_shown_and_used_by_clearing(folder):
    home = ["--home", str(folder / "ug")]

    lines = run("tariff", "import", "tariff", "--json", *home, cwd=folder).splitlines()
    assert [json.loads(line)["stored"] for line in lines] == [True, True]
    shown = json.loads(run("tariff", "show", "09011100", "--origin", "KE", "--on", "2026-03-02", "--json", *home))
    assert {one["rate"] for one in shown["measures"]} == {"25% MIN 500 USD/T", "1.5%", "18%"}
    assert "VAT" in run("tariff", "show", "09011100", *home)
    assert json.loads(run("tariff", "quotas", "--json", *home))["quotas"] == []
    assert "Quotas" in run("tariff", "quotas", *home)
    duty = json.loads(run("duty", "import.xml", "--json", *home, cwd=folder))
    assert duty["items"][0]["total"] == "4920145"
    assert json.loads(run("declare", "import.xml", "--json", *home, cwd=folder))["kept"] == 1


def test_a_wrong_schedule_is_refused_with_its_place_and_exit_code(folder):
    home = ["--home", str(folder / "ug")]

    told = json.loads(run("tariff", "import", "wrong.csv", "--json", *home, cwd=folder, expected=1))
    assert (told["stored"], told["errors"][0]["path"]) == (False, "row 2, column rate")
    assert "nothing stored" in run("tariff", "import", "wrong.csv", *home, cwd=folder, expected=1)
    run("duty", "import.xml", "--tariff", "wrong.csv", cwd=folder, expected=1)
    run("duty", "import.xml", cwd=folder, expected=2)
    run("tariff", "import", "import.pdf", *home, cwd=folder, expected=2)


def test_decisions_on_value_and_origin_are_told_with_their_reasons(folder):
    (folder / "value.toml").write_text(
        '[facts]\nexported_on = 2026-02-01\nprice = "7000"\nare_related = true\n'
        'similar = [["7500", 2026-01-20, "Example decision 1"]]\n',
        encoding="utf-8",
    )
    (folder / "origin.toml").write_text(
        'members = ["KE"]\n[agreement]\narea = "EAC"\nlegal_reference = "Example Protocol"\n'
        '[facts]\ncode = "61091000"\norigin = "KE"\nexport_country = "KE"\n',
        encoding="utf-8",
    )

    decision = json.loads(run("tariff", "value", "value.toml", "--officer", "Example Officer", "--json", cwd=folder))
    assert (decision["method"], decision["article"], decision["officer"]) == (3, "3", "Example Officer")
    assert "1.1(d)" in run("tariff", "value", "value.toml", cwd=folder)
    refused = json.loads(run("tariff", "origin", "origin.toml", "--json", cwd=folder, expected=1))
    assert [reason["question"] for reason in refused["reasons"] if reason["holds"] is False] == ["proof"]
    assert "not given" in run("tariff", "origin", "origin.toml", cwd=folder, expected=1)
    run("tariff", "value", "tariff/law.toml", cwd=folder, expected=1)
