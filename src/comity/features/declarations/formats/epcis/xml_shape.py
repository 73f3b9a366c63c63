"""How does an EPCIS event in XML look in the shape of JSON? The same members, so that one set of rules reads both.

Elements of the standard have no namespace, or one of EPCIS; what EPCIS 1.2 put into `extension` and `baseExtension` is
taken out of them. Elements of other namespaces become members named `{namespace}local`. The order of elements is the
schema's (EPCIS 1.2 and 2.0 XML Schema), except for those that the versions place differently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lxml.etree import _Element

from comity.features.declarations.json_values import Steps

_STANDARD = ("urn:epcglobal:epcis:", "urn:epcglobal:epcis-query:")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_WRAPPERS = ("baseExtension", "extension")
_LISTS = {
    "epcList": "epc",
    "childEPCs": "epc",
    "inputEPCList": "epc",
    "outputEPCList": "epc",
    "correctiveEventIDs": "correctiveEventID",
}
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_REFERENCES = {"bizTransactionList": "bizTransaction", "sourceList": "source", "destinationList": "destination"}
_START = ("eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "errorDeclaration")
_MIDDLE = ("action", "bizStep", "disposition", "readPoint", "bizLocation")
_ORDER = {
    "ObjectEvent": (*_START, "epcList", *_MIDDLE, "bizTransactionList"),
    "QuantityEvent": (*_START, "epcClass", "quantity", *_MIDDLE, "bizTransactionList"),
    "AggregationEvent": (*_START, "parentID", "childEPCs", *_MIDDLE, "bizTransactionList"),
    "AssociationEvent": (*_START, "parentID", "childEPCs", *_MIDDLE, "bizTransactionList"),
    "TransactionEvent": (*_START, "bizTransactionList", "parentID", "epcList", *_MIDDLE),
    "TransformationEvent": (
        *_START,
        "inputEPCList",
        "inputQuantityList",
        "outputEPCList",
        "outputQuantityList",
        "transformationID",
        *_MIDDLE,
        "bizTransactionList",
    ),
}
"""Elements in the order of the schema; those not named may stand where they stand."""

Record = dict[Steps, _Element]
Complain = Callable[[_Element, str, str], None]


def name_in(element: _Element) -> str:
    """Return an element's name: local where it is of the standard, else `{namespace}local`."""
    tag: str = element.tag
    if not tag.startswith("{"):
        return tag
    namespace, _, local = tag[1:].partition("}")
    return local if namespace.startswith(_STANDARD) else tag


def shape_of(event: _Element, complain: Complain, record: Record | None = None) -> dict[str, Any]:
    """Return an event in the shape of JSON; `record` takes the element of each place, for telling faults."""
    kind = name_in(event)
    told: dict[str, Any] = {"type": kind}
    _members(event, told, (), complain, record)
    _check_order(event, kind, complain)
    if kind == "QuantityEvent":
        told["type"] = "ObjectEvent"
        told.setdefault("action", "OBSERVE")
        told["quantityList"] = [{name: told.pop(name) for name in ("epcClass", "quantity") if name in told}]
    return told


def _members(element: _Element, told: dict[str, Any], at: Steps, complain: Complain, record: Record | None) -> None:
    for child in element:
        name = name_in(child)
        if name in _WRAPPERS:
            _members(child, told, at, complain, record)
            continue
        where = (*at, name)
        if record is not None:
            record.setdefault(where, child)
        if name.startswith("{"):
            _add(told, name, _foreign(child))
        elif name == "certificationInfo":
            _add(told, name, child.text)
        elif name in told and name != "type":
            complain(child, "element-repeated", f"Expected {name} once in an event; it came twice. Remove one.")
        else:
            told[name] = _standard(child, name, where, complain, record)


