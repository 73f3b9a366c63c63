"""How a notice is written as CUSRES D.96B: what rules of messages/cusres.toml read back as the same."""

from __future__ import annotations

import re

from comity.features.declarations.formats.edifact.write_segments import (
    TEXT_WIDTH,
    amount,
    coded_location,
    date_time,
    lines,
    number,
    party,
    statement,
)
from comity.features.declarations.formats.edifact.write_syntax import Written, WrittenMessage
from comity.foundation.trade.declaration import Declaration, DutyTaxFee
from comity.foundation.trade.documents import AdditionalDocument, Pointer
from comity.foundation.trade.notice import Notice, NoticeError, NoticeKind

IDENTIFIER = "CUSRES:D:96B:UN"

_REFERENCE = re.compile(r"[A-Z0-9]{1,3}:.+")

_INDICATORS = {
    NoticeKind.ACCEPTED: "1",
    NoticeKind.REJECTED: "2",
    NoticeKind.RELEASED: "4",
    NoticeKind.CONTROL: "5",
    NoticeKind.NOT_RELEASED: "7",
    NoticeKind.RELEASED_FOR_TRANSIT: "8",
}
"""Processing indicators (7365) for notices that name no status of their own."""


def cusres(notice: Notice) -> WrittenMessage:
    """Return the message; what CUSRES has no place for is left out."""
    about = notice.declaration or Declaration()
    segments: list[Written] = [("BGM", notice.type_code or "962", notice.notice_id or "", notice.function_code or "")]
    segments += date_time("137", notice.issued_at)
    segments += date_time("148", notice.accepted_at)
    segments += date_time("58", notice.released_at)
    segments += date_time("132", notice.arrived_at)
    segments += [statement(one) for one in notice.additional_information]
    segments += coded_location("22", notice.office)
    if notice.goods_location is not None:
        segments += coded_location("14", notice.goods_location.id, notice.goods_location.name)
    segments += _statuses(notice)
    if about.consignment is not None:
        segments += [("EQD", "CN", one.id) for one in about.consignment.equipment if one.id]
    segments += party("MS", notice.sender)
    segments += party("DT", notice.recipient)
    segments += party("IM", about.goods_shipment.importer)
    segments += party("EX", about.goods_shipment.exporter)
    segments += [("RFF", ("ABT", notice.mrn))] if notice.mrn else []
    segments += [("RFF", ("ABE", notice.functional_reference_id))] if notice.functional_reference_id else []
    segments += [("RFF", (one.type_code or "", one.id or "")) for one in notice.additional_documents if _by_rff(one)]
    for error in notice.errors:
        segments += _error(error)
    for duty in notice.duties:
        segments += _duty(duty)
    segments += [
        ("DOC", (one.type_code or "", "", "", one.name or ""), one.id or "")
        for one in notice.additional_documents
        if not _by_rff(one)
    ]
    return WrittenMessage(IDENTIFIER, segments)


def _by_rff(document: AdditionalDocument) -> bool:
    """Claim that a document is a reference of 1153, three letters, and not a document of 1001."""
    code = document.type_code or ""
    return len(code) == 3 and code.isalpha() and document.name is None


def _statuses(notice: Notice) -> list[Written]:
    if not notice.statuses and notice.kind in _INDICATORS:
        return [("GIS", _INDICATORS[notice.kind])]
    return [("GIS", (one.code or "", "", "", one.description or "")) for one in notice.statuses]


def _error(error: NoticeError) -> list[Written]:
    pointer = error.pointers[0] if error.pointers else Pointer()
    sequence = "" if pointer.sequence is None else str(pointer.sequence)
    segments: list[Written] = [("ERP", (pointer.section_code or "", sequence, pointer.tag_id or ""))]
    segments += [("RFF", one.split(":", 1)) for one in (error.path or "").split(" ") if _REFERENCE.fullmatch(one)]
    segments += [("ERC", error.code)] if error.code else []
    segments += [("FTX", "AAO", "", "", lines(error.description, TEXT_WIDTH))] if error.description else []
    return segments


def _duty(duty: DutyTaxFee) -> list[Written]:
    rate = "" if duty.rate is None else number(duty.rate)
    segments: list[Written] = [("TAX", "1", duty.type_code or "", "", "", ("", "", "", rate), duty.regime_code or "")]
    segments += amount("55", duty.assessed)
    segments += amount("9", duty.payable)
    segments += amount("56", duty.base_amount)
    segments += [("GIS", duty.payment_method)] if duty.payment_method else []
    return segments
