"""What of a declaration matters for comparing it with its mirror image (WCO DM 42A, 67A, 68A reduced to totals)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from comity.features.mirror.settings import matching_settings
from comity.foundation.trade.declaration import Declaration, DeclarationKind, GoodsItem
from comity.foundation.trade.documents import PreviousDocument
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Party
from comity.foundation.trade.transport import CustomsValuation

INVOICE, STATISTICAL, CUSTOMS = "invoice", "statistical", "customs"


@dataclass(frozen=True, slots=True)
class MirrorLine:
    """One goods item. `quantity` is the supplementary quantity in `unit` (Rec 20); masses in kilograms.

    `value` is the invoice amount, else the statistical, else the customs value (`MirrorRecord.value_basis`).
    """

    sequence: int
    hs6: str | None = None
    hs_code: str | None = None
    origin: str | None = None
    net_mass_kg: Decimal | None = None
    gross_mass_kg: Decimal | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    value: Money | None = None
    customs_value: Money | None = None


@dataclass(frozen=True, slots=True)
class MirrorRecord:
    """One declaration as the mirror sees it. Absent means not declared, or not released to us.

    `date` is the day of acceptance; `mode` the first digit of UN/ECE Rec 19 (1 sea, 2 rail, 3 road, 4 air).
    """

    id: str
    kind: str
    date: dt.date
    mrn: str | None = None
    ucrs: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    transport_documents: tuple[str, ...] = ()
    previous_ids: tuple[str, ...] = ()
    exporter_id: str | None = None
    exporter_name: str | None = None
    importer_id: str | None = None
    importer_name: str | None = None
    consignor_name: str | None = None
    consignee_name: str | None = None
    dispatch_country: str | None = None
    destination_country: str | None = None
    mode: str | None = None
    incoterm: str | None = None
    freight: Money | None = None
    insurance: Money | None = None
    value: Money | None = None
    value_basis: str | None = None
    customs_value: Money | None = None
    gross_mass_kg: Decimal | None = None
    net_mass_kg: Decimal | None = None
    packages: int | None = None
    lines: tuple[MirrorLine, ...] = ()

    @property
    def ucr(self) -> str | None:
        """Return the first UCR, or None."""
        return self.ucrs[0] if self.ucrs else None

    @property
    def currency(self) -> str | None:
        """Return the currency of the total value, or None."""
        return self.value.currency if self.value else None


def mirror_record(declaration: Declaration, *, id: str, date: dt.date) -> MirrorRecord:  # noqa: A002
    """Reduce a declaration to what the mirror compares; `date` is the day it was accepted."""
    shipment = declaration.goods_shipment
    basis = _value_basis(shipment.items)
    lines = tuple(_line(item, position, basis) for position, item in enumerate(shipment.items, start=1))
    item = shipment.items[0] if shipment.items else GoodsItem()
    consignee = shipment.consignee or item.consignee
    consignor = shipment.consignor or item.consignor
    exporter = _first(shipment.exporter, shipment.seller, item.seller, consignor, _own(declaration, "export"))
    importer = _first(shipment.importer, shipment.buyer, item.buyer, consignee, _own(declaration, "import"))
    gross = declaration.total_gross_mass_kg or _total(line.gross_mass_kg for line in lines)
    total = _total_money(line.value for line in lines)
    if total is None and declaration.invoice_amount is not None:
        total, basis = declaration.invoice_amount, INVOICE
    return MirrorRecord(
        id=id,
        kind=declaration.kind.value,
        date=date,
        mrn=declaration.mrn,
        **_references(declaration),
        exporter_id=exporter.id,
        exporter_name=exporter.name,
        importer_id=importer.id,
        importer_name=importer.name,
        consignor_name=consignor.name if consignor else None,
        consignee_name=consignee.name if consignee else None,
        dispatch_country=shipment.export_country or item.export_country,
        destination_country=shipment.destination_country or item.destination_country,
        mode=_mode(declaration),
        incoterm=shipment.trade_terms.incoterm.upper()
        if shipment.trade_terms and shipment.trade_terms.incoterm
        else None,
        freight=_charge(declaration, "freight"),
        insurance=_charge(declaration, "insurance"),
        value=total,
        value_basis=basis,
        customs_value=_total_money(line.customs_value for line in lines),
        gross_mass_kg=gross,
        net_mass_kg=_total(line.net_mass_kg for line in lines),
        packages=_packages(declaration),
        lines=lines,
    )


def as_stored(record: MirrorRecord) -> dict[str, Any]:
    """Return the record as JSON values: decimals as text, days as ISO 8601."""
    stored = msgspec.to_builtins(record)
    if not isinstance(stored, dict):  # to_builtins is typed as returning anything
        raise TypeError("a record is stored as a mapping")
    return stored


def from_stored(stored: dict[str, Any]) -> MirrorRecord:
    """Return the record that `as_stored` wrote."""
    return msgspec.convert(stored, MirrorRecord)


def _line(item: GoodsItem, position: int, basis: str | None) -> MirrorLine:
    return MirrorLine(
        sequence=item.sequence or position,
        hs6=item.commodity.hs6,
        hs_code=item.commodity.code,
        origin=item.origin_country,
        net_mass_kg=item.net_mass_kg,
        gross_mass_kg=item.gross_mass_kg,
        quantity=item.supplementary_quantity,
        unit=item.supplementary_unit,
        value=_line_value(item, basis),
        customs_value=item.customs_value,
    )


def _value_basis(items: Iterable[GoodsItem]) -> str | None:
    held = tuple(items)
    for basis in (INVOICE, STATISTICAL, CUSTOMS):
        if held and all(_line_value(item, basis) is not None for item in held):
            return basis
    return None


def _line_value(item: GoodsItem, basis: str | None) -> Money | None:
    amounts = {INVOICE: item.invoice_amount, STATISTICAL: item.statistical_value, CUSTOMS: item.customs_value}
    return amounts.get(basis) if basis else None


def _first(*parties: Party | None) -> Party:
    return next((party for party in parties if party and (party.id or party.name)), Party())


def _own(declaration: Declaration, kind: str) -> Party | None:
    return declaration.declarant if declaration.kind is DeclarationKind(kind) else None


def _references(declaration: Declaration) -> dict[str, Any]:
    shipment, settings = declaration.goods_shipment, matching_settings()
    consignments = [held for held in (shipment.consignment, declaration.consignment) if held]
    previous: list[PreviousDocument] = list(shipment.previous_documents)
    documents = [document.id for held in consignments for document in held.transport_documents]
    containers = [unit.id for held in consignments for unit in held.equipment if unit.id]
    ucrs = [shipment.ucr] if shipment.ucr else []
    supporting = list(declaration.additional_documents)
    for item in shipment.items:
        previous += item.previous_documents
        supporting += item.additional_documents
        containers += item.equipment_ids
        ucrs += [item.ucr] if item.ucr else []
    papers = [(paper.id, paper.type_code) for paper in previous] + [(paper.id, paper.type_code) for paper in supporting]
    for reference, type_code in papers:
        kind = (type_code or "").upper()
        if reference and kind in settings.transport_document_types:
            documents.append(reference)
        elif reference and kind in settings.ucr_document_types:
            ucrs.append(reference)
    return {
        "ucrs": _unique(ucrs),
        "containers": _unique(containers),
        "transport_documents": _unique(documents),
        "previous_ids": _unique(paper.id for paper in previous),
    }


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))


def _mode(declaration: Declaration) -> str | None:
    means = [declaration.border_means]
    for consignment in (declaration.goods_shipment.consignment, declaration.consignment):
        means += [consignment.arrival_means, consignment.departure_means] if consignment else []
    codes = (held.mode_code for held in means if held and held.mode_code)
    return next((code.strip()[:1] for code in codes if code.strip()), None)


def _charge(declaration: Declaration, name: str) -> Money | None:
    """Return the freight or insurance of the shipment, else the sum over the items."""
    shipment = declaration.goods_shipment
    of_shipment = getattr(shipment.valuation or CustomsValuation(), name)
    if isinstance(of_shipment, Money):
        return of_shipment
    return _total_money(
        (getattr(item.valuation or CustomsValuation(), name) for item in shipment.items), is_partial_allowed=True
    )


def _packages(declaration: Declaration) -> int | None:
    if declaration.total_packages is not None:
        return declaration.total_packages
    counts = [
        packaging.quantity
        for item in declaration.goods_shipment.items
        for packaging in item.packaging
        if packaging.quantity is not None
    ]
    return sum(counts) if counts else None


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    held = list(amounts)
    known = [amount for amount in held if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(held) else None


def _total_money(amounts: Iterable[Money | None], *, is_partial_allowed: bool = False) -> Money | None:
    held = list(amounts)
    known = [money for money in held if money is not None]
    currencies = {money.currency for money in known}
    if len(currencies) != 1 or (len(known) != len(held) and not is_partial_allowed):
        return None
    return Money(sum((money.amount for money in known), Decimal(0)), currencies.pop())
