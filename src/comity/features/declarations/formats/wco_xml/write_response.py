"""How the elements of a response notification are written (WCO DM 07B)."""

from __future__ import annotations

from lxml import etree

from comity.features.declarations.formats.wco_xml.context import DECLARATION
from comity.features.declarations.formats.wco_xml.write_declaration import declaration
from comity.features.declarations.formats.wco_xml.write_parts import (
    Writer,
    additional_information,
    amendments,
    pointers,
)
from comity.features.declarations.formats.wco_xml.write_shipment import duty_tax_fee
from comity.foundation.trade.notice import ContactOffice, Notice


def response(write: Writer, value: Notice) -> None:
    """Write the elements of a response: what it says, then what it is about, then what was changed of that."""
    write.text("FunctionCode", value.function_code)
    write.text("FunctionalReferenceID", value.notice_id)
    write.instant("IssueDateTime", value.issued_at)
    for information in value.additional_information:
        additional_information(write, information)
    amendments(write, value.amendments)
    write.inside("AppealOffice", "ID", value.appeal_office)
    if value.bank is not None:
        bank = write.element("Bank")
        bank.text("ReferenceID", value.bank.bank_id)
        bank.text("ID", value.bank.account_id)
    _contact_offices(write, value)
    for error in value.errors:
        inner = write.element("Error")
        inner.text("Description", error.description)
        inner.text("ValidationCode", error.code)
        pointers(inner, error.pointers)
    for status in value.statuses:
        inner = write.element("Status")
        inner.instant("EffectiveDateTime", status.effective_at)
        inner.text("NameCode", status.code)
        inner.instant("ReleaseDateTime", status.released_at)
        pointers(inner, status.pointers)
    _declarations(write, value)


def _contact_offices(write: Writer, value: Notice) -> None:
    named = () if value.contact_office is None else (ContactOffice(id=value.contact_office),)
    for office in (*named, *value.contact_offices):
        inner = write.element("ContactOffice")
        inner.text("ID", office.id)
        for communication in office.communications:
            way = inner.element("Communication")
            way.text("ID", communication.id)
            way.text("TypeCode", communication.type_code)


def _declarations(write: Writer, value: Notice) -> None:
    inner = write.element("Declaration")
    inner.instant("AcceptanceDateTime", value.accepted_at)
    inner.instant("CancellationDateTime", value.cancelled_at)
    inner.text("FunctionalReferenceID", value.functional_reference_id)
    inner.text("ID", value.mrn)
    inner.instant("RejectionDateTime", value.rejected_at)
    inner.text("VersionID", value.version)
    for duty in value.duties:
        duty_tax_fee(inner.element("DutyTaxFee"), duty)
    if value.declaration is not None:
        declaration(inner, value.declaration)
    if value.amended is not None:
        declaration(Writer(etree.SubElement(write.node, f"{{{DECLARATION}}}Declaration")), value.amended)
