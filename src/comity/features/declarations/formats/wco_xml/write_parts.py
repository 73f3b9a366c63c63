"""How the parts every class uses are written: parties, documents, means of transport, consignments, valuation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import DATA_TYPES, DECLARATION
from comity.features.declarations.formats.wco_xml.parts import INSURANCE
from comity.foundation.trade.declaration import Amendment
from comity.foundation.trade.documents import AdditionalDocument, AdditionalInformation, Pointer, PreviousDocument
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Address, Party
from comity.foundation.trade.transport import Consignment, CustomsValuation, TransportMeans


class Writer:
    """Appends elements of the message's namespace to one element; values that are None are left out."""

    __slots__ = ("_namespace", "_types", "node")

    def __init__(self, node: _Element, *, namespace: str = DECLARATION, types: str = DATA_TYPES) -> None:
        self.node = node
        self._namespace = namespace
        self._types = types

    def element(self, name: str) -> Writer:
        """Append an element and return a writer of its children."""
        node = etree.SubElement(self.node, f"{{{self._namespace}}}{name}")
        return Writer(node, namespace=self._namespace, types=self._types)

    def instant(self, name: str, value: datetime | None) -> None:
        """Append an element with a DateTimeString in UTC (format 304)."""
        if value is None:
            return
        inner = etree.SubElement(self.element(name).node, f"{{{self._types}}}DateTimeString")
        inner.set("formatCode", "304")
        at = value.astimezone(UTC)
        inner.text = f"{at.year:04}{at:%m%d%H%M%SZ}"

    def text(self, name: str, value: str | int | None) -> None:
        """Append an element with text or a whole number."""
        if value is not None:
            self.element(name).node.text = str(value)

    def number(self, name: str, value: Decimal | None, *, unit: str | None = None) -> None:
        """Append an element with a decimal, and `unitCode` where there is a unit."""
        if value is not None:
            inner = self.element(name).node
            inner.text = format(value, "f")
            if unit is not None:
                inner.set("unitCode", unit)

    def money(self, name: str, value: Money | None) -> None:
        """Append an element with an amount and its `currencyID`."""
        if value is not None:
            inner = self.element(name).node
            inner.text = format(value.amount, "f")
            inner.set("currencyID", value.currency)

    def inside(self, name: str, child: str, value: str | None) -> None:
        """Append an element that holds one child with text."""
        if value is not None:
            self.element(name).text(child, value)


def party(write: Writer, name: str, value: Party | None, *, role_name: str = "RoleCode") -> None:
    """Write a party, if there is one."""
    if value is None:
        return
    inner = write.element(name)
    inner.text("Name", value.name)
    inner.text("ID", value.id)
    inner.text(role_name, value.role_code)
    if value.address is not None:
        address(inner, value.address)
    inner.inside("Contact", "Name", value.contact_name)
    if value.communication_id is not None or value.communication_type_code is not None:
        communication = inner.element("Communication")
        communication.text("ID", value.communication_id)
        communication.text("TypeCode", value.communication_type_code)


def address(write: Writer, value: Address) -> None:
    """Write an address."""
    inner = write.element("Address")
    inner.text("TypeCode", value.type_code)
    inner.text("CityName", value.city)
    inner.text("CountryCode", value.country)
    inner.text("CountrySubDivisionCode", value.subdivision_code)
    inner.text("CountrySubDivisionName", value.subdivision_name)
    inner.text("Line", value.line)
    inner.text("PostcodeID", value.postcode)


def additional_document(write: Writer, value: AdditionalDocument) -> None:
    """Write an additional document with its write-off."""
    inner = write.element("AdditionalDocument")
    inner.text("CategoryCode", value.category_code)
    inner.instant("EffectiveDateTime", value.effective_at)
    inner.text("ID", value.id)
    inner.text("Name", value.name)
    inner.text("TypeCode", value.type_code)
    inner.text("LPCOExemptionCode", value.exemption_code)
    party(inner, "Submitter", value.issuer)
    if value.write_off_quantity is not None or value.write_off_amount is not None:
        off = inner.element("WriteOff")
        off.number("QuantityQuantity", value.write_off_quantity, unit=value.write_off_unit)
        off.money("AmountAmount", value.write_off_amount)


def additional_information(write: Writer, value: AdditionalInformation) -> None:
    """Write a statement."""
    inner = write.element("AdditionalInformation")
    inner.text("StatementCode", value.code)
    inner.text("StatementDescription", value.description)
    inner.instant("LimitDateTime", value.limit_at)
    inner.text("StatementTypeCode", value.type_code)
    pointers(inner, value.pointers)


