"""Whether a declaration written as WCO XML is read back the same."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from comity.features.declarations.canonical import declaration_id, from_record, to_record
from comity.features.declarations.formats.wco_xml.write import write_wco_xml, write_wco_xml_batch
from comity.features.declarations.read import read_documents
from comity.foundation.trade.notice import Notice
from tests.builders.declarations import a_declaration, declarations
from tests.builders.notices import notices

unhurried = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@unhurried
@given(declarations())
def test_reads_back_every_declaration_it_writes(declaration):
    reading = read_documents(write_wco_xml(declaration))

    assert reading.documents[0].findings == () or all(
        finding.severity == "warning" for finding in reading.documents[0].findings
    )
    assert reading.documents[0].declaration == declaration


@unhurried
@given(notices())
def test_reads_back_every_response_it_writes(notice):
    (document,) = read_documents(write_wco_xml(notice)).documents

    assert all(finding.severity == "warning" for finding in document.findings)
    assert document.document == notice
    assert from_record(to_record(notice), Notice) == notice


@unhurried
@given(declarations())
def test_canonical_record_gives_back_the_declaration_and_its_id(declaration):
    record = to_record(declaration)

    assert from_record(record) == declaration
    assert declaration_id(from_record(record)) == declaration_id(declaration)


def test_reads_back_the_complete_example():
    declaration = a_declaration()

    reading = read_documents(write_wco_xml(declaration))

    assert reading.format == "wco-xml"
    assert reading.documents[0].declaration == declaration
    assert reading.documents[0].findings == ()


def test_reads_several_documents_written_one_after_another():
    several = [a_declaration(functional_reference_id=f"R{number}") for number in range(3)]

    reading = read_documents(write_wco_xml_batch(several))

    assert [document.declaration for document in reading.documents] == several
    assert [document.position for document in reading.documents] == [1, 2, 3]
    assert len({document.content_sha256 for document in reading.documents}) == 3
