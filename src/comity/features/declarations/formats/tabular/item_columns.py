"""Which columns say something of one goods item: one row is one item."""

from __future__ import annotations

from comity.features.declarations.formats.tabular.column import Column, Form, money_columns

_GOODS = "GoodsShipment"
_ITEM = f"{_GOODS}/GovernmentAgencyGoodsItem"


def _item(name: str, target: str, element: str, form: Form, meaning: str, *size: int) -> Column:
    length, places = (*size, 0, 0)[:2]
    return Column(name, target, f"{_ITEM}/{element}", form, meaning, length, places, is_item=True)


ITEM_COLUMNS: tuple[Column, ...] = (
    _item("item", "sequence", "SequenceNumeric", Form.WHOLE, "number of the goods item", 5),
    _item(
        "goods_code",
        "commodity.code",
        "Commodity/Classification",
        Form.GOODS_CODE,
        "goods code, 6 to 12 digits, as text",
        18,
    ),
    _item("goods_description", "commodity.description", "Commodity/Description", Form.TEXT, "the goods in words", 512),
    _item(
        "additional_codes",
        "commodity.classifications",
        "Commodity/Classification/ID",
        Form.REFERENCES,
        "national additional codes: TYPE:CODE",
        18,
    ),
    _item(
        "dangerous_goods",
        "commodity.dangerous_goods",
        "Commodity/DangerousGoods/UNDGID",
        Form.LIST,
        "UN numbers of dangerous goods",
        4,
    ),
    _item("origin_country", "origin_country", "Origin/CountryCode", Form.TEXT, "country of origin", 4),
    _item(
        "preferential_origin",
        "preferential_origin",
        "Origin/CountryCode",
        Form.TEXT,
        "country of preferential origin",
        4,
    ),
    _item(
        "procedure",
        "procedure_current",
        "GovernmentProcedure/CurrentCode",
        Form.TEXT,
        "procedure requested, two digits",
        7,
    ),
    _item(
        "previous_procedure",
        "procedure_previous",
        "GovernmentProcedure/PreviousCode",
        Form.TEXT,
        "procedure before, two digits",
        7,
    ),
    _item(
        "additional_procedures",
        "additional_procedures",
        "GovernmentProcedure/CurrentCode",
        Form.LIST,
        "additional procedure codes",
        7,
    ),
    _item(
        "gross_mass_kg",
        "gross_mass_kg",
        "Commodity/GoodsMeasure/GrossMassMeasure",
        Form.NUMBER,
        "gross mass, kg",
        16,
        6,
    ),
    _item(
        "net_mass_kg", "net_mass_kg", "Commodity/GoodsMeasure/NetNetWeightMeasure", Form.NUMBER, "net mass, kg", 16, 6
    ),
    _item(
        "quantity",
        "supplementary_quantity",
        "Commodity/GoodsMeasure/TariffQuantity",
        Form.NUMBER,
        "quantity in the supplementary unit",
        16,
        6,
    ),
    _item(
        "quantity_unit",
        "supplementary_unit",
        "Commodity/GoodsMeasure/TariffQuantity/@unitCode",
        Form.TEXT,
        "its unit (UN/ECE Rec 20)",
        5,
    ),
    _item(
        "packages",
        "packaging",
        "Packaging",
        Form.PACKAGES,
        "packages: QUANTITY TYPE MARKS, such as 40 CT ABC/1-40",
        512,
    ),
    *money_columns(
        "item_price",
        "invoice_amount",
        f"{_ITEM}/Commodity/InvoiceLine/ItemChargeAmount",
        "price of the item as invoiced",
        is_item=True,
    ),
    *money_columns(
        "statistical_value", "statistical_value", f"{_ITEM}/StatisticalValueAmount", "statistical value", is_item=True
    ),
    *money_columns("customs_value", "customs_value", f"{_ITEM}/CustomsValueAmount", "customs value", is_item=True),
    _item("valuation_method", "valuation.method_code", "CustomsValuation/MethodCode", Form.TEXT, "valuation method", 3),
    _item(
        "item_containers",
        "equipment_ids",
        "Commodity/TransportEquipment/ID",
        Form.LIST,
        "containers this item is in",
        17,
    ),
    _item(
        "item_export_country", "export_country", "ExportCountry/ID", Form.COUNTRY, "country of export of this item", 2
    ),
    _item(
        "item_destination_country",
        "destination_country",
        "Destination/CountryCode",
        Form.COUNTRY,
        "country of destination of this item",
        2,
    ),
    _item(
        "item_previous_documents",
        "previous_documents",
        "PreviousDocument/ID",
        Form.REFERENCES,
        "documents before this item: CATEGORY/TYPE:NUMBER#LINE",
        70,
    ),
    _item(
        "item_documents",
        "additional_documents",
        "AdditionalDocument/ID",
        Form.REFERENCES,
        "licences, certificates, invoices: CATEGORY/TYPE:NUMBER",
        70,
    ),
    _item("item_ucr", "ucr", "UCR/ID", Form.TEXT, "unique consignment reference of this item", 35),
)