def pointers(write: Writer, value: Sequence[Pointer]) -> None:
    """Write the places something is about."""
    for pointer in value:
        inner = write.element("Pointer")
        inner.text("SequenceNumeric", pointer.sequence)
        inner.text("DocumentSectionCode", pointer.section_code)
        inner.text("TagID", pointer.tag_id)


def amendments(write: Writer, value: Sequence[Amendment]) -> None:
    """Write the changes asked for or made."""
    for amendment in value:
        inner = write.element("Amendment")
        inner.text("ChangeReasonCode", amendment.change_reason_code)
        pointers(inner, amendment.pointers)


def previous_document(write: Writer, value: PreviousDocument) -> None:
    """Write a previous document."""
    inner = write.element("PreviousDocument")
    inner.text("CategoryCode", value.category_code)
    inner.text("ID", value.id)
    inner.text("TypeCode", value.type_code)
    inner.text("LineNumeric", value.line)


def ucr(write: Writer, ucr_id: str | None, trader_reference: str | None) -> None:
    """Write the unique consignment reference and the trader's own."""
    if ucr_id is not None or trader_reference is not None:
        inner = write.element("UCR")
        inner.text("ID", ucr_id)
        inner.text("TraderAssignedReferenceID", trader_reference)


def means(write: Writer, name: str, value: TransportMeans | None) -> None:
    """Write a means of transport, if there is one."""
    if value is None:
        return
    inner = write.element(name)
    inner.text("Name", value.name)
    inner.text("ID", value.id)
    inner.text("IdentificationTypeCode", value.identification_type_code)
    inner.text("TypeCode", value.type_code)
    inner.text("RegistrationNationalityCode", value.registration_nationality)
    inner.text("ModeCode", value.mode_code)


def valuation(write: Writer, value: CustomsValuation | None) -> None:
    """Write a valuation; the insurance is the charge of type 67 (UN/EDIFACT 5025)."""
    if value is None:
        return
    inner = write.element("CustomsValuation")
    inner.text("MethodCode", value.method_code)
    inner.money("FreightChargeAmount", value.freight)
    charges = value.charges if value.insurance is None else (*value.charges, (INSURANCE, value.insurance))
    for kind, amount in charges:
        charge = inner.element("ChargeDeduction")
        charge.text("ChargesTypeCode", kind)
        charge.money("OtherChargeDeductionAmount", amount)


def consignment(inner: Writer, value: Consignment) -> None:
    """Write a consignment's children."""
    if value.container_indicator is not None:
        inner.text("ContainerCode", "1" if value.container_indicator else "0")
    means(inner, "ArrivalTransportMeans", value.arrival_means)
    party(inner, "Carrier", value.carrier)
    for item in value.items:
        part = inner.element("ConsignmentItem")
        part.text("SequenceNumeric", item.sequence)
        party(part, "Consignor", item.consignor)
        part.inside("Freight", "PaymentMethodCode", item.freight_payment_method)
    party(inner, "Consignor", value.consignor)
    means(inner, "DepartureTransportMeans", value.departure_means)
    inner.inside("Freight", "PaymentMethodCode", value.freight_payment_method)
    _goods_location(inner, value)
    for sequence, country in enumerate(value.routing_countries, start=1):
        stop = inner.element("Itinerary")
        stop.text("SequenceNumeric", sequence)
        stop.text("RoutingCountryCode", country)
    _place(inner, "LoadingLocation", value.loading_location, value.loading_location_name)
    _place(inner, "UnloadingLocation", value.unloading_location, value.unloading_location_name)
    for document in value.transport_documents:
        paper = inner.element("TransportContractDocument")
        paper.text("ID", document.id)
        paper.text("TypeCode", document.type_code)
    for equipment in value.equipment:
        box = inner.element("TransportEquipment")
        box.text("SequenceNumeric", equipment.sequence)
        box.text("ID", equipment.id)
        for seal in equipment.seals:
            mark = box.element("Seal")
            mark.text("SequenceNumeric", seal.sequence)
            mark.text("ID", seal.id)


def _goods_location(write: Writer, value: Consignment) -> None:
    location = value.goods_location
    if location is None:
        return
    inner = write.element("GoodsLocation")
    inner.text("Name", location.name)
    inner.text("ID", location.id)
    inner.text("TypeCode", location.type_code)
    if location.address is not None:
        address(inner, location.address)


def _place(write: Writer, element_name: str, identifier: str | None, name: str | None) -> None:
    if identifier is not None or name is not None:
        inner = write.element(element_name)
        inner.text("Name", name)
        inner.text("ID", identifier)
