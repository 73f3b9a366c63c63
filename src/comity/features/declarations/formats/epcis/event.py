"""What one EPCIS event says, from either syntax: the what, when, where, why and how of ISO/IEC 19987, clause 7.4.

XML has been brought into the shape of JSON before (`xml_shape.py`), so that there is one set of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from comity.features.declarations import json_values
from comity.features.declarations.formats.epcis import leaf
from comity.features.declarations.formats.epcis.extensions import MOST, Namespaces, is_extension, pairs_of
from comity.features.declarations.formats.epcis.parts import (
    documents,
    error_declaration,
    identifiers,
    names_and_rest,
    place,
    quantities,
    references,
    sensors,
    words,
)
from comity.features.declarations.json_values import Context, Steps
from comity.foundation.trade.movement import DocumentReference, EventKind, MovementEvent

KINDS = {
    "ObjectEvent": EventKind.OBJECT,
    "AggregationEvent": EventKind.AGGREGATION,
    "TransactionEvent": EventKind.TRANSACTION,
    "TransformationEvent": EventKind.TRANSFORMATION,
    "AssociationEvent": EventKind.ASSOCIATION,
}

_NAMES_NO_VALUE = frozenset({"type", "isA", "@context", "@id", "id"})
Reader = Callable[[Any, Steps, Context], Any]

_LEAVES: dict[str, tuple[str, Reader]] = {
    "eventID": ("event_id", leaf.uri),
    "eventTime": ("occurred_at", json_values.instant),
    "recordTime": ("recorded_at", json_values.instant),
    "eventTimeZoneOffset": ("utc_offset", leaf.offset),
    "action": ("action", leaf.action),
    "bizStep": ("step", leaf.word("business_steps")),
    "disposition": ("disposition", leaf.word("dispositions")),
    "parentID": ("parent", leaf.uri),
    "transformationID": ("transformation_id", leaf.uri),
    "epcList": ("objects", identifiers),
    "childEPCs": ("children", identifiers),
    "inputEPCList": ("inputs", identifiers),
    "outputEPCList": ("outputs", identifiers),
    "quantityList": ("quantities", quantities),
    "childQuantityList": ("child_quantities", quantities),
    "inputQuantityList": ("input_quantities", quantities),
    "outputQuantityList": ("output_quantities", quantities),
    "bizTransactionList": ("documents", documents),
    "sourceList": ("sources", references("source")),
    "destinationList": ("destinations", references("destination")),
}
"""Member -> field of the value and its reader."""

_ONLY = {
    "epcList": ("ObjectEvent", "TransactionEvent"),
    "quantityList": ("ObjectEvent", "TransactionEvent"),
    "parentID": ("AggregationEvent", "TransactionEvent", "AssociationEvent"),
    "childEPCs": ("AggregationEvent", "AssociationEvent"),
    "childQuantityList": ("AggregationEvent", "AssociationEvent"),
    "action": ("ObjectEvent", "AggregationEvent", "TransactionEvent", "AssociationEvent"),
    "inputEPCList": ("TransformationEvent",),
    "inputQuantityList": ("TransformationEvent",),
    "outputEPCList": ("TransformationEvent",),
    "outputQuantityList": ("TransformationEvent",),
    "transformationID": ("TransformationEvent",),
    "ilmd": ("ObjectEvent", "TransformationEvent"),
}
"""Members that only these events have (clauses 7.4.2 to 7.4.6)."""

_REQUIRED = {
    "AssociationEvent": ("parentID", "action"),
    "TransactionEvent": ("bizTransactionList", "action"),
    "ObjectEvent": ("action",),
    "AggregationEvent": ("action",),
    "TransformationEvent": (),
}


def read_event(told: Mapping[str, Any], at: Steps, *, namespaces: Namespaces, context: Context) -> MovementEvent | None:
    """Return the event, or None after noting why there is none; `told` is in the shape of JSON."""
    name = told.get("type", told.get("isA"))
    if not isinstance(name, str):
        context.error(
            (*at, "type"), "element-missing", "Expected the type of the event, such as ObjectEvent; none came."
        )
        return None
    if name not in KINDS:
        if is_extension(name):
            context.warning(at, "event-not-kept", "An event of another vocabulary came: it is not kept. Nothing to do.")
        else:
            context.error((*at, "type"), "event-unknown", "Expected one of the event types of EPCIS 2.0; another came.")
        return None
    namespaces = namespaces.within(told.get("@context"))
    fields: dict[str, Any] = {"kind": KINDS[name]}
    extensions: list[tuple[str, str]] = []
    for member, value in told.items():
        if member in _LEAVES:
            _note_stranger(member, name, (*at, member), context)
            field, read = _LEAVES[member]
            fields[field] = read(value, (*at, member), context)
        elif member not in _NAMES_NO_VALUE:
            _note_stranger(member, name, (*at, member), context)
            _beyond(member, value, (*at, member), fields, extensions, (namespaces, context))
    _check(told, name, at, context)
    return MovementEvent(**fields, extensions=_bounded(extensions, at, context))


def _note_stranger(member: str, event: str, at: Steps, context: Context) -> None:
    if member in _ONLY and event not in _ONLY[member]:
        context.error(
            at, "element-unexpected", f"{member} is no member of {event}: move it, or change the event's type."
        )


def _beyond(
    member: str,
    value: Any,
    at: Steps,
    fields: dict[str, Any],
    extensions: list[tuple[str, str]],
    within: tuple[Namespaces, Context],
) -> None:
    """Read the members that give several fields, or none; those of other namespaces become extensions."""
    namespaces, context = within
    if member in ("readPoint", "bizLocation"):
        field = "read_point" if member == "readPoint" else "place"
        fields[field] = place(value, at, context)
        extensions += names_and_rest(member, value, ("id",), at, within)
    elif member == "ilmd":
        extensions += names_and_rest(member, value, (), at, within)
    elif member == "errorDeclaration":
        fields |= error_declaration(value, at, context)
        extensions += names_and_rest(member, value, ("declarationTime", "reason", "correctiveEventIDs"), at, within)
    elif member == "persistentDisposition":
        told = value if isinstance(value, Mapping) else {}
        fields["dispositions_set"] = words(told.get("set"), (*at, "set"), context)
        fields["dispositions_unset"] = words(told.get("unset"), (*at, "unset"), context)
    elif member == "sensorElementList":
        fields["sensors"], more = sensors(value, at, within)
        extensions += more
    elif member in ("certificationInfo", "certificationList"):
        found = value if isinstance(value, list) else [value]
        kept = [json_values.text(one, at, context) for one in found]
        fields["documents"] = (
            *fields.get("documents", ()),
            *(DocumentReference(one, "certificationInfo") for one in kept if one),
        )
    elif is_extension(member):
        extensions += pairs_of(member, value, at, namespaces=namespaces, context=context)
    else:
        context.error(
            at,
            "element-unknown",
            "This is no member of the event: give a member of another vocabulary the prefix of its namespace.",
        )


def _check(told: Mapping[str, Any], name: str, at: Steps, context: Context) -> None:
    for member in ("eventTime", "eventTimeZoneOffset", *_REQUIRED[name]):
        if told.get(member) in (None, []):
            context.error((*at, member), "element-missing", f"Expected {member} in every {name}; none came. Add it.")
    if name == "ObjectEvent" and not any(told.get(one) for one in ("epcList", "quantityList", "sensorElementList")):
        context.warning(at, "nothing-named", "Expected epcList or quantityList: the event names no goods. Check it.")
    if name == "TransformationEvent" and told.get("transformationID") is None:
        for sides in (("inputEPCList", "inputQuantityList"), ("outputEPCList", "outputQuantityList")):
            if not any(told.get(one) for one in sides):
                context.error(
                    (*at, sides[0]),
                    "element-missing",
                    f"Expected {sides[0]} or {sides[1]}, or a transformationID that joins events; none came.",
                )


def _bounded(extensions: list[tuple[str, str]], at: Steps, context: Context) -> tuple[tuple[str, str], ...]:
    if len(extensions) > MOST:
        context.error(at, "limit-exceeded", f"Expected at most {MOST} members of other vocabularies in an event.")
    return tuple(extensions[:MOST])
