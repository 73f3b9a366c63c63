"""Which child element gives which value of a response notification (WCO DM 3.6: 07B Response and its parts)."""

from __future__ import annotations

from typing import Any

from comity.features.declarations.drafted import drafted
from comity.features.declarations.formats.wco_xml.classes import amendment, declaration
from comity.features.declarations.formats.wco_xml.items import duty
from comity.features.declarations.formats.wco_xml.leaf import matching, text
from comity.features.declarations.formats.wco_xml.parts import additional_information, pointer
from comity.features.declarations.formats.wco_xml.structure import (
    Class,
    Refuse,
    Values,
    instant,
    many,
    merged,
    one,
    structure,
)
from comity.features.declarations.notice_kinds import kind_of_notice
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.notice import (
    BankAccount,
    Communication,
    ContactOffice,
    Notice,
    NoticeError,
    NoticeStatus,
)

_ABOUT = (
    "accepted_at",
    "cancelled_at",
    "duties",
    "functional_reference_id",
    "mrn",
    "rejected_at",
    "version",
)
"""What the first Declaration of a response says that the notice itself holds."""

_ONLY_IN_RESPONSES = frozenset({"cancelled_at", "duties", "rejected_at", "version"})
_DERIVED = frozenset({"kind", "function"})
_declaration = drafted(Declaration)

_concerned = Class(
    {
        **declaration.children,
        "AcceptanceDateTime": one("accepted_at", instant),
        "CancellationDateTime": one("cancelled_at", instant),
        "RejectionDateTime": one("rejected_at", instant),
        "VersionID": one("version", text(9)),
        "DutyTaxFee": many("duties", duty),
    },
    unmapped=declaration.unmapped,
    finish=declaration.finish,
)

_contact_office = structure(
    ContactOffice,
    {
        "ID": one("id", text(17)),
        "Communication": many(
            "communications",
            structure(Communication, {"ID": one("id", text(50)), "TypeCode": one("type_code", text(3))}),
        ),
    },
)

_error = structure(
    NoticeError,
    {
        "Description": one("description", text(512)),
        "ValidationCode": one("code", text(8)),
        "Pointer": many("pointers", pointer),
    },
)

_status = structure(
    NoticeStatus,
    {
        "EffectiveDateTime": one("effective_at", instant),
        "NameCode": one("code", text(3)),
        "ReleaseDateTime": one("released_at", instant),
        "Pointer": many("pointers", pointer),
    },
)


def _complete(values: Values, refuse: Refuse) -> None:
    """Tell what the notice is about from what it repeats, and from what an amendment has changed."""
    concerned: tuple[dict[str, Any], ...] = values.pop("declarations", ())
    if len(concerned) > 2:
        refuse("element-repeated", "Declaration may come twice: what the response is about, and what was changed.")
    if concerned:
        repeated = dict(concerned[0])
        values.update({name: repeated.pop(name) for name in _ABOUT if name in repeated})
        if repeated.keys() - _DERIVED:
            values["declaration"] = _declaration(**repeated)
    if len(concerned) > 1:
        changed = dict(concerned[1])
        if not _ONLY_IN_RESPONSES.isdisjoint(changed):
            refuse(
                "element-misplaced", "Only the first Declaration of a response has a version, a rejection or duties."
            )
        elif changed.keys() - _DERIVED:
            accepted_at = changed.pop("accepted_at", None)
            values["amended"] = _declaration(**changed, acceptance_at=accepted_at)
    offices: tuple[ContactOffice, ...] = values.get("contact_offices", ())
    if len(offices) == 1 and offices[0].communications == ():
        values["contact_office"] = offices[0].id
        del values["contact_offices"]
    values["kind"] = kind_of_notice(
        values.get("function_code"),
        is_rejected="rejected_at" in values,
        is_cancelled="cancelled_at" in values,
        is_released=any(status.released_at is not None for status in values.get("statuses", ())),
    )


response = structure(
    Notice,
    {
        "FunctionCode": one("function_code", matching("[0-9]{1,2}", "a function code of one or two digits")),
        "FunctionalReferenceID": one("notice_id", text(35)),
        "IssueDateTime": one("issued_at", instant),
        "AdditionalInformation": many("additional_information", additional_information),
        "Amendment": many("amendments", amendment),
        "AppealOffice": merged({"ID": one("appeal_office", text(17))}),
        "Bank": one(
            "bank",
            structure(BankAccount, {"ReferenceID": one("bank_id", text(35)), "ID": one("account_id", text(35))}),
        ),
        "ContactOffice": many("contact_offices", _contact_office),
        "Error": many("errors", _error),
        "Status": many("statuses", _status),
        "Declaration": many("declarations", _concerned),
    },
    finish=_complete,
)
"""Reads a Response element (07B) into the canonical value."""
