"""Which element of a goods item of the export gives which field: packages, tariff, value, taxes (SAD 31 to 47)."""

from __future__ import annotations

from typing import Any

from comity.features.declarations.formats.asycuda_sad.values import (
    COUNTRY,
    CURRENCY,
    MIDNIGHT,
    NUMBER,
    TEXT,
    WHOLE,
)
from comity.features.declarations.formats.bind import Field, Inside, Many, One, Shape, Table
from comity.foundation.trade.documents import AdditionalDocument

UNBOUND: Any = dict
"""A part whose fields are made into values where all of the item, and the national currency, are known."""

COSTS = {
    "external_freight": "freight",
    "insurance": "insurance",
    "internal_freight": "internal-freight",
    "other_cost": "other-cost",
    "deduction": "deduction",
}
"""The parts of a value beside the invoice: element -> the field of the valuation, or the code of the charge."""

amount = Shape(
    UNBOUND,
    {
        "Amount_national_currency": Field("national", NUMBER),
        "Amount_foreign_currency": Field("foreign", NUMBER),
        "Currency_code": Field("currency", CURRENCY),
        "Currency_rate": Field("rate", NUMBER),
    },
)
"""An amount in the currency it was agreed in, and what that is in the national one."""

_code: Table = {
    "Commodity_code": Field("code", TEXT),
    "Precision_1": Field("precision_1", TEXT),
    "Precision_2": Field("precision_2", TEXT),
    "Precision_3": Field("precision_3", TEXT),
    "Precision_4": Field("precision_4", TEXT),
}

_unit = Shape(
    UNBOUND,
    {
        "Suppplementary_unit_code": Field("unit", TEXT),
        "Suppplementary_unit_quantity": Field("quantity", NUMBER),
        "Supplementary_unit_code": Field("unit", TEXT),
        "Supplementary_unit_quantity": Field("quantity", NUMBER),
    },
)
"""The three p are ASYCUDA's own."""

_tariff: Table = {
    "HScode": Inside(_code),
    "Preference_code": Field("preference", TEXT),
    "Extended_customs_procedure": Field("procedure", TEXT),
    "National_customs_procedure": Field("national_procedure", TEXT),
    "Quota_code": Field("quota", TEXT),
    "Quota": Inside({"QuotaCode": Field("quota", TEXT), "QuotaId": Field("quota_id", TEXT)}),
    "Supplementary_unit": Many("units", _unit),
    "Item_price": Field("price", NUMBER),
    "Valuation_method_code": Field("method", TEXT),
    "A.I._code": Field("information_code", TEXT),
    "AI_code": Field("information_code", TEXT),
}

_goods: Table = {
    "Country_of_origin_code": Field("origin_country", COUNTRY),
    "Country_of_origin_region": Field("origin_region", TEXT),
    "Commercial_Description": Field("commercial", TEXT),
    "Description_of_goods": Field("described", TEXT),
}

_previous: Table = {
    "Summary_declaration": Field("summary", TEXT),
    "Summary_declaration_sl": Field("summary_line", WHOLE),
    "Previous_document_reference": Field("previous", TEXT),
}

_tax_line = Shape(
    UNBOUND,
    {
        "Duty_tax_code": Field("code", TEXT),
        "Duty_tax_Base": Field("base", NUMBER),
        "Duty_tax_rate": Field("rate", NUMBER),
        "Duty_tax_amount": Field("amount", NUMBER),
        "Duty_tax_MP": Field("method", TEXT),
    },
)

_taxes: Table = {
    "Item_taxes_amount": Field("taxes", NUMBER),
    "Item_taxes_mode_of_payment": Field("payment_method", TEXT),
    "Taxation_line": Many("lines", _tax_line),
}

_value: Table = {
    "Weight_itm": Inside(
        {"Gross_weight_itm": Field("gross_mass_kg", NUMBER), "Net_weight_itm": Field("net_mass_kg", NUMBER)}
    ),
    "Total_CIF_itm": Field("cif", NUMBER),
    "Statistical_value": Field("statistical", NUMBER),
    "Item_Invoice": One("invoice", amount),
    **{f"item_{name}": One(name, amount) for name in COSTS},
}

document = Shape(
    AdditionalDocument,
    {
        "Attached_document_code": Field("type_code", TEXT),
        "Attached_document_name": Field("name", TEXT),
        "Attached_document_reference": Field("id", TEXT),
        "Attached_document_date": Field("effective_at", MIDNIGHT),
    },
)

ITEM: Table = {
    "Attached_documents": Many("documents", document),
    "Packages": Inside(
        {
            "Number_of_packages": Field("packages", WHOLE),
            "Marks1_of_packages": Field("marks", TEXT),
            "Marks2_of_packages": Field("more_marks", TEXT),
            "Kind_of_packages_code": Field("package_type", TEXT),
        }
    ),
    "IncoTerms": Inside({"Code": Field("incoterm", TEXT), "Place": Field("incoterm_place", TEXT)}),
    "Tarification": Inside(_tariff),
    "Goods_description": Inside(_goods),
    "Previous_doc": Inside(_previous),
    "Licence_number": Field("licence", TEXT),
    "Amount_deducted_from_licence": Field("licence_amount", NUMBER),
    "Quantity_deducted_from_licence": Field("licence_quantity", NUMBER),
    "write_off_unit": Inside({"write_off_unit_code": Field("licence_unit", TEXT)}),
    "Free_text_1": Field("note", TEXT),
    "Free_text_2": Field("more_note", TEXT),
    "Taxation": Inside(_taxes),
    "Valuation_item": Inside(_value),
}
"""An item's elements; its fields are made into a goods item by `compose_item`."""
