"""How a declaration is written as WCO Data Model 3.6 XML: the envelope and elements the UK CDS publishes.

Reading what is written gives the same value, for a value in the form reading gives: kind and function follow from
type and function code, instants are whole seconds, and the tariff code is not among the classifications.
"""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import DATA_TYPES, DECLARATION, ENVELOPE
from comity.features.declarations.formats.wco_xml.write_parts import (
    Writer,
    additional_document,
    additional_information,
    consignment,
    means,
    party,
)
from comity.features.declarations.formats.wco_xml.write_shipment import goods_shipment
from comity.foundation.trade.declaration import Declaration

_PREFIXES: dict[str | None, str] = {"md": ENVELOPE, None: DECLARATION, "p1": DATA_TYPES}
FUNCTION_CODES = {"original": "9", "amendment": "13", "cancellation": "13", "presentation": "13"}


def write_wco_xml(declaration: Declaration) -> bytes:
    """Return the declaration as a document in UTF-8: MetaData with one Declaration.

    A declaration without a function code is written with that of its function.
    """
    envelope = etree.Element(f"{{{ENVELOPE}}}MetaData", nsmap=_PREFIXES)  # type: ignore[arg-type] # None: the default
    for name, value in (("WCODataModelVersionCode", "3.6"), ("WCOTypeName", "DEC")):
        etree.SubElement(envelope, f"{{{ENVELOPE}}}{name}").text = value
    root = etree.SubElement(envelope, f"{{{DECLARATION}}}Declaration")
    _declaration(Writer(root), declaration)
    return etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)


def write_wco_xml_batch(declarations: list[Declaration]) -> bytes:
    """Return several declarations as one file: XML documents one after another, each with its own declaration."""
    return b"\n".join(write_wco_xml(declaration) for declaration in declarations) + b"\n"


def _declaration(write: Writer, value: Declaration) -> None:
    _instant(write, "AcceptanceDateTime", value.acceptance_at)
    write.text("FunctionCode", value.function_code or FUNCTION_CODES[value.function.value])
    write.text("FunctionalReferenceID", value.functional_reference_id)
    write.text("ID", value.mrn)
    _instant(write, "IssueDateTime", value.issued_at)
    write.text("IssueLocationID", value.issue_location)
    write.text("TypeCode", value.type_code)
    write.text("GoodsItemQuantity", value.goods_item_quantity)
    write.text("DeclarationOfficeID", value.declaration_office)
    write.money("InvoiceAmount", value.invoice_amount)
    write.number("TotalGrossMassMeasure", value.total_gross_mass_kg)
    write.text("TotalPackageQuantity", value.total_packages)
    write.text("SpecificCircumstancesCodeCode", value.specific_circumstances_code)
    party(write, "Submitter", value.submitter)
    for document in value.additional_documents:
        additional_document(write, document)
    for information in value.additional_information:
        additional_information(write, information)
    party(write, "Agent", value.agent, role_name="FunctionCode")
    _amendments(write, value)
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


def _amendments(write: Writer, value: Declaration) -> None:
    for amendment in value.amendments:
        inner = write.element("Amendment")
        inner.text("ChangeReasonCode", amendment.change_reason_code)
        for pointer in amendment.pointers:
            place = inner.element("Pointer")
            place.text("SequenceNumeric", pointer.sequence)
            place.text("DocumentSectionCode", pointer.section_code)
            place.text("TagID", pointer.tag_id)


def _guarantees(write: Writer, value: Declaration) -> None:
    for guarantee in value.guarantees:
        inner = write.element("ObligationGuarantee")
        inner.money("AmountAmount", guarantee.amount)
        inner.text("ID", guarantee.other_reference)
        inner.text("ReferenceID", guarantee.grn)
        inner.text("SecurityDetailsCode", guarantee.type_code)
        inner.inside("GuaranteeOffice", "ID", guarantee.office)


def _instant(write: Writer, name: str, value: datetime | None) -> None:
    if value is None:
        return
    inner: _Element = etree.SubElement(write.element(name).node, f"{{{DATA_TYPES}}}DateTimeString")
    inner.set("formatCode", "304")
    inner.text = value.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
