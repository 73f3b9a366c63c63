"""Which columns say something of the whole declaration: its rows repeat them or leave them empty."""

from __future__ import annotations

from comity.features.declarations.formats.tabular.column import Column, Form, money_columns, party_columns, text_column

_SHIPMENT = "goods_shipment"
_CONSIGNMENT = f"{_SHIPMENT}.consignment"
_GOODS = "GoodsShipment"

DECLARATION_COLUMNS: tuple[Column, ...] = (
    text_column(
        "reference", "functional_reference_id", "FunctionalReferenceID", 35, "the declarant's reference; groups rows"
    ),
    text_column(
        "function_code", "function_code", "FunctionCode", 2, "UN/EDIFACT 1225: 9 original (also when empty), 13 request"
    ),
    text_column("type_code", "type_code", "TypeCode", 3, "IM, EX, T1 … and the additional type: IMA, EXA"),
    text_column("mrn", "mrn", "ID", 70, "movement reference number, where one was given"),
    text_column("declaration_office", "declaration_office", "DeclarationOfficeID", 17, "customs office of declaration"),
    text_column("exit_office", "exit_office", "ExitOffice/ID", 17, "customs office of exit"),
    text_column(
        "presentation_office", "presentation_office", "PresentationOffice/ID", 17, "customs office of presentation"
    ),
    Column(
        "acceptance_at", "acceptance_at", "AcceptanceDateTime", Form.INSTANT, "acceptance, UTC unless a zone is given"
    ),
    Column("issued_at", "issued_at", "IssueDateTime", Form.INSTANT, "issue, UTC unless a zone is given"),
    text_column(
        "change_reason", "amendments.change_reason_code", "Amendment/ChangeReasonCode", 3, "reason of a change"
    ),
    *party_columns("declarant", "declarant", "Declarant"),
    *party_columns("exporter", f"{_SHIPMENT}.exporter", "Exporter"),
    *party_columns("importer", f"{_SHIPMENT}.importer", f"{_GOODS}/Importer"),
    *party_columns("consignor", f"{_SHIPMENT}.consignor", f"{_GOODS}/Consignor"),
    *party_columns("consignee", f"{_SHIPMENT}.consignee", f"{_GOODS}/Consignee"),
    text_column("agent_id", "agent.id", "Agent/ID", 17, "agent: identification number"),
    text_column("agent_status", "agent.role_code", "Agent/FunctionCode", 3, "2 direct, 3 indirect representation"),
    Column(
        "export_country",
        f"{_SHIPMENT}.export_country",
        f"{_GOODS}/ExportCountry/ID",
        Form.COUNTRY,
        "country of export",
        2,
    ),
    Column(
        "destination_country",
        f"{_SHIPMENT}.destination_country",
        f"{_GOODS}/Destination/CountryCode",
        Form.COUNTRY,
        "country of destination",
        2,
    ),
    text_column("ucr", f"{_SHIPMENT}.ucr", f"{_GOODS}/UCR/ID", 35, "unique consignment reference"),
    text_column(
        "incoterm",
        f"{_SHIPMENT}.trade_terms.incoterm",
        f"{_GOODS}/TradeTerms/ConditionCode",
        3,
        "delivery terms (Incoterms)",
    ),
    text_column(
        "incoterm_place",
        f"{_SHIPMENT}.trade_terms.place",
        f"{_GOODS}/TradeTerms/LocationID",
        17,
        "place of delivery (UN/LOCODE)",
    ),
    text_column(
        "incoterm_place_name",
        f"{_SHIPMENT}.trade_terms.place_name",
        f"{_GOODS}/TradeTerms/LocationName",
        256,
        "place of delivery in words",
    ),
    text_column(
        "nature_of_transaction",
        f"{_SHIPMENT}.transaction_nature_code",
        f"{_GOODS}/TransactionNatureCode",
        2,
        "nature of transaction",
    ),
    *money_columns(
        "freight", f"{_SHIPMENT}.valuation.freight", f"{_GOODS}/CustomsValuation/FreightChargeAmount", "freight"
    ),
    *money_columns(
        "insurance", f"{_SHIPMENT}.valuation.insurance", f"{_GOODS}/CustomsValuation/ChargeDeduction", "insurance"
    ),
    *money_columns("invoice_total", "invoice_amount", "InvoiceAmount", "total of the invoice"),
    Column(
        "total_gross_mass_kg",
        "total_gross_mass_kg",
        "TotalGrossMassMeasure",
        Form.NUMBER,
        "total gross mass, kg",
        16,
        6,
    ),
    Column("total_packages", "total_packages", "TotalPackageQuantity", Form.WHOLE, "number of packages", 8),
    Column("item_count", "goods_item_quantity", "GoodsItemQuantity", Form.WHOLE, "number of goods items", 5),
    Column(
        "in_containers",
        f"{_CONSIGNMENT}.container_indicator",
        f"{_GOODS}/Consignment/ContainerCode",
        Form.FLAG,
        "goods are in containers",
    ),
    Column(
        "containers",
        f"{_CONSIGNMENT}.equipment",
        f"{_GOODS}/Consignment/TransportEquipment/ID",
        Form.SEALED,
        "container numbers, each with its seals: MSKU0000006=SEAL1=SEAL2",
        17,
    ),
    Column(
        "transport_documents",
        f"{_CONSIGNMENT}.transport_documents",
        f"{_GOODS}/Consignment/TransportContractDocument/ID",
        Form.REFERENCES,
        "bills of lading, waybills: TYPE:NUMBER",
        70,
    ),
    text_column(
        "loading_location",
        f"{_CONSIGNMENT}.loading_location",
        f"{_GOODS}/Consignment/LoadingLocation/ID",
        17,
        "place of loading (UN/LOCODE)",
    ),
    text_column(
        "unloading_location",
        f"{_CONSIGNMENT}.unloading_location",
        f"{_GOODS}/Consignment/UnloadingLocation/ID",
        17,
        "place of unloading (UN/LOCODE)",
    ),
    text_column(
        "goods_location",
        f"{_CONSIGNMENT}.goods_location.name",
        f"{_GOODS}/Consignment/GoodsLocation/Name",
        256,
        "where the goods are",
    ),
    text_column(
        "arrival_means_id",
        f"{_CONSIGNMENT}.arrival_means.id",
        f"{_GOODS}/Consignment/ArrivalTransportMeans/ID",
        35,
        "means of transport on arrival",
    ),
    text_column(
        "arrival_means_id_type",
        f"{_CONSIGNMENT}.arrival_means.identification_type_code",
        f"{_GOODS}/Consignment/ArrivalTransportMeans/IdentificationTypeCode",
        17,
        "how it is identified",
    ),
    text_column(
        "departure_means_id",
        f"{_CONSIGNMENT}.departure_means.id",
        f"{_GOODS}/Consignment/DepartureTransportMeans/ID",
        35,
        "means of transport at departure",
    ),
    text_column(
        "departure_means_id_type",
        f"{_CONSIGNMENT}.departure_means.identification_type_code",
        f"{_GOODS}/Consignment/DepartureTransportMeans/IdentificationTypeCode",
        17,
        "how it is identified",
    ),
    text_column(
        "border_means_id", "border_means.id", "BorderTransportMeans/ID", 35, "means of transport at the border"
    ),
    text_column(
        "border_means_id_type",
        "border_means.identification_type_code",
        "BorderTransportMeans/IdentificationTypeCode",
        17,
        "how it is identified",
    ),
    Column(
        "border_means_nationality",
        "border_means.registration_nationality",
        "BorderTransportMeans/RegistrationNationalityCode",
        Form.COUNTRY,
        "its nationality",
        2,
    ),
    text_column(
        "border_mode",
        "border_means.mode_code",
        "BorderTransportMeans/ModeCode",
        1,
        "mode of transport at the border (UN/ECE Rec 19)",
    ),
    text_column("carrier_id", "consignment.carrier.id", "Consignment/Carrier/ID", 17, "carrier: identification number"),
    text_column("carrier_name", "consignment.carrier.name", "Consignment/Carrier/Name", 70, "carrier: name"),
    Column(
        "routing_countries",
        "consignment.routing_countries",
        "Consignment/Itinerary/RoutingCountryCode",
        Form.LIST,
        "countries of routing, in order",
        2,
    ),
    Column(
        "previous_documents",
        f"{_SHIPMENT}.previous_documents",
        f"{_GOODS}/PreviousDocument/ID",
        Form.REFERENCES,
        "documents before this: CATEGORY/TYPE:NUMBER#LINE",
        70,
    ),
    text_column("warehouse_id", f"{_SHIPMENT}.warehouse_id", f"{_GOODS}/Warehouse/ID", 35, "customs warehouse"),
    text_column("warehouse_type", f"{_SHIPMENT}.warehouse_type", f"{_GOODS}/Warehouse/TypeCode", 3, "its type"),
)
