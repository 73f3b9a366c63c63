"""How a cargo report is written as CUSCAR D.97B: what rules of messages/cuscar.toml read back as the same."""

from __future__ import annotations

from comity.features.declarations.formats.edifact.write_segments import (
    NAME_WIDTH,
    TEXT_WIDTH,
    amount,
    coded_location,
    control_total,
    conveyance,
    date_time,
    lines,
    location,
    measurement,
    number,
    party,
    statement,
)
from comity.features.declarations.formats.edifact.write_syntax import Written, WrittenMessage
from comity.foundation.trade.cargo import CargoConsignment, CargoReport, CarriedEquipment
from comity.foundation.trade.declaration import DeclarationFunction, GoodsItem
from comity.foundation.trade.documents import TransportDocument

IDENTIFIER = "CUSCAR:D:97B:UN"

_FUNCTIONS = {
    DeclarationFunction.ORIGINAL: "9",
    DeclarationFunction.AMENDMENT: "4",
    DeclarationFunction.CANCELLATION: "1",
    DeclarationFunction.PRESENTATION: "14",
}
_REFERENCES = {"705": "BM", "714": "BH", "703": "HWB", "704": "MB", "741": "MWB", "740": "AWB"}
"""Reference qualifiers (1153) of transport documents by their type (1001)."""


def cuscar(report: CargoReport) -> WrittenMessage:
    """Return the message; what CUSCAR has no place for is left out."""
    segments: list[Written] = [("BGM", report.type_code or "85", report.report_id or "", _FUNCTIONS[report.function])]
    segments += date_time("137", report.issued_at)
    segments += coded_location("22", report.office)
    carrier_in_conveyance = report.carrier if report.carrier and report.carrier.role_code is None else None
    if carrier_in_conveyance is None:
        segments += party("CA", report.carrier)
    segments += party("CG", report.agent)
    segments += party("MS", report.declarant)
    segments += [statement(one) for one in report.additional_information]
    segments += _conveyance(report, conveyance("20", report.voyage, report.means, carrier_in_conveyance))
    carried = [*report.equipment, *(one for consignment in report.consignments for one in consignment.equipment)]
    for equipment in dict.fromkeys(carried):
        segments += _equipment(equipment)
    segments += control_total("7", report.total_gross_mass_kg, "KGM")
    segments += control_total("11", report.total_packages)
    for consignment in report.consignments:
        segments += _consignment(consignment)
    return WrittenMessage(IDENTIFIER, segments)


def _conveyance(report: CargoReport, begun: list[Written]) -> list[Written]:
    within = location("5", report.departure_place)
    within += location("60", report.arrival_place)
    within += location("61", report.next_place)
    within += date_time("133", report.departure_at)
    within += date_time("132", report.arrival_at)
    return [*(begun or [("TDT", "20")]), *within] if begun or within else []


def _equipment(equipment: CarriedEquipment) -> list[Written]:
    fullness = {True: "4", False: "5", None: ""}[equipment.is_empty]
    segments: list[Written] = [("EQD", "CN", equipment.id or "", equipment.size_type or "", "", "", fullness)]
    segments += measurement("AAE", "T", equipment.tare_mass_kg)
    segments += measurement("AAE", "G", equipment.gross_mass_kg)
    segments += measurement("VGM", "", equipment.verified_gross_mass_kg)
    segments += [("SEL", seal.id) for seal in equipment.seals]
    low, high = equipment.minimum_temperature_c, equipment.maximum_temperature_c
    if equipment.temperature_c is not None or low is not None or high is not None:
        told = "" if equipment.temperature_c is None else number(equipment.temperature_c)
        segments.append(("TMP", "2", (told, "CEL")))
    if low is not None or high is not None:
        bounds = ("" if one is None else number(one) for one in (low, high))
        segments.append(("RNG", "5", ("CEL", *bounds)))
    return segments


def _consignment(consignment: CargoConsignment) -> list[Written]:
    sequence = "" if consignment.sequence is None else str(consignment.sequence)
    segments: list[Written] = [("CNI", sequence)]
    segments += _bill(consignment.master_document, "MB")
    segments += [("RFF", ("UCN", consignment.ucr))] if consignment.ucr else []
    segments += _bill(consignment.transport_document, "BM") or [("RFF", "")]
    segments += control_total("7", consignment.gross_mass_kg, "KGM")
    segments += control_total("15", consignment.volume_m3, "MTQ")
    segments += control_total("11", consignment.packages)
    segments += amount("64", consignment.freight)
    segments += amount("44", consignment.value)
    segments += location("9", consignment.loading_place)
    segments += location("11", consignment.unloading_place)
    segments += location("7", consignment.place_of_delivery)
    segments += location("88", consignment.place_of_receipt)
    for place in consignment.transhipment_places:
        segments += location("13", place)
    segments += [("GIS", consignment.customs_status)] if consignment.customs_status else []
    method = consignment.freight_payment_method
    segments += [("CPI", "4", "", method)] if method else []
    if consignment.previous_documents:
        segments.append(("TDT", "20"))
        segments += [("RFF", (one.type_code or "", one.id)) for one in consignment.previous_documents]
    segments += party("CZ", consignment.consignor)
    segments += party("CN", consignment.consignee)
    for notified in consignment.notify_parties:
        segments += party("NI", notified)
    segments += party("CA", consignment.carrier)
    segments += party("FW", consignment.forwarder)
    for item in consignment.items:
        segments += _item(item)
    return segments


def _bill(document: TransportDocument | None, otherwise: str) -> list[Written]:
    if document is None:
        return []
    code = document.type_code or otherwise
    return [("RFF", (_REFERENCES.get(code, code), document.id))]


def _item(item: GoodsItem) -> list[Written]:
    sequence = "" if item.sequence is None else str(item.sequence)
    first, *more = item.packaging or (None,)
    packed = ("", "") if first is None else (_count(first.quantity), first.type_code or "")
    segments: list[Written] = [("GID", sequence, packed)]
    segments += [("PAC", _count(one.quantity), "", one.type_code or "") for one in more if one is not None]
    commodity = item.commodity
    if commodity.description:
        segments.append(("FTX", "AAA", "", "", lines(commodity.description, TEXT_WIDTH)))
    segments += [statement(one) for one in item.additional_information]
    segments += measurement("AAE", "AAB", item.gross_mass_kg)
    segments += measurement("AAE", "AAL", item.net_mass_kg)
    segments += amount("40", item.customs_value)
    segments += amount("38", item.invoice_amount)
    segments += amount("123", item.statistical_value)
    segments += [("SGP", container) for container in item.equipment_ids]
    segments += [("DGS", "IMD", "", substance) for substance in commodity.dangerous_goods]
    last = item.packaging[-1].marks if item.packaging else None
    segments += [("PCI", "28", lines(last, NAME_WIDTH))] if last else []
    segments += [("CST", "", commodity.code)] if commodity.code else []
    segments += coded_location("27", item.origin_country)
    segments += coded_location("35", item.export_country)
    segments += coded_location("36", item.destination_country)
    return segments


def _count(quantity: int | None) -> str:
    return "" if quantity is None else str(quantity)
