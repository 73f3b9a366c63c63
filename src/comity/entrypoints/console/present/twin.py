"""Where an import and its export record agree and differ, line by line: the two documents side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from comity.entrypoints.console.language import mark
from comity.entrypoints.console.present.cells import Look, Row, State
from comity.entrypoints.console.present.compare import (
    Convert,
    compare_amounts,
    compare_counts,
    compare_goods_codes,
    compare_lists,
    compare_masses,
    compare_parties,
    compare_quantities,
    compare_terms,
    compare_words,
)
from comity.entrypoints.console.present.facts import (
    border_value,
    containers_of,
    duty_share_of,
    gross_mass_of,
    invoice_of,
    packages_in,
    packages_of,
    price_per_kilogram,
    quantity_of,
    total_value,
    transport_documents_of,
)
from comity.entrypoints.console.present.parties import exporter_of, importer_of
from comity.foundation.trade.declaration import Declaration, GoodsItem
from comity.foundation.trade.money import Money


@dataclass(frozen=True, slots=True)
class TwinLine:
    """One goods line of either side; a line alone has only one sequence number."""

    our_number: int | None
    their_number: int | None
    goods: str
    rows: tuple[Row, ...]

    @property
    def different(self) -> int:
        """Return how many rows are marked; a line that the other side does not have is one difference."""
        return _marked(self.rows) if self.our_number and self.their_number else 1


@dataclass(frozen=True, slots=True)
class Twin:
    """The whole comparison: rows of the consignment, then each goods line, and the value ratio over all."""

    heading: tuple[Row, ...]
    lines: tuple[TwinLine, ...]
    value_ratio: Decimal | None
    duty_at_stake: Money | None

    @property
    def different(self) -> int:
        """Return how many rows are marked in all."""
        return _marked(self.heading) + sum(line.different for line in self.lines)


def compare(ours: Declaration, theirs: Declaration, *, convert: Convert) -> Twin:
    """Set our declaration beside the partner's record of the same consignment."""
    our_items, their_items = ours.goods_shipment.items, theirs.goods_shipment.items
    pairs = pair_lines(our_items, their_items)
    lines = tuple(_line(our_item, their_item, numbers, convert=convert) for our_item, their_item, numbers in pairs)
    our_total, their_total = total_value(ours), total_value(theirs)
    return Twin(_heading(ours, theirs, convert=convert), lines, _ratio(our_total, their_total, convert), _duty(lines))


def pair_lines(
    ours: tuple[GoodsItem, ...], theirs: tuple[GoodsItem, ...]
) -> list[tuple[GoodsItem | None, GoodsItem | None, tuple[int | None, int | None]]]:
    """Pair goods lines: by subheading and nearest mass, then by heading, then in order; the rest stand alone."""
    free = dict(enumerate(theirs))
    chosen: dict[int, int] = {}
    for digits in (6, 4, 0):
        for position, item in enumerate(ours):
            if position in chosen:
                continue
            code = (item.commodity.code or "")[:digits]
            alike = [at for at, other in free.items() if (other.commodity.code or "")[:digits] == code]
            if alike and (code or not digits):
                best = min(alike, key=lambda at, item=item: (_mass_gap(item, free[at]), at))  # type: ignore[misc]
                chosen[position] = best
                del free[best]
    paired = [
        (item, theirs[chosen[position]] if position in chosen else None, (position + 1, _number(chosen.get(position))))
        for position, item in enumerate(ours)
    ]
    return [*paired, *((None, theirs[at], (None, at + 1)) for at in free)]


