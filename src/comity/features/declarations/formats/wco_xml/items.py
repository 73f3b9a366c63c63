"""Which child element gives which value of a goods item (WCO DM 68A) and its commodity (23A)."""

from __future__ import annotations

from typing import Any

from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.combine import (
    complete_commodity,
    complete_origins,
    complete_procedures,
    complete_valuation,
    prefer_ucr,
)
from comity.features.declarations.formats.wco_xml.context import Context
from comity.features.declarations.formats.wco_xml.leaf import (
    amount,
    country,
    mass,
    matching,
    number,
    origin_country,
    quantity,
    text,
    whole,
)
from comity.features.declarations.formats.wco_xml.parts import (
    additional_document,
    additional_information,
    built,
    customs_valuation_fields,
    needing,
    party,
    previous_document,
    role,
    ucr,
)
from comity.features.declarations.formats.wco_xml.structure import Field, Values, many, merged, one, structure
from comity.foundation.trade.declaration import Classification, Commodity, DutyTaxFee, GoodsItem, Packaging
from comity.foundation.trade.transport import CustomsValuation

_MEASURE = merged(
    {
        "GrossMassMeasure": one("gross_mass_kg", mass()),
        "NetNetWeightMeasure": one("net_mass_kg", mass()),
        "TariffQuantity": Field(None, quantity("supplementary_quantity", "supplementary_unit")),
    }
)

_payment = merged(
    {
        "MethodCode": one("payment_method", text(1)),
        "TaxAssessedAmount": one("assessed", amount()),
        "PaymentAmount": one("payable", amount()),
    }
)

_duty = structure(
    DutyTaxFee,
    {
        "AdValoremTaxBaseAmount": one("base_amount", amount()),
        "DutyRegimeCode": one("regime_code", text(3)),
        "DutyReliefCode": one("reduction_code", text(3)),
        "SpecificTaxBaseQuantity": Field(None, quantity("base_quantity", "base_unit")),
        "TaxRateNumeric": one("rate", number(17, 3)),
        "TypeCode": one("type_code", text(3)),
        "QuotaOrderID": one("quota_id", text(17)),
        "Payment": _payment,
    },
    unmapped=("DeductAmount",),
)

_classification = built(
    Classification,
    needing(
        structure(dict, {"ID": one("id", text(18)), "IdentificationTypeCode": one("type_code", text(3))}),
        key="id",
        element_name="ID",
    ),
)

_undg = structure(dict, {"UNDGID": one("id", matching("[0-9]{4}", "a UN number of four digits"))})
_equipment = structure(dict, {"SequenceNumeric": one("sequence", whole(5)), "ID": one("id", text(17))})


def _id_of(read: Any) -> Any:
    def identified(element: _Element, context: Context) -> str | None:
        found: str | None = read(element, context).get("id")
        return found

    return identified


def _finish_commodity(values: Values, element: _Element, context: Context) -> None:
    complete_commodity(values, element, context)


_COMMODITY_FIELDS = {
    "Description": one("description", text(512)),
    "Classification": many("classifications", _classification),
    "DangerousGoods": many("dangerous_goods", _id_of(_undg)),
    "DutyTaxFee": many("duties", _duty),
    "GoodsMeasure": _MEASURE,
    "InvoiceLine": merged({"ItemChargeAmount": one("invoice_amount", amount())}),
    "TransportEquipment": many("equipment_ids", _id_of(_equipment)),
}
_OF_THE_COMMODITY = ("description", "code", "classifications", "dangerous_goods", "duties")


def _commodity(element: _Element, context: Context) -> Values:
    """Read a commodity: it gives the commodity and, as the canonical item has them, its measures and invoice line."""
    values: Values = _commodity_values(element, context)
    own = {name: values.pop(name) for name in _OF_THE_COMMODITY if name in values}
    values["commodity"] = Commodity(**own)
    return values


_commodity_values = structure(dict, _COMMODITY_FIELDS, finish=_finish_commodity)

packaging = structure(
    Packaging,
    {
        "MarksNumbersID": one("marks", text(512)),
        "QuantityQuantity": one("quantity", whole(8)),
        "TypeCode": one("type_code", text(2)),
        "SequenceNumeric": one("sequence", whole(5)),
    },
    unmapped=("PackingMaterialDescription", "LengthMeasure", "WidthMeasure", "HeightMeasure", "VolumeMeasure"),
    finish=lambda values, _element, _context: values.pop("sequence", None),
)


def _procedure(element: _Element, context: Context) -> tuple[str | None, str | None]:
    values = _procedure_values(element, context)
    return values.get("current"), values.get("previous")


_procedure_values = structure(dict, {"CurrentCode": one("current", text(7)), "PreviousCode": one("previous", text(7))})

_origin = structure(
    dict,
    {
        "CountryCode": one("country", origin_country),
        "RegionID": one("region", text(9)),
        "TypeCode": one("kind", text(3)),
    },
)


def _finish_item(values: Values, element: _Element, context: Context) -> None:
    complete_procedures(values, element, context)
    complete_origins(values, element, context)
    prefer_ucr(values, element, context)


# What a shipment and one of its goods items say alike (WCO DM 67A and 68A).
transaction_fields = {
    "TransactionNatureCode": one("transaction_nature_code", text(2)),
    "AEOMutualRecognitionParty": many("aeo_parties", role),
    "Buyer": one("buyer", party),
    "Consignee": one("consignee", party),
    "Consignor": one("consignor", party),
    "CustomsValuation": one(
        "valuation", structure(CustomsValuation, customs_valuation_fields, finish=complete_valuation)
    ),
    "Destination": merged({"CountryCode": one("destination_country", country)}, unmapped=("RegionID",)),
    "DomesticDutyTaxParty": many("tax_parties", role),
    "ExportCountry": merged({"ID": one("export_country", country)}),
    "PreviousDocument": many("previous_documents", previous_document),
    "Seller": one("seller", party),
}

goods_item = structure(
    GoodsItem,
    {
        **transaction_fields,
        "CustomsValueAmount": one("customs_value", amount()),
        "SequenceNumeric": one("sequence", whole(5)),
        "StatisticalValueAmount": one("statistical_value", amount()),
        "AdditionalDocument": many("additional_documents", additional_document),
        "AdditionalInformation": many("additional_information", additional_information),
        "Commodity": Field(None, _commodity),
        "GovernmentProcedure": many("procedures", _procedure),
        "Origin": many("origins", _origin),
        "Packaging": many("packaging", packaging),
        "UCR": ucr,
        "ValuationAdjustment": merged({"AdditionCode": one("valuation_adjustment_code", text(4))}),
    },
    finish=_finish_item,
)
