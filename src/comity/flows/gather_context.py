"""What is known of a declaration before its lane is decided? Local reads only; no partner is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.store import senders_to
from comity.features.mirror.beyond_pairs import Corridor, is_expected
from comity.features.mirror.record import MirrorRecord, mirror_record
from comity.features.mirror.store import keep_import
from comity.features.risk.history.store import window_values
from comity.features.risk.selection.capacity import LONGEST_OFFICE
from comity.features.risk.store import ImporterHistory, importer_history
from comity.flows.clearing import Clearing
from comity.flows.match_record import MirrorImage, images_of, match_import
from comity.flows.release_to_partners import EXPORT_RECORD
from comity.foundation.trade.declaration import Declaration, DeclarationId, DeclarationKind, GoodsItem
from comity.foundation.trade.money import Money

HISTORY = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Context:
    """The published columns and windows of each item, the twins found, and what a worklist shows."""

    items: tuple[dict[str, Any], ...]
    twin_ids: tuple[str, ...]
    worklist_columns: dict[str, Any]
    touched: frozenset[str]
    """Other imports whose mirror image this one changed."""
    accepted_at: datetime


def gather(session: Session, declaration: Declaration, *, declaration_id: DeclarationId, clearing: Clearing) -> Context:
    """Take a kept declaration into the mirror, and read what this node knows of it."""
    record, image, corridors = _record(declaration, declaration_id, clearing), MirrorImage(), []
    if declaration.kind is DeclarationKind.IMPORT:
        corridors = corridors_to(session, clearing)
        keep_import(session, record, clock=clearing.clock)
        image = match_import(session, record, corridors=corridors, clearing=clearing)
    return _describe(session, declaration, record, image, corridors=corridors, clearing=clearing)


def gather_again(
    session: Session, declarations: Mapping[str, Declaration], *, clearing: Clearing
) -> Iterator[tuple[str, Declaration, Context]]:
    """Read what this node knows now of imports, by id, that are in the mirror already."""
    corridors = corridors_to(session, clearing)
    records = {each: _record(one, DeclarationId(each), clearing) for each, one in declarations.items()}
    images = images_of(session, list(records.values()), corridors=corridors, clearing=clearing)
    for each, one in declarations.items():
        context = _describe(session, one, records[each], images[each], corridors=corridors, clearing=clearing)
        yield each, one, context


def corridors_to(session: Session, clearing: Clearing) -> list[Corridor]:
    """Return who owes this node export records, and since when."""
    senders = senders_to(session, clearing.authority, message_type=EXPORT_RECORD, at=clearing.clock.now())
    return [Corridor(country=sender, since=since) for sender, since in senders]


def _record(declaration: Declaration, declaration_id: DeclarationId, clearing: Clearing) -> MirrorRecord:
    return mirror_record(declaration, id=declaration_id, date=declared_at(declaration, clearing.clock.now()).date())


def _describe(
    session: Session,
    declaration: Declaration,
    record: MirrorRecord,
    image: MirrorImage,
    *,
    corridors: Sequence[Corridor],
    clearing: Clearing,
) -> Context:
    at = declared_at(declaration, clearing.clock.now())
    history = importer_history(session, record.importer_id, since=at - HISTORY, at=at, excluding=record.id)
    shared = {
        **_mirror_columns(image, expected=is_expected(record, corridors)),
        **_history_columns(history),
        **_shipment_columns(declaration, record),
        **_day_columns(at),
    }
    rates_on = at.date()
    items = tuple(
        {**shared, **_item_columns(item, declaration, clearing=clearing, on=rates_on)}
        for item in declaration.goods_shipment.items
    ) or (shared,)
    told = window_values(session, clearing.profiles.windows, items, kind=declaration.kind.value, at=at)
    return Context(
        tuple({**item, **values} for item, values in zip(items, told, strict=True)),
        image.pair.export_ids if image.pair else (),
        _worklist_columns(declaration, record, image),
        image.touched,
        at,
    )


def declared_at(declaration: Declaration, now: datetime) -> datetime:
    """Return when the declaration was accepted, else issued, else now."""
    return declaration.acceptance_at or declaration.issued_at or now


def _mirror_columns(image: MirrorImage, *, expected: bool) -> dict[str, Any]:
    comparison = image.comparison
    return {
        "mirror_expected": expected,
        "mirror_found": image.pair is not None,
        "mirror_probability": image.pair.probability if image.pair else None,
        "mirror_value_ratio": comparison.value_ratio,
        "mirror_mass_ratio": comparison.mass_ratio,
        "mirror_quantity_ratio": comparison.quantity_ratio,
        "mirror_goods_differ": comparison.goods_differ,
        "mirror_origin_differs": comparison.origin_differs,
        "mirror_severity": max((each.severity for each in image.discrepancies), default=0.0),
        "partner_alert": False,
    }


def _history_columns(history: ImporterHistory) -> dict[str, Any]:
    return {
        "importer_declarations_30d": history.declarations_30d,
        "importer_irregular_365d": history.irregular_365d,
        "importer_is_new": history.is_new,
    }


def _shipment_columns(declaration: Declaration, record: MirrorRecord) -> dict[str, Any]:
    shipment = declaration.goods_shipment
    return {
        "export_country": record.dispatch_country,
        "destination_country": record.destination_country,
        "incoterm": record.incoterm,
        "transport_mode": record.mode,
        "importer_id": record.importer_id,
        "exporter_id": record.exporter_id,
        "declarant_id": declaration.declarant.id if declaration.declarant else None,
        "office": declaration.declaration_office or declaration.presentation_office,
        "item_count": len(shipment.items),
        "containers": len(record.containers),
        "aeo": bool(shipment.aeo_parties),
    }


def _day_columns(at: datetime) -> dict[str, Any]:
    day = at.astimezone(UTC).date()
    return {"accepted_on": day.isoformat(), "accepted_month": day.month, "accepted_weekday": day.isoweekday()}


def _item_columns(item: GoodsItem, declaration: Declaration, *, clearing: Clearing, on: date) -> dict[str, Any]:
    code = item.commodity.code
    invoice = _usd(item.invoice_amount, clearing=clearing, on=on)
    mass = item.net_mass_kg or item.gross_mass_kg
    return {
        "hs_code": code,
        "hs2": code[:2] if code else None,
        "hs4": code[:4] if code else None,
        "hs6": item.commodity.hs6,
        "origin_country": item.origin_country,
        "procedure": f"{item.procedure_current or ''}{item.procedure_previous or ''}" or None,
        "gross_mass_kg": _number(item.gross_mass_kg),
        "net_mass_kg": _number(item.net_mass_kg),
        "package_count": sum(pack.quantity or 0 for pack in item.packaging) or declaration.total_packages,
        "quantity": _number(item.supplementary_quantity),
        "invoice_value_usd": _number(invoice),
        "customs_value_usd": _number(_usd(item.customs_value or item.statistical_value, clearing=clearing, on=on)),
        "unit_value_usd_kg": float(invoice / mass) if invoice is not None and mass else None,
    }


def _worklist_columns(declaration: Declaration, record: MirrorRecord, image: MirrorImage) -> dict[str, Any]:
    item = declaration.goods_shipment.items[0] if declaration.goods_shipment.items else GoodsItem()
    return {
        "kind": declaration.kind.value,
        "mrn": declaration.mrn,
        "importer_id": record.importer_id,
        "importer_name": record.importer_name or record.consignee_name,
        "goods_code": item.commodity.code,
        "origin_country": item.origin_country,
        "declared_on": record.date.isoformat(),
        "office": _office(declaration),
        "discrepancy_kinds": sorted({each.kind.value for each in image.discrepancies}),
    }


def _office(declaration: Declaration) -> str | None:
    """Return the office whose capacity counts; a code longer than any office's is none."""
    office = declaration.declaration_office or declaration.presentation_office
    return office if office and len(office) <= LONGEST_OFFICE else None


def _usd(money: Money | None, *, clearing: Clearing, on: date) -> Decimal | None:
    if money is None:
        return None
    converted = clearing.rates.convert(money, "USD", on=on)
    return converted.amount if converted else None


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
