"""What only a transit movement has: its offices, its terms and its house consignments (UCC-DA Annex B; NCTS CC015C)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from comity.foundation.trade.documents import (
    AdditionalDocument,
    AdditionalInformation,
    PreviousDocument,
    TransportDocument,
)
from comity.foundation.trade.parties import Party
from comity.foundation.trade.transport import TransportMeans


@dataclass(frozen=True, slots=True)
class TransitOffice:
    """A customs office on the way, and when the goods are expected there."""

    id: str | None = None
    expected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HouseConsignment:
    """Goods of one consignor for one consignee within a movement (NCTS HouseConsignment).

    `items` are the numbers of its goods items in the declaration; `release_code` says what of it was released.
    """

    sequence: int | None = None
    items: tuple[int, ...] = ()
    gross_mass_kg: Decimal | None = None
    ucr: str | None = None
    export_country: str | None = None
    destination_country: str | None = None
    consignor: Party | None = None
    consignee: Party | None = None
    aeo_parties: tuple[Party, ...] = ()
    departure_means: tuple[TransportMeans, ...] = ()
    previous_documents: tuple[PreviousDocument, ...] = ()
    additional_documents: tuple[AdditionalDocument, ...] = ()
    transport_documents: tuple[TransportDocument, ...] = ()
    additional_information: tuple[AdditionalInformation, ...] = ()
    freight_payment_method: str | None = None
    security_code: str | None = None
    release_code: str | None = None


@dataclass(frozen=True, slots=True)
class Transit:
    """The terms of a transit movement (NCTS TransitOperation, offices, house consignments).

    The holder of the procedure is the declaration's `declarant`, the office of departure its `declaration_office`.
    `additional_type_code` says whether it was lodged before the goods came (D) or not (A); `security_code` which
    safety data it carries; `limit_on` is the day by which the goods must be presented; `is_guarantee_change` that an
    amendment changes the guarantee only; `is_by_customs` that customs asked for the cancellation.
    """

    additional_type_code: str | None = None
    tir_carnet: str | None = None
    tir_holder_id: str | None = None
    presentation_at: datetime | None = None
    security_code: str | None = None
    is_reduced_dataset: bool | None = None
    is_itinerary_binding: bool | None = None
    language_code: str | None = None
    limit_on: date | None = None
    destination_office: str | None = None
    transit_offices: tuple[TransitOffice, ...] = ()
    exit_offices: tuple[str, ...] = ()
    house_consignments: tuple[HouseConsignment, ...] = ()
    is_guarantee_change: bool | None = None
    is_by_customs: bool | None = None
    cancellation_requested_at: datetime | None = None
    cancellation_decided_at: datetime | None = None
    is_cancellation_granted: bool | None = None
