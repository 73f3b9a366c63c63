"""Whether the published interchanges are read: those of a mapped type into values, the others as far as their name."""

from __future__ import annotations

from comity.features.declarations.canonical import from_record, to_record
from comity.features.declarations.formats.edifact.interchange import messages
from comity.features.declarations.formats.edifact.mapping import MESSAGE_TYPES
from comity.features.declarations.formats.edifact.message import Message
from comity.features.declarations.formats.edifact.segments import chunked
from comity.features.declarations.read import read_documents
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.foundation.errors import Severity
from tests.conformance import shared_data


def interchanges() -> list[bytes]:
    return [path.read_bytes() for path in sorted((shared_data("edifact") / "samples").rglob("*.edi"))]


def test_every_published_interchange_is_read_by_the_syntax_layer_without_a_fault():
    for content in interchanges():
        found = list(messages(chunked(content), limits=DEFAULT_LIMITS))

        assert all(isinstance(one, Message) for one in found)
        assert not [finding for one in found for finding in one.findings if finding.severity is Severity.ERROR]


def test_every_published_interchange_is_a_value_or_refused_by_the_name_of_its_type():
    values = 0
    for content in interchanges():
        for message, document in zip(
            messages(chunked(content), limits=DEFAULT_LIMITS), read_documents(content).documents, strict=True
        ):
            if message.type in MESSAGE_TYPES:
                values += 1
                assert from_record(to_record(document.document), type(document.document)) == document.document
            else:
                assert f"message type {message.type} is not mapped" in document.findings[-1].message
    assert values
