"""What a track and trace event, a port call event or a schedule says: versions 2.2 and 3.0, port call 2.0, schedules.

Version 2 has everything beside the event's type, version 3 in objects for classification, shipment, transport and
equipment. Members without a field are kept as extensions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comity.features.declarations.formats.dcsa.members import Members
from comity.features.declarations.formats.dcsa.parts import (
    codes,
    equipment_number,
    means_of,
    mode_of,
    party_of,
    place_of,
    seals_of,
)
from comity.foundation.trade.movement import (
    DocumentReference,
    EventClassifier,
    EventKind,
    MovementEvent,
    Place,
    SensorReading,
)
from comity.foundation.trade.transport import TransportEquipment, TransportMeans

_STEPS = {
    "shipment": ("shipmentEventTypeCode",),
    "transport": ("transportEventTypeCode",),
    "equipment": ("equipmentEventTypeCode", "iotEventTypeCode", "reeferEventTypeCode"),
}
_VOYAGES = ("carrierVoyageNumber", "universalVoyageReference")
_MOST_EXTENSIONS = 500


def event_of(told: Members) -> MovementEvent:
    """Return one event of track and trace or of a port call."""
    if "portCallService" in told or "portCall" in told:
        return _port_call(told)
    is_third = "eventClassification" in told
    kind_of = told.inner("eventClassification") or told
    kind = kind_of.one_of("eventTypeCode" if is_third else "eventType", codes()["event_types"])
    kind_of.require("eventTypeCode" if is_third else "eventType")
    kind_of.require("eventClassifierCode")
    classifier = kind_of.one_of("eventClassifierCode", codes()["classifiers"])
    told.require("eventDateTime")
    step = kind_of.text(*_STEPS.get(kind or "", ()))
    if kind is not None and step is None:
        name = _STEPS[kind][0]
        told.context.error((*kind_of.at, name), "element-missing", f"Expected {name} in this event; none came. Add it.")
    if kind == "transport" and step is not None and step not in codes()["transport_steps"]:
        told.context.error(
            (*kind_of.at, "transportEventTypeCode"), "code-unknown", "Expected ARRI or DEPA; another code came."
        )
    fields = {**_equipment(told), **_transport(told)}
    place = place_of(told.inner("eventLocation")) or fields.pop("call_place", None)
    fields.pop("call_place", None)
    return MovementEvent(
        kind=EventKind(kind or "transport"),
        event_id=told.text("eventID"),
        classifier=EventClassifier(classifier or "actual"),
        occurred_at=told.instant("eventDateTime"),
        recorded_at=told.instant("eventUpdatedDateTime") or told.instant("eventCreatedDateTime"),
        step=step,
        reason=told.text("reason", "changeRemark", "delayReasonCode"),
        place=place,
        documents=tuple(_documents(told)),
        parties=tuple(one for one in (_originator(told),) if one is not None),
        sensors=tuple(_sensors(told)),
        extensions=_rest(told),
        **fields,
    )


def _originator(told: Members) -> Any:
    routing = told.inner("eventRouting")
    return party_of(routing.inner("originatingParty")) if routing is not None else None


def _equipment(told: Members) -> dict[str, Any]:
    about = told.inner("equipmentDetails") or told
    number = equipment_number(about)
    emptiness = about.text("emptyIndicatorCode")
    if number is None:
        return {}
    return {
        "equipment": (TransportEquipment(id=number, seals=seals_of(about)),),
        "objects": (number,),
        "equipment_size_type": about.text("ISOEquipmentCode"),
        "is_empty": None if emptiness is None else emptiness == "EMPTY",
    }


def _transport(told: Members) -> dict[str, Any]:
    details = told.inner("transportDetails") or told
    call = details.inner("transportCall")
    if call is None:
        return {}
    mode = mode_of(call)
    vessel = call.inner("vessel") or call.inner("vesselTransport")
    means: TransportMeans | None = means_of(vessel, mode=mode)
    place = place_of(call.inner("location")) or place_of(call)
    return {"means": means, "voyage": _voyage(call), "call_place": None if place == Place() else place}


def _voyage(call: Members) -> str | None:
    direct = call.text("exportVoyageNumber", "carrierExportVoyageNumber", "carrierVoyageNumber")
    if direct is not None:
        return direct
    inner = call.inner("exportVoyageNumberOrReference")
    return None if inner is None else inner.text(*_VOYAGES)


def _documents(told: Members) -> Iterator[DocumentReference]:
    about = told.inner("shipmentDetails")
    if about is not None:
        main = about.inner("documentReference")
        for one in [*([main] if main is not None else []), *about.each("additionalDocumentReferences")]:
            yield from _document(one.text("reference"), one.text("typeCode"))
    for one in told.each("documentReferences"):
        yield from _document(one.text("documentReferenceValue", "value"), one.text("documentReferenceType", "type"))
    for one in told.each("references"):
        yield from _document(one.text("referenceValue", "value"), one.text("referenceType", "type"))
    yield from _document(told.text("documentID"), told.text("documentTypeCode"))


def _document(number: str | None, kind: str | None) -> Iterator[DocumentReference]:
    if number is not None:
        yield DocumentReference(number, kind)


def _sensors(told: Members) -> Iterator[SensorReading]:
    about = told.inner("reeferDetails")
    if about is None:
        return
    unit = about.text("temperatureUnit")
    for name in ("internalSetpointTemperature", "ambientMeasuredTemperature", "supplyTemperature", "returnTemperature"):
        value = about.number(name)
        if value is not None:
            yield SensorReading(type=name, value=value, unit=unit)
    for probe in about.each("temperatureProbeMeasurements"):
        yield SensorReading(
            type="measuredTemperatureValue",
            value=probe.number("measuredTemperatureValue"),
            unit=unit,
            device=None if (number := probe.count("USDAProbeNumber")) is None else str(number),
        )


def _port_call(told: Members) -> MovementEvent:
    """Return an event of a port call: a service at a terminal, with the instant that is planned, estimated or so."""
    call, terminal = told.inner("portCall"), told.inner("terminalCall")
    service, stamp = told.inner("portCallService"), told.inner("timestamp")
    classifier = stamp.one_of("classifierCode", codes()["classifiers"]) if stamp is not None else None
    place = place_of(service.inner("serviceLocation")) if service is not None else None
    if place is None and call is not None:
        place = Place(locode=call.locode("UNLocationCode"))
    event = service.text("portCallServiceEventTypeCode") if service is not None else None
    return MovementEvent(
        kind=EventKind.TRANSPORT,
        event_id=told.text("eventID"),
        classifier=EventClassifier(classifier or "planned"),
        occurred_at=stamp.instant("serviceDateTime") if stamp is not None else None,
        recorded_at=told.instant("eventUpdatedDateTime"),
        step=" ".join(one for one in (service.text("portCallServiceTypeCode") if service else None, event) if one)
        or None,
        reason=stamp.text("remark") if stamp is not None else None,
        place=place,
        means=means_of(told.inner("vessel")),
        voyage=_voyage(terminal) if terminal is not None else None,
        documents=tuple(_document(call.text("portVisitReference") if call is not None else None, "portVisitReference")),
        extensions=_rest(told),
    )


def scheduled_events(told: Members) -> Iterator[MovementEvent]:
    """Yield the calls of a schedule: of a service or a port with its vessels, or of a route with its legs."""
    here = place_of(told.inner("location"))
    for schedule in told.each("vesselSchedules"):
        vessel = means_of(schedule.inner("vessel") or schedule)
        calls = list(schedule.each("transportCalls"))
        for call in calls:
            yield from _stamps(call, vessel, place_of(call.inner("location")) or here, _voyage(call))
        if not calls:
            partner = next(iter(schedule.each("servicePartners")), None)
            yield from _stamps(schedule, vessel, here, _voyage(partner) if partner is not None else None)
    for leg in told.each("legs"):
        transport = leg.inner("transport")
        means = means_of(transport.inner("vessel"), mode=mode_of(transport)) if transport is not None else None
        for name, step in (("departure", "DEPA"), ("arrival", "ARRI")):
            end = leg.inner(name)
            if end is not None:
                yield MovementEvent(
                    kind=EventKind.TRANSPORT,
                    classifier=EventClassifier.PLANNED,
                    occurred_at=end.instant("dateTime"),
                    step=step,
                    place=place_of(end.inner("location")),
                    means=means,
                )


def _stamps(
    told: Members, vessel: TransportMeans | None, place: Place | None, voyage: str | None
) -> Iterator[MovementEvent]:
    for stamp in told.each("timestamps"):
        classifier = stamp.one_of("eventClassifierCode", codes()["classifiers"])
        step = stamp.text("eventTypeCode")
        if step is not None and step not in codes()["transport_steps"]:
            told.context.error(
                (*stamp.at, "eventTypeCode"), "code-unknown", "Expected ARRI or DEPA; another code came."
            )
        yield MovementEvent(
            kind=EventKind.TRANSPORT,
            classifier=EventClassifier(classifier or "planned"),
            occurred_at=stamp.instant("eventDateTime"),
            step=step,
            reason=stamp.text("changeRemark", "delayReasonCode"),
            place=place,
            means=vessel,
            voyage=voyage,
        )


def _rest(told: Members) -> tuple[tuple[str, str], ...]:
    found = tuple(told.rest())
    if len(found) > _MOST_EXTENSIONS:
        told.context.error(told.at, "limit-exceeded", f"Expected at most {_MOST_EXTENSIONS} members in an event.")
    return found[:_MOST_EXTENSIONS]
