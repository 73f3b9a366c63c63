"""Hand-made bad tariffs: each is refused with the errors that `expected.toml` names, and leaves nothing behind."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from comity.features.tariff.errors import TariffFormatUnknown
from comity.features.tariff.measures.store import law_texts, version_of, whole_tariff
from comity.features.tariff.measures.tariff import Tariff
from comity.flows.import_tariff import import_tariff
from comity.foundation.errors import Severity

FOLDER = Path(__file__).parent / "bad"


def cases() -> list[tuple[Path, list[str]]]:
    found = []
    for expected in sorted(FOLDER.glob("*/expected.toml")):
        files = tomllib.loads(expected.read_text(encoding="utf-8"))["files"]
        found += [(expected.parent / name, errors) for name, errors in sorted(files.items())]
    return found


def test_bad_tariffs_are_refused_with_their_errors_and_leave_nothing(sqlite_database, clock):
    wrong = {}
    for path, expected in cases():
        with sqlite_database.transaction() as session:
            done = import_tariff(session, path, clock=clock)
            errors = [one for one in done.findings if one.severity is Severity.ERROR]
            if sorted(f"{one.code} {one.path}" for one in errors) != sorted(expected):
                wrong[path.name] = [f"{one.code} {one.path}" for one in errors]
            assert done.is_stored == (not errors)
            if errors:
                assert (whole_tariff(session), law_texts(session), version_of(session)) == (Tariff(), [], 0)
            session.rollback()

    assert wrong == {}


def test_every_bad_file_is_named_once():
    named = {path for path, _ in cases()}
    there = {path for path in FOLDER.rglob("*") if path.is_file() and path.name != "expected.toml"}

    assert there == named
    assert all(sum(path.parent.name == kind for path in there) >= 15 for kind in ("taric3", "schedule", "law"))


@pytest.mark.parametrize("name", ["tariff.pdf", "tariff"])
def test_a_file_of_another_kind_is_refused(name, tmp_path, sqlite_database, clock):
    (tmp_path / name).write_text("x", encoding="utf-8")

    with pytest.raises(TariffFormatUnknown), sqlite_database.transaction() as session:
        import_tariff(session, tmp_path / name, clock=clock)
