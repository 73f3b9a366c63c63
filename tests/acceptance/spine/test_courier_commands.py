"""The courier's commands on two real nodes without a line: packed, unpacked, answered, for people and machines."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.spine.test_commands import run
from tests.simulators.processes import queue, serve_pair


@pytest.fixture
def pair(tmp_path):
    kenya, uganda = serve_pair(tmp_path)
    yield kenya, uganda
    for served in (kenya, uganda):
        served.node.close()


def test_messages_and_their_answer_go_by_files(pair, tmp_path):
    kenya, uganda = pair
    queue(kenya, 30)
    there, back = tmp_path / "to-uganda", tmp_path / "to-kenya"

    packed = json.loads(
        run("courier", "pack", "UG", "--home", str(kenya.home), "-o", str(there), "--max-bytes", "40KB", "--json")
    )
    files = [str(there / name) for name in packed["files"]]
    part = json.loads(run("courier", "unpack", files[1], "--home", str(uganda.home), "-o", str(back), "--json"))
    assert "new" in run("courier", "unpack", *files, "--home", str(uganda.home), "-o", str(back))
    again = json.loads(run("courier", "unpack", *files, "--home", str(uganda.home), "-o", str(back), "--json"))
    answers = sorted(str(file) for file in back.iterdir())
    taken = json.loads(run("courier", "take-answer", *answers, "--home", str(kenya.home), "--json"))

    assert packed["messages"] == 30 and len(files) > 1 and packed["unanswered_batches"] == len(files)
    assert max(file.stat().st_size for file in there.iterdir()) <= 40_000
    assert part["batches"][0]["waiting"] > 0
    assert sum(batch["stored"] for batch in again["batches"]) == 30
    assert sum(answer["delivered"] for answer in taken["answers"]) == 30
    assert (kenya.counts().delivered, uganda.counts().received) == (30, 30)
    assert "0 messages in 1 files" in run("courier", "pack", "UG", "--home", str(kenya.home), "-o", str(there))


def test_wrong_files_are_told_by_name_and_stop_no_other(pair, tmp_path):
    kenya, uganda = pair
    queue(kenya, 1)
    there, foreign = tmp_path / "there", tmp_path / "letter.txt"
    foreign.write_text("Dear colleague", encoding="utf-8")
    (name,) = json.loads(run("courier", "pack", "UG", "--home", str(kenya.home), "-o", str(there), "--json"))["files"]

    told = json.loads(
        run(
            "courier", "unpack", str(foreign), str(there / name), str(tmp_path / "nothing"), "--home",
            str(uganda.home), "-o", str(tmp_path), "--json", expected=1,
        )
    )  # fmt: skip

    assert [one["refusal"] for one in told["files"]] == [
        "exchange.courier-file-foreign",
        None,
        "courier.file-unreadable",
    ]
    assert told["batches"][0]["stored"] == 1
    run("courier", "take-answer", str(there / name), "--home", str(kenya.home), expected=1)
    run("courier", "pack", "UG", "--home", str(kenya.home), "-o", str(there), "--max-bytes", "5 apples", expected=2)
    run("courier", "pack", "TZ", "--home", str(kenya.home), "-o", str(there), expected=1)
