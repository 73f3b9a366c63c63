"""Interchanges as files: of any size by their path, and on the command line."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from comity.entrypoints.cli.main import command_line
from comity.features.declarations.read import iter_documents, read_documents
from comity.features.declarations.reading import DEFAULT_LIMITS
from tests.builders.edifact import ALL, BAPLIE, CUSCAR, interchange


def test_a_file_larger_than_what_is_held_in_memory_is_read_by_its_path(tmp_path):
    limits = DEFAULT_LIMITS._replace(max_file_bytes=10_000, max_documents=5)
    path = tmp_path / "large.edi"
    path.write_bytes(interchange(*ALL * 4))

    stream = iter_documents(path, limits=limits)

    assert sum(one.document is not None for one in stream.documents) == 4 * len(ALL)
    assert path.stat().st_size > limits.max_file_bytes


def test_a_file_and_its_bytes_are_the_same_document(tmp_path):
    path = tmp_path / "one.edi"
    path.write_bytes(interchange(CUSCAR))

    assert read_documents(path).documents == read_documents(path.read_bytes()).documents


def test_the_same_message_in_another_interchange_is_recognised():
    alone, beside = interchange(CUSCAR, BAPLIE), interchange(BAPLIE, CUSCAR, joint="\n", una="UNA:+.? '")

    first, second = read_documents(alone).documents, read_documents(beside).documents

    assert first[0].content_sha256 == second[1].content_sha256
    assert first[1].content_sha256 == second[0].content_sha256


def test_the_command_checks_interchanges_without_a_node(tmp_path):
    good, bad = tmp_path / "good.edi", tmp_path / "bad.edi"
    good.write_bytes(interchange(*ALL))
    bad.write_bytes(interchange(CUSCAR).replace(b"KGM:14200.5", b"KGM:HEAVY"))

    checking = command_line(["check"])
    accepted = CliRunner().invoke(checking, ["check", str(good), "--json"])
    refused = CliRunner().invoke(checking, ["check", str(bad), "--json"])

    assert accepted.exit_code == 0, accepted.output
    assert refused.exit_code == 1
    assert "declarations.number-form" in refused.stdout
    assert all(json.loads(line) for line in refused.stdout.splitlines() if line)
