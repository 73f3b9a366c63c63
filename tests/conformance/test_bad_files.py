"""Hand-made bad files, a folder for each format: each is refused with just the errors that `expected.toml` names.

`expected.toml` has one table `[files]`: file name = list of "code path" for the errors, in any order. A file that is
accepted with warnings only has an empty list.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from comity.features.codes.files.read import read_code_lists
from comity.features.declarations.read import read_documents
from comity.foundation.errors import Finding, Severity

FOLDER = Path(__file__).parent / "bad"


def read_document(path: Path) -> list[Finding]:
    reading = read_documents(path)
    return [*reading.findings, *(one for document in reading.documents for one in document.findings)]


def read_list(path: Path) -> list[Finding]:
    return read_code_lists(path.name, path.read_bytes()).findings


def cases() -> list[tuple[Path, list[str]]]:
    found = []
    for expected in sorted(FOLDER.glob("*/expected.toml")):
        files = tomllib.loads(expected.read_text(encoding="utf-8"))["files"]
        found += [(expected.parent / name, errors) for name, errors in sorted(files.items())]
    return found


@pytest.mark.parametrize(
    ("path", "expected"), [pytest.param(*one, id=f"{one[0].parent.name}/{one[0].name}") for one in cases()]
)
def test_bad_file_is_refused_with_its_errors(path, expected):
    read = read_list if path.parent.name == "codes" else read_document

    found = read(path)

    errors = sorted(f"{one.code} {one.path}" for one in found if one.severity is Severity.ERROR)
    assert errors == sorted(expected)


def test_every_bad_file_is_named_once():
    named = {path for path, _ in cases()}
    there = {path for path in FOLDER.rglob("*") if path.is_file() and path.name != "expected.toml"}

    assert there == named
