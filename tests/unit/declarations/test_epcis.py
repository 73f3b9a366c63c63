"""EPCIS events: JSON and XML say the same, all that is said is kept or told, and no bytes raise."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.formats.epcis.read import read_epcis_json, read_epcis_xml
from comity.features.declarations.read import read_documents
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.foundation.trade.movement import DocumentReference, EventKind

CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ext": "https://ns.example.com/ext/"}]
EVENT = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:0c9d5a3e-5c4f-4d0e-9a35-1f6a1c2b3d4e",
    "eventTime": "2026-03-02T08:00:00.5+03:00",
    "eventTimeZoneOffset": "+03:00",
    "epcList": ["urn:epc:id:sgtin:9521141.001234.1"],
    "action": "OBSERVE",
    "bizStep": "departing",
    "disposition": "in_transit",
    "readPoint": {"id": "geo:-4.05,39.66"},
    "bizTransactionList": [{"type": "bol", "bizTransaction": "urn:epcglobal:cbv:bt:9521141000012:BL1"}],
    "quantityList": [{"epcClass": "urn:epc:class:lgtin:9521141.001234.A", "quantity": 12.5, "uom": "KGM"}],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:9521141.00001"}],
    "sensorElementList": [
        {
            "sensorMetadata": {"time": "2026-03-02T05:00:00Z", "bizRules": "https://example.com/rules"},
            "sensorReport": [{"type": "gs1:Temperature", "value": 4.5, "uom": "CEL", "meanValue": 4.1}],
        }
    ],
    "persistentDisposition": {"set": ["completeness_verified"]},
    "ext:seal": {"ext:number": "S1", "ext:state": ["whole", "new"]},
}
XML = """<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:ext="https://ns.example.com/ext/"
 schemaVersion="2.0" creationDate="2026-03-02T09:00:00Z"><EPCISBody><EventList><ObjectEvent>
