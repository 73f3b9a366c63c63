"""What the parts of an EPCIS event say: identifiers, quantities, places, transactions, parties, sensors, errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from comity.features.declarations import json_values
from comity.features.declarations.formats.epcis import leaf
from comity.features.declarations.formats.epcis.extensions import Namespaces, is_extension, pairs_of
from comity.features.declarations.json_values import Context, Steps
from comity.foundation.trade.movement import DocumentReference, Place, Quantity, SensorReading

Within = tuple[Namespaces, Context]

_GEO = re.compile(r"geo:(-?\d{1,2}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)(?:[,;].*)?")
_disposition = leaf.word("dispositions")
_transaction_type = leaf.word("transaction_types")
_party_type = leaf.word("party_types")
_error_reason = leaf.word("error_reasons")
_READING = {
    "value": ("value", json_values.number),
    "uom": ("unit", json_values.text),
    "time": ("at", json_values.instant),
    "deviceID": ("device", json_values.text),
    "minValue": ("minimum", json_values.number),
    "maxValue": ("maximum", json_values.number),
    "stringValue": ("text", json_values.text),
}
_READING_NUMBERS = frozenset({"meanValue", "sDev", "percRank", "percValue"})
_READING_OTHERS = frozenset(
    {
        "type",
        "exception",
        "deviceMetadata",
        "rawData",
        "dataProcessingMethod",
        "microorganism",
        "chemicalSubstance",
        "component",
        "booleanValue",
        "hexBinaryValue",
        "uriValue",
        "coordinateReferenceSystem",
        "bizRules",
    }
)


def items(value: Any, at: Steps, context: Context) -> Iterator[tuple[Any, Steps]]:
    """Yield each member of a list with its place; anything else is told."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield one, (*at, index)
    elif value is not None:
        context.error(at, "value-form", "Expected a list; another kind of value came. Correct it.")


def objects(value: Any, at: Steps, context: Context) -> Iterator[tuple[Mapping[str, Any], Steps]]:
    """Yield each object of a list with its place."""
    for one, place_of_one in items(value, at, context):
        if isinstance(one, Mapping):
            yield one, place_of_one
        else:
            context.error(place_of_one, "value-form", "Expected an object; another kind of value came. Correct it.")


def identifiers(value: Any, at: Steps, context: Context) -> tuple[str, ...]:
    """Return a list of identifiers."""
    found = [leaf.uri(one, where, context) for one, where in items(value, at, context)]
    kept = tuple(one for one in found if one is not None)
    if len(set(kept)) < len(kept):
        context.warning(at, "identifier-repeated", "Expected each identifier once; one came twice. Check the list.")
    return kept


def words(value: Any, at: Steps, context: Context) -> tuple[str, ...]:
    """Return a list of dispositions."""
    listed = [value] if isinstance(value, str) else value
    found = [_disposition(one, where, context) for one, where in items(listed, at, context)]
    return tuple(one for one in found if one is not None)


def quantities(value: Any, at: Steps, context: Context) -> tuple[Quantity, ...]:
    """Return quantities of classes of goods."""
    found = []
    for one, where in objects(value, at, context):
        _strangers(one, ("epcClass", "quantity", "uom"), where, context)
        if one.get("epcClass") is None:
            context.error((*where, "epcClass"), "element-missing", "Expected epcClass in every quantity; none came.")
        found.append(
            Quantity(
                goods_class=leaf.uri(one.get("epcClass"), (*where, "epcClass"), context),
                amount=json_values.number(one.get("quantity"), (*where, "quantity"), context),
                unit=leaf.unit(one.get("uom"), (*where, "uom"), context),
            )
        )
    return tuple(found)


def place(value: Any, at: Steps, context: Context) -> Place | None:
    """Return a read point or business location by its identifier; a geo URI (RFC 5870) gives coordinates."""
    if not isinstance(value, Mapping):
        context.error(at, "value-form", "Expected an object with an id; another kind of value came.")
        return None
    if value.get("id") is None:
        context.error((*at, "id"), "element-missing", "Expected the id of the place; none came. Add it.")
        return None
    found = leaf.uri(value["id"], (*at, "id"), context)
    match = _GEO.fullmatch(found or "")
    if match is not None:
        return Place(id=found, latitude=Decimal(match[1]), longitude=Decimal(match[2]))
    return Place(id=found)


def documents(value: Any, at: Steps, context: Context) -> tuple[DocumentReference, ...]:
    """Return the business transactions an event belongs to."""
    return _references(value, at, context, member="bizTransaction", read_type=_transaction_type)


def references(member: str) -> Callable[[Any, Steps, Context], tuple[DocumentReference, ...]]:
    """Make a reader of a source or destination list: each with its type and its identifier."""

    def read(value: Any, at: Steps, context: Context) -> tuple[DocumentReference, ...]:
        for one, where in objects(value, at, context):
            if one.get("type") is None:
                context.error(
                    (*where, "type"), "element-missing", "Expected the type, such as owning_party; none came. Add it."
                )
        return _references(value, at, context, member=member, read_type=_party_type)

    return read


