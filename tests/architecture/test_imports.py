"""The floors: the import contracts of pyproject.toml hold."""

from __future__ import annotations

from pathlib import Path

from importlinter.cli import lint_imports


def test_imports_keep_every_contract(monkeypatch, capsys):
    monkeypatch.chdir(Path(__file__).resolve().parents[2])

    outcome = lint_imports(no_cache=True)

    assert outcome == 0, capsys.readouterr().out