def _heading(ours: Declaration, theirs: Declaration, *, convert: Convert) -> tuple[Row, ...]:
    our_goods, their_goods = ours.goods_shipment, theirs.goods_shipment
    our_terms, their_terms = our_goods.trade_terms, their_goods.trade_terms
    rows = (
        compare_amounts(
            mark("Total value"), total_value(ours), total_value(theirs), convert=convert, duty_share=None, key="value"
        ),
        compare_terms(
            mark("Delivery terms"),
            our_terms.incoterm if our_terms else None,
            their_terms.incoterm if their_terms else None,
        ),
        compare_masses(mark("Total gross mass"), gross_mass_of(ours), gross_mass_of(theirs)),
        compare_counts(mark("Packages"), packages_of(ours), packages_of(theirs)),
        compare_parties(mark("Exporter"), exporter_of(ours), exporter_of(theirs)),
        compare_parties(mark("Importer"), importer_of(ours), importer_of(theirs)),
        compare_words(mark("Sent from"), Look.COUNTRY, our_goods.export_country, their_goods.export_country),
        compare_words(mark("Sent to"), Look.COUNTRY, our_goods.destination_country, their_goods.destination_country),
        compare_lists(mark("Containers"), containers_of(ours), containers_of(theirs), key="container"),
        compare_lists(mark("Transport documents"), transport_documents_of(ours), transport_documents_of(theirs)),
        compare_words(mark("Unique consignment reference"), Look.CODE, our_goods.ucr, their_goods.ucr),
    )
    return tuple(row for row in rows if not (row.ours.is_absent and row.theirs.is_absent))


def _line(
    ours: GoodsItem | None, theirs: GoodsItem | None, numbers: tuple[int | None, int | None], *, convert: Convert
) -> TwinLine:
    our_item, their_item = ours or GoodsItem(), theirs or GoodsItem()
    share = duty_share_of(our_item)
    values = border_value(our_item), border_value(their_item)
    rows = (
        compare_goods_codes(mark("Goods code"), our_item.commodity.code, their_item.commodity.code),
        compare_words(mark("Origin"), Look.COUNTRY, our_item.origin_country, their_item.origin_country, key="origin"),
        compare_masses(mark("Net mass"), our_item.net_mass_kg, their_item.net_mass_kg),
        compare_masses(mark("Gross mass"), our_item.gross_mass_kg, their_item.gross_mass_kg),
        compare_quantities(mark("Quantity"), quantity_of(our_item), quantity_of(their_item)),
        compare_counts(mark("Packages"), packages_in(our_item), packages_in(their_item)),
        compare_amounts(
            mark("Invoice amount"),
            invoice_of(our_item),
            invoice_of(their_item),
            convert=convert,
            duty_share=share,
            key="value",
        ),
        compare_amounts(mark("Value at the border"), *values, convert=convert, duty_share=None, key="border-value"),
        compare_amounts(
            mark("Invoice amount per kilogram"),
            price_per_kilogram(our_item),
            price_per_kilogram(their_item),
            convert=convert,
            duty_share=None,
            key="unit-value",
        ),
    )
    shown = tuple(row for row in rows if not (row.ours.is_absent and row.theirs.is_absent))
    goods = our_item.commodity.description or their_item.commodity.description or ""
    return TwinLine(*numbers, goods, shown)


def _marked(rows: Iterable[Row]) -> int:
    return sum(row.state is State.DIFFERENT for row in rows)


def _mass_gap(ours: GoodsItem, theirs: GoodsItem) -> Decimal:
    if ours.net_mass_kg is None or theirs.net_mass_kg is None:
        return Decimal("Infinity")
    return abs(ours.net_mass_kg - theirs.net_mass_kg)


def _number(position: int | None) -> int | None:
    return None if position is None else position + 1


def _ratio(ours: Money | None, theirs: Money | None, convert: Convert) -> Decimal | None:
    converted = convert(theirs, ours.currency) if ours and theirs else None
    return ours.amount / converted.amount if ours and converted and converted.amount else None


def _duty(lines: Iterable[TwinLine]) -> Money | None:
    worths = [row.difference.duty for line in lines for row in line.rows if row.difference and row.difference.duty]
    if not worths or len({worth.currency for worth in worths}) != 1:
        return None
    return Money(sum((worth.amount for worth in worths), Decimal(0)), worths[0].currency)
