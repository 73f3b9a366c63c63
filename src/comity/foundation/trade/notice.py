"""What is said about a declaration or movement after it was lodged: answers, releases, arrivals, unloading, incidents.

WCO Data Model `Response`; NCTS CC007C, CC025C, CC029C, CC043C, CC044C, CC045C, CC182C; UN/EDIFACT CUSRES.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comity.foundation.trade.declaration import Amendment, Declaration, DutyTaxFee
from comity.foundation.trade.documents import AdditionalDocument, AdditionalInformation, Pointer
from comity.foundation.trade.parties import AuthorisationHolder, Party
from comity.foundation.trade.transport import GoodsLocation, Seal, TransportEquipment, TransportMeans


class NoticeKind(StrEnum):
    """What the notice is, whatever format says it."""

    RESPONSE = "response"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RELEASED = "released"
    RELEASED_FOR_TRANSIT = "released-for-transit"
    NOT_RELEASED = "not-released"
    CANCELLED = "cancelled"
    CONTROL = "control"
    ARRIVAL = "arrival"
    UNLOADING_PERMISSION = "unloading-permission"
    UNLOADING_REMARKS = "unloading-remarks"
    WRITTEN_OFF = "written-off"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class NoticeError:
    """A fault the authority found (WCO DM Error: D100 description, 376 validation code, 97A pointers)."""

    code: str | None = None
    description: str | None = None
    pointers: tuple[Pointer, ...] = ()
    path: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeStatus:
    """A state of the declaration (WCO DM Status: 172 name code, effective and release instants)."""

    code: str | None = None
    description: str | None = None
    effective_at: datetime | None = None
    released_at: datetime | None = None
    pointers: tuple[Pointer, ...] = ()


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where what is owed is paid (WCO DM Bank: identifier of the bank, and of the account)."""

    bank_id: str | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Communication:
    """A number or address to reach somebody at (WCO DM 25A: 240, and its kind, 253)."""

    id: str | None = None
    type_code: str | None = None


@dataclass(frozen=True, slots=True)
class ContactOffice:
    """An office that answers questions, and how it is reached (WCO DM ContactOffice)."""

    id: str | None = None
    communications: tuple[Communication, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """An event on the way (NCTS Incident): what, where, who endorsed it, what changed."""

    sequence: int | None = None
    code: str | None = None
    description: str | None = None
    location: GoodsLocation | None = None
    country: str | None = None
    endorsed_at: datetime | None = None
    endorsed_by: str | None = None
    endorsed_place: str | None = None
    endorsed_country: str | None = None
    equipment: tuple[TransportEquipment, ...] = ()
    transhipped_to: TransportMeans | None = None
    is_containerised: bool | None = None


@dataclass(frozen=True, slots=True)
class UnloadingRemark:
    """What was found when the goods were unloaded: conform, complete, seals; on an item where `item` is given."""

    item: int | None = None
    is_conform: bool | None = None
    is_complete: bool | None = None
    are_seals_intact: bool | None = None
    found_on: datetime | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class ControlResult:
    """The result of a control (NCTS ControlResult: code, date, officer's text)."""

    code: str | None = None
    decided_at: datetime | None = None
    description: str | None = None
    controlled_by: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A statement about a declaration or movement.

    `function_code` is WCO DM 017 of the response, `notice_id` its own reference, `mrn` (D014) and
    `functional_reference_id` (D026) name what it is about; `declaration` holds what it repeats of it. `contact_office`
    is one office that is only named; several, or with how they are reached, are `contact_offices`. `release_code` says
    what was released, `unloading_round` which unloading of several it is, `is_simplified` that the goods arrive at an
    authorised consignee. `amended` is what an amendment has changed of the declaration.
    """

    kind: NoticeKind = NoticeKind.RESPONSE
    function_code: str | None = None
    notice_id: str | None = None
    type_code: str | None = None
    mrn: str | None = None
    functional_reference_id: str | None = None
    issued_at: datetime | None = None
    office: str | None = None
    contact_office: str | None = None
    appeal_office: str | None = None
    version: str | None = None
    accepted_at: datetime | None = None
    rejected_at: datetime | None = None
    cancelled_at: datetime | None = None
    released_at: datetime | None = None
    arrived_at: datetime | None = None
    sender: Party | None = None
    recipient: Party | None = None
    trader_at_destination: Party | None = None
    statuses: tuple[NoticeStatus, ...] = ()
    errors: tuple[NoticeError, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    additional_documents: tuple[AdditionalDocument, ...] = ()
    additional_information: tuple[AdditionalInformation, ...] = ()
    duties: tuple[DutyTaxFee, ...] = ()
    control: ControlResult | None = None
    incidents: tuple[Incident, ...] = ()
    unloading: tuple[UnloadingRemark, ...] = ()
    seals: tuple[Seal, ...] = ()
    goods_location: GoodsLocation | None = None
    declaration: Declaration | None = None
    bank: BankAccount | None = None
    contact_offices: tuple[ContactOffice, ...] = ()
    amended: Declaration | None = None
    correlation_id: str | None = None
    notified_at: datetime | None = None
    written_off_at: datetime | None = None
    authorisation_holders: tuple[AuthorisationHolder, ...] = ()
    guarantor: Party | None = None
    language_code: str | None = None
    is_simplified: bool | None = None
    release_code: str | None = None
    unloading_round: int | None = None
