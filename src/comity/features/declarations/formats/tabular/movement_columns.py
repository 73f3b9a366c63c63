"""Which columns a report of movements (arrivals, departures, gate events) has: one row for each event."""

from __future__ import annotations

from comity.features.declarations.formats.tabular.column import Column, Form
from comity.foundation.trade.movement import EventClassifier, EventKind


def _report(name: str, target: str, form: Form, meaning: str, length: int = 0) -> Column:
    return Column(name, target, f"MovementReport/{target}", form, meaning, length)


def _entry(name: str, target: str, form: Form, meaning: str, *size: int) -> Column:
    length, places = (*size, 0, 0)[:2]
    return Column(name, target, f"MovementEvent/{target}", form, meaning, length, places, is_item=True)


MOVEMENT_COLUMNS: tuple[Column, ...] = (
    _report("movement_reference", "report_id", Form.TEXT, "the reference of the report; groups rows", 35),
    _report("issued_at", "issued_at", Form.INSTANT, "issue of the report"),
    _report("means_id", "means.id", Form.TEXT, "IMO number, registration or number", 35),
    _report("mode", "means.mode_code", Form.TEXT, "mode of transport (Rec 19)", 1),
    _report("voyage", "voyage", Form.TEXT, "voyage, flight or trip number", 17),
)

EVENT_COLUMNS: tuple[Column, ...] = (
    Column(
        "event",
        "kind",
        "MovementEvent/kind",
        Form.CHOICE,
        "transport, equipment, shipment or object",
        is_item=True,
        choices=tuple(EventKind),
    ),
    Column(
        "certainty",
        "classifier",
        "MovementEvent/classifier",
        Form.CHOICE,
        "actual, planned or estimated",
        is_item=True,
        choices=tuple(EventClassifier),
    ),
    _entry("occurred_at", "occurred_at", Form.INSTANT, "when it happened"),
    _entry("status_code", "status_code", Form.TEXT, "UN/ECE Rec 24: 1 arrival, 12 cleared, 24 departure", 3),
    _entry("place", "place.locode", Form.TEXT, "where (UN/LOCODE)", 5),
    _entry("place_name", "place.name", Form.TEXT, "where, in words", 256),
    _entry("containers", "equipment", Form.SEALED, "containers, each with its seals: NUMBER=SEAL1=SEAL2", 17),
    _entry("is_empty", "is_empty", Form.FLAG, "the containers are empty"),
    _entry("gross_mass_kg", "gross_mass_kg", Form.NUMBER, "gross mass, kg", 16, 6),
    _entry("documents", "documents", Form.REFERENCES, "documents concerned: TYPE:NUMBER", 70),
    _entry("remarks", "reason", Form.TEXT, "remarks", 512),
)
