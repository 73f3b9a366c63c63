"""What a carrier carries and where it stands: cargo report (CUSCAR, IFTMIN, bill of lading), stowage plan (BAPLIE)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from comity.foundation.trade.declaration import DeclarationFunction, GoodsItem
from comity.foundation.trade.documents import (
    AdditionalDocument,
    AdditionalInformation,
    PreviousDocument,
    TransportDocument,
)
from comity.foundation.trade.money import Money
from comity.foundation.trade.movement import Place
from comity.foundation.trade.parties import Party
from comity.foundation.trade.transport import Seal, TradeTerms, TransportMeans


@dataclass(frozen=True, slots=True)
class CarriedEquipment:
    """A container as carried: size and type (ISO 6346), seals, masses in kilograms, temperatures in °C."""

    id: str | None = None
    size_type: str | None = None
    is_empty: bool | None = None
    seals: tuple[Seal, ...] = ()
    tare_mass_kg: Decimal | None = None
    gross_mass_kg: Decimal | None = None
    verified_gross_mass_kg: Decimal | None = None
    temperature_c: Decimal | None = None
    minimum_temperature_c: Decimal | None = None
    maximum_temperature_c: Decimal | None = None
    dangerous_goods: tuple[str, ...] = ()
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CargoConsignment:
    """Goods under one transport document; `master_document` is the one it is carried under (house below master)."""

    sequence: int | None = None
    transport_document: TransportDocument | None = None
    master_document: TransportDocument | None = None
    ucr: str | None = None
    consignor: Party | None = None
    consignee: Party | None = None
    notify_parties: tuple[Party, ...] = ()
    forwarder: Party | None = None
    carrier: Party | None = None
    place_of_receipt: Place | None = None
    loading_place: Place | None = None
    unloading_place: Place | None = None
    place_of_delivery: Place | None = None
    transhipment_places: tuple[Place, ...] = ()
    equipment: tuple[CarriedEquipment, ...] = ()
    items: tuple[GoodsItem, ...] = ()
    gross_mass_kg: Decimal | None = None
    volume_m3: Decimal | None = None
    packages: int | None = None
    trade_terms: TradeTerms | None = None
    freight: Money | None = None
    value: Money | None = None
    freight_payment_method: str | None = None
    customs_status: str | None = None
    previous_documents: tuple[PreviousDocument, ...] = ()
    additional_documents: tuple[AdditionalDocument, ...] = ()
    additional_information: tuple[AdditionalInformation, ...] = ()


@dataclass(frozen=True, slots=True)
class CargoReport:
    """What is on board or to be carried (WCO DM cargo report); instants in UTC.

    `equipment` is what is reported without a consignment, as empty containers are.
    """

    function: DeclarationFunction = DeclarationFunction.ORIGINAL
    report_id: str | None = None
    type_code: str | None = None
    issued_at: datetime | None = None
    office: str | None = None
    declarant: Party | None = None
    carrier: Party | None = None
    agent: Party | None = None
    means: TransportMeans | None = None
    voyage: str | None = None
    departure_place: Place | None = None
    arrival_place: Place | None = None
    next_place: Place | None = None
    departure_at: datetime | None = None
    arrival_at: datetime | None = None
    total_gross_mass_kg: Decimal | None = None
    total_packages: int | None = None
    consignments: tuple[CargoConsignment, ...] = ()
    additional_information: tuple[AdditionalInformation, ...] = ()
    equipment: tuple[CarriedEquipment, ...] = ()


@dataclass(frozen=True, slots=True)
class StowedEquipment:
    """A container and its place on board: `position` is bay, row, tier (ISO 9711: BBBRRTT)."""

    position: str | None = None
    equipment: CarriedEquipment = CarriedEquipment()
    loading_place: Place | None = None
    unloading_place: Place | None = None
    final_place: Place | None = None
    transport_document: TransportDocument | None = None
    operator: Party | None = None
    goods_description: str | None = None
    remarks: tuple[AdditionalInformation, ...] = ()


@dataclass(frozen=True, slots=True)
class StowagePlan:
    """Where every container stands on a vessel (UN/EDIFACT BAPLIE).

    `arrived_at` and `departure_at` are of the departure place, `arrival_at` of the next place.
    """

    report_id: str | None = None
    function: DeclarationFunction = DeclarationFunction.ORIGINAL
    issued_at: datetime | None = None
    carrier: Party | None = None
    means: TransportMeans | None = None
    voyage: str | None = None
    departure_place: Place | None = None
    next_place: Place | None = None
    departure_at: datetime | None = None
    arrival_at: datetime | None = None
    stowed: tuple[StowedEquipment, ...] = ()
    arrived_at: datetime | None = None
