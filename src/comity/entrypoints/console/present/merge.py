"""What of several records is set beside the other side? Their sums: one consignment may be several declarations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from comity.entrypoints.console.present.facts import (
    consignments_of,
    gross_mass_of,
    packages_in,
    packages_of,
    sum_money,
    total_value,
)
from comity.foundation.trade.declaration import Declaration, GoodsItem, Packaging
from comity.foundation.trade.transport import Consignment


def side_by_side(ours: Sequence[Declaration], theirs: Sequence[Declaration]) -> tuple[Declaration, Declaration | None]:
    """Return the two sides of a comparison; `ours` holds one record at least.

    Where either side is several records, goods lines of one subheading and origin are summed on both: the parts are
    not cut alike.
    """
    our_side, their_side = merge_records(ours), merge_records(theirs)
    assert our_side is not None  # noqa: S101 - the caller shows one of these records
    if max(len(ours), len(theirs)) == 1 or their_side is None:
        return our_side, their_side
    return sum_lines(our_side), sum_lines(their_side)


def merge_records(records: Sequence[Declaration]) -> Declaration | None:
    """Return one record for the comparison: several of one side are added up; None for none.

    Totals that a record does not state, or in another currency, stay unknown rather than too small.
    """
    if len(records) < 2:
        return records[0] if records else None
    first = records[0]
    packages = [packages_of(each) for each in records]
    shipments = [each.goods_shipment for each in records]
    consignments = [each for record in records for each in consignments_of(record)]
    whole = Consignment(
        equipment=tuple(dict.fromkeys(one for each in consignments for one in each.equipment)),
        transport_documents=tuple(dict.fromkeys(one for each in consignments for one in each.transport_documents)),
    )
    return replace(
        first,
        invoice_amount=sum_money(total_value(each) for each in records),
        total_gross_mass_kg=_total(gross_mass_of(each) for each in records),
        total_packages=None if None in packages else sum(each for each in packages if each is not None),
        consignment=None,
        goods_shipment=replace(
            shipments[0], items=tuple(item for each in shipments for item in each.items), consignment=whole
        ),
    )


def sum_lines(declaration: Declaration) -> Declaration:
    """Return the declaration with one line for each subheading and origin, in order of their first lines."""
    groups: dict[tuple[str | None, str | None], list[GoodsItem]] = {}
    for item in declaration.goods_shipment.items:
        groups.setdefault((item.commodity.hs6 or item.commodity.code, item.origin_country), []).append(item)
    items = tuple(_sum(group) for group in groups.values())
    return replace(declaration, goods_shipment=replace(declaration.goods_shipment, items=items))


def _sum(items: list[GoodsItem]) -> GoodsItem:
    """Add goods lines up; what one of them does not state stays unknown rather than too small."""
    if len(items) == 1:
        return items[0]
    first = items[0]
    duties = tuple(duty for item in items for duty in item.commodity.duties)
    are_assessed = bool(duties) and all(duty.assessed is not None for duty in duties)
    units = {item.supplementary_unit for item in items}
    packages = [packages_in(item) for item in items]
    return replace(
        first,
        commodity=replace(first.commodity, duties=duties if are_assessed else first.commodity.duties),
        net_mass_kg=_total(item.net_mass_kg for item in items),
        gross_mass_kg=_total(item.gross_mass_kg for item in items),
        supplementary_quantity=_total(item.supplementary_quantity for item in items) if len(units) == 1 else None,
        invoice_amount=sum_money(item.invoice_amount for item in items),
        customs_value=sum_money(item.customs_value for item in items),
        statistical_value=sum_money(item.statistical_value for item in items),
        packaging=() if None in packages else (Packaging(quantity=sum(each for each in packages if each is not None)),),
    )


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    held = list(values)
    known = [value for value in held if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(held) else None
