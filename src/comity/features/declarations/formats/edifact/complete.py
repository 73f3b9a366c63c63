"""What a message says only as a whole: which container a goods item is in, where an event took place.

One function for a message type; each completes the record that the rules of its mapping made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from comity.features.declarations.formats.edifact.message import Message

Record = dict[str, Any]

DUMMY_REFERENCES = frozenset({"1", "999"})
"""Numbers that stand where BAPLIE demands a reference and the sender has none (SMDG user manual, RFF)."""


def _cargo_report(record: Record, _message: Message) -> None:
    """Put each container with the consignment whose goods are in it; what no consignment names stays with the report.

    Bills of one consignment that say nothing but their number (a master bill beside its house bill) are folded into
    the next.
    """
    consignments = _folded(record.get("consignments", []))
    equipment = {one.get("id"): one for one in record.get("equipment", ())}
    taken = set()
    for consignment in consignments:
        named = [number for item in consignment.get("items", ()) for number in item.get("equipment_ids", ())]
        for number in dict.fromkeys(named):
            if number in equipment:
                consignment.setdefault("equipment", []).append(equipment[number])
                taken.add(number)
    if consignments:
        record["consignments"] = consignments
    left = [one for one in record.get("equipment", ()) if one.get("id") not in taken]
    if len(consignments) == 1 and left:
        consignments[0].setdefault("equipment", []).extend(left)
        left = []
    record["equipment"] = left


def _folded(consignments: list[Record]) -> list[Record]:
    folded: list[Record] = []
    for one in consignments:
        before = folded[-1] if folded else {}
        only_says = set(before) <= {"sequence", "transport_document", "master_document", "ucr"}
        is_same = before.get("sequence") == one.get("sequence")
        if before and only_says and is_same and not (set(before) - {"sequence"}) & set(one):
            folded[-1] = before | one
        else:
            folded.append(one)
    return folded


def _stowage_plan(record: Record, _message: Message) -> None:
    for stowed in record.get("stowed", ()):
        if stowed.get("transport_document", {}).get("id") in DUMMY_REFERENCES:
            del stowed["transport_document"]


def _movement_report(record: Record, _message: Message) -> None:
    """Give every event what the report says for all: means, voyage, step, and the place where that step happens."""
    step = record.pop("step", None)
    here = "loading_place" if step == "loading" else "unloading_place"
    places = {name: record.pop(name) for name in ("loading_place", "unloading_place") if name in record}
    if here in places and "place" not in record:
        record["place"] = places[here]
    for event in record.get("events", ()):
        own = {name: event.pop(name) for name in ("loading_place", "unloading_place") if name in event}
        told = places | own
        at = told.get(here) if step else None
        event.update({"kind": "equipment"} | ({"step": step} if step else {}))
        for name in ("means", "voyage"):
            if name in record:
                event[name] = record[name]
        if at or "place" in record:
            event["place"] = at or record["place"]
        also = [[name, place.get("locode") or place.get("id", "")] for name, place in told.items() if place is not at]
        if "position" in event:
            also.append(["stowage_position", event.pop("position")])
        if also:
            event["extensions"] = also


def _traveller_list(record: Record, message: Message) -> None:
    """A list without a sending party of its own has the interchange's sender."""
    if message.interchange.sender and "sender" not in record:
        record["sender"] = {"id": message.interchange.sender}


def _declaration(record: Record, _message: Message) -> None:
    """A declaration that names no function is an original (1225)."""
    if "function_code" not in record:
        record["function_code"] = "9"


COMPLETE: dict[str, Callable[[Record, Message], None]] = {
    "BAPLIE": _stowage_plan,
    "COARRI": _movement_report,
    "CUSCAR": _cargo_report,
    "CUSDEC": _declaration,
    "PAXLST": _traveller_list,
}
"""Message type -> what completes its record, where anything does."""
