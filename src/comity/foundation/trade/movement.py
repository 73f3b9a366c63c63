"""What happened to goods and containers on the way: events of EPCIS 2.0, DCSA track and trace, UN/EDIFACT COARRI."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from comity.foundation.trade.parties import Address, Party
from comity.foundation.trade.transport import TransportEquipment, TransportMeans


class EventKind(StrEnum):
    """What an event is about: EPCIS 2.0 event types, then the three event types of DCSA."""

    OBJECT = "object"
    AGGREGATION = "aggregation"
    TRANSACTION = "transaction"
    TRANSFORMATION = "transformation"
    ASSOCIATION = "association"
    TRANSPORT = "transport"
    EQUIPMENT = "equipment"
    SHIPMENT = "shipment"


class EventClassifier(StrEnum):
    """Whether the event has happened (DCSA event classifier: ACT, PLN, EST, REQ)."""

    ACTUAL = "actual"
    PLANNED = "planned"
    ESTIMATED = "estimated"
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a UN/LOCODE, a facility or reader by its own identifier, coordinates in degrees (WGS 84)."""

    locode: str | None = None
    id: str | None = None
    id_type: str | None = None
    name: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many of a class of goods (EPCIS QuantityElement); `unit` is UN/ECE Rec 20, absent for pieces."""

    goods_class: str | None = None
    amount: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """A business document an event belongs to: its type as the format names it, and its number."""

    id: str
    type_code: str | None = None


@dataclass(frozen=True, slots=True)
class SensorReading:
    """One measured value (EPCIS sensorReport): type, value with its unit (Rec 20), instant, and whether it alarmed."""

    type: str | None = None
    value: Decimal | None = None
    unit: str | None = None
    at: datetime | None = None
    device: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class MovementEvent:
    """One event: what, when, where, why, how.

    `objects` are identifiers as the format writes them (EPC URIs, GS1 Digital Links, container numbers); `parent` holds
    `children` in an aggregation or association. `occurred_at` is an instant; `utc_offset` how its place writes time.
    `status_code` is UN/ECE Rec 24 where the format has one; `step` and `disposition` are words of the format.
    """

    kind: EventKind = EventKind.OBJECT
    event_id: str | None = None
    action: str | None = None
    classifier: EventClassifier = EventClassifier.ACTUAL
    occurred_at: datetime | None = None
    recorded_at: datetime | None = None
    utc_offset: str | None = None
    status_code: str | None = None
    step: str | None = None
    disposition: str | None = None
    dispositions_set: tuple[str, ...] = ()
    dispositions_unset: tuple[str, ...] = ()
    reason: str | None = None
    objects: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    parent: str | None = None
    children: tuple[str, ...] = ()
    child_quantities: tuple[Quantity, ...] = ()
    inputs: tuple[str, ...] = ()
    input_quantities: tuple[Quantity, ...] = ()
    outputs: tuple[str, ...] = ()
    output_quantities: tuple[Quantity, ...] = ()
    transformation_id: str | None = None
    place: Place | None = None
    read_point: Place | None = None
    equipment: tuple[TransportEquipment, ...] = ()
    equipment_size_type: str | None = None
    is_empty: bool | None = None
    means: TransportMeans | None = None
    voyage: str | None = None
    documents: tuple[DocumentReference, ...] = ()
    parties: tuple[Party, ...] = ()
    sources: tuple[DocumentReference, ...] = ()
    destinations: tuple[DocumentReference, ...] = ()
    sensors: tuple[SensorReading, ...] = ()
    gross_mass_kg: Decimal | None = None
    corrects: tuple[str, ...] = ()
    declared_wrong_at: datetime | None = None
    declared_wrong_reason: str | None = None
    extensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MovementReport:
    """A document of events, in the order it gives them; `function_code` is UN/EDIFACT 1225 (1 withdraws the report)."""

    report_id: str | None = None
    issued_at: datetime | None = None
    sender: Party | None = None
    recipient: Party | None = None
    means: TransportMeans | None = None
    voyage: str | None = None
    place: Place | None = None
    events: tuple[MovementEvent, ...] = ()
    function_code: str | None = None
