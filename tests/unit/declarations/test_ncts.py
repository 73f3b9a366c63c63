"""Transit messages: what they say is read into the one vocabulary, in XML and JSON alike, and nothing is lost unsaid."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import etree

from comity.features.declarations.canonical import from_record, to_record
from comity.features.declarations.formats.ncts_xml.compose import MEANINGS
from comity.features.declarations.formats.ncts_xml.grammar import grammar
from comity.features.declarations.read import read_documents
from comity.foundation.errors import Severity
from comity.foundation.trade.declaration import Declaration, DeclarationFunction, DeclarationKind
from comity.foundation.trade.money import Money
from comity.foundation.trade.notice import Notice, NoticeKind
from tests.builders.ncts import another_value, as_json, message


def written(root):
    return etree.tostring(root)


def read(content):
    (document,) = read_documents(content).documents
    return document


def document_of(content):
    found = read(content)
    assert found.document is not None, found.findings
    return found.document


def codes(content, severity=Severity.ERROR):
    return [
        (one.code.removeprefix("declarations."), one.path) for one in read(content).findings if one.severity is severity
    ]


def test_a_transit_declaration_says_who_what_where_and_how():
    read_message = document_of(written(message("CC015C")))

    shipment, transit = read_message.goods_shipment, read_message.transit
    assert (read_message.kind, read_message.function) == (DeclarationKind.TRANSIT, DeclarationFunction.ORIGINAL)
    assert read_message.declaration_office == transit.destination_office == "XI000142"
    assert (transit.limit_on, transit.presentation_at) == (date(2026, 3, 14), datetime(2026, 3, 14, 9, 30, tzinfo=UTC))
    assert [office.id for office in transit.transit_offices] == ["XI000142"] * 2
    assert read_message.guarantees[0].amount == Money(Decimal("1250.50"), "AAA")
    assert [house.items for house in transit.house_consignments] == [(1, 2), (1, 2)]
    assert shipment.items[0].commodity.hs6 == "847130"
    assert shipment.items[0].gross_mass_kg == Decimal("812.345")
    assert len(shipment.consignment.equipment) == 2
    assert shipment.consignment.equipment[0].items == (1, 2)
    assert len(shipment.consignment.further_departure_means) == len(read_message.further_border_means) == 1


def test_the_access_code_of_a_guarantee_is_never_kept_and_this_is_told():
    root = message("CC015C")
    for code in root.iter("accessCode"):
        code.text = "Q7Z9"

    found = read(written(root))

    assert "Q7Z9" not in json.dumps(to_record(found.document)) + str(found.findings)
    assert "/CC015C/Guarantee/GuaranteeReference/accessCode" in [one.path for one in found.findings]


@pytest.mark.parametrize("name", sorted(MEANINGS))
def test_each_message_has_its_meaning_and_survives_being_kept(name):
    found = document_of(written(message(name)))

    meaning = found.function if isinstance(found, Declaration) else found.kind
    assert meaning == MEANINGS[name]
    assert from_record(to_record(found), type(found)) == found


@pytest.mark.parametrize("name", sorted(MEANINGS))
def test_the_json_twin_of_a_message_is_the_same_document(name):
    root = message(name)

    assert document_of(as_json(root)) == document_of(written(root))


@pytest.mark.parametrize("name", ["CC015C", "CC007C", "CC029C", "CC044C", "CC055C", "CC060C", "CC182C"])
def test_no_element_is_dropped_without_a_word(name):
    base = to_record(document_of(written(message(name, most=1))))
    silent = set()
    for path, form in leaves(grammar().messages[name], f"/{name}"):
        root = message(name, most=1)
        root.find(path.removeprefix(f"/{name}/")).text = another_value(form)
        found = read(written(root))
        is_told = any(path.startswith(one.path) for one in found.findings if one.path != f"/{name}")
        if not is_told and to_record(found.document) == base:
            silent.add(path)

    assert silent == set()


def leaves(part, path):
    for name, child in part.children.items():
        if child.part is not None:
            yield from leaves(child.part, f"{path}/{name}")
        else:
            yield f"{path}/{name}", child.notation


def test_a_cancellation_that_customs_did_not_grant_is_a_rejection():
    root = message("CC009C")
    root.find("Invalidation/decision").text = "0"

    assert document_of(written(root)).kind is NoticeKind.REJECTED


def test_an_incident_tells_where_who_endorsed_it_and_what_changed():
    (first, _) = document_of(written(message("CC182C"))).incidents

    assert first.location.latitude == Decimal("54.59728")
    assert (first.country, first.endorsed_country) == ("XI", "XI")
    assert first.endorsed_at == datetime(2026, 3, 14, tzinfo=UTC)
    assert first.transhipped_to.registration_nationality == "XI"


def test_an_arrival_says_where_the_goods_are_and_a_refusal_why():
    arrival = document_of(written(message("CC007C")))
    refusal = document_of(written(message("CC056C")))

    assert isinstance(arrival, Notice)
    assert arrival.goods_location is not None
    assert arrival.declaration is None
    assert [error.code for error in refusal.errors] == ["1", "12", "12"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CC015B", "phase 4"),
        ("CD001C", "between offices"),
        ("CC917C", "XML error"),
        ("CC515C", "export system"),
        ("CC999C", "another"),
    ],
)
def test_other_messages_are_refused_by_name(name, words):
    content = f'<ncts:{name} xmlns:ncts="http://ncts.dgtaxud.ec"/>'.encode()

    (finding,) = read(content).findings

    assert finding.code == "declarations.message-not-read"
    assert name in finding.message
    assert words in finding.message


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda root: root.remove(root.find("messageSender")), ("element-missing", "/CC013C/messageSender")),
        (lambda root: root.append(root.find("Guarantee")), ("element-misplaced", "/CC013C/Guarantee[2]")),
        (lambda root: root.find("Representative").append(root[0]), ("element-misplaced", "/CC013C/Representative")),
        (lambda root: setattr(root[0], "tag", "sender"), ("element-unknown", "/CC013C/sender")),
        (lambda root: setattr(root[0], "text", "  "), ("value-missing", "/CC013C/messageSender")),
        (lambda root: setattr(root[2], "text", "2026-02-30T10:00:00"), ("date-form", "/CC013C/preparationDateAndTime")),
        (lambda root: setattr(root[0], "tail", "and"), ("text-unexpected", "/CC013C/messageSender")),
        (lambda root: root[0].set("a", "b"), ("attribute-unknown", "/CC013C/messageSender")),
        (lambda root: root.set("PhaseID", "NCTS4"), ("version-unknown", "/CC013C")),
        (
            lambda root: setattr(root.find("messageType"), "text", "CC015C"),
            ("message-type-differs", "/CC013C/messageT"),
        ),
        (lambda root: setattr(root, "tag", "CC013C"), ("namespace-unknown", "/CC013C")),
        (lambda root: setattr(root[0], "tag", "{urn:x}messageSender"), ("namespace-unknown", "/CC013C/messageSender")),
        (
            lambda root: [
                root.find("TransitOperation").remove(root.find(f"TransitOperation/{n}")) for n in ("LRN", "MRN")
            ],
            ("element-missing", "/CC013C/TransitOperation/MRN"),
        ),
    ],
)
def test_each_fault_is_told_with_its_place(act, expected):
    root = message("CC013C")
    act(root)

    found = codes(written(root))

    assert expected[0] in [code for code, _ in found]
    assert any(path.startswith(expected[1]) for code, path in found if code == expected[0])


def test_a_namespace_on_every_element_is_told_once():
    content = written(message("CC045C")).replace(b"<", b"<ncts:").replace(b"<ncts:/", b"</ncts:")
    content = content.replace(b"ncts:ncts:", b"ncts:")

    assert codes(content) == [("namespace-unknown", "/CC045C/messageSender")]


def test_what_contradicts_itself_is_a_warning():
    root = message("CC015C")
    root.find("Consignment/TransportEquipment/numberOfSeals").text = "7"
    root.find("Consignment/TransportEquipment/GoodsReference/declarationGoodsItemNumber").text = "77"

    told = {code for code, _ in codes(written(root), Severity.WARNING)}

    assert codes(written(root)) == []
    assert {"seal-count", "mass-inconsistent", "container-check-digit", "reference-unknown"} <= told


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            b'{"n1:CC045C": {"messageSender": "a", "messageSender": "b"}}',
            ("element-repeated", "/n1:CC045C/messageSender"),
        ),
        (b'{"n1:CC045C": {"messageSender": null}}', ("value-missing", "/n1:CC045C/messageSender")),
        (b'{"n1:CC045C": {"messageSender": true}}', ("value-form", "/n1:CC045C/messageSender")),
        (b'{"n1:CC045C": {"messageSender": "\\u0000"}}', ("value-form", "/n1:CC045C/messageSender")),
        (b'{"n1:CC045C": {"a b": "c"}}', ("element-unknown", "/n1:CC045C")),
        (b'{"n1:CC045C": ["a"]}', ("not-a-declaration", "/")),
        (b'{"n1:CC045C": {"messageSender": NaN}}', ("json-malformed", "/")),
        (b'{"n1:CC045C": {', ("json-malformed", "/")),
        (b'{"n1:CC045C": ' + b'{"a":' * 40 + b'"b"' + b"}" * 41, ("limit-exceeded", "/n1:CC045C" + "/a" * 32)),
        (b'{"n1:CC045C": ' + b'{"a":' * 90_000, ("json-malformed", "/")),
        (b'{"n1:CC045C": {"messageSender": "\xff"}}', ("encoding", "/")),
    ],
)
def test_json_that_cannot_be_a_message_is_refused(content, expected):
    assert codes(content)[0] == expected


def test_numbers_of_json_keep_their_digits_whatever_their_size():
    content = re.sub(
        rb'"declarationGoodsItemNumber": "1"', b'"declarationGoodsItemNumber": 1', as_json(message("CC015C"))
    )
    huge = content.replace(b'"numberOfSeals": "1"', b'"numberOfSeals": ' + b"9" * 5000)

    assert document_of(content) == document_of(written(message("CC015C")))
    assert codes(huge)[0][0] == "number-form"
