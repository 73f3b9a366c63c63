"""Which declaration or notice do the fields of a message make, and which fields does a declaration have?

The goods items of all house consignments are the items of the shipment; a house consignment keeps their numbers.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from comity.features.declarations.formats.bind import Fields, fields_of
from comity.foundation.trade.declaration import (
    Declaration,
    DeclarationFunction,
    DeclarationKind,
    GoodsItem,
    GoodsShipment,
    ObligationGuarantee,
)
from comity.foundation.trade.documents import AdditionalInformation
from comity.foundation.trade.notice import Notice, NoticeError, NoticeKind, NoticeStatus
from comity.foundation.trade.parties import Party
from comity.foundation.trade.transit import HouseConsignment, Transit
from comity.foundation.trade.transport import Consignment, TransportMeans

MEANINGS: dict[str, DeclarationFunction | NoticeKind] = {
    "CC015C": DeclarationFunction.ORIGINAL,
    "CC013C": DeclarationFunction.AMENDMENT,
    "CC014C": DeclarationFunction.CANCELLATION,
    "CC170C": DeclarationFunction.PRESENTATION,
    "CC004C": NoticeKind.ACCEPTED,
    "CC007C": NoticeKind.ARRIVAL,
    "CC009C": NoticeKind.CANCELLED,
    "CC019C": NoticeKind.CONTROL,
    "CC022C": NoticeKind.CONTROL,
    "CC025C": NoticeKind.RELEASED,
    "CC028C": NoticeKind.ACCEPTED,
    "CC029C": NoticeKind.RELEASED_FOR_TRANSIT,
    "CC043C": NoticeKind.UNLOADING_PERMISSION,
    "CC044C": NoticeKind.UNLOADING_REMARKS,
    "CC045C": NoticeKind.WRITTEN_OFF,
    "CC051C": NoticeKind.NOT_RELEASED,
    "CC055C": NoticeKind.REJECTED,
    "CC056C": NoticeKind.REJECTED,
    "CC057C": NoticeKind.REJECTED,
    "CC060C": NoticeKind.CONTROL,
    "CC182C": NoticeKind.INCIDENT,
    "CC928C": NoticeKind.RESPONSE,
}
"""What each message that is read does to the declaration, or says of it."""


class _Groups(NamedTuple):
    own: Fields
    declaration: Fields
    transit: Fields
    shipment: Fields
    consignment: Fields


def document_from(fields: Fields, name: str, version: str | None) -> Declaration | Notice:
    """Return the document that a message of this name is."""
    meaning = MEANINGS[name]
    groups = _grouped(fields)
    groups.own.pop("message_type", None)
    if isinstance(meaning, DeclarationFunction):
        return _declaration(groups, meaning, version)
    return _notice(groups, meaning, name, version)


def _grouped(fields: Fields) -> _Groups:
    groups = _Groups({}, {}, {}, {}, {})
    for name, value in fields.items():
        group, dot, field = name.rpartition(".")
        getattr(groups, group if dot else "own")[field] = value
    return groups


def _declaration(groups: _Groups, function: DeclarationFunction, version: str | None) -> Declaration:
    own, held = groups.own, _held(groups)
    statement = own.pop("statement", None)
    said = (AdditionalInformation(description=statement),) if statement else ()
    sender, recipient = own.pop("sender", None), own.pop("recipient", None)
    held["additional_information"] = said + held.get("additional_information", ())
    return Declaration(
        kind=DeclarationKind.TRANSIT,
        function=function,
        submitter=Party(id=sender) if sender else None,
        recipient=Party(id=recipient) if recipient else None,
        message_version=version,
        **held,
        **own,
    )


def _notice(groups: _Groups, kind: NoticeKind, name: str, version: str | None) -> Notice:
    own = groups.own
    if kind is NoticeKind.ARRIVAL:
        own["goods_location"] = groups.consignment.pop("goods_location", None)
    if kind is NoticeKind.CANCELLED:
        kind = NoticeKind.REJECTED if groups.transit.get("is_cancellation_granted") is False else kind
        own["cancelled_at"] = groups.transit.pop("cancellation_decided_at", None)
    own.setdefault("office", groups.declaration.get("declaration_office"))
    statement, sender, recipient = (own.pop(field, None) for field in ("statement", "sender", "recipient"))
    unloading = own.pop("unloading", None)
    errors, guarantees = _refusals(own)
    if guarantees:
        groups.declaration["guarantees"] = guarantees
    status = own.pop("status_code", None)
    statuses = ((NoticeStatus(status),) if status else ()) + own.pop("statuses", ())
    held = _held(groups)
    return Notice(
        kind=kind,
        type_code=name,
        version=version,
        notice_id=own.pop("message_id", None),
        sender=Party(id=sender) if sender else None,
        recipient=Party(id=recipient) if recipient else None,
        additional_information=(AdditionalInformation(description=statement),) if statement else (),
        unloading=(unloading,) if unloading is not None else (),
        errors=errors,
        statuses=statuses,
        declaration=Declaration(kind=DeclarationKind.TRANSIT, **held) if held else None,
        **own,
    )


def _refusals(own: Fields) -> tuple[tuple[NoticeError, ...], tuple[ObligationGuarantee, ...]]:
    """Return the reasons given for a refusal, and the guarantees that were found invalid."""
    code, reason = own.pop("reason_code", None), own.pop("reason", None)
    errors = (NoticeError(code, reason),) if code or reason else ()
    invalid = own.pop("invalid_guarantees", ())
    of_guarantees = tuple(chain.from_iterable(one.get("reasons", ()) for one in invalid))
    return errors + own.pop("errors", ()) + of_guarantees, tuple(
        ObligationGuarantee(grn=one.get("grn"), sequence=place) for place, one in enumerate(invalid, 1)
    )


def _held(groups: _Groups) -> Fields:
    """Return the fields of a declaration, and take those it needs out of the message's own."""
    own, held = groups.own, groups.declaration
    houses = own.pop("houses", ())
    if houses:
        groups.transit["house_consignments"] = tuple(
            HouseConsignment(**one | {"items": tuple(item.sequence for item in one.get("items", ()))}) for one in houses
        )
        items: tuple[GoodsItem, ...] = tuple(chain.from_iterable(one.get("items", ()) for one in houses))
        if items:
            groups.shipment["items"] = items
    first, *further = own.pop("departures", ()) or (None,)
    mode = own.pop("inland_mode", None)
    if first is not None or mode is not None:
        groups.consignment["departure_means"] = replace(first or TransportMeans(), mode_code=mode)
    if further:
        groups.consignment["further_departure_means"] = tuple(further)
    first, *further = own.pop("crossings", ()) or (None,)
    mode = own.pop("border_mode", None)
    if first is not None or mode is not None:
        held["border_means"] = replace(first or TransportMeans(), mode_code=mode)
    if further:
        held["further_border_means"] = tuple(further)
    if groups.consignment:
        groups.shipment["consignment"] = Consignment(**groups.consignment)
    if groups.shipment:
        held["goods_shipment"] = GoodsShipment(**groups.shipment)
    if groups.transit:
        held["transit"] = Transit(**groups.transit)
    return held


