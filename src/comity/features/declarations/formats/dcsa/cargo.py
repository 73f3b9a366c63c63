"""What a bill of lading, shipping instructions, a booking, an arrival notice or a verified gross mass says of cargo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from comity.features.declarations.formats.dcsa.members import Members
from comity.features.declarations.formats.dcsa.parts import (
    codes,
    equipment_number,
    equipment_of,
    mass_of,
    means_of,
    nested,
    note_rest,
    party_of,
    place_of,
    volume_of,
)
from comity.foundation.trade.cargo import CargoConsignment, CargoReport, CarriedEquipment
from comity.foundation.trade.declaration import Commodity, GoodsItem, Packaging
from comity.foundation.trade.documents import AdditionalDocument, PreviousDocument, TransportDocument
from comity.foundation.trade.movement import Place
from comity.foundation.trade.notice import Notice, NoticeError, NoticeKind, NoticeStatus
from comity.foundation.trade.parties import Party
from comity.foundation.trade.transport import GoodsLocation, TradeTerms, TransportMeans

_CODE = re.compile("[0-9]{6,12}")
_FUNCTIONS = {"OS": "shipper", "CN": "consignee", "N1": "notify", "N2": "notify", "NI": "notify", "DDR": "forwarder"}
_CLOSED = {
    "receiptTypeAtOrigin": "receipt_types",
    "deliveryTypeAtDestination": "receipt_types",
    "cargoMovementTypeAtOrigin": "movement_types",
    "cargoMovementTypeAtDestination": "movement_types",
}
_TRANSPORTS = {
    "placeOfReceipt": "place_of_receipt",
    "portOfLoading": "loading_place",
    "portOfDischarge": "unloading_place",
    "placeOfDelivery": "place_of_delivery",
}
_PLACES = {"PRE": "place_of_receipt", "POL": "loading_place", "POD": "unloading_place", "PDE": "place_of_delivery"}


def bill_of_lading(told: Members) -> CargoReport:
    """Return a transport document or the instructions for one: one consignment."""
    for name, known in _CLOSED.items():
        told.one_of(name, dict.fromkeys(codes()[known], name))
    parties = _parties(told)
    carriage = _carriage(told, told.inner("transports") or told.inner("transport"))
    carrier = _carrier(told)
    consignment = _consignment(told, parties, carriage, carrier)
    document = consignment.transport_document
    report = CargoReport(
        report_id=document.id
        if document is not None
        else told.text("shippingInstructionsReference", "carrierBookingRequestReference"),
        type_code=told.text("transportDocumentStatus", "bookingStatus"),
        issued_at=told.day("issueDate") or told.day("issueDateTime"),
        carrier=carrier,
        agent=parties.get("agent"),
        means=carriage.means,
        voyage=carriage.voyage,
        departure_place=carriage.places.get("loading_place"),
        arrival_place=carriage.places.get("unloading_place"),
        departure_at=carriage.departure_at,
        arrival_at=carriage.arrival_at,
        consignments=(consignment,),
    )
    note_rest(told)
    return report


def _consignment(
    told: Members, parties: dict[str, Any], carriage: _Carriage, carrier: Party | None
) -> CargoConsignment:
    kind = told.one_of("transportDocumentTypeCode", codes()["transport_documents"])
    number = told.text("transportDocumentReference")
    items = tuple(_items(told))
    return CargoConsignment(
        sequence=1,
        transport_document=TransportDocument(number, kind or "705") if number else None,
        consignor=parties.get("shipper"),
        consignee=parties.get("consignee"),
        notify_parties=tuple(parties.get("all_notified", ())),
        forwarder=parties.get("forwarder"),
        carrier=carrier,
        equipment=(*map(equipment_of, told.each("utilizedTransportEquipments")), *_requested(told)),
        items=items,
        gross_mass_kg=_sum(item.gross_mass_kg for item in items),
        packages=_count(items),
        trade_terms=_terms(told),
        freight_payment_method=told.text("freightPaymentTermCode"),
        previous_documents=tuple(_bookings(told)),
        place_of_receipt=carriage.places.get("place_of_receipt"),
        loading_place=carriage.places.get("loading_place"),
        unloading_place=carriage.places.get("unloading_place"),
        place_of_delivery=carriage.places.get("place_of_delivery"),
    )


def arrival_notification(told: Members) -> Notice:
    """Return the short message that goods arrive: what, where, when."""
    arrival = told.inner("portOfDischargeArrivalDate")
    classifier = arrival.one_of("classifier", codes()["classifiers"]) if arrival is not None else None
    at = arrival.day("value") if arrival is not None else None
    number = told.needed("transportDocumentReference")
    place = place_of(told.inner("portOfDischarge"))
    told.texts("equipmentReferences")
    notice = Notice(
        kind=NoticeKind.ARRIVAL,
        issued_at=told.instant("issueDateTime"),
        arrived_at=at if classifier == "actual" else None,
        statuses=(NoticeStatus(code=classifier, effective_at=at),) if classifier != "actual" else (),
        additional_documents=(AdditionalDocument(id=number, type_code="705"),) if number else (),
        goods_location=None if place is None else GoodsLocation(place.locode, place.name, address=place.address),
    )
    note_rest(told)
    return notice


def refusal(told: Members) -> Notice:
    """Return what a party's system answered instead of taking a message: its status and errors."""
    errors = [
        NoticeError(
            code=None if (code := one.count("errorCode")) is None else str(code),
            description=one.text("errorCodeMessage", "errorCodeText"),
            path=one.text("jsonPath", "property"),
        )
        for one in told.each("errors")
    ]
    status = told.count("statusCode")
    notice = Notice(
        kind=NoticeKind.REJECTED,
        notice_id=told.text("providerCorrelationReference"),
        function_code=None if status is None else str(status),
        issued_at=told.instant("errorDateTime"),
        errors=tuple(errors),
    )
    note_rest(told)
    return notice


