"""Schemas of an administration: the right one is found, its complaints come in our words, nothing outside is read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from lxml import etree

from comity.features.declarations.errors import SchemaUnreadable
from comity.features.declarations.read import read_documents
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.features.declarations.requirements import read_requirements
from comity.features.declarations.schemas import Schemas
from comity.foundation.clock import FixedClock

NOTE = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:example:note"
  targetNamespace="urn:example:note" elementFormDefault="qualified">
  <xs:include schemaLocation="types.xsd"/>
  <xs:element name="Note"><xs:complexType><xs:sequence>
    <xs:element name="Number" type="Number"/>
    <xs:element name="Day" type="xs:date" minOccurs="0"/>
    <xs:element name="Lane" type="Lane" minOccurs="0" maxOccurs="2"/>
    <xs:element name="Mass" type="Mass" minOccurs="0"/>
  </xs:sequence><xs:attribute name="phase" type="Lane"/><xs:attribute name="id" use="required"/></xs:complexType>
  </xs:element></xs:schema>"""
TYPES = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:example:note"
  targetNamespace="urn:example:note">
  <xs:simpleType name="Number"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{2}[0-9]{3}"/>
  </xs:restriction></xs:simpleType>
  <xs:simpleType name="Lane"><xs:restriction base="xs:string"><xs:enumeration value="green"/>
  <xs:enumeration value="red"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Mass"><xs:restriction base="xs:decimal"><xs:totalDigits value="5"/>
  <xs:fractionDigits value="2"/><xs:minInclusive value="0"/></xs:restriction></xs:simpleType></xs:schema>"""
ENVELOPE = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:envelope">
  <xs:element name="Envelope"><xs:complexType><xs:sequence><xs:any namespace="##other" processContents="lax"/>
  </xs:sequence></xs:complexType></xs:element></xs:schema>"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "note.xsd").write_text(NOTE)
    (tmp_path / "types.xsd").write_text(TYPES)
    (tmp_path / "parts" / "envelope.xsd").write_text(ENVELOPE)
    return tmp_path


def faults(folder, body, *, attributes='id="1"', wrap="{}"):
    note = f'<Note xmlns="urn:example:note" {attributes}>{body}</Note>'
    findings = Schemas(folder).findings(etree.fromstring(wrap.format(note)), limits=DEFAULT_LIMITS)
    return [(finding.code.removeprefix("declarations."), finding.path) for finding in findings]


def test_a_document_that_keeps_its_schema_has_no_fault(folder):
    assert faults(folder, "<Number>AB123</Number><Day>2026-03-01</Day><Lane>red</Lane><Mass>1.25</Mass>") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<Day>2026-03-01</Day>", ("element-missing", "/Note/Number")),
        ("", ("element-missing", "/Note/Number")),
        ("<Number>ab123</Number>", ("value-form", "/Note/Number")),
        ("<Number></Number>", ("value-missing", "/Note/Number")),
        ("<Number>AB123</Number><Day>2026-02-30</Day>", ("date-form", "/Note/Day")),
        ("<Number>AB123</Number><Lane>blue</Lane>", ("value-unknown", "/Note/Lane")),
        ("<Number>AB123</Number>" + "<Lane>red</Lane>" * 3, ("element-repeated", "/Note/Lane[3]")),
        ("<Number>AB123</Number><Lane>red</Lane><Day>2026-03-01</Day>", ("element-misplaced", "/Note/Day")),
        ("<Number>AB123</Number><Stamp/>", ("element-unknown", "/Note/Stamp")),
        ("<Number>AB123</Number><Mass>123.456</Mass>", ("number-precision", "/Note/Mass")),
        ("<Number>AB123</Number><Mass>-1</Mass>", ("number-range", "/Note/Mass")),
        ("<Number>AB123</Number><Mass>one</Mass>", ("number-form", "/Note/Mass")),
        ("<Number><Part/></Number>", ("element-nested", "/Note/Number")),
        ("<Number>AB123</Number>and more", ("text-unexpected", "/Note")),
    ],
)
def test_each_complaint_comes_with_code_and_place(folder, body, expected):
    assert faults(folder, body)[0] == expected


def test_attributes_have_places_too(folder):
    assert faults(folder, "<Number>AB123</Number>", attributes='phase="blue" colour="blue"') == [
        ("value-unknown", "/Note/@phase"),
        ("attribute-unknown", "/Note/@colour"),
        ("attribute-missing", "/Note/@id"),
    ]


def test_no_message_repeats_a_value(folder):
    root = etree.fromstring('<Note xmlns="urn:example:note" id="1"><Number>secret</Number><Day>secret</Day></Note>')

    messages = " ".join(finding.message for finding in Schemas(folder).findings(root, limits=DEFAULT_LIMITS))

    assert "[A-Z]{2}[0-9]{3}" in messages
    assert "secret" not in messages


def test_what_an_envelope_holds_is_judged_by_its_own_schema(folder):
    wrap = '<e:Envelope xmlns:e="urn:example:envelope">{}</e:Envelope>'

    assert faults(folder, "<Number>AB123</Number>", wrap=wrap) == []
    assert faults(folder, "<Number>no</Number>", wrap=wrap) == [("value-form", "/Envelope/Note/Number")]


def test_a_message_within_an_unknown_envelope_is_judged_as_if_it_stood_alone(folder):
    note = '<Note xmlns="urn:example:note" id="1"><Day>2026-03-01</Day></Note>'
    message = etree.fromstring(f"<Post><Stamp/>{note}</Post>")[1]

    (finding,) = Schemas(folder).findings(message, limits=DEFAULT_LIMITS)

    assert (finding.code, finding.path) == ("declarations.element-missing", "/Post/Note/Number")


def test_of_two_versions_in_a_folder_keeping_one_is_enough_and_a_named_file_decides_alone(folder):
    newer = folder / "note-2.xsd"
    newer.write_text(NOTE.replace('minOccurs="0" maxOccurs="2"', 'minOccurs="0" maxOccurs="3"'))
    body = "<Number>AB123</Number>" + "<Lane>red</Lane>" * 3

    assert faults(folder, body) == []
    assert faults(folder / "note.xsd", body) == [("element-repeated", "/Note/Lane[3]")]


def test_a_root_of_another_namespace_or_name_is_told(folder):
    schemas = Schemas(folder)

    bare = schemas.findings(etree.fromstring("<Note/>"), limits=DEFAULT_LIMITS)
    other = schemas.findings(etree.fromstring("<Letter/>"), limits=DEFAULT_LIMITS)

    assert [finding.code for finding in bare + other] == [
        "declarations.namespace-unknown",
        "declarations.schema-missing",
    ]


def test_a_schema_reads_nothing_outside_its_folder(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "outside.xsd"
    elsewhere.write_text(TYPES)
    (folder / "types.xsd").unlink()
    (folder / "note.xsd").write_text(NOTE.replace("types.xsd", elsewhere.as_uri()))

    with pytest.raises(SchemaUnreadable, match=r"note\.xsd"):
        faults(folder, "<Number>AB123</Number>")


def test_a_schema_published_under_a_web_address_is_taken_from_the_folder(folder):
    (folder / "note.xsd").write_text(NOTE.replace("types.xsd", "http://example.test/schemas/types.xsd"))

    assert faults(folder, "<Number>ab</Number>") == [("value-form", "/Note/Number")]


@pytest.mark.parametrize("content", [None, "<xs:schema", "not xml"])
def test_a_folder_without_usable_schemas_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "broken.xsd").write_text(content)

    with pytest.raises(SchemaUnreadable):
        Schemas(tmp_path)


def test_a_type_made_from_days_is_told_as_days(folder):
    (folder / "note.xsd").write_text(NOTE.replace('type="xs:date"', 'type="Day"'))
    day = '<xs:simpleType name="Day"><xs:restriction base="Base"/></xs:simpleType><xs:simpleType name="Base">'
    (folder / "types.xsd").write_text(
        TYPES.replace("</xs:schema>", day + '<xs:restriction base="xs:date"/></xs:simpleType></xs:schema>')
    )

    assert faults(folder, "<Number>AB123</Number><Day>2026-02-30</Day>") == [("date-form", "/Note/Day")]


def test_the_json_twin_of_a_message_is_held_against_the_schema_too(folder):
    (folder / "note.xsd").write_text(
        NOTE.replace("urn:example:note", "http://ncts.dgtaxud.ec").replace('name="Note"', 'name="CC045C"')
    )
    (folder / "types.xsd").write_text(TYPES.replace("urn:example:note", "http://ncts.dgtaxud.ec"))
    requirements = read_requirements(rules=None, schemas=folder, clock=FixedClock(datetime(2026, 3, 14, tzinfo=UTC)))

    (document,) = read_documents(b'{"n1:CC045C": {"Number": "AB1"}}', requirements=requirements).documents

    assert ("declarations.attribute-missing", "/n1:CC045C/@id") in [(one.code, one.path) for one in document.findings]


def test_threads_that_share_schemas_are_told_of_their_own_documents_only(folder):
    schemas = Schemas(folder)
    bodies = {
        "Day": "<Number>AB123</Number><Day>never</Day>",
        "Number": "<Number>1</Number>",
        "": "<Number>AB123</Number>",
    }

    def judged(name):
        root = etree.fromstring(f'<Note xmlns="urn:example:note" id="1">{bodies[name]}</Note>')
        return {one.path for _ in range(150) for one in schemas.findings(root, limits=DEFAULT_LIMITS)}

    with ThreadPoolExecutor(6) as threads:
        told = list(threads.map(judged, [*bodies, *bodies]))

    assert told == [{"/Note/Day"}, {"/Note/Number"}, set()] * 2
