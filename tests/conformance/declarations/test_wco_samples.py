"""Whether every published WCO document is read without a crash and accepted or refused for a true reason.

The schemas decide what is valid; where a valid declaration is refused, or an invalid one accepted, the reason is
one of those listed here, with what the schema does not check or checks more narrowly than the WCO Data Model.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

from comity.features.declarations.canonical import from_record, to_record
from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from comity.features.declarations.read import read_documents
from comity.foundation.errors import Severity
from comity.foundation.trade.notice import Notice
from tests.conformance import shared_data

FOLDER = "wco-declarations"
DECLARATION = "{urn:wco:datamodel:WCO:DEC-DMS:2}Declaration"
BEYOND_THE_SCHEMA = {
    "declarations.container-check-digit",  # ISO 6346: the schema knows only the length
}


def documents() -> list[tuple[Path, bytes]]:
    return [(path, path.read_bytes()) for path in sorted((shared_data(FOLDER) / "samples").rglob("*.xml"))]


@cache
def schema() -> etree.XMLSchema:
    folder = shared_data(FOLDER) / "schemas" / "wco" / "declaration"
    return etree.XMLSchema(etree.parse(folder / "WCO_DEC_2_DMS.xsd"))


def root_of(content: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(content)
    except etree.XMLSyntaxError:
        return None


def declarations_of(content: bytes) -> list[etree._Element]:
    """Return the declarations of a document, not those a response speaks of."""
    root = root_of(content)
    return [] if root is None else [one for one in root.iter(DECLARATION) if "Response" not in one.getparent().tag]


def responses_of(content: bytes) -> list[etree._Element]:
    root = root_of(content)
    return [] if root is None else list(root.iter("{*}Response"))


def errors_of(reading) -> set[str]:
    found = [*reading.findings, *(one for document in reading.documents for one in document.findings)]
    return {finding.code for finding in found if finding.severity is Severity.ERROR}


def test_every_document_is_accepted_or_refused_with_a_reason():
    read = {path: read_documents(path) for path, _ in documents()}

    assert len(read) >= 100
    for path, reading in read.items():
        accepted = [document for document in reading.documents if document.document is not None]
        assert bool(accepted) != bool(errors_of(reading)), path
        assert reading.format == "wco-xml"


def test_every_valid_declaration_is_accepted_or_refused_for_what_the_schema_cannot_see():
    seen = 0
    for path, content in documents():
        for element in declarations_of(content):
            alone = etree.fromstring(etree.tostring(element))
            if schema().validate(alone):
                seen += 1
                assert errors_of(read_documents(content)) <= BEYOND_THE_SCHEMA, path

    assert seen >= 40


def test_every_declaration_that_is_refused_or_invalid_is_so_for_a_reason_that_can_be_stated():
    for path, content in documents():
        for element in declarations_of(content):
            is_valid = schema().validate(etree.fromstring(etree.tostring(element)))
            refusals = errors_of(read_documents(content)) - BEYOND_THE_SCHEMA
            if refusals:
                assert not is_valid, (path, refusals)


def test_other_messages_are_recognised_and_refused_as_such():
    refused = 0
    for path, content in documents():
        root = root_of(content)
        if root is None or declarations_of(content) or responses_of(content):
            continue
        refused += 1
        assert "declarations.not-a-declaration" in errors_of(read_documents(content)), path

    assert refused >= 10


def test_malformed_documents_are_named_so():
    for path, content in documents():
        if root_of(content) is None:
            assert errors_of(read_documents(content)) <= {
                "declarations.xml-malformed",
                "declarations.xml-truncated",
                "declarations.encoding",
                "declarations.doctype-refused",
            }, path


def test_every_accepted_document_is_read_back_from_what_is_written():
    for path, content in documents():
        for document in read_documents(content).documents:
            if document.document is not None:
                written = read_documents(write_wco_xml(document.document)).documents[0]
                assert written.document == document.document, path
                kind = type(document.document)
                assert from_record(to_record(document.document), kind) == document.document, path


def test_what_is_written_is_valid_where_the_original_was():
    for path, content in documents():
        elements = declarations_of(content)
        if len(elements) != 1 or not schema().validate(etree.fromstring(etree.tostring(elements[0]))):
            continue
        for document in read_documents(content).documents:
            if document.declaration is not None:
                (written,) = declarations_of(write_wco_xml(document.declaration))
                schema().assertValid(etree.fromstring(etree.tostring(written)))


@cache
def response_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared_data(FOLDER) / "schemas" / "wco" / "notification" / "WCO_RES_2_DMS.xsd"))


def test_every_response_is_read_or_refused_for_what_is_wrong_around_it():
    accepted = 0
    for path, content in documents():
        if responses_of(content):
            reading = read_documents(content)
            accepted += sum(isinstance(document.document, Notice) for document in reading.documents)
            assert errors_of(reading) <= {"declarations.element-unknown"}, path

    assert accepted >= 90


def test_what_is_written_of_a_response_is_valid():
    written = 0
    for path, content in documents():
        for document in read_documents(content).documents:
            if isinstance(document.document, Notice):
                (response,) = responses_of(write_wco_xml(document.document))
                response_schema().assertValid(etree.fromstring(etree.tostring(response)))
                written += 1

    assert written >= 90


def test_every_document_read_from_its_text_is_read_so_from_its_tree():
    plain = 0
    for path, content in documents():
        reading = read_documents(content)
        marked = content.replace(b"</MetaData>", b"<?tree?></MetaData>").replace(
            b"</md:MetaData>", b"<?tree?></md:MetaData>"
        )
        if marked != content:
            careful = read_documents(marked)
            assert [one.document for one in careful.documents] == [one.document for one in reading.documents], path
            assert [one.findings for one in careful.documents] == [one.findings for one in reading.documents], path
            plain += 1

    assert plain >= 130