def verified_mass(told: Members) -> CargoReport:
    """Return a container with its verified gross mass (SOLAS VI/2)."""
    weighed = told.inner("VGM")
    about, shipment = told.inner("equipmentDetails"), told.inner("shipmentDetails")
    equipment = equipment_of(about) if about is not None else CarriedEquipment()
    mass = mass_of(weighed, "weight") if weighed is not None else None
    number = shipment.text("transportDocumentReference") if shipment is not None else None
    report = CargoReport(
        report_id=told.text("declarationReference"),
        type_code=weighed.text("method") if weighed is not None else None,
        issued_at=told.instant("declarationDateTime"),
        consignments=(
            CargoConsignment(
                sequence=1,
                transport_document=TransportDocument(number, "705") if number else None,
                equipment=(_with_verified(equipment, mass),),
            ),
        ),
    )
    note_rest(told)
    return report


def _with_verified(equipment: CarriedEquipment, mass: Decimal | None) -> CarriedEquipment:
    return CarriedEquipment(
        id=equipment.id,
        size_type=equipment.size_type,
        seals=equipment.seals,
        tare_mass_kg=equipment.tare_mass_kg,
        gross_mass_kg=equipment.gross_mass_kg,
        verified_gross_mass_kg=mass,
    )


def _parties(told: Members) -> dict[str, Any]:
    """Return the parties by what they are: an object with a member for each, or a list with their functions."""
    found: dict[str, Any] = {"all_notified": []}
    if isinstance(told.raw("documentParties"), list):
        for one in told.each("documentParties"):
            function = one.text("partyFunction") or ""
            _place_party(found, _FUNCTIONS.get(function, ""), party_of(one.inner("party") or one, function))
        return found
    parties = told.inner("documentParties")
    if parties is None:
        return found
    for member, role in (("shipper", "shipper"), ("consignee", "consignee"), ("endorsee", "consignee")):
        _place_party(found, role, party_of(parties.inner(member)))
    _place_party(found, "agent", party_of(parties.inner("bookingAgent") or parties.inner("carriersAgentAtDestination")))
    _place_party(found, "forwarder", party_of(parties.inner("serviceContractOwner")))
    for one in nested(parties, "notifyParties", "notifyParty"):
        _place_party(found, "notify", party_of(one))
    return found


def _place_party(found: dict[str, Any], role: str, party: Party | None) -> None:
    if party is None or not role:
        return
    if role == "notify":
        found["all_notified"].append(party)
    else:
        found.setdefault(role, party)


class _Carriage(NamedTuple):
    """Where cargo is carried from and to, by which vessel and voyage, and on which planned days."""

    places: dict[str, Place | None]
    means: TransportMeans | None
    voyage: str | None
    departure_at: datetime | None
    arrival_at: datetime | None


