"""What events an EPCIS document holds: 2.0 JSON-LD and XML, 1.2 XML; documents, query results, single events."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from lxml.etree import _Element

from comity.features.declarations import json_values
from comity.features.declarations.formats.epcis.event import KINDS, read_event
from comity.features.declarations.formats.epcis.extensions import Namespaces
from comity.features.declarations.formats.epcis.query import check_json_query, check_xml_query, is_query
from comity.features.declarations.formats.epcis.xml_shape import Record, name_in, shape_of
from comity.features.declarations.formats.wco_xml.context import Places
from comity.features.declarations.formats.wco_xml.parse import parsed
from comity.features.declarations.json_values import Context, Steps, json_pointer
from comity.features.declarations.parse_json import parsed_json
from comity.features.declarations.reading import Limits, ReadDocument, capped, is_refused
from comity.foundation.errors import Finding
from comity.foundation.trade.movement import MovementEvent, MovementReport
from comity.foundation.trade.parties import Party

DOCUMENTS = ("EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument")
ROOTS = frozenset({*DOCUMENTS, *KINDS, "QuantityEvent"})
"""Root elements and JSON types that are EPCIS."""

_DOCUMENT_MEMBERS = frozenset(
    {
        "@context",
        "id",
        "@id",
        "type",
        "isA",
        "schemaVersion",
        "creationDate",
        "format",
        "epcisHeader",
        "epcisBody",
        "sender",
        "receiver",
        "instanceIdentifier",
    }
)


def read_epcis_json(content: bytes, *, limits: Limits) -> Iterator[ReadDocument]:
    """Yield the one report of a JSON document; never raises on any bytes."""
    value = parsed_json(content, limits=limits)
    if isinstance(value, Finding):
        yield _one(None, [value], content, limits)
        return
    context = Context(json_pointer, limit=limits.max_findings, is_text=False)
    report = _json_report(value, context)
    yield _one(report, context.findings, content, limits)


def read_epcis_xml(content: bytes, *, limits: Limits) -> Iterator[ReadDocument]:
    """Yield the one report of an XML document; never raises on any bytes."""
    root = parsed(content, limits=limits)
    if isinstance(root, Finding):
        yield _one(None, [root], content, limits)
        return
    report, findings = _xml_report(root, limits)
    yield _one(report, findings, content, limits)


def _one(report: MovementReport | None, findings: list[Finding], content: bytes, limits: Limits) -> ReadDocument:
    return ReadDocument(
        None if is_refused(findings) else report,
        capped(findings, limits.max_findings),
        1,
        hashlib.sha256(content).hexdigest(),
    )


def _json_report(value: Any, context: Context) -> MovementReport | None:
    if isinstance(value, list):
        events = _json_events(value, (), Namespaces(), context)
        return MovementReport(events=events)
    if not isinstance(value, Mapping):
        context.error((), "document-unknown", "Expected an EPCIS document or event; another JSON value came.")
        return None
    kind = value.get("type", value.get("isA"))
    if kind not in DOCUMENTS and is_query(value):
        check_json_query(value, (), context)
        return _query(context)
    if value.get("@context") is None:
        context.error(("@context",), "element-missing", "Expected @context with the GS1 EPCIS context; none came.")
    namespaces = Namespaces(value.get("@context"))
    if kind not in DOCUMENTS:
        event = read_event(value, (), namespaces=namespaces, context=context)
        return None if event is None else MovementReport(events=(event,))
    for member in value:
        if member not in _DOCUMENT_MEMBERS and ":" not in member:
            context.warning((member,), "element-not-mapped", "This is no member of an EPCIS document: it is not kept.")
    _check_head(value, (), context)
    where, listed = _json_list(value, context)
    if value.get("epcisHeader"):
        _note_master_data(("epcisHeader",), context)
    return MovementReport(
        report_id=json_values.text(value.get("instanceIdentifier", value.get("id")), ("instanceIdentifier",), context),
        issued_at=json_values.instant(value.get("creationDate"), ("creationDate",), context),
        sender=_party(json_values.text(value.get("sender"), ("sender",), context)),
        recipient=_party(json_values.text(value.get("receiver"), ("receiver",), context)),
        events=_json_events(listed, where, namespaces, context),
    )


def _json_list(value: Mapping[str, Any], context: Context) -> tuple[Steps, list[Any]]:
    """Return the list of events with its place: in the body, in a query's results, or one event alone."""
    where: Steps = ("epcisBody",)
    body: Any = value.get("epcisBody")
    for step in ("queryResults", "resultsBody"):
        if isinstance(body, Mapping) and step in body:
            body, where = body[step], (*where, step)
    if isinstance(body, Mapping) and isinstance(body.get("event"), Mapping):
        return (*where, "event"), [body["event"]]
    listed = body.get("eventList") if isinstance(body, Mapping) else None
    if isinstance(listed, list):
        return (*where, "eventList"), listed
    if value.get("type") != "EPCISMasterDataDocument":
        context.error(
            (*where, "eventList"), "element-missing", "Expected eventList with the events; none came. Add it."
        )
    return where, []