def _references(
    value: Any, at: Steps, context: Context, *, member: str, read_type: Callable[[Any, Steps, Context], str | None]
) -> tuple[DocumentReference, ...]:
    found = []
    for one, where in objects(value, at, context):
        _strangers(one, ("type", member), where, context)
        if one.get(member) is None:
            context.error((*where, member), "element-missing", f"Expected {member} with an identifier; none came.")
            continue
        identifier = leaf.uri(one[member], (*where, member), context)
        kind = read_type(one.get("type"), (*where, "type"), context)
        if identifier is not None:
            found.append(DocumentReference(identifier, kind))
    return tuple(found)


def error_declaration(value: Any, at: Steps, context: Context) -> dict[str, Any]:
    """Return when and why an event was declared wrong, and which events correct it (clause 7.4.1.4)."""
    if not isinstance(value, Mapping):
        context.error(at, "value-form", "Expected an object with declarationTime; another kind of value came.")
        return {}
    if value.get("declarationTime") is None:
        context.error((*at, "declarationTime"), "element-missing", "Expected declarationTime; none came. Add it.")
    return {
        "declared_wrong_at": json_values.instant(value.get("declarationTime"), (*at, "declarationTime"), context),
        "declared_wrong_reason": _error_reason(value.get("reason"), (*at, "reason"), context),
        "corrects": identifiers(value.get("correctiveEventIDs"), (*at, "correctiveEventIDs"), context),
    }


def sensors(value: Any, at: Steps, within: Within) -> tuple[tuple[SensorReading, ...], list[tuple[str, str]]]:
    """Return every reading of every sensor, and what else is said of them as pairs."""
    _namespaces, context = within
    readings: list[SensorReading] = []
    more: list[tuple[str, str]] = []
    for element, where in objects(value, at, context):
        metadata = element.get("sensorMetadata")
        about = metadata if isinstance(metadata, Mapping) else {}
        for name in ("time", "startTime", "endTime"):
            json_values.instant(about.get(name), (*where, "sensorMetadata", name), context)
        if not element.get("sensorReport"):
            context.error(
                (*where, "sensorReport"), "element-missing", "Expected sensorReport with a reading; none came."
            )
        more += names_and_rest(
            "sensorMetadata", about, ("time", "deviceID"), (*where, "sensorMetadata"), within, keep=True
        )
        for report, place_of_report in objects(element.get("sensorReport"), (*where, "sensorReport"), context):
            readings.append(_reading(report, about, place_of_report, context))
            kept = ("type", *_READING)
            more += names_and_rest("sensorReport", report, kept, place_of_report, within, keep=True)
        more += names_and_rest("sensorElement", element, ("sensorMetadata", "sensorReport"), where, within)
    return tuple(readings), more


def _reading(report: Mapping[str, Any], about: Mapping[str, Any], at: Steps, context: Context) -> SensorReading:
    fields: dict[str, Any] = {}
    for name, (field, read) in _READING.items():
        fields[field] = read(report.get(name), (*at, name), context)
    for name in _READING_NUMBERS & set(report):
        json_values.number(report[name], (*at, name), context)
    for name in report:
        if name not in _READING and name not in _READING_NUMBERS | _READING_OTHERS and not is_extension(name):
            context.error((*at, name), "element-unknown", "This is no member of a sensor report. Give it a prefix.")
    if report.get("type") is None and report.get("exception") is None:
        context.error((*at, "type"), "element-missing", "Expected the type of what is measured; none came. Add it.")
    if fields["at"] is None:
        fields["at"] = json_values.instant(about.get("time"), at, context)
    if fields["device"] is None:
        fields["device"] = json_values.text(about.get("deviceID"), at, context)
    return SensorReading(type=json_values.text(report.get("type"), (*at, "type"), context), **fields)


def names_and_rest(
    name: str, value: Any, known: tuple[str, ...], at: Steps, within: Within, *, keep: bool = False
) -> list[tuple[str, str]]:
    """Return the members of a part that no field holds, as pairs below the part's name.

    Without `keep` a member without a namespace is an error; with it, it is one of the standard that has no field.
    """
    namespaces, context = within
    if not isinstance(value, Mapping):
        if value is not None:
            context.error(at, "value-form", "Expected an object; another kind of value came. Correct it.")
        return []
    found = []
    for member, one in value.items():
        if member in known:
            continue
        if not is_extension(member) and not keep:
            context.error(
                (*at, member), "element-unknown", f"This is no member of {name}: give it the prefix of its namespace."
            )
            continue
        inner = (
            pairs_of(member, one, (*at, member), namespaces=namespaces, context=context)
            if is_extension(member)
            else _plain(member, one)
        )
        found += [(f"{name}/{full}", text) for full, text in inner]
    return found


def _plain(member: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str | int | Decimal):
        yield member, (str(value).lower() if isinstance(value, bool) else str(value))[: json_values.MAX_TEXT]


def _strangers(told: Mapping[str, Any], known: tuple[str, ...], at: Steps, context: Context) -> None:
    for member in told:
        if member not in known and not is_extension(member):
            context.error(
                (*at, member), "element-unknown", f"Expected only {', '.join(known)} here; another member came."
            )