def _carriage(told: Members, transports: Members | None) -> _Carriage:
    places: dict[str, Place | None] = {}
    for one in told.each("shipmentLocations"):
        field = _PLACES.get(one.text("locationTypeCode") or "")
        if field is not None:
            places[field] = place_of(one.inner("location"))
    vessel, voyage = told.inner("vessel"), told.text("carrierExportVoyageNumber")
    departure, arrival = told.day("expectedDepartureDate"), None
    if transports is not None:
        for member, field in _TRANSPORTS.items():
            places[field] = place_of(transports.inner(member))
        departure = transports.day("plannedDepartureDate")
        arrival = transports.day("plannedArrivalDate") or _arrival(transports)
        legs = [leg.inner("vesselVoyage") for leg in transports.each("legs")]
        voyages = [*transports.each("vesselVoyages"), *(one for one in legs if one is not None)]
        if voyages:
            vessel = voyages[0]
            voyage = vessel.text("carrierExportVoyageNumber", "carrierImportVoyageNumber")
    return _Carriage(places, means_of(vessel), voyage, departure, arrival)


def _arrival(transports: Members) -> datetime | None:
    told = transports.inner("portOfDischargeArrivalDate")
    return None if told is None else told.day("value")


def _items(told: Members) -> Iterator[GoodsItem]:
    """Yield an item of goods for each consignment item, its cargo items taken together."""
    for sequence, one in enumerate(told.each("consignmentItems"), start=1):
        cargo = list(one.each("cargoItems"))
        packaging, containers, masses = [], [], []
        for part in cargo:
            number = equipment_number(part)
            if number is not None and number not in containers:
                containers.append(number)
            masses.append(mass_of(part, "cargoGrossWeight"))
            volume_of(part, "cargoGrossVolume")
            outer = part.inner("outerPackaging")
            if outer is not None:
                quantity = outer.count("numberOfPackages")
                packaging.append(Packaging(outer.text("packageCode"), quantity))
        booking = one.text("carrierBookingReference")
        yield GoodsItem(
            sequence=sequence,
            commodity=Commodity(code=_goods_code(one), description=" ".join(one.texts("descriptionOfGoods")) or None),
            gross_mass_kg=_sum(masses),
            packaging=tuple(packaging),
            equipment_ids=tuple(containers),
            previous_documents=(PreviousDocument(booking, "BKG"),) if booking else (),
        )


def _goods_code(told: Members) -> str | None:
    found = told.texts("HSCodes")
    for index, code in enumerate(found):
        if _CODE.fullmatch(code) is None:
            told.context.warning(
                (*told.at, "HSCodes", index), "goods-code-form", "Expected 6 to 12 digits of the Harmonized System."
            )
    return next((code for code in found if _CODE.fullmatch(code)), None)


def _requested(told: Members) -> Iterator[CarriedEquipment]:
    """Yield the kinds of container that a booking asks for, without their numbers."""
    for one in told.each("requestedEquipments"):
        masses, dangerous = [], []
        for goods in one.each("commodities"):
            goods.text("commodityType")
            masses.append(mass_of(goods, "cargoGrossWeight"))
            outer = goods.inner("outerPackaging")
            listed = outer.each("dangerousGoods") if outer is not None else ()
            dangerous += [danger.text("UNNumber", "NANumber") for danger in listed]
        one.count("units")
        yield CarriedEquipment(
            size_type=one.text("ISOEquipmentCode"),
            gross_mass_kg=_sum(masses),
            dangerous_goods=tuple(number for number in dangerous if number),
        )


def _bookings(told: Members) -> Iterator[PreviousDocument]:
    for one in told.each("references"):
        number = one.text("value", "referenceValue")
        if number:
            yield PreviousDocument(number, one.text("type", "referenceType"))


def _terms(told: Members) -> TradeTerms | None:
    found = told.text("incoTerms")
    return None if found is None else TradeTerms(incoterm=found)


def _carrier(told: Members) -> Party | None:
    code = told.text("carrierCode")
    told.text("carrierCodeListProvider")
    return None if code is None else Party(id=code)


def _sum(masses: Any) -> Decimal | None:
    known = [mass for mass in masses if mass is not None]
    return sum(known, Decimal(0)) if known else None


def _count(items: tuple[GoodsItem, ...]) -> int | None:
    known = [one.quantity for item in items for one in item.packaging if one.quantity is not None]
    return sum(known) if known else None