def _json_events(listed: list[Any], at: Steps, namespaces: Namespaces, context: Context) -> tuple[MovementEvent, ...]:
    events = []
    for index, one in enumerate(listed):
        where: Steps = (*at, index)
        if not isinstance(one, Mapping):
            context.error(where, "value-form", "Expected an event; another kind of value came. Correct it.")
            continue
        event = read_event(one, where, namespaces=namespaces, context=context)
        if event is not None:
            events.append(event)
    return tuple(events)


def _check_head(value: Mapping[str, Any], at: Steps, context: Context) -> None:
    for member in ("schemaVersion", "creationDate"):
        if value.get(member) is None:
            note = context.warning if context.is_text and member == "creationDate" else context.error
            note((*at, member), "element-missing", f"Expected {member} of the document; none came. Add it.")
    version = value.get("schemaVersion")
    if version is not None and (not isinstance(version, str) or version.split(".")[0] not in ("1", "2")):
        context.error((*at, "schemaVersion"), "version-unknown", "Expected schema version 1.x or 2.0; another came.")


def _query(context: Context) -> MovementReport:
    context.warning((), "query-without-events", "This is a query: it asks for events and holds none. Nothing is kept.")
    return MovementReport()


def _note_master_data(at: Steps, context: Context) -> None:
    context.once(
        "master data",
        at,
        "element-not-mapped",
        "Master data came with the events: it stays in the original document, whose hash is kept. Nothing to do.",
    )


def _party(identifier: str | None) -> Party | None:
    return None if identifier is None else Party(id=identifier)


def _xml_report(root: _Element, limits: Limits) -> tuple[MovementReport | None, list[Finding]]:
    places = Places()
    name = name_in(root)
    base = places.of(root)
    about = Context(lambda steps: "/".join([base, *map(str, steps)]), limit=limits.max_findings, is_text=True)
    elements = [root] if name not in DOCUMENTS else list(_event_elements(root))
    if name in DOCUMENTS:
        _check_head({str(key): one for key, one in root.attrib.items()}, (), about)
    events: list[MovementEvent] = []
    findings: list[Finding] = []
    for element in elements:
        event, found = _xml_event(element, places, limits.max_findings - len(findings))
        findings += found
        if event is not None:
            events.append(event)
    poll = next((one for one in root.iter() if name_in(one) in ("Poll", "Subscribe")), None)
    if poll is not None:
        asked = Context(
            lambda steps: "/".join([places.of(poll), *map(str, steps)]), limit=limits.max_findings, is_text=True
        )
        check_xml_query(poll, asked)
        _query(asked)
        findings += asked.findings
    elif name in DOCUMENTS and not any(name_in(one) == "EPCISBody" for one in root):
        about.error(("EPCISBody",), "element-missing", "Expected EPCISBody with the events; none came. Add it.")
    header = _header(root, about)
    issued = json_values.instant(root.get("creationDate"), ("creationDate",), about)
    report = MovementReport(
        report_id=header.get("InstanceIdentifier"),
        issued_at=issued,
        sender=_party(header.get("Sender")),
        recipient=_party(header.get("Receiver")),
        events=tuple(events),
    )
    return report, [*about.findings, *findings]


def _event_elements(root: _Element) -> Iterator[_Element]:
    """Yield every event of a document, also those that EPCIS 1.2 put into extensions of the list."""
    for listed in root.iter("{*}EventList"):
        for child in listed:
            inner = child
            while name_in(inner) == "extension" and len(inner):
                inner = inner[0]
            yield inner


def _xml_event(element: _Element, places: Places, room: int) -> tuple[MovementEvent | None, list[Finding]]:
    faults: list[Finding] = []

    def complain(at: _Element, code: str, message: str) -> None:
        if len(faults) < room:
            faults.append(Finding(f"declarations.{code}", places.of(at), message))

    def place(steps: Steps) -> str:
        record: Record = {}
        shape_of(element, lambda *_: None, record)
        known = steps
        while known and known not in record:
            known = known[:-1]
        base = places.of(record[known]) if known else places.of(element)
        return "/".join([base, *(str(step) for step in steps[len(known) :] if not isinstance(step, int))])

    told: dict[str, Any] = shape_of(element, complain)
    context = Context(place, limit=max(room, 1), is_text=True)
    if name_in(element).startswith("{"):
        context.warning((), "event-not-kept", "An event of another vocabulary came: it is not kept. Nothing to do.")
        return None, context.findings
    event = read_event(told, (), namespaces=Namespaces(), context=context)
    return event, [*faults, *context.findings]


def _header(root: _Element, context: Context) -> dict[str, str]:
    """Return sender, receiver and the document's number from the Standard Business Document Header."""
    found: dict[str, str] = {}
    for head in root:
        if name_in(head) != "EPCISHeader":
            continue
        for one in head.iter("{*}Sender", "{*}Receiver", "{*}InstanceIdentifier", "{*}EPCISMasterData"):
            local = str(one.tag).rpartition("}")[2]
            if local == "EPCISMasterData":
                _note_master_data(("EPCISHeader",), context)
                continue
            holder = one if local == "InstanceIdentifier" else next(iter(one.iter("{*}Identifier")), None)
            if holder is not None and holder.text and holder.text.strip():
                found[local] = holder.text.strip()[: json_values.MAX_TEXT]
    return found
