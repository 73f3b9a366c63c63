"""DCSA messages: events of both versions say the same, cargo has its places, all else is kept or told, no bytes raise."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.formats.dcsa.read import read_dcsa
from comity.features.declarations.read import read_documents
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.foundation.trade.cargo import CargoReport
from comity.foundation.trade.movement import EventClassifier, EventKind
from comity.foundation.trade.notice import NoticeKind

SECOND = {
    "eventID": "e-1",
    "eventCreatedDateTime": "2026-03-02T09:00:00Z",
    "eventType": "EQUIPMENT",
    "eventClassifierCode": "EST",
    "eventDateTime": "2026-03-02T08:00:00+03:00",
    "equipmentEventTypeCode": "LOAD",
    "equipmentReference": "CSQU3054383",
    "ISOEquipmentCode": "22G1",
    "emptyIndicatorCode": "LADEN",
    "eventLocation": {"UNLocationCode": "KEMBA", "latitude": "-4.05", "longitude": "39.66"},
    "transportCall": {
        "exportVoyageNumber": "12S",
        "modeOfTransport": "VESSEL",
        "vessel": {"vesselIMONumber": "9074729"},
    },
    "documentReferences": [{"documentReferenceType": "BKG", "documentReferenceValue": "B1"}],
    "seals": [{"sealNumber": "S1", "sealSource": "CUS"}],
}
THIRD = {
    "eventID": "e-1",
    "eventDateTime": "2026-03-02T08:00:00+03:00",
    "eventUpdatedDateTime": "2026-03-02T09:00:00Z",
    "eventClassification": {
        "eventTypeCode": "EQUIPMENT",
        "eventClassifierCode": "EST",
        "equipmentEventTypeCode": "LOAD",
    },
    "eventLocation": {"UNLocationCode": "KEMBA", "geoCoordinate": {"latitude": "-4.05", "longitude": "39.66"}},
    "shipmentDetails": {"documentReference": {"typeCode": "BKG", "reference": "B1"}},
    "transportDetails": {
        "transportCall": {
            "modeOfTransport": "VESSEL",
            "exportVoyageNumberOrReference": {"carrierVoyageNumber": "12S"},
            "vesselTransport": {"vesselIMONumber": "9074729"},
        }
    },
    "equipmentDetails": {
        "equipmentReference": "CSQU3054383",
        "ISOEquipmentCode": "22G1",
        "emptyIndicatorCode": "LADEN",
        "seals": [{"number": "S1"}],
    },
}
BILL = {
    "transportDocumentReference": "BL1",
    "transportDocumentTypeCode": "SWB",
    "issueDate": "2026-03-01",
    "carrierCode": "EXCO",
    "carrierCodeListProvider": "SMDG",
    "transports": {
        "plannedDepartureDate": "2026-03-02",
        "portOfLoading": {"UNLocationCode": "KEMBA"},
        "portOfDischarge": {"UNLocationCode": "NLRTM"},
        "vesselVoyages": [{"vesselName": "Example Vessel", "carrierExportVoyageNumber": "12S"}],
    },
    "documentParties": {
        "shipper": {"partyName": "Example Exporter Ltd", "identifyingCodes": [{"partyCode": "KE1"}]},
        "consignee": {"partyName": "Example Importer Ltd"},
        "notifyParties": [{"partyName": "Example Agent Ltd"}],
    },
    "consignmentItems": [
        {
            "carrierBookingReference": "B1",
            "descriptionOfGoods": ["Tea,", "black"],
            "HSCodes": ["090240"],
            "cargoItems": [
                {
                    "equipmentReference": "CSQU3054383",
                    "cargoGrossWeight": {"value": 1000, "unit": "LBR"},
                    "outerPackaging": {"packageCode": "BG", "numberOfPackages": 40},
                }
            ],
        }
    ],
    "utilizedTransportEquipments": [
        {"equipment": {"equipmentReference": "CSQU3054383", "ISOEquipmentCode": "22G1"}, "seals": [{"number": "S1"}]}
    ],
}


def read(value):
    reading = read_documents(json.dumps(value).encode())
    assert reading.format == "dcsa"
    return reading.documents


def only(value):
    (found,) = read(value)
    return found


def codes(document):
    return [finding.code.removeprefix("declarations.") for finding in document.findings]


def test_both_versions_of_track_and_trace_give_the_same_event():
    (second,) = only([SECOND]).document.events
    (third,) = only({"events": [THIRD]}).document.events

    assert second.extensions == (("seals.sealSource", "CUS"),)
    assert third.extensions == ()
    for name in ("kind", "classifier", "occurred_at", "recorded_at", "step", "place", "means", "voyage", "documents"):
        assert getattr(second, name) == getattr(third, name)
    assert second.equipment == third.equipment


def test_an_event_has_its_places():
    (event,) = only([SECOND]).document.events

    assert (event.kind, event.classifier) == (EventKind.EQUIPMENT, EventClassifier.ESTIMATED)
    assert event.occurred_at == datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert (event.place.locode, event.place.latitude) == ("KEMBA", Decimal("-4.05"))
    assert (event.equipment[0].id, event.equipment[0].seals[0].id, event.is_empty) == ("CSQU3054383", "S1", False)
    assert (event.means.id, event.means.mode_code, event.voyage) == ("9074729", "1", "12S")


def test_a_refrigerated_container_gives_its_readings():
    event = {
        **THIRD,
        "eventClassification": {"eventTypeCode": "REEFER", "eventClassifierCode": "ACT", "reeferEventTypeCode": "MEAS"},
        "reeferDetails": {
            "temperatureUnit": "CEL",
            "internalSetpointTemperature": -18.5,
            "temperatureProbeMeasurements": [{"USDAProbeNumber": 2, "measuredTemperatureValue": -18.1}],
        },
    }

    readings = only({"events": [event]}).document.events[0].sensors

    assert [(one.value, one.unit, one.device) for one in readings] == [
        (Decimal("-18.5"), "CEL", None),
        (Decimal("-18.1"), "CEL", "2"),
    ]


def test_a_bill_of_lading_is_a_consignment():
    report = only(BILL).document

    assert isinstance(report, CargoReport)
    (consignment,) = report.consignments
    assert (consignment.transport_document.id, consignment.transport_document.type_code) == ("BL1", "710")
    assert (consignment.consignor.id, consignment.consignee.name) == ("KE1", "Example Importer Ltd")
    assert consignment.notify_parties[0].name == "Example Agent Ltd"
    assert (consignment.loading_place.locode, consignment.unloading_place.locode) == ("KEMBA", "NLRTM")
    assert (consignment.gross_mass_kg, consignment.packages) == (Decimal("453.59237"), 40)
    (item,) = consignment.items
    assert (item.commodity.code, item.commodity.description) == ("090240", "Tea, black")
    assert (item.equipment_ids, item.previous_documents[0].id) == (("CSQU3054383",), "B1")
    assert (report.voyage, report.departure_at) == ("12S", datetime(2026, 3, 2, tzinfo=UTC))


def test_arrival_notices_are_documents_each_with_its_own_hash():
    notice = {**BILL, "documentParties": [{"partyFunction": "CN", "partyName": "Example Importer Ltd"}]}

    first, second = read({"arrivalNotices": [notice, {**notice, "transportDocumentReference": "BL2"}]})

    assert first.document.consignments[0].consignee.name == "Example Importer Ltd"
    assert first.content_sha256 != second.content_sha256


def test_a_notification_of_arrival_and_an_answer_are_notices():
    notification = {
        "transportDocumentReference": "BL1",
        "portOfDischargeArrivalDate": {"value": "2026-03-09", "classifier": "EST"},
    }
    arrival = only({"arrivalNoticeNotifications": [notification]}).document
    answer = only(
        {
            "statusCode": 404,
            "providerCorrelationReference": "x",
            "errors": [{"errorCode": 7006, "errorCodeMessage": "no"}],
        }
    ).document

    assert (arrival.kind, arrival.arrived_at, arrival.statuses[0].code) == (NoticeKind.ARRIVAL, None, "estimated")
    assert (answer.kind, answer.errors[0].code) == (NoticeKind.REJECTED, "7006")


def test_a_schedule_is_planned_calls():
    stamps = [{"eventTypeCode": "ARRI", "eventClassifierCode": "PLN", "eventDateTime": "2026-03-09T08:00:00Z"}]
    call = {"location": {"UNLocationCode": "KEMBA"}, "carrierExportVoyageNumber": "12S", "timestamps": stamps}

    (event,) = only(
        [{"carrierServiceCode": "X", "vesselSchedules": [{"vesselIMONumber": "9074729", "transportCalls": [call]}]}]
    ).document.events

    assert (event.classifier, event.step, event.place.locode, event.means.id) == (
        EventClassifier.PLANNED,
        "ARRI",
        "KEMBA",
        "9074729",
    )


def test_a_verified_gross_mass_belongs_to_its_container():
    told = {
        "declarationReference": "V1",
        "VGM": {"weight": {"value": 24.5, "unit": "TNE"}, "method": "SM1"},
        "equipmentDetails": {"equipmentReference": "CSQU3054383"},
    }

    (consignment,) = only({"VGMDeclarations": [told]}).document.consignments

    assert consignment.equipment[0].verified_gross_mass_kg == 24_500


def test_what_has_no_field_is_told_once():
    found = only({**BILL, "carrierClauses": ["A", "B"]})

    assert codes(found) == ["element-not-mapped"]
    assert found.findings[0].path == "/carrierClauses"


@pytest.mark.parametrize("name", ["equipmentReference"])
def test_a_wrong_container_number_is_a_warning(name):
    assert codes(only([{**SECOND, name: "CSQU3054384"}])) == ["container-check-digit"]


def mutated(content):
    return st.tuples(st.integers(0, len(content)), st.integers(0, len(content)), st.binary(max_size=6)).map(
        lambda cut: content[: min(cut[:2])] + cut[2] + content[max(cut[:2]) :]
    )


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200)
    | mutated(json.dumps([SECOND]).encode())
    | mutated(json.dumps({"events": [THIRD]}).encode())
    | mutated(json.dumps(BILL).encode())
)
def test_no_bytes_raise(content):
    for found in read_dcsa(content, limits=DEFAULT_LIMITS):
        assert found.document is not None or found.findings


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted({*SECOND, *BILL})), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([*SECOND, *THIRD, *BILL]), VALUES)
def test_no_value_in_a_message_raises(member, value):
    for message in ([{**SECOND, member: value}], {"events": [{**THIRD, member: value}]}, {**BILL, member: value}):
        for found in read_dcsa(json.dumps(message).encode(), limits=DEFAULT_LIMITS):
            assert found.document is not None or found.findings
