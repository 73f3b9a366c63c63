"""How a goods shipment and its items are written (WCO DM 67A, 68A, 23A)."""

from __future__ import annotations

from comity.features.declarations.formats.wco_xml.combine import TARIC_ADDITION, TARIFF_CODE
from comity.features.declarations.formats.wco_xml.write_parts import (
    Writer,
    additional_document,
    additional_information,
    consignment,
    party,
    previous_document,
    ucr,
    valuation,
)
from comity.foundation.trade.declaration import Commodity, DutyTaxFee, GoodsItem, GoodsShipment

_EMPTY = GoodsShipment()


def goods_shipment(write: Writer, value: GoodsShipment) -> None:
    """Write a shipment; its exporter is written at the declaration, where CDS has it."""
    if value == _EMPTY:
        return
    before = len(write.node)
    inner = write.element("GoodsShipment")
    inner.instant("ExitDateTime", value.exit_at)
    inner.text("TransactionNatureCode", value.transaction_nature_code)
    for aeo in value.aeo_parties:
        party(inner, "AEOMutualRecognitionParty", aeo)
    party(inner, "Buyer", value.buyer)
    party(inner, "Consignee", value.consignee)
    if value.consignment is not None:
        consignment(inner.element("Consignment"), value.consignment)
    party(inner, "Consignor", value.consignor)
    valuation(inner, value.valuation)
    _destination(inner, value)
    for tax_party in value.tax_parties:
        party(inner, "DomesticDutyTaxParty", tax_party)
    inner.inside("ExportCountry", "ID", value.export_country)
    for item in value.items:
        _item(inner.element("GovernmentAgencyGoodsItem"), item)
    party(inner, "Importer", value.importer)
    if value.invoice_id is not None or value.invoice_issued_at is not None:
        invoice = inner.element("Invoice")
        invoice.text("ID", value.invoice_id)
        invoice.instant("IssueDateTime", value.invoice_issued_at)
    party(inner, "Payer", value.payer)
    for document in value.previous_documents:
        previous_document(inner, document)
    party(inner, "Seller", value.seller)
    party(inner, "Surety", value.surety)
    _trade_terms(inner, value)
    ucr(inner, value.ucr, value.trader_reference)
    if value.warehouse_id is not None or value.warehouse_type is not None:
        warehouse = inner.element("Warehouse")
        warehouse.text("ID", value.warehouse_id)
        warehouse.text("TypeCode", value.warehouse_type)
    if len(inner.node) == 0:
        del write.node[before]


def _trade_terms(write: Writer, value: GoodsShipment) -> None:
    terms = value.trade_terms
    if terms is not None:
        inner = write.element("TradeTerms")
        inner.text("ConditionCode", terms.incoterm)
        inner.text("CountryRelationshipCode", terms.country_relationship_code)
        inner.text("Description", terms.description)
        inner.text("LocationID", terms.place)
        inner.text("LocationName", terms.place_name)


def _destination(write: Writer, value: GoodsShipment | GoodsItem) -> None:
    if value.destination_country is not None or value.destination_region is not None:
        inner = write.element("Destination")
        inner.text("CountryCode", value.destination_country)
        inner.text("RegionID", value.destination_region)


def _item(write: Writer, value: GoodsItem) -> None:
    write.money("CustomsValueAmount", value.customs_value)
    write.text("SequenceNumeric", value.sequence)
    write.money("StatisticalValueAmount", value.statistical_value)
    write.text("TransactionNatureCode", value.transaction_nature_code)
    for document in value.additional_documents:
        additional_document(write, document)
    for information in value.additional_information:
        additional_information(write, information)
    for aeo in value.aeo_parties:
        party(write, "AEOMutualRecognitionParty", aeo)
    party(write, "Buyer", value.buyer)
    _commodity(write, value)
    party(write, "Consignee", value.consignee)
    party(write, "Consignor", value.consignor)
    valuation(write, value.valuation)
    _destination(write, value)
    for tax_party in value.tax_parties:
        party(write, "DomesticDutyTaxParty", tax_party)
    write.inside("ExportCountry", "ID", value.export_country)
    _procedures(write, value)
    _origins(write, value)
    for sequence, packaging in enumerate(value.packaging, start=1):
        inner = write.element("Packaging")
        inner.text("SequenceNumeric", sequence)
        inner.text("MarksNumbersID", packaging.marks)
        inner.text("QuantityQuantity", packaging.quantity)
        inner.text("TypeCode", packaging.type_code)
    for previous in value.previous_documents:
        previous_document(write, previous)
    party(write, "Seller", value.seller)
    ucr(write, value.ucr, value.trader_reference)
    write.inside("ValuationAdjustment", "AdditionCode", value.valuation_adjustment_code)


