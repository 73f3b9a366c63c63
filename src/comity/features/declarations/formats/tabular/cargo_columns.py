"""Which columns a cargo report (manifest) has: one row for each consignment under one transport document."""

from __future__ import annotations

from comity.features.declarations.formats.tabular.column import Column, Form, money_columns, party_columns

_REPORT = "CargoReport"
_CONSIGNMENT = "Consignment"


def _report(name: str, target: str, element: str, form: Form, meaning: str, *size: int) -> Column:
    length, places = (*size, 0, 0)[:2]
    return Column(name, target, f"{_REPORT}/{element}", form, meaning, length, places)


def _entry(name: str, target: str, element: str, form: Form, meaning: str, *size: int) -> Column:
    length, places = (*size, 0, 0)[:2]
    return Column(name, target, f"{_CONSIGNMENT}/{element}", form, meaning, length, places, is_item=True)


REPORT_COLUMNS: tuple[Column, ...] = (
    _report("cargo_reference", "report_id", "ID", Form.TEXT, "the carrier's reference of the report; groups rows", 35),
    _report("office", "office", "DeclarationOfficeID", Form.TEXT, "customs office of first entry", 17),
    _report("issued_at", "issued_at", "IssueDateTime", Form.INSTANT, "issue of the report"),
    _report("means_id", "means.id", "BorderTransportMeans/ID", Form.TEXT, "IMO number, registration or number", 35),
    _report(
        "means_nationality",
        "means.registration_nationality",
        "BorderTransportMeans/RegistrationNationalityCode",
        Form.COUNTRY,
        "its nationality",
        2,
    ),
    _report("mode", "means.mode_code", "BorderTransportMeans/ModeCode", Form.TEXT, "mode of transport (Rec 19)", 1),
    _report("voyage", "voyage", "BorderTransportMeans/JourneyID", Form.TEXT, "voyage, flight or trip number", 17),
    *party_columns("carrier", "carrier", f"{_REPORT}/Carrier"),
    _report("departure_place", "departure_place.locode", "ExitOffice/LocationID", Form.TEXT, "place of departure", 5),
    _report("arrival_place", "arrival_place.locode", "EntryOffice/LocationID", Form.TEXT, "place of arrival", 5),
    _report("departure_at", "departure_at", "Itinerary/DepartureDateTime", Form.INSTANT, "departure"),
    _report("arrival_at", "arrival_at", "Itinerary/ArrivalDateTime", Form.INSTANT, "arrival, expected or actual"),
    _report("total_gross_mass_kg", "total_gross_mass_kg", "TotalGrossMassMeasure", Form.NUMBER, "total, kg", 16, 6),
    _report("total_packages", "total_packages", "TotalPackageQuantity", Form.WHOLE, "number of packages", 8),
)

CONSIGNMENT_COLUMNS: tuple[Column, ...] = (
    _entry("consignment", "sequence", "SequenceNumeric", Form.WHOLE, "number of the consignment", 5),
    _entry(
        "transport_document",
        "transport_document",
        "TransportContractDocument",
        Form.REFERENCE,
        "bill of lading or waybill: TYPE:NUMBER",
        70,
    ),
    _entry(
        "master_document",
        "master_document",
        "MasterTransportContractDocument",
        Form.REFERENCE,
        "the one it is carried under",
        70,
    ),
    _entry("ucr", "ucr", "UCR/ID", Form.TEXT, "unique consignment reference", 35),
    *(
        Column(one.name, one.target, one.element, one.form, one.meaning, one.length, one.places, is_item=True)
        for role in ("consignor", "consignee")
        for one in party_columns(role, role, f"{_CONSIGNMENT}/{role.title()}")
    ),
    _entry("loading_place", "loading_place.locode", "LoadingLocation/ID", Form.TEXT, "place of loading", 5),
    _entry("unloading_place", "unloading_place.locode", "UnloadingLocation/ID", Form.TEXT, "place of unloading", 5),
    _entry("delivery_place", "place_of_delivery.locode", "DeliveryDestination/ID", Form.TEXT, "place of delivery", 5),
    _entry("goods_description", "items.commodity.description", "Commodity/Description", Form.TEXT, "the goods", 512),
    _entry("goods_code", "items.commodity.code", "Commodity/Classification", Form.GOODS_CODE, "goods code", 18),
    _entry(
        "dangerous_goods",
        "items.commodity.dangerous_goods",
        "Commodity/DangerousGoods/UNDGID",
        Form.LIST,
        "UN numbers of dangerous goods",
        4,
    ),
    _entry("packages", "items.packaging", "Packaging", Form.PACKAGES, "packages: QUANTITY TYPE MARKS", 512),
    _entry("gross_mass_kg", "gross_mass_kg", "GrossMassMeasure", Form.NUMBER, "gross mass, kg", 16, 6),
    _entry("volume_m3", "volume_m3", "VolumeMeasure", Form.NUMBER, "volume, m³", 16, 6),
    _entry(
        "containers",
        "equipment",
        "TransportEquipment/ID",
        Form.SEALED,
        "containers, each with its seals: NUMBER=SEAL1=SEAL2",
        17,
    ),
    *money_columns("value", "value", f"{_CONSIGNMENT}/ValueAmount", "value of the goods", is_item=True),
    *money_columns("freight", "freight", f"{_CONSIGNMENT}/FreightAmount", "freight", is_item=True),
)
