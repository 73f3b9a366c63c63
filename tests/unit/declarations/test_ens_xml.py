"""Entry summary declarations: what IE315 and IE313 say becomes values; every fault has its place."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.canonical import from_record, to_record
from comity.features.declarations.read import DEFAULT_LIMITS, read_documents
from comity.foundation.errors import Severity
from comity.foundation.trade.declaration import DeclarationFunction, DeclarationKind
from comity.foundation.trade.transit import TransitOffice
from tests.builders.entry_summaries import ENVELOPE, an_entry_summary

GOOD = an_entry_summary()


def read(content):
    reading = read_documents(content)
    assert reading.format == "ens-xml"
    (document,) = reading.documents
    return document


def errors_of(content):
    found = read(content).findings
    return [(one.code.removeprefix("declarations."), one.path) for one in found if one.severity is Severity.ERROR]


def test_the_header_says_who_what_when_and_where():
    declaration = read(GOOD).declaration

    assert declaration.kind is DeclarationKind.ENTRY_SUMMARY
    assert declaration.function is DeclarationFunction.ORIGINAL
    assert declaration.functional_reference_id == "LRN-EXAMPLE-1"
    assert declaration.issued_at == datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    assert declaration.issue_location == "Mombasa"
    assert (declaration.goods_item_quantity, declaration.total_packages) == (2, 13)
    assert declaration.total_gross_mass_kg == Decimal("1250.500")
    assert declaration.specific_circumstances_code == "E"
    assert (declaration.message_id, declaration.submitter.id) == ("EXAMPLE1", "GB000000000005/1234567890")
    assert (declaration.declarant.id, declaration.agent.id) == ("GB000000000005", "GB000000000004")
    assert declaration.declaration_office == "GB000040"
    means = declaration.border_means
    assert (means.mode_code, means.id, means.registration_nationality, means.journey) == ("1", "9074729", "PA", "0042W")


def test_the_consignment_says_how_the_goods_come():
    declaration = read(GOOD).declaration
    consignment = declaration.consignment

    assert declaration.entry_offices == (
        TransitOffice("GB000060", datetime(2026, 3, 4, 6, 0, tzinfo=UTC)),
        TransitOffice("GB000011"),
    )
    assert consignment.carrier.id == "GB000000000006"
    assert (consignment.loading_location, consignment.loading_location_name) == ("KEMBA", None)
    assert (consignment.unloading_location, consignment.unloading_location_name) == (None, "Quay 3 of the example port")
    assert consignment.routing_countries == ("KE", "GB")
    assert [seal.id for seal in consignment.equipment[0].seals] == ["S-1"]
    assert consignment.notify_parties[0].name == "Example Agent Ltd"
    (carried,) = consignment.items
    assert (carried.sequence, carried.freight_payment_method, carried.loading_location) == (2, "B", "TZDAR")
    assert carried.border_means[0].id == "KAA 001X"
    assert carried.notify_parties[0].id == "GB000000000003"


def test_the_items_say_what_the_goods_are():
    shipment = read(GOOD).declaration.goods_shipment
    coffee, pumps = shipment.items

    assert shipment.consignor.address.city == "Nairobi"
    assert shipment.consignee.id == "GB000000000001"
    assert shipment.ucr == "UCR-EXAMPLE-1"
    assert (coffee.commodity.code, coffee.commodity.dangerous_goods) == ("09012100", ("1263",))
    assert (pumps.commodity.code, pumps.commodity.classifications[0].id) == (None, "8413")
    assert coffee.gross_mass_kg == 1000
    assert [(one.type_code, one.quantity, one.marks) for one in coffee.packaging] == [("BX", 12, "A1")]
    assert [(one.type_code, one.quantity) for one in pumps.packaging] == [("NE", 1)]
    assert coffee.equipment_ids == ("CSQU3054383", "TRAILER 1")
    assert (coffee.additional_documents[0].type_code, coffee.additional_information[0].code) == ("N705", "10600")
    assert (pumps.consignor.id, pumps.consignee.id) == ("TZ000000002", "GB000000000002")


def test_an_amendment_names_the_declaration_it_changes():
    declaration = read(an_entry_summary(is_amendment=True)).declaration

    assert declaration.function is DeclarationFunction.AMENDMENT
    assert declaration.mrn == "26GB1A2B3CD456EFG2"
    assert declaration.declaration_office is None


def test_what_is_kept_comes_back_as_it_was():
    declaration = read(GOOD).declaration

    assert from_record(to_record(declaration)) == declaration


def test_messages_in_an_envelope_are_found_and_placed():
    document = read(an_entry_summary(envelope=ENVELOPE, replaced={"202603011230": "2026"}))

    assert [one.path for one in document.findings if one.code.endswith("date-form")] == [
        "/Envelope/Body/CC315A/HEAHEA/DecDatTimHEA114"
    ]


def test_an_envelope_may_hold_several_messages():
    both = an_entry_summary(envelope="{0}{0}").partition(b"?>\n")[2]
    reading = read_documents(ENVELOPE.format(both.decode()).encode())

    assert [document.declaration is not None for document in reading.documents] == [True, True]
    assert reading.documents[0].content_sha256 == reading.documents[1].content_sha256


def test_remarks_name_what_is_not_kept():
    remarks = {(one.code, one.path) for one in read(GOOD).findings}

    assert remarks == {
        ("declarations.element-not-mapped", "/CC315A/NOTPAR670/NOTPAR670LNG"),
        ("declarations.container-form", "/CC315A/GOOITEGDS[1]/CONNR2[2]/ConNumNR21"),
    }


@pytest.mark.parametrize(
    ("replaced", "error"),
    [
        ({"<RefNumHEA4>LRN-EXAMPLE-1</RefNumHEA4>": ""}, ("element-missing", "/CC315A/HEAHEA/RefNumHEA4")),
        ({"LRN-EXAMPLE-1": " "}, ("value-missing", "/CC315A/HEAHEA/RefNumHEA4")),
        ({"LRN-EXAMPLE-1": "x" * 351}, ("value-too-long", "/CC315A/HEAHEA/RefNumHEA4")),
        ({"LRN-EXAMPLE-1": "<a>1</a>"}, ("element-nested", "/CC315A/HEAHEA/RefNumHEA4")),
        ({"1250.500": "1250,5"}, ("number-form", "/CC315A/HEAHEA/TotGroMasHEA307")),
        ({"1250.500": "-1"}, ("number-negative", "/CC315A/HEAHEA/TotGroMasHEA307")),
        ({">13<": ">1.5<"}, ("number-form", "/CC315A/HEAHEA/TotNumOfPacHEA306")),
        ({">13<": ">" + "9" * 500 + "<"}, ("value-too-long", "/CC315A/HEAHEA/TotNumOfPacHEA306")),
        ({">pa<": ">PAN<"}, ("country-form", "/CC315A/HEAHEA/NatOfMeaOfTraCroHEA87")),
        ({"202603011230": "202602301230"}, ("date-form", "/CC315A/HEAHEA/DecDatTimHEA114")),
        ({">2</TotNum": ">3</TotNum"}, ("item-count", "/CC315A/HEAHEA/TotNumOfIteHEA305")),
        ({">2</IteNum": ">1</IteNum"}, ("sequence-repeated", "/CC315A/GOOITEGDS[2]/IteNumGDS7")),
        ({"UNDanGooCodGDI1": "UNDG"}, ("element-unknown", "/CC315A/GOOITEGDS[1]/UNDG")),
        ({"<TINTRE1>GB000000000004</TINTRE1>": ""}, ("value-missing", "/CC315A/TRAREP")),
        ({"</TRAREP>": "</TRAREP><TRAREP><TINTRE1>GB1</TINTRE1></TRAREP>"}, ("element-repeated", "/CC315A/TRAREP[2]")),
        ({"http://ics.dgtaxud.ec/CC315A": "urn:x"}, None),
    ],
)
def test_a_fault_is_told_at_its_place(replaced, error):
    if error is None:
        content = GOOD.replace(b"http://ics.dgtaxud.ec/CC315A", b"urn:example")
        assert errors_of(content) == [("namespace-unknown", "/CC315A")]
        return

    assert errors_of(an_entry_summary(replaced=replaced)) == [error]


def test_a_message_without_its_groups_lacks_each_once():
    missing = [path.rpartition("/")[2] for code, path in errors_of(b"<CC315A/>") if code == "element-missing"]

    assert sorted(missing) == ["CUSOFFFENT730", "GOOITEGDS", "HEAHEA", "PERLODSUMDEC"]


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(GOOD)), st.integers(0, 40), st.binary(max_size=12), st.sampled_from(["cut", "flip", "repeat"])
)
def test_no_damage_makes_the_reader_raise(at, length, inserted, damage):
    piece = GOOD[at : at + length]
    content = {
        "cut": GOOD[:at] + GOOD[at + length :],
        "flip": GOOD[:at] + inserted + GOOD[at + length :],
        "repeat": GOOD[:at] + piece * 3 + GOOD[at:],
    }[damage]

    for document in read_documents(content, limits=DEFAULT_LIMITS).documents:
        assert document.document is not None or document.findings
