"""What documents a DCSA message holds: events as a movement report, bills of lading and the like as cargo reports."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from comity.features.declarations.formats.dcsa.cargo import arrival_notification, bill_of_lading, refusal, verified_mass
from comity.features.declarations.formats.dcsa.events import event_of, scheduled_events
from comity.features.declarations.formats.dcsa.members import Members
from comity.features.declarations.json_values import Context, Steps, json_pointer
from comity.features.declarations.parse_json import parsed_json
from comity.features.declarations.reading import Limits, ReadDocument, capped, is_refused
from comity.features.declarations.sniff import head_text, looks_like_json
from comity.foundation.canonical_json import canonical_json
from comity.foundation.errors import Finding
from comity.foundation.trade.movement import MovementEvent, MovementReport
from comity.foundation.trade.trade_document import TradeDocument

_EVENT = frozenset({"eventType", "eventClassification", "portCallService", "portCall", "eventClassifierCode"})
_SCHEDULE = frozenset({"vesselSchedules", "legs", "cutOffTimes", "vessels"})
_BILL = frozenset(
    {"transportDocumentTypeCode", "utilizedTransportEquipments", "consignmentItems", "requestedEquipments", "document"}
)
_LISTS: dict[str, Callable[[Members], TradeDocument]] = {
    "arrivalNotices": bill_of_lading,
    "arrivalNoticeNotifications": arrival_notification,
    "VGMDeclarations": verified_mass,
}
_KEYS = (
    "arrivalNotices|arrivalNoticeNotifications|VGMDeclarations|eventClassifierCode|eventClassification"
    "|shipmentEventTypeCode|transportEventTypeCode|equipmentEventTypeCode|portCallService\\w*|terminalCall\\w*|vesselSchedules"
    "|universalServiceReference|carrierServiceName|carrierServiceCode|transportDocumentTypeCode|utilizedTransportEquipments"
    "|receiptTypeAtOrigin|transportDocumentReference|carrierBookingReference|surrenderRequest\\w*"
    "|providerCorrelationReference|apiCallsStatsByStandards|eventCreatedDateTime|facilityTypeCode|milesToDestinationPort"
)
_SIGN = re.compile(f'"(?:{_KEYS})"\\s*:')


def is_dcsa(head: bytes) -> bool:
    """Claim that the first bytes are JSON with a member that only DCSA's messages have."""
    return looks_like_json(head) and _SIGN.search(head_text(head)) is not None


def read_dcsa(content: bytes, *, limits: Limits) -> Iterator[ReadDocument]:
    """Yield the documents of a message one by one; never raises on any bytes."""
    value = parsed_json(content, limits=limits)
    digest = hashlib.sha256(content).hexdigest()
    if isinstance(value, Finding):
        yield ReadDocument(None, (value,), 1, digest)
        return
    parts = list(_parts(value))
    for position, (at, part, read) in enumerate(parts[: limits.max_documents], start=1):
        context = Context(json_pointer, limit=limits.max_findings, is_text=False)
        document = read(part, at, context)
        own = digest if len(parts) == 1 else _digest(part, digest, position)
        findings = capped(context.findings, limits.max_findings)
        yield ReadDocument(None if is_refused(findings) else document, findings, position, own)


_Read = Callable[[Any, Steps, Context], TradeDocument | None]


def _parts(value: Any) -> Iterator[tuple[Steps, Any, _Read]]:
    """Yield each document's place, content and reader."""
    if isinstance(value, Mapping):
        for name, read in _LISTS.items():
            if isinstance(value.get(name), list):
                for index, one in enumerate(value[name]):
                    yield (name, index), one, _object(read)
                return
        if isinstance(value.get("events"), list):
            yield ("events",), value["events"], _events
        elif isinstance(value.get("document"), Mapping):
            yield ("document",), value["document"], _object(bill_of_lading)
        elif "errors" in value and "statusCode" in value:
            yield (), value, _object(refusal)
        elif _EVENT & set(value):
            yield (), [value], _single
        elif _BILL & set(value):
            yield (), value, _object(bill_of_lading)
        else:
            yield (), value, _unknown
    else:
        yield (), value, _schedules if _is_schedule(value) else _events


def _is_schedule(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, Mapping) and _SCHEDULE & set(one) for one in value)


def _object(read: Callable[[Members], TradeDocument]) -> _Read:
    return lambda value, at, context: read(Members(value, at, context))


def _single(value: Any, at: Steps, context: Context) -> MovementReport:
    return MovementReport(events=(event_of(Members(value[0], at, context)),))


def _events(value: Any, at: Steps, context: Context) -> MovementReport | None:
    if not isinstance(value, list):
        _unknown(value, at, context)
        return None
    events = []
    for index, one in enumerate(value):
        where: Steps = (*at, index)
        if isinstance(one, Mapping) and not _EVENT & set(one):
            context.error(where, "element-missing", "Expected an event with its type; an object without one came.")
        else:
            events.append(event_of(Members(one, where, context)))
    return MovementReport(events=tuple(events))


def _schedules(value: Any, at: Steps, context: Context) -> MovementReport:
    events: list[MovementEvent] = []
    for index, one in enumerate(value):
        told = Members(one, (*at, index), context)
        if not {"vesselSchedules", "legs"} & set(one if isinstance(one, Mapping) else ()):
            context.error((*at, index, "vesselSchedules"), "element-missing", "Expected vesselSchedules, or legs.")
        events += scheduled_events(told)
    return MovementReport(events=tuple(events))


def _unknown(_value: Any, at: Steps, context: Context) -> None:
    context.error(
        at,
        "message-unknown",
        "Expected events, a schedule, a booking, a bill of lading, an arrival notice, a verified gross mass or an"
        " answer of DCSA; another message came, which is no trade document.",
    )


def _digest(part: Any, whole: str, position: int) -> str:
    """Return the hash of one document of several: of its own canonical bytes where JSON can say them exactly."""
    try:
        return hashlib.sha256(canonical_json(part)).hexdigest()
    except (ValueError, TypeError, RecursionError):
        return hashlib.sha256(f"{whole} {position}".encode()).hexdigest()
