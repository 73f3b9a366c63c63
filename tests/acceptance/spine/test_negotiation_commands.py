"""Every command of a negotiation, between two served nodes: proposed, countered, signed, amended, left."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comity.cooperation.agreements.store import current_agreements, texts_of
from tests.acceptance.spine.test_commands import answers, run
from tests.simulators.processes import serve_pair, wait_for

PERIOD = ("--from", "2026-01-01", "--to", "2036-12-31")


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    kenya, uganda = serve_pair(tmp_path_factory.mktemp("negotiation"))
    for served in (kenya, uganda):
        served.start()
    wait_for(lambda: answers(kenya) and answers(uganda))
    yield kenya, uganda
    for served in (kenya, uganda):
        served.kill()
        served.node.close()


def told(*command: str, expected: int = 0):
    return json.loads(run("agreement", *command, "--json", expected=expected))


def standing(served, name: str) -> str:
    """Return how an agreement stands on a node, without a command of its own for each look."""
    with served.node.database.reading() as session:
        now = served.node.clock.now()
        return next((str(one.status(now)) for one in current_agreements(session, now) if one.agreement.id == name), "")


def texts(served) -> list[str]:
    with served.node.database.reading() as session:
        return [str(one.status(served.node.clock.now())) for one in texts_of(session, "wco")]


def notices(served) -> int:
    with served.node.database.reading() as session:
        return len(texts_of(session, "wco")[0].history.notices)


def reworded(path: Path, **changes) -> str:
    record = json.loads(path.read_text("utf-8"))
    record["agreement"].update(changes)
    path.write_text(json.dumps(record), "utf-8")
    return str(path)


def test_two_nodes_negotiate_amend_suspend_and_part_by_commands(pair, tmp_path):
    kenya, uganda = pair
    ke, ug = str(kenya.home), str(uganda.home)
    file, other = tmp_path / "a.json", tmp_path / "b.json"
    for path in (file, other):
        run(
            "agreement",
            "draft",
            "--between",
            "KE",
            "UG",
            "--id",
            "wco",
            "--template",
            "wco-bilateral",
            *PERIOD,
            "-o",
            str(path),
        )

    first = told("propose", str(file), "--home", ke, "--note", "a first draft")
    assert (first["status"], first["told"], first["not_partners"]) == ("proposed", ["UG"], [])
    wait_for(lambda: standing(uganda, "wco") == "proposed")
    second = told("counter", reworded(other, reply_days=30), "--to", first["hash"][:12], "--home", ug)
    wait_for(lambda: len(texts(kenya)) == 2)
    shown = told("history", "wco", "--home", ke)["texts"]
    assert [(one["status"], one["answers"]) for one in shown] == [("countered", ""), ("proposed", first["hash"])]
    told("decline", first["hash"], "--reason", "thirty days are enough", "--home", ug)
    wait_for(lambda: texts(kenya)[0] == "declined")
    assert told("sign", second["hash"], "--home", ke)["told"] == ["UG"]
    wait_for(lambda: standing(uganda, "wco") == "signed by some")
    assert "in force" in run("agreement", "sign", "wco", "--home", ug)
    wait_for(lambda: standing(kenya, "wco") == "in force")

    file.write_text(run("agreement", "show", "wco", "--home", ke, "--json"), "utf-8")
    amended = told("amend", reworded(file, notice_days=0), "--home", ke)
    assert amended["version"] == 2
    assert "onward-confidential" in {one["question"] for one in amended["remarks"]}
    wait_for(lambda: len(texts(uganda)) == 3)
    for home in (ug, ke):
        run("agreement", "sign", amended["hash"], "--home", home)
    wait_for(lambda: texts(uganda)[-1] == "in force")

    told("suspend", "wco", "--reason", "a leak is examined", "--home", ug)
    wait_for(lambda: standing(kenya, "wco") == "suspended")
    run("agreement", "resume", "wco", "--reason", "the leak is closed", "--home", ug)
    wait_for(lambda: standing(kenya, "wco") == "in force")
    refused = told("resume", "wco", "--reason", "never suspended", "--home", ke, expected=1)
    assert refused["error"]["code"] == "agreements.notice-out-of-place"
    later = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%d")
    assert told("terminate", "wco", "--reason", "a new law", "--from", later, "--home", ke)["status"] == "in force"
    wait_for(lambda: notices(uganda) == 4)
    again = told("terminate", "wco", "--reason", "a new law", "--home", ke, expected=1)
    assert again["error"]["code"] == "agreements.terminated"
    assert "a new law" in run("agreement", "history", "wco", "--home", ug)


def test_templates_are_listed_and_drafted_for_three_parties_with_their_annexes(tmp_path):
    listed = {one["name"]: one for one in told("templates")["templates"]}
    path = tmp_path / "nairobi.json"
    command = ("--between", "KE", "UG", "TZ", "--id", "nairobi", "--template", "nairobi", *PERIOD, "-o", str(path))

    run("agreement", "draft", *command, "--accept", "KE=ii,iii", "--accept", "UG=ii", "--accept", "TZ=x")

    assert {"export-data", "joint-operation", "mra-aeo", "nairobi", "tfa-12", "transit", "wco-bilateral"} <= set(listed)
    assert all(one["sources"] for one in listed.values())
    assert "Nairobi" in run("agreement", "templates")
    annexes = json.loads(path.read_text("utf-8"))["agreement"]["annexes"]
    assert (annexes["ii"]["accepted_by"], annexes["iii"]["accepted_by"]) == (["KE", "UG"], ["KE"])
    assert told("draft", *command, expected=1)["error"]["code"] == "agreements.invalid"
    run("agreement", "draft", *command, "--accept", "KE", expected=2)


def test_a_file_that_holds_no_agreement_is_told_so(pair, tmp_path):
    path = tmp_path / "no.json"
    for content in ("not json", "[]", "{}"):
        path.write_text(content, "utf-8")
        for command in ("propose", "amend", "sign"):
            refused = told(command, str(path), "--home", str(pair[0].home), expected=1)
            assert refused["error"]["code"] == "agreements.invalid"
