"""Who travels: passengers and crew of one journey (UN/EDIFACT PAXLST, advance passenger information): personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from comity.foundation.trade.documents import AdditionalInformation
from comity.foundation.trade.movement import Place
from comity.foundation.trade.parties import Address, Party
from comity.foundation.trade.transport import TransportMeans


@dataclass(frozen=True, slots=True)
class TravelDocument:
    """A passport, visa or identity card: type (3-letter or 1001 code), number, issuer (ISO 3166), expiry."""

    type_code: str | None = None
    number: str | None = None
    issuing_country: str | None = None
    expires_on: date | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Traveller:
    """One person on the journey; `status_code` as the format says it (FL passenger, FM crew, DDU transit)."""

    status_code: str | None = None
    family_name: str | None = None
    given_names: str | None = None
    sex: str | None = None
    born_on: date | None = None
    birth_place: str | None = None
    nationality: str | None = None
    residence_country: str | None = None
    address: Address | None = None
    documents: tuple[TravelDocument, ...] = ()
    embarked_at: Place | None = None
    disembarks_at: Place | None = None
    clears_at: Place | None = None
    seat: str | None = None
    booking_reference: str | None = None
    bag_tags: tuple[str, ...] = ()
    baggage_pieces: int | None = None
    additional_information: tuple[AdditionalInformation, ...] = ()


@dataclass(frozen=True, slots=True)
class TravellerList:
    """The persons of one journey; instants as given, in UTC where a time zone was told."""

    report_id: str | None = None
    type_code: str | None = None
    issued_at: datetime | None = None
    sender: Party | None = None
    carrier: Party | None = None
    contact: Party | None = None
    means: TransportMeans | None = None
    journey: str | None = None
    departure_place: Place | None = None
    arrival_place: Place | None = None
    departure_at: datetime | None = None
    arrival_at: datetime | None = None
    travellers: tuple[Traveller, ...] = ()
    stated_total: int | None = None