<eventTime>2026-03-02T08:00:00.5+03:00</eventTime><eventTimeZoneOffset>+03:00</eventTimeZoneOffset>
<eventID>urn:uuid:0c9d5a3e-5c4f-4d0e-9a35-1f6a1c2b3d4e</eventID>
<epcList><epc>urn:epc:id:sgtin:9521141.001234.1</epc></epcList><action>OBSERVE</action>
<bizStep>urn:epcglobal:cbv:bizstep:departing</bizStep><disposition>urn:epcglobal:cbv:disp:in_transit</disposition>
<readPoint><id>geo:-4.05,39.66</id></readPoint>
<bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:bol">urn:epcglobal:cbv:bt:9521141000012:BL1</bizTransaction>
</bizTransactionList><quantityList><quantityElement><epcClass>urn:epc:class:lgtin:9521141.001234.A</epcClass>
<quantity>12.5</quantity><uom>KGM</uom></quantityElement></quantityList>
<sourceList><source type="urn:epcglobal:cbv:sdt:owning_party">urn:epc:id:pgln:9521141.00001</source></sourceList>
<sensorElementList><sensorElement><sensorMetadata time="2026-03-02T05:00:00Z" bizRules="https://example.com/rules"/>
<sensorReport type="gs1:Temperature" value="4.5" uom="CEL" meanValue="4.1"/></sensorElement></sensorElementList>
<persistentDisposition><set>urn:epcglobal:cbv:disp:completeness_verified</set></persistentDisposition>
<ext:seal><ext:number>S1</ext:number><ext:state>whole</ext:state><ext:state>new</ext:state></ext:seal>
</ObjectEvent></EventList></EPCISBody></epcis:EPCISDocument>"""


def document(*events, **more):
    return {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-02T09:00:00Z",
        "epcisBody": {"eventList": list(events)},
        **more,
    }


def only(content, expected="epcis-json"):
    reading = read_documents(content.encode() if isinstance(content, str) else json.dumps(content).encode())
    assert reading.format == expected
    (found,) = reading.documents
    return found


def test_both_syntaxes_give_the_same_event():
    from_json = only(document(EVENT)).document
    from_xml = only(XML, "epcis-xml").document

    assert from_json == from_xml


def test_the_dimensions_of_an_event_have_their_places():
    (event,) = only(document(EVENT, sender="urn:epc:id:pgln:9521141.00001")).document.events

    assert event.occurred_at == datetime(2026, 3, 2, 5, 0, 0, 500_000, tzinfo=UTC)
    assert (event.step, event.disposition, event.dispositions_set) == (
        "departing",
        "in_transit",
        ("completeness_verified",),
    )
    assert (event.read_point.latitude, event.read_point.longitude) == (Decimal("-4.05"), Decimal("39.66"))
    assert event.documents == (DocumentReference("urn:epcglobal:cbv:bt:9521141000012:BL1", "bol"),)
    assert (event.quantities[0].amount, event.quantities[0].unit) == (Decimal("12.5"), "KGM")
    assert (event.sensors[0].value, event.sensors[0].unit) == (Decimal("4.5"), "CEL")


def test_what_other_namespaces_say_is_kept_under_full_names():
    (event,) = only(document(EVENT)).document.events

    kept = dict(event.extensions)
    seal = "{https://ns.example.com/ext/}seal"
    assert kept[f"{seal}/{{https://ns.example.com/ext/}}number"] == "S1"
    assert (f"{seal}/{{https://ns.example.com/ext/}}state", "new") in event.extensions
    assert kept["sensorReport/meanValue"] == "4.1"
    assert kept["sensorMetadata/bizRules"] == "https://example.com/rules"


def test_an_event_declared_wrong_names_what_corrects_it():
    wrong = {"declarationTime": "2026-03-03T08:00:00Z", "reason": "did_not_occur", "correctiveEventIDs": ["urn:uuid:1"]}

    (event,) = only(document({**EVENT, "errorDeclaration": wrong})).document.events

    assert event.declared_wrong_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert (event.declared_wrong_reason, event.corrects) == ("did_not_occur", ("urn:uuid:1",))


def test_epcis_1_2_is_read_out_of_its_extensions():
    old = (
        XML.replace("xsd:2", "xsd:1")
        .replace('schemaVersion="2.0"', 'schemaVersion="1.2"')
        .replace("<eventID>", "<baseExtension><eventID>")
        .replace("</eventID>", "</eventID></baseExtension>")
        .replace("<quantityList>", "<extension><quantityList>")
        .replace("</sourceList>", "</sourceList><extension>")
        .replace("</persistentDisposition>", "</persistentDisposition></extension></extension>")
    )

    assert only(old, "epcis-xml").document.events == only(XML, "epcis-xml").document.events


def test_the_old_quantity_event_is_an_observation_of_goods():
    old = """<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:1" schemaVersion="1.0" creationDate="2026-03-02T09:00:00Z">
    <EPCISBody><EventList><QuantityEvent><eventTime>2026-03-02T08:00:00Z</eventTime>
    <eventTimeZoneOffset>+00:00</eventTimeZoneOffset><epcClass>urn:epc:idpat:sgtin:9521141.001234.*</epcClass>
    <quantity>7</quantity></QuantityEvent></EventList></EPCISBody></e:EPCISDocument>"""

    (event,) = only(old, "epcis-xml").document.events

    assert event.kind is EventKind.OBJECT
    assert event.quantities[0].amount == 7


def test_a_single_event_and_the_results_of_a_query_are_reports_too():
    alone = only({"@context": CONTEXT, **EVENT}).document
    results = only(
        document(type="EPCISQueryDocument", epcisBody={"queryResults": {"resultsBody": {"eventList": [EVENT]}}})
    )

    assert alone.events == results.document.events


def test_an_undeclared_prefix_and_a_repeated_identifier_are_told():
    event = {**EVENT, "epcList": EVENT["epcList"] * 2, "other:member": "x"}

    told = {finding.code for finding in only(document(event)).findings}

    assert told == {"declarations.identifier-repeated", "declarations.prefix-undeclared"}


def test_a_word_that_the_vocabulary_lacks_is_kept_in_xml_and_told():
    found = only(XML.replace("bizstep:departing", "bizstep:teleporting"), "epcis-xml")

    assert found.document.events[0].step == "urn:epcglobal:cbv:bizstep:teleporting"
    assert [finding.code for finding in found.findings] == ["declarations.word-unknown"]


def test_the_number_of_findings_is_bounded():
    limits = DEFAULT_LIMITS._replace(max_findings=5)
    content = json.dumps(document(*[{"type": "ObjectEvent"}] * 50)).encode()

    (found,) = read_epcis_json(content, limits=limits)

    assert found.document is None
    assert len(found.findings) == 6


def test_nesting_and_size_are_bounded():
    deep = b'{"type":"EPCISDocument","a":' + b"[" * 500 + b"]" * 500 + b"}"
    wide = b'{"type":"EPCISDocument","a":[' + b"{}," * 300_000 + b"{}]}"

    assert [one.findings[0].code for one in read_epcis_json(deep, limits=DEFAULT_LIMITS)] == [
        "declarations.limit-exceeded"
    ]
    assert [one.findings[0].code for one in read_epcis_json(wide, limits=DEFAULT_LIMITS)] == [
        "declarations.too-many-elements"
    ]


def mutated(content: bytes):
    return st.tuples(
        st.integers(0, len(content)), st.integers(0, len(content)), st.binary(max_size=6), st.integers(1, 3)
    ).map(
        lambda cut: (
            content[: min(cut[:2])] + cut[2] + content[min(cut[:2]) : max(cut[:2])] * cut[3] + content[max(cut[:2]) :]
        )
    )


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200) | mutated(json.dumps(document(EVENT)).encode()) | mutated(XML.encode()))
def test_no_bytes_raise(content):
    for read in (read_epcis_json, read_epcis_xml):
        for found in read(content, limits=DEFAULT_LIMITS):
            assert found.document is not None or found.findings


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*EVENT, "id", "set"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(EVENT)), JSON_VALUES)
def test_no_value_in_an_event_raises(member, value):
    content = json.dumps(document({**EVENT, member: value})).encode()

    for found in read_epcis_json(content, limits=DEFAULT_LIMITS):
        assert found.document is not None or found.findings
