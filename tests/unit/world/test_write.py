"""The world's files: every document reads back as the value it was written from, and the truth stays apart."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from comity.entrypoints.demo.world import IrregularityKind, WorldFiles, generate_world, read_truth, write_world
from comity.entrypoints.demo.world.truth import TruthInvalid
from comity.features.declarations.read import read_documents
from comity.foundation.errors import Severity
from comity.foundation.trade.declaration import Declaration

WORLD = generate_world(seed=11, consignments=160)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> WorldFiles:
    return write_world(WORLD, tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize("side", ["exports", "imports"])
def test_every_document_reads_back_without_error_and_equal(files: WorldFiles, side: str):
    read: list[Declaration] = []
    for path in getattr(files, side):
        reading = read_documents(path)
        findings = [*reading.findings, *(finding for each in reading.documents for finding in each.findings)]
        assert not [finding for finding in findings if finding.severity is Severity.ERROR], path.name
        read += [each.declaration for each in reading.documents if each.declaration is not None]

    written = {each.functional_reference_id: each for each in getattr(WORLD, side)}
    assert {each.functional_reference_id: each for each in read} == written
    assert len(read) == len(written)


def test_about_seventy_per_cent_are_xml_and_all_three_formats_occur(files: WorldFiles):
    counts = Counter(path.suffix for path in (*files.exports, *files.imports))
    declarations = len(WORLD.exports) + len(WORLD.imports)

    assert set(counts) == {".xml", ".csv", ".xlsx"}
    assert 0.62 < counts[".xml"] / declarations < 0.78


def test_a_table_is_of_one_declarant(files: WorldFiles):
    for path in (*files.exports, *files.imports):
        if path.suffix != ".xml":
            documents = read_documents(path).documents
            assert len({each.declaration.declarant.id for each in documents if each.declaration}) == 1


def test_truth_reads_back_and_is_kept_apart(files: WorldFiles):
    assert read_truth(files.truth) == WORLD.truth
    assert files.truth.parent not in {path.parent for path in (*files.exports, *files.imports)}


def test_no_document_tells_what_is_irregular(files: WorldFiles):
    words = [kind.value.encode() for kind in IrregularityKind if "-" in kind.value or kind.value.endswith("valuation")]
    for path in (*files.exports, *files.imports):
        if path.suffix != ".xlsx":
            content = path.read_bytes().lower()
            assert not [word for word in words if word in content], path.name


def test_equal_worlds_give_equal_text_files(files: WorldFiles, tmp_path: Path):
    again = write_world(generate_world(seed=11, consignments=160), tmp_path)

    for ours, theirs in zip((*files.exports, *files.imports), (*again.exports, *again.imports), strict=True):
        assert ours.name == theirs.name
        if ours.suffix != ".xlsx":  # a workbook holds the time of its writing
            assert ours.read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other/1"}', '{"format": "comity-demo-truth/1"}'])
def test_refuses_a_file_that_holds_no_truth(tmp_path: Path, text: str):
    path = tmp_path / "truth.json"
    path.write_text(text)

    with pytest.raises(TruthInvalid):
        read_truth(path)


def test_refuses_a_missing_truth(tmp_path: Path):
    with pytest.raises(TruthInvalid):
        read_truth(tmp_path / "none.json")
