"""Whether files are read from the disk with bounded memory, and what cannot be read is told."""

from __future__ import annotations

import tracemalloc

from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from comity.features.declarations.read import read_documents
from tests.builders.declarations import a_declaration


def test_reads_a_file_by_its_path(tmp_path):
    path = tmp_path / "declaration.xml"
    path.write_bytes(write_wco_xml(a_declaration()))

    assert read_documents(path).documents[0].declaration == a_declaration()
    assert read_documents(str(path)).documents[0].declaration == a_declaration()


def test_refuses_a_file_of_a_gigabyte_without_reading_it(tmp_path):
    path = tmp_path / "huge.xml"
    with path.open("wb") as file:
        file.write(b"<Declaration>")
        file.truncate(2**30)  # sparse: takes no space on the disk

    tracemalloc.start()
    reading = read_documents(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert reading.format == "wco-xml"
    assert [finding.code for finding in reading.findings] == ["declarations.too-large"]
    assert peak_bytes < 2**20


def test_says_that_no_file_is_there(tmp_path):
    for path in (tmp_path / "missing.xml", tmp_path):
        assert [finding.code for finding in read_documents(path).findings] == ["declarations.file-unreadable"]
