"""How the elements of a declaration are written (WCO DM 42A)."""

from __future__ import annotations

from comity.features.declarations.formats.wco_xml.write_parts import (
    Writer,
    additional_document,
    additional_information,
    amendments,
    consignment,
    means,
    party,
)
from comity.features.declarations.formats.wco_xml.write_shipment import goods_shipment
from comity.foundation.trade.declaration import Declaration


def declaration(write: Writer, value: Declaration) -> None:
    """Write the elements of a declaration."""
    write.instant("AcceptanceDateTime", value.acceptance_at)
    write.text("FunctionCode", value.function_code)
    write.text("FunctionalReferenceID", value.functional_reference_id)
    write.text("ID", value.mrn)
    write.instant("IssueDateTime", value.issued_at)
    write.text("IssueLocationID", value.issue_location)
    write.text("TypeCode", value.type_code)
    write.text("GoodsItemQuantity", value.goods_item_quantity)
    write.text("DeclarationOfficeID", value.declaration_office)
    write.money("InvoiceAmount", value.invoice_amount)
    write.text("LoadingListQuantity", value.loading_list_quantity)
    write.number("TotalGrossMassMeasure", value.total_gross_mass_kg)
    write.text("TotalPackageQuantity", value.total_packages)
    write.text("SpecificCircumstancesCodeCode", value.specific_circumstances_code)
    if value.authentication is not None or value.authenticator is not None:
        inner = write.element("Authentication")
        inner.text("Authentication", value.authentication)
        inner.inside("Authenticator", "Name", value.authenticator)
    party(write, "Submitter", value.submitter)
    for document in value.additional_documents:
        additional_document(write, document)
    for information in value.additional_information:
        additional_information(write, information)
    party(write, "Agent", value.agent, role_name="FunctionCode")
    amendments(write, value.amendments)
    for holder in value.authorisation_holders:
        inner = write.element("AuthorisationHolder")
        inner.text("ID", holder.id)
        inner.text("CategoryCode", holder.category_code)
    means(write, "BorderTransportMeans", value.border_means)
    if value.consignment is not None:
        consignment(write.element("Consignment"), value.consignment)
    for currency, rate in value.exchange_rates:
        inner = write.element("CurrencyExchange")
        inner.text("CurrencyTypeCode", currency)
        inner.number("RateNumeric", rate)
    party(write, "Declarant", value.declarant)
    write.inside("ExitOffice", "ID", value.exit_office)
    party(write, "Exporter", value.goods_shipment.exporter)
    goods_shipment(write, value.goods_shipment)
    _guarantees(write, value)
    write.inside("PresentationOffice", "ID", value.presentation_office)
    write.inside("SupervisingOffice", "ID", value.supervising_office)


def _guarantees(write: Writer, value: Declaration) -> None:
    for guarantee in value.guarantees:
        inner = write.element("ObligationGuarantee")
        inner.money("AmountAmount", guarantee.amount)
        inner.text("ID", guarantee.other_reference)
        inner.text("ReferenceID", guarantee.grn)
        inner.text("SecurityDetailsCode", guarantee.type_code)
        inner.inside("GuaranteeOffice", "ID", guarantee.office)
