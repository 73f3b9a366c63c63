"""What an administration requires: the schema first, then the rules, then what can be kept; the first that fails is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from comity.features.declarations.read import read_documents
from comity.features.declarations.requirements import read_requirements
from comity.foundation.clock import FixedClock
from comity.foundation.errors import Severity
from tests.builders.entry_summaries import ENVELOPE, an_entry_summary

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://ics.dgtaxud.ec/CC315A">
<xs:element name="CC315A"><xs:complexType><xs:sequence><xs:element name="MesSenMES3" type="xs:token"/>
<xs:any maxOccurs="unbounded" processContents="skip"/></xs:sequence></xs:complexType></xs:element></xs:schema>"""
CLOCK = FixedClock(datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def required(tmp_path):
    """Return a function that reads a message under a schema, and a rule that there are at least three items."""
    rule = {"test": "count('GOOITEGDS') >= 3", "errorCode": "9001", "errorMessage": "Three items are needed."}
    pack = {"element": "/", "name": "p1", "asserts": [rule]}
    (tmp_path / "p1.json").write_text(json.dumps(pack), encoding="utf-8")
    (tmp_path / "message.xsd").write_text(SCHEMA, encoding="utf-8")

    def read(content, **options):
        named = {"rules": tmp_path, "schemas": tmp_path} | options
        return read_documents(content, requirements=read_requirements(**named, clock=CLOCK))

    return read


def errors_of(document):
    return [(one.code, one.path) for one in document.findings if one.severity is Severity.ERROR]


def test_a_broken_rule_refuses_the_document(required):
    (document,) = required(an_entry_summary()).documents

    assert document.document is None
    assert errors_of(document) == [("ens.9001", "/ie:CC315A[1]")]


def test_rules_are_not_asked_of_a_message_that_breaks_its_schema(required):
    sender = "<MesSenMES3>GB000000000005/1234567890</MesSenMES3>"
    (document,) = required(an_entry_summary(replaced={sender: ""})).documents

    assert errors_of(document) == [("declarations.element-unknown", "/CC315A/MesRecMES6")]


def test_the_administrations_errors_take_the_place_of_the_readers(required):
    broken = an_entry_summary(replaced={"202603011230": "2026"})

    assert errors_of(required(broken).documents[0]) == [("ens.9001", "/ie:CC315A[1]")]
    assert errors_of(required(broken, rules=None).documents[0]) == [
        ("declarations.date-form", "/CC315A/HEAHEA/DecDatTimHEA114")
    ]


def test_every_message_of_an_envelope_is_judged(required):
    both = an_entry_summary(envelope="{0}{0}").partition(b"?>\n")[2].decode()
    documents = required(ENVELOPE.format(both).encode()).documents

    assert [errors_of(document) for document in documents] == [[("ens.9001", "/ie:CC315A[1]")]] * 2


def test_a_message_that_no_schema_declares_is_told_so(required):
    (document,) = required(an_entry_summary(is_amendment=True)).documents

    assert errors_of(document) == [("declarations.schema-missing", "/CC313A")]


def test_rules_alone_leave_other_documents_as_they_were_read(required):
    (document,) = required(b"<Declaration/>", schemas=None).documents

    assert all(code.startswith("declarations.") for code, _ in errors_of(document))


def test_bytes_that_are_no_xml_keep_the_readers_findings(required):
    (document,) = required(an_entry_summary()[:-20]).documents

    assert errors_of(document) == [("declarations.xml-truncated", "/")]


def test_nothing_is_required_without_folders():
    assert read_requirements(rules=None, schemas=None, clock=CLOCK) is None