def _procedures(write: Writer, value: GoodsItem) -> None:
    if value.procedure_current is not None or value.procedure_previous is not None:
        inner = write.element("GovernmentProcedure")
        inner.text("CurrentCode", value.procedure_current)
        inner.text("PreviousCode", value.procedure_previous)
    for code in value.additional_procedures:
        write.inside("GovernmentProcedure", "CurrentCode", code)


def _origins(write: Writer, value: GoodsItem) -> None:
    if value.origin_country is not None:
        inner = write.element("Origin")
        inner.text("CountryCode", value.origin_country)
        inner.text("RegionID", value.origin_region)
        inner.text("TypeCode", "1")
    if value.preferential_origin is not None:
        inner = write.element("Origin")
        inner.text("CountryCode", value.preferential_origin)
        inner.text("TypeCode", "2")


def _commodity(write: Writer, value: GoodsItem) -> None:
    before = len(write.node)
    inner = write.element("Commodity")
    commodity = value.commodity
    inner.text("Description", commodity.description)
    _classifications(inner, commodity)
    for number in commodity.dangerous_goods:
        inner.inside("DangerousGoods", "UNDGID", number)
    for duty in commodity.duties:
        duty_tax_fee(inner.element("DutyTaxFee"), duty)
    measures = (value.gross_mass_kg, value.net_mass_kg, value.supplementary_quantity)
    if any(measure is not None for measure in measures):
        measure = inner.element("GoodsMeasure")
        measure.number("GrossMassMeasure", value.gross_mass_kg)
        measure.number("NetNetWeightMeasure", value.net_mass_kg)
        measure.number("TariffQuantity", value.supplementary_quantity, unit=value.supplementary_unit)
    if value.invoice_amount is not None:
        inner.element("InvoiceLine").money("ItemChargeAmount", value.invoice_amount)
    for sequence, container in enumerate(value.equipment_ids, start=1):
        box = inner.element("TransportEquipment")
        box.text("SequenceNumeric", sequence)
        box.text("ID", container)
    if len(inner.node) == 0:
        del write.node[before]


def _classifications(write: Writer, commodity: Commodity) -> None:
    code = commodity.code
    parts = [] if code is None else [(code[:8], TARIFF_CODE), (code[8:], TARIC_ADDITION)]
    if code is not None and len(code) != 10:
        parts = [(code, TARIFF_CODE)]
    for identifier, kind in parts:
        inner = write.element("Classification")
        inner.text("ID", identifier)
        inner.text("IdentificationTypeCode", kind)
    for other in commodity.classifications:
        inner = write.element("Classification")
        inner.text("ID", other.id)
        inner.text("IdentificationTypeCode", other.type_code)


def duty_tax_fee(write: Writer, duty: DutyTaxFee) -> None:
    """Write a duty, tax or fee and its payment."""
    write.money("AdValoremTaxBaseAmount", duty.base_amount)
    write.money("DeductAmount", duty.deducted)
    write.text("DutyReliefCode", duty.reduction_code)
    write.text("DutyRegimeCode", duty.regime_code)
    write.number("SpecificTaxBaseQuantity", duty.base_quantity, unit=duty.base_unit)
    write.number("TaxRateNumeric", duty.rate)
    write.text("TypeCode", duty.type_code)
    write.text("QuotaOrderID", duty.quota_id)
    said = (duty.payment_method, duty.payment_reference, duty.assessed, duty.payment_due_at, duty.payable)
    if duty.payment_guarantees or any(value is not None for value in said):
        payment = write.element("Payment")
        payment.text("MethodCode", duty.payment_method)
        payment.text("ReferenceID", duty.payment_reference)
        payment.money("TaxAssessedAmount", duty.assessed)
        payment.instant("DueDateTime", duty.payment_due_at)
        payment.money("PaymentAmount", duty.payable)
        for grn in duty.payment_guarantees:
            payment.inside("ObligationGuarantee", "ReferenceID", grn)