def fields_from(declaration: Declaration, name: str) -> Fields:
    """Return the fields of a declaration by the names the elements are bound to."""
    shipment = declaration.goods_shipment
    consignment = shipment.consignment or Consignment()
    transit = declaration.transit or Transit()
    fields = {
        "sender": declaration.submitter.id if declaration.submitter else None,
        "recipient": declaration.recipient.id if declaration.recipient else None,
        "issued_at": declaration.issued_at,
        "message_id": declaration.message_id,
        "message_type": name,
        "correlation_id": declaration.correlation_id,
        "functional_reference_id": declaration.functional_reference_id,
        "mrn": declaration.mrn,
        "authorisation_holders": declaration.authorisation_holders,
        "inland_mode": consignment.departure_means.mode_code if consignment.departure_means else None,
        "border_mode": declaration.border_means.mode_code if declaration.border_means else None,
        "departures": _identified(consignment.departure_means) + consignment.further_departure_means,
        "crossings": _identified(declaration.border_means) + declaration.further_border_means,
        "houses": _houses(declaration),
    }
    for prefix, value in (
        ("declaration", declaration),
        ("transit", transit),
        ("shipment", shipment),
        ("consignment", consignment),
    ):
        fields |= {f"{prefix}.{field}": one for field, one in fields_of(value).items()}
    if declaration.function is DeclarationFunction.CANCELLATION:
        fields["statement"] = next((one.description for one in declaration.additional_information), None)
    return fields


def _identified(means: TransportMeans | None) -> tuple[TransportMeans, ...]:
    """Return the means, if more of it than its mode is known."""
    return () if means is None or replace(means, mode_code=None) == TransportMeans() else (means,)


def _houses(declaration: Declaration) -> list[Fields]:
    """Return the fields of each house consignment with its items; one for all where the declaration tells none."""
    items = [
        replace(item, sequence=item.sequence or place, number_in_house=item.number_in_house or place)
        for place, item in enumerate(declaration.goods_shipment.items, 1)
    ]
    by_number: dict[int | None, deque[GoodsItem]] = {}
    for item in items:
        by_number.setdefault(item.sequence, deque()).append(item)
    all_in_one = HouseConsignment(1, tuple(item.sequence or 0 for item in items), declaration.total_gross_mass_kg)
    houses = declaration.transit.house_consignments if declaration.transit else ()
    return [
        fields_of(house) | {"items": tuple(by_number[one].popleft() for one in house.items if by_number.get(one))}
        for house in houses or ((all_in_one,) if items else ())
    ]
