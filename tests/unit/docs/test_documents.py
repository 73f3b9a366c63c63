"""Do the documents say what the code does? Settings, error codes, and links that lead somewhere."""

import importlib
import inspect
import pkgutil
import re
from dataclasses import fields
from pathlib import Path

import pytest

import comity
from comity.cooperation.agreements.analyse.fixed_questions import FIXED_QUESTIONS
from comity.foundation.errors import ComityError
from comity.foundation.settings import Settings

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"
DOCUMENTS = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
NOT_FOR_IMPORT = ("comity.__main__", "comity.migrations.env")  # they run when they are imported


def test_every_setting_is_documented_with_its_default():
    documented = dict(re.findall(r"^\| `(COMITY_\w+)` \| (\S+) \|", _read(REFERENCE / "configuration.md"), re.M))
    expected = {
        f"COMITY_{one.name.upper()}": f"`{one.default}`" if one.default != "" else "empty" for one in fields(Settings)
    }
    assert documented == expected


def test_every_error_is_documented_with_its_status():
    rows = re.findall(r"^\| `([a-z0-9.-]+)` \| (\d+) \| \S", _read(REFERENCE / "errors.md"), re.M)
    assert len(rows) == len(dict(rows)), "a code stands twice"
    assert set(rows) == {(one.code, str(one.status)) for one in _errors()}


def test_codes_in_the_protocol_are_codes_of_errors():
    named = set(
        re.findall(r"^\| `((?:exchange|agreements)\.[a-z-]+)`", _read(ROOT / "docs/protocol/exchange.md"), re.M)
    )
    assert named - {one.code for one in _errors()} == {"exchange.receiver-failed"}  # not raised: a word in a receipt


def test_fixed_questions_are_documented_with_what_they_ask():
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (error|warning) \| (.+) \|$", _read(ROOT / "docs/operate/questions.md"), re.M
    )
    assert rows == [(one.id, one.severity.value, one.asks) for one in FIXED_QUESTIONS]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(document):
    text = re.sub(r"^```.*?^```", "", _read(document), flags=re.M | re.S)
    targets = re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text)
    relative = [one.partition("#")[0] for one in targets if not re.match(r"[a-z]+:", one)]
    assert [one for one in relative if one and not (document.parent / one).exists()] == []


def _errors():
    for module in pkgutil.walk_packages(comity.__path__, "comity."):
        if module.name not in NOT_FOR_IMPORT:
            importlib.import_module(module.name)
    found, waiting = set(), [ComityError]
    while waiting:
        for one in waiting.pop().__subclasses__():
            if one not in found and inspect.getmodule(one).__name__.startswith("comity."):
                found.add(one)
                waiting.append(one)
    return found


def _read(path):
    return path.read_text(encoding="utf-8")
