"""How goods move: means of transport, containers, seals, places (WCO DM 28A Consignment and its parts)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from comity.foundation.trade.documents import TransportDocument
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Address, Party


@dataclass(frozen=True, slots=True)
class TransportMeans:
    """A vessel, vehicle or aircraft (WCO DM 15A, 10A, 46A). `mode_code` is UN/ECE Rec 19, `name` T001, T003, T005.

    `journey` is the voyage, flight or trip (149); `border_office` where it crosses the border.
    """

    id: str | None = None
    identification_type_code: str | None = None
    type_code: str | None = None
    registration_nationality: str | None = None
    mode_code: str | None = None
    name: str | None = None
    journey: str | None = None
    border_office: str | None = None


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal on transport equipment (WCO DM 44B, element 165)."""

    id: str
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class TransportEquipment:
    """A container (WCO DM 31B, element 159), its seals, and the numbers of the goods items in it.

    `size_type` is of ISO 6346 or national; `fullness_code` says whether it is empty, full or shared (104).
    """

    id: str | None = None
    sequence: int | None = None
    seals: tuple[Seal, ...] = ()
    items: tuple[int, ...] = ()
    size_type: str | None = None
    fullness_code: str | None = None


@dataclass(frozen=True, slots=True)
class GoodsLocation:
    """Where the goods are (WCO DM 64A: L016, L017, L110); coordinates in degrees (WGS 84)."""

    id: str | None = None
    name: str | None = None
    type_code: str | None = None
    address: Address | None = None
    additional_id: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ConsignmentItem:
    """What a consignment says of one of its items (WCO DM 29A): consignor, and how its freight (62A) is paid (098).

    Where it differs from item to item: places of loading and unloading (L009), parties to notify, the means that
    bring it over the border.
    """

    sequence: int | None = None
    consignor: Party | None = None
    freight_payment_method: str | None = None
    loading_location: str | None = None
    loading_location_name: str | None = None
    unloading_location: str | None = None
    unloading_location_name: str | None = None
    notify_parties: tuple[Party, ...] = ()
    border_means: tuple[TransportMeans, ...] = ()


@dataclass(frozen=True, slots=True)
class Consignment:
    """Goods under one transport contract (WCO DM 28A).

    A declaration holds one at the border (carrier, routing) and one in the goods shipment
    (equipment, means, places); both use this value. `further_departure_means` are those after the first.
    """

    container_indicator: bool | None = None
    carrier: Party | None = None
    freight_payment_method: str | None = None
    arrival_means: TransportMeans | None = None
    departure_means: TransportMeans | None = None
    goods_location: GoodsLocation | None = None
    loading_location: str | None = None
    unloading_location: str | None = None
    routing_countries: tuple[str, ...] = ()
    transport_documents: tuple[TransportDocument, ...] = ()
    equipment: tuple[TransportEquipment, ...] = ()
    loading_location_name: str | None = None
    unloading_location_name: str | None = None
    consignor: Party | None = None
    items: tuple[ConsignmentItem, ...] = ()
    further_departure_means: tuple[TransportMeans, ...] = ()
    loading_country: str | None = None
    unloading_country: str | None = None
    notify_parties: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class TradeTerms:
    """Delivery terms (WCO DM 22B): Incoterm (element 090), place (L001/L002), relation of the countries (106)."""

    incoterm: str | None = None
    description: str | None = None
    place: str | None = None
    place_name: str | None = None
    country_relationship_code: str | None = None


@dataclass(frozen=True, slots=True)
class CustomsValuation:
    """Valuation facts (WCO DM 41A): method (122), freight (117), insurance, additions and deductions (371/181)."""

    method_code: str | None = None
    freight: Money | None = None
    insurance: Money | None = None
    charges: tuple[tuple[str, Money], ...] = ()
