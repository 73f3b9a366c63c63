"""What one declaration says of itself, wherever its document chose to put it: totals, references, quantities."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from comity.entrypoints.console.present.cells import Quantity
from comity.foundation.trade.declaration import Declaration, GoodsItem
from comity.foundation.trade.money import Money
from comity.foundation.trade.transport import Consignment


def total_value(declaration: Declaration) -> Money | None:
    """Return the invoice total, or the sum of the items' amounts when they share a currency."""
    if declaration.invoice_amount:
        return declaration.invoice_amount
    return sum_money(invoice_of(item) for item in declaration.goods_shipment.items)


def containers_of(declaration: Declaration) -> tuple[str, ...]:
    """Return every container number, in order."""
    ids = [equipment.id for held in consignments_of(declaration) for equipment in held.equipment]
    ids += [id_ for item in declaration.goods_shipment.items for id_ in item.equipment_ids]
    return _unique(ids)


def transport_documents_of(declaration: Declaration) -> tuple[str, ...]:
    """Return every transport document number, in order."""
    return _unique(document.id for held in consignments_of(declaration) for document in held.transport_documents)


def seals_of(declaration: Declaration) -> tuple[str, ...]:
    """Return every seal number, in order."""
    return _unique(
        seal.id for held in consignments_of(declaration) for equipment in held.equipment for seal in equipment.seals
    )


def previous_documents_of(declaration: Declaration) -> tuple[str, ...]:
    """Return every previous document number, in order."""
    shipment = declaration.goods_shipment
    documents = [*shipment.previous_documents, *(paper for item in shipment.items for paper in item.previous_documents)]
    return _unique(paper.id for paper in documents)


def duty_share_of(item: GoodsItem) -> Decimal | None:
    """Return what this line's own duties and taxes are of its customs value; None when the declaration does not say."""
    base = border_value(item)
    assessed = [fee.assessed for fee in item.commodity.duties if fee.assessed]
    if base and base.amount and assessed and all(money.currency == base.currency for money in assessed):
        return sum((money.amount for money in assessed), Decimal(0)) / base.amount
    rates = [fee.rate for fee in item.commodity.duties if fee.rate is not None]
    return sum(rates, Decimal(0)) / 100 if rates else None


def duty_of(item: GoodsItem) -> Money | None:
    """Return the duties and taxes assessed on this line, or None when it does not say or mixes currencies."""
    return sum_money(fee.assessed for fee in item.commodity.duties if fee.assessed)


def border_value(item: GoodsItem) -> Money | None:
    """Return the customs value, or the statistical value where there is none (an export)."""
    return item.customs_value or item.statistical_value


def gross_mass_of(declaration: Declaration) -> Decimal | None:
    """Return the declared total gross mass, or the sum over the items when each has one."""
    masses = [item.gross_mass_kg for item in declaration.goods_shipment.items]
    if declaration.total_gross_mass_kg is not None or not masses or None in masses:
        return declaration.total_gross_mass_kg
    return sum((mass for mass in masses if mass is not None), Decimal(0))


def packages_of(declaration: Declaration) -> int | None:
    """Return the declared number of packages, or the sum over the items."""
    if declaration.total_packages is not None:
        return declaration.total_packages
    counts = [count for item in declaration.goods_shipment.items if (count := packages_in(item)) is not None]
    return sum(counts) if counts else None


def invoice_of(item: GoodsItem) -> Money | None:
    """Return what the goods of the line were sold for, else their value at the border."""
    return item.invoice_amount or border_value(item)


def quantity_of(item: GoodsItem) -> Quantity | None:
    """Return the supplementary quantity, or None."""
    if item.supplementary_quantity is None:
        return None
    return Quantity(item.supplementary_quantity, item.supplementary_unit)


def packages_in(item: GoodsItem) -> int | None:
    """Return the packages of one line, or None when it does not say."""
    counts = [packaging.quantity for packaging in item.packaging if packaging.quantity is not None]
    return sum(counts) if counts else None


def price_per_kilogram(item: GoodsItem) -> Money | None:
    """Return the invoice amount per kilogram of net mass, rounded to two decimals."""
    value = invoice_of(item)
    if value is None or not item.net_mass_kg:
        return None
    return Money((value.amount / item.net_mass_kg).quantize(Decimal("0.01"), ROUND_HALF_UP), value.currency)


def sum_money(amounts: Iterable[Money | None]) -> Money | None:
    """Return the sum, or None when there is nothing, a part is unknown, or the currencies differ."""
    held = list(amounts)
    known = [money for money in held if money is not None]
    if not known or len(known) != len(held) or len({money.currency for money in known}) != 1:
        return None
    return Money(sum((money.amount for money in known), Decimal(0)), known[0].currency)


def consignments_of(declaration: Declaration) -> list[Consignment]:
    """Return the consignment of the goods shipment and the one at the border, those there are."""
    return [held for held in (declaration.goods_shipment.consignment, declaration.consignment) if held]


def _unique(ids: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id_ for id_ in ids if id_))