def _standard(element: _Element, name: str, at: Steps, complain: Complain, record: Record | None) -> Any:
    if name in _LISTS:
        return [_text(child, complain) for child, _ in _each(element, _LISTS[name], at, complain, record)]
    if name in _QUANTITIES:
        return [
            _object(child, where, complain, record)
            for child, where in _each(element, "quantityElement", at, complain, record)
        ]
    if name in _REFERENCES:
        member = _REFERENCES[name]
        return [
            {member: _text(child, complain), **_attributes(child)}
            for child, _ in _each(element, member, at, complain, record)
        ]
    read = _PARTS.get(name)
    return _text(element, complain) if read is None else read(element, at, complain, record)


def _sensors(element: _Element, at: Steps, complain: Complain, record: Record | None) -> Any:
    return [_sensor(child, where, record) for child, where in _each(element, "sensorElement", at, complain, record)]


def _persistent(element: _Element, at: Steps, complain: Complain, record: Record | None) -> Any:
    told: dict[str, Any] = {}
    for child in element:
        if record is not None:
            record.setdefault((*at, name_in(child)), child)
        told.setdefault(name_in(child), []).append(_text(child, complain))
    return told


def _each(
    element: _Element, member: str, at: Steps, complain: Complain, record: Record | None
) -> Iterator[tuple[_Element, Steps]]:
    for index, child in enumerate(element):
        if name_in(child) != member:
            complain(child, "element-unknown", f"Expected only {member} here; another element came. Remove it.")
            continue
        if record is not None:
            record[*at, index] = child
        yield child, (*at, index)


def _object(element: _Element, at: Steps, complain: Complain, record: Record | None) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for child in element:
        name = name_in(child)
        if name == "extension":
            told |= _object(child, at, complain, record)
            continue
        if record is not None:
            record.setdefault((*at, name), child)
        if name in _LISTS:
            told[name] = _standard(child, name, (*at, name), complain, record)
        else:
            _add(told, name, _foreign(child) if name.startswith("{") else _text(child, complain))
    return told


def _sensor(element: _Element, at: Steps, record: Record | None) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for child in element:
        name = name_in(child)
        if name == "sensorReport":
            where: Steps = (*at, name, len(told.setdefault(name, [])))
            told[name].append(_attributes(child))
        elif name == "sensorMetadata":
            where = (*at, name)
            told[name] = _attributes(child)
        else:
            where = (*at, name)
            _add(told, name, _foreign(child))
        if record is not None:
            record.setdefault(where, child)
    return told


def _attributes(element: _Element) -> dict[str, Any]:
    return {name: value for name, value in element.attrib.items() if not str(name).startswith(_XSI)}  # type: ignore[misc]


def _text(element: _Element, complain: Complain) -> str:
    if len(element):
        complain(element, "element-nested", "Expected text only; other elements came inside it. Remove them.")
    return element.text or ""


def _foreign(element: _Element) -> Any:
    """Return an element of another vocabulary with all that is in it; attributes are named with `@`."""
    attributes = {f"@{name}": value for name, value in _attributes(element).items()}
    if not len(element):
        text = (element.text or "").strip()
        return {"": text, **attributes} if attributes else text
    told: dict[str, Any] = attributes
    for child in element:
        _add(told, str(child.tag), _foreign(child))
    return told


def _add(told: dict[str, Any], name: str, value: Any) -> None:
    """Add a member; one that comes again makes a list."""
    if name not in told:
        told[name] = value
    elif isinstance(told[name], list):
        told[name].append(value)
    else:
        told[name] = [told[name], value]


_PARTS: dict[str, Callable[[_Element, Steps, Complain, Record | None], Any]] = {
    "sensorElementList": _sensors,
    "persistentDisposition": _persistent,
    "readPoint": _object,
    "bizLocation": _object,
    "errorDeclaration": _object,
    "ilmd": _object,
}


def _check_order(event: _Element, kind: str, complain: Complain) -> None:
    order = _ORDER.get(kind)
    if order is None:
        return
    ranks = {name: rank for rank, name in enumerate(order)}
    highest, before = -1, ""
    for child in event:
        name = name_in(child)
        rank = ranks.get(name)
        if rank is None:
            continue
        if rank < highest:
            complain(child, "element-order", f"Expected {name} before {before}, as the schema orders them. Move it.")
            return
        highest, before = rank, name
