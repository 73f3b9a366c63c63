"""Which child element gives which value of a goods item (WCO DM 68A) and its commodity (23A)."""

from __future__ import annotations

from comity.features.declarations.formats.wco_xml.combine import (
    complete_commodity,
    complete_origins,
    complete_procedures,
    complete_valuation,
    prefer_ucr,
)
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
    customs_valuation_fields,
    party,
    previous_document,
    role,
    ucr,
)
from comity.features.declarations.formats.wco_xml.structure import (
    Child,
    Class,
    Refuse,
    Values,
    instant,
    many,
    merged,
    one,
    structure,
)
from comity.foundation.trade.declaration import Classification, DutyTaxFee, GoodsItem, Packaging
from comity.foundation.trade.transport import CustomsValuation

_MEASURE = merged(
    {
        "GrossMassMeasure": one("gross_mass_kg", mass()),
        "NetNetWeightMeasure": one("net_mass_kg", mass()),
        "TariffQuantity": Child(None, quantity("supplementary_quantity", "supplementary_unit")),
    }
)

_guarantee_charged = structure(lambda grn: grn, {"ReferenceID": one("grn", text(35))}, needs={"grn": "ReferenceID"})

_PAYMENT = merged(
    {
        "MethodCode": one("payment_method", text(1)),
        "ReferenceID": one("payment_reference", text(35)),
        "TaxAssessedAmount": one("assessed", amount()),
        "DueDateTime": one("payment_due_at", instant),
        "PaymentAmount": one("payable", amount()),
        "ObligationGuarantee": many("payment_guarantees", _guarantee_charged),
    }
)

duty = structure(
    DutyTaxFee,
    {
        "AdValoremTaxBaseAmount": one("base_amount", amount()),
        "DeductAmount": one("deducted", amount()),
        "DutyRegimeCode": one("regime_code", text(3)),
        "DutyReliefCode": one("reduction_code", text(3)),
        "SpecificTaxBaseQuantity": Child(None, quantity("base_quantity", "base_unit")),
        "TaxRateNumeric": one("rate", number(17, 3)),
        "TypeCode": one("type_code", text(3)),
        "QuotaOrderID": one("quota_id", text(17)),
        "Payment": _PAYMENT,
    },
)

_classification = structure(
    Classification,
    {"ID": one("id", text(18)), "IdentificationTypeCode": one("type_code", text(3))},
    needs={"id": "ID"},
)

_undg = structure(
    lambda number: number,
    {"UNDGID": one("number", matching("[0-9]{4}", "a UN number of four digits"))},
    needs={"number": "UNDGID"},
)

_container = structure(
    lambda container=None, sequence=None: container,  # noqa: ARG005 - the canonical item holds them in order
    {"SequenceNumeric": one("sequence", whole(5)), "ID": one("container", text(17))},
)

# The canonical item holds the measures and the invoice line of its commodity: `complete_commodity` makes the rest.
_COMMODITY = merged(
    {
        "Description": one("description", text(512)),
        "Classification": many("classifications", _classification),
        "DangerousGoods": many("dangerous_goods", _undg),
        "DutyTaxFee": many("duties", duty),
        "GoodsMeasure": _MEASURE,
        "InvoiceLine": merged({"ItemChargeAmount": one("invoice_amount", amount())}),
        "TransportEquipment": many("equipment_ids", _container),
    },
    finish=complete_commodity,
)

_packaging = structure(
    Packaging,
    {
        "SequenceNumeric": one("sequence", whole(5)),
        "MarksNumbersID": one("marks", text(512)),
        "QuantityQuantity": one("quantity", whole(8)),
        "TypeCode": one("type_code", text(2)),
    },
    unmapped=("PackingMaterialDescription", "LengthMeasure", "WidthMeasure", "HeightMeasure", "VolumeMeasure"),
    finish=lambda values, _refuse: values.pop("sequence", None),
)

_procedure = structure(
    lambda current=None, previous=None: (current, previous),
    {"CurrentCode": one("current", text(7)), "PreviousCode": one("previous", text(7))},
)

_origin = Class(
    {
        "CountryCode": one("country", origin_country),
        "RegionID": one("region", text(9)),
        "TypeCode": one("kind", text(3)),
    },
)


def _finish_item(values: Values, refuse: Refuse) -> None:
    complete_procedures(values, refuse)
    complete_origins(values, refuse)
    prefer_ucr(values, refuse)


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
    "Destination": merged(
        {"CountryCode": one("destination_country", country), "RegionID": one("destination_region", text(9))}
    ),
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
        "Commodity": _COMMODITY,
        "GovernmentProcedure": many("procedures", _procedure),
        "Origin": many("origins", _origin),
        "Packaging": many("packaging", _packaging),
        "UCR": ucr,
        "ValuationAdjustment": merged({"AdditionCode": one("valuation_adjustment_code", text(4))}),
    },
    finish=_finish_item,
)
