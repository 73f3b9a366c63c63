"""Every mapped message type is read into its value, whatever the release it is written in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from comity.features.declarations.canonical import from_record, to_record
from comity.features.declarations.formats.edifact.read import read_edifact
from comity.features.declarations.read import read_documents
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.foundation.errors import Severity
from comity.foundation.trade.declaration import DeclarationKind
from comity.foundation.trade.money import Money
from comity.foundation.trade.notice import NoticeKind
from tests.builders.edifact import ALL, BAPLIE, BAPLIE_3, COARRI, CUSCAR, CUSDEC, CUSRES, IFTMIN, PAXLST, interchange
from tests.builders.edifact_releases import (
    COARRI_95B,
    CUSCAR_03B,
    CUSCAR_94A,
    CUSRES_10A,
    CUSRES_95B,
    PAXLST_12B,
    RELEASES,
)


def only(message):
    """Read a message of which nothing is wrong; single elements may not be kept."""
    (document,) = read_documents(interchange(message)).documents
    assert all(", element " in finding.message for finding in document.findings)
    return document.document


def faults(content):
    return [
        (finding.code.removeprefix("declarations."), finding.path, finding.severity)
        for document in read_documents(content).documents
        for finding in document.findings
        if ", element " not in finding.message
    ]


@pytest.mark.parametrize("message", ALL + RELEASES, ids=lambda message: ":".join(message[0].split(":")[0:3]))
def test_a_message_is_read_whole_and_its_record_gives_it_back(message):
    (read,) = read_documents(interchange(message)).documents
    document = read.document

    assert {finding.severity for finding in read.findings} <= {Severity.WARNING}
    assert from_record(to_record(document), type(document)) == document


def test_a_cargo_report_puts_containers_with_the_consignment_whose_goods_are_in_them():
    report = only(CUSCAR)
    (consignment,) = report.consignments

    assert report.means.name == "MV EXAMPLE"
    assert consignment.transport_document.id == "BOL-1001"
    assert consignment.items[0].commodity.description == "COTTON T-SHIRTS, MEN'S KNITTED"
    assert consignment.equipment[0].id == "CSQU3054383"
    assert consignment.equipment[0].minimum_temperature_c == Decimal(-20)
    assert consignment.unloading_place.locode == "XBHAR"


@pytest.mark.parametrize("message", [BAPLIE, BAPLIE_3])
def test_a_stowage_plan_says_where_each_container_stands_in_both_structures(message):
    plan = only(message)

    assert [one.position for one in plan.stowed] == ["0010182", "0010184"]
    assert [one.equipment.is_empty for one in plan.stowed] == [False, True]
    assert plan.stowed[0].equipment.dangerous_goods == ("1203",)
    assert {one.unloading_place.locode for one in plan.stowed} == {"XBHAR"}
    assert plan.arrival_at == datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_a_discharge_report_gives_an_event_for_each_container_at_the_port_of_discharge():
    report = only(COARRI)

    assert [event.objects for event in report.events] == [("CSQU3054383",), ("EXEU0000001",)]
    assert {event.step for event in report.events} == {"discharging"}
    assert {event.place.locode for event in report.events} == {"XBHAR"}
    assert report.events[0].occurred_at == datetime(2026, 11, 25, 13, 5, tzinfo=UTC)


def test_a_transport_instruction_is_a_cargo_report_of_one_consignment():
    (consignment,) = only(IFTMIN).consignments

    assert consignment.consignor.communication_id == "desk@exporter.example"
    assert consignment.trade_terms.incoterm == "CIF"
    assert consignment.items[0].commodity.code == "848790"
    assert consignment.equipment[0].seals[0].id == "SEAL009"


def test_a_passenger_list_gives_persons_with_their_documents_and_births_in_the_right_century():
    first, second = only(PAXLST).travellers

    assert (first.family_name, first.given_names) == ("SPECIMEN", "ANNA MARIA")
    assert first.born_on == date(1974, 8, 12)
    assert first.documents[0].expires_on == date(2032, 4, 15)
    assert first.documents[0].issuing_country == "UTO"
    assert second.status_code == "FM"


def test_a_birth_is_never_after_the_list_was_sent():
    list_ = only(tuple("DTM+329:320812" if one == "DTM+329:740812" else one for one in PAXLST))

    assert list_.travellers[0].born_on == date(1932, 8, 12)


def test_a_response_says_what_it_is_about_and_each_error_with_its_place():
    notice = only(CUSRES)

    assert notice.kind is NoticeKind.CONTROL
    assert notice.mrn == "26XB000000000001J1"
    assert [error.code for error in notice.errors] == ["1203", "77"]
    assert {error.pointers[0].sequence for error in notice.errors} == {4}
    assert notice.duties[0].assessed == Money(Decimal("110.25"), "EUR")


def test_a_declaration_is_read_with_items_values_and_duties():
    declaration = only(CUSDEC)
    (item,) = declaration.goods_shipment.items

    assert declaration.kind is DeclarationKind.IMPORT
    assert item.commodity.code == "61091000"
    assert (item.procedure_current, item.procedure_previous) == ("40", "00")
    assert item.supplementary_unit == "NAR"
    assert item.commodity.duties[0].assessed == Money(Decimal(564), "EUR")
    assert declaration.goods_shipment.trade_terms.incoterm == "CIF"


def test_what_is_not_kept_is_said_once_for_each_segment_and_qualifier():
    message = (*CUSCAR[:3], "LOC+99+XAEXP", "LOC+99+XBHAR", *CUSCAR[3:])
    (document,) = read_documents(interchange(message)).documents

    assert document.document is not None
    assert {finding.code for finding in document.findings} == {"declarations.edifact-segment-not-mapped"}
    told = {finding.message.split(" (")[0] for finding in document.findings}
    assert told == {"LOC+99", "SEL, element 2", "SGP, element 2", "DGS+IMD, element 2"}


def test_an_unmapped_message_type_is_refused_by_name():
    message = ("CODECO:D:95B:UN", "BGM+34+1+9", "TDT+20+1")
    (document,) = read_documents(interchange(message)).documents

    assert document.document is None
    assert "message type CODECO is not mapped" in document.findings[0].message


def test_a_segment_out_of_place_a_missing_and_a_repeated_one_are_told_apart():
    unexpected = (*BAPLIE[:2], "CST+1", *BAPLIE[2:])
    missing = tuple(one for one in BAPLIE if not one.startswith("DTM+137"))
    repeated = (BAPLIE[0], BAPLIE[1], BAPLIE[2], BAPLIE[2], *BAPLIE[3:])

    assert faults(interchange(unexpected)) == [
        ("edifact-segment-unexpected", "message 1, segment 3 (CST)", Severity.ERROR)
    ]
    assert faults(interchange(missing)) == [("edifact-segment-missing", "message 1, segment 3 (NAD)", Severity.ERROR)]
    assert faults(interchange(repeated)) == [
        ("edifact-segment-repeated", "message 1, segment 4 (DTM)", Severity.WARNING)
    ]


def test_a_message_in_the_structure_of_another_release_is_read_with_a_warning():
    message = ("BAPLIE:D:95B:UN", *BAPLIE_3[1:])
    (document,) = read_documents(interchange(message)).documents

    assert len(document.document.stowed) == 2
    assert document.findings[0].code == "declarations.edifact-release"


def test_findings_never_hold_a_value_of_a_passenger_list():
    message = tuple(one.replace("740812", "7408SECRET").replace("NAT+2+UTO", "NAT+SECRET+UTO") for one in PAXLST)
    (document,) = read_edifact(interchange(message), limits=DEFAULT_LIMITS)

    assert document.document is None
    assert "SECRET" not in str(document.findings)


@pytest.mark.parametrize("message", [CUSCAR, BAPLIE_3, COARRI, IFTMIN, PAXLST, CUSRES, CUSDEC], ids=lambda one: one[0])
def test_a_release_newer_than_the_structures_is_read_by_the_newest(message):
    name = message[0].split(":")[0]
    newer = only((f"{name}:D:21B:UN", *message[1:]))

    assert newer == only(message)


def value(message):
    return read_documents(interchange(message)).documents[0].document


def test_an_old_cargo_report_is_of_one_consignment_and_a_new_one_of_many():
    old, new = value(CUSCAR_94A), value(CUSCAR_03B)

    assert [one.transport_document.id for one in old.consignments] == ["BOL-1"]
    assert old.consignments[0].items[0].packaging[0].marks == "MARKS 1/40"
    assert [one.transport_document.id for one in new.consignments] == ["HOUSE-1", "HOUSE-2"]
    assert new.consignments[0].master_document.id == "MASTER-1"
    assert new.consignments[0].items[0].gross_mass_kg == Decimal(1500)
    assert [one.id for one in new.equipment] == ["EXEU0000001"]


def test_responses_of_both_structures_say_what_was_decided():
    old, new = value(CUSRES_95B), value(CUSRES_10A)

    assert (old.kind, old.mrn) == (NoticeKind.RELEASED, "95-000001")
    assert old.issued_at == datetime(1995, 11, 24, 9, 5, tzinfo=UTC)
    assert new.kind is NoticeKind.REJECTED
    assert [(error.code, error.path) for error in new.errors] == [("42", "LI:7"), ("43", None)]


def test_a_loading_report_gives_events_at_the_port_of_loading():
    (event,) = value(COARRI_95B).events

    assert (event.step, event.place.locode) == ("loading", "XAEXP")
    assert dict(event.extensions) == {"unloading_place": "XBHAR", "stowage_position": "0010182"}


def test_the_transaction_reference_names_a_passenger_list():
    assert value(PAXLST_12B).report_id == "TX-1"
