"""The verifier that the protocol page shows works, and refuses what the project's own refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.ledger.bundles import GOOD_INDEXES, KENYA, RWANDA, UGANDA, a_bundle, changed, text
from tests.unit.ledger.test_several_sizes import FORKED, bundle, note

PAGE = Path(__file__).parents[3] / "docs" / "protocol" / "ledger.md"
CODE = re.search(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S).group(1)
GOOD = a_bundle()


@pytest.fixture(scope="module")
def verify():
    names = {"__name__": "page"}
    exec(compile(CODE, str(PAGE), "exec"), names)
    return lambda bundle: list(names["verify"](bundle))


def test_shown_verifier_is_short_and_knows_nothing_of_this_project():
    assert len(CODE.splitlines()) < 150
    assert "comity." not in CODE


def test_shown_verifier_accepts_cosignatures_of_two_sizes_and_refuses_a_fork_among_them(verify):
    for first in range(1, 14):
        assert sum(line.startswith("co-signed") for line in verify(bundle(first, 13))) == 2
    with pytest.raises(AssertionError):
        verify(bundle(5, 9, checkpoints=[note(5, UGANDA), note(9, RWANDA, FORKED)]))


def test_shown_verifier_accepts_a_bundle(verify):
    told = verify(GOOD)

    assert [line for line in told if line.startswith("entry")] == [
        f"entry {index} of 13 in the log of KE" for index in GOOD_INDEXES
    ]
    assert sum(line.startswith("co-signed") for line in told) == 2


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "other"),
        (("checkpoints", 0), GOOD["checkpoints"][0].replace("\n13\n", "\n14\n")),
        (("checkpoints", 0), GOOD["checkpoints"][1]),
        (("witnesses", 0), KENYA.public.as_json()),
        (("entries", 0, "index"), 4),
        (("entries", 0, "salt"), text(bytes(32))),
        (("entries", 0, "salt"), text(bytes(33))),
        (("entries", 0, "statement"), text(b"another")),
        (("entries", 0, "leaf"), text(bytes(32))),
        (("entries", 0, "proof"), []),
        (("entries", 0, "proof", 0), text(bytes(32))),
    ],
)
def test_shown_verifier_refuses_a_changed_bundle(verify, path, value):
    with pytest.raises(Exception):
        verify(changed(GOOD, path, value))
