"""Where do the two sides of a pair disagree, by how much, and what could not be compared?

Kinds and limits: the project's mirror-matching requirements, in `thresholds.toml`. A difference accuses nobody:
exporters misreport too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from comity.features.mirror.goods import Alignment, GoodsSum, align, sum_goods
from comity.features.mirror.in_words import Reason, in_words
from comity.features.mirror.keys import normal_reference
from comity.features.mirror.record import CUSTOMS, INVOICE, MirrorRecord
from comity.features.mirror.settings import Thresholds
from comity.features.mirror.value_basis import ValueRatio, value_ratio
from comity.foundation.rates import ExchangeRates


class DiscrepancyKind(StrEnum):
    """The ways in which two declarations of the same goods can disagree."""

    UNDERVALUATION = "undervaluation"
    OVERVALUATION = "overvaluation"
    QUANTITY = "quantity"
    MASS = "mass"
    GOODS_SHIFT = "goods-shift"
    ORIGIN = "origin"
    ORPHAN_EXPORT = "orphan-export"
    GHOST_IMPORT = "ghost-import"
    CONTAINER_ELSEWHERE = "container-elsewhere"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference. `ours` is the import's, `theirs` the export's, as text; `ratio` import over export.

    `severity` is from 0 to 1; `path` is dotted over the canonical declaration, items by their sequence.
    """

    kind: DiscrepancyKind
    path: str
    ours: str | None
    theirs: str | None
    ratio: float | None
    severity: float
    reason: Reason

    @property
    def detail(self) -> str:
        """Return the English sentence."""
        return in_words(self.reason)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that comparing a pair gave. None means not comparable; `not_comparable` says why."""

    discrepancies: tuple[Discrepancy, ...] = ()
    value_ratio: float | None = None
    mass_ratio: float | None = None
    quantity_ratio: float | None = None
    goods_differ: bool | None = None
    origin_differs: bool | None = None
    not_comparable: tuple[Reason, ...] = ()

    @property
    def severity(self) -> float:
        """Return the greatest severity, 0 when nothing differs."""
        return max((each.severity for each in self.discrepancies), default=0.0)


def find_discrepancies(
    imports: Sequence[MirrorRecord], exports: Sequence[MirrorRecord], *, rates: ExchangeRates, thresholds: Thresholds
) -> list[Discrepancy]:
    """Return how the imports of one pair differ from its exports, the most severe first."""
    return list(compare(imports, exports, rates=rates, thresholds=thresholds).discrepancies)


def compare(
    imports: Sequence[MirrorRecord], exports: Sequence[MirrorRecord], *, rates: ExchangeRates, thresholds: Thresholds
) -> Comparison:
    """Compare the imports of one pair with its exports: sums over each side, goods by HS subheading.

    Raises:
        ValueError: one side is empty; `beyond_pairs` speaks about those.
    """
    if not imports or not exports:
        raise ValueError("a comparison needs at least one import and one export")
    alignment = align(sum_goods(imports), sum_goods(exports))
    value = value_ratio(imports, exports, rates=rates, thresholds=thresholds)
    mass, quantity = _mass_ratio(imports, exports), _quantity(alignment, thresholds)
    found = [
        *_values(imports, exports, alignment=alignment, value=value, rates=rates, thresholds=thresholds),
        *_masses(mass, alignment, thresholds),
        *_quantities(imports, exports, alignment=alignment, quantity=quantity, thresholds=thresholds),
        *_goods(alignment, thresholds),
        *_origins(alignment, thresholds),
        *_places(imports, exports, thresholds),
    ]
    found.sort(key=lambda each: (-each.severity, each.kind, each.path))
    coded = all(a.hs6 and b.hs6 for a, b in alignment.both) and bool(alignment.both)
    with_origin = any(a.origins and b.origins for a, b in alignment.both)
    missing = [
        value.why_not,
        None if mass is not None else Reason("mirror.not-comparable.mass-missing"),
        None if quantity is not None else Reason("mirror.not-comparable.quantity-unit"),
        None if coded else Reason("mirror.not-comparable.goods-missing"),
        None if with_origin else Reason("mirror.not-comparable.origin-missing"),
    ]
    kinds = {each.kind for each in found}
    return Comparison(
        discrepancies=tuple(found),
        value_ratio=value.ratio,
        mass_ratio=mass,
        quantity_ratio=quantity[0] if quantity else None,
        goods_differ=DiscrepancyKind.GOODS_SHIFT in kinds if coded else None,
        origin_differs=DiscrepancyKind.ORIGIN in kinds if with_origin else None,
        not_comparable=tuple(reason for reason in missing if reason),
    )


def _values(
    imports: Sequence[MirrorRecord],
    exports: Sequence[MirrorRecord],
    *,
    alignment: Alignment,
    value: ValueRatio,
    rates: ExchangeRates,
    thresholds: Thresholds,
) -> Iterator[Discrepancy]:
    if value.ratio is None:
        return
    low, high = _value_limits(value, thresholds)
    path = _item_path(alignment, "invoice_amount") or "goods_shipment.items.invoice_amount"
    ours, theirs = _totals_in_words(imports), _totals_in_words(exports)
    if not low <= value.ratio <= high:
        yield _value_discrepancy(
            value.ratio, limits=(low, high), path=path, amounts=(ours, theirs), thresholds=thresholds
        )
        return
    declared = [
        replace(record, value=record.customs_value, value_basis=CUSTOMS) for record in imports if record.customs_value
    ]
    if len(declared) == len(imports) and all(record.value_basis == INVOICE for record in imports):
        customs = value_ratio(declared, exports, rates=rates, thresholds=thresholds)
        if customs.ratio is not None and customs.ratio < thresholds.undervaluation_below:
            limits = (thresholds.undervaluation_below, thresholds.overvaluation_above)
            amounts = (_totals_in_words(declared), theirs)
            path = _item_path(alignment, "customs_value") or "goods_shipment.items.customs_value"
            yield _value_discrepancy(customs.ratio, limits=limits, path=path, amounts=amounts, thresholds=thresholds)
            return
    yield from _line_values(alignment, value.ratio, limits=(low, high), thresholds=thresholds)


def _line_values(
    alignment: Alignment, total_ratio: float, *, limits: tuple[float, float], thresholds: Thresholds
) -> Iterator[Discrepancy]:
    """Compare values line by line, scaled so that freight, terms and currency of the whole cancel out."""
    both = alignment.both
    here = [a.value for a, _ in both if a.value and a.currency == both[0][0].currency]
    there = [b.value for _, b in both if b.value and b.currency == both[0][1].currency]
    if len(both) < 2 or alignment.only_ours or alignment.only_theirs or not len(here) == len(there) == len(both):
        return
    scale = total_ratio / float(sum(here) / sum(there))
    for (a, b), our_value, their_value in zip(both, here, there, strict=True):
        ratio = float(our_value / their_value) * scale
        if not limits[0] <= ratio <= limits[1]:
            amounts = (f"{our_value} {a.currency}", f"{their_value} {b.currency}")
            path = f"goods_shipment.items[{a.sequences[0]}].invoice_amount"
            yield _value_discrepancy(ratio, limits=limits, path=path, amounts=amounts, thresholds=thresholds)


def _value_limits(value: ValueRatio, thresholds: Thresholds) -> tuple[float, float]:
    if not value.same_terms:
        return thresholds.undervaluation_below, thresholds.overvaluation_above
    factor = thresholds.cif_fob_factor
    return thresholds.same_terms_below * factor, thresholds.same_terms_above * factor


def _value_discrepancy(
    ratio: float, *, limits: tuple[float, float], path: str, amounts: tuple[str, str], thresholds: Thresholds
) -> Discrepancy:
    low, high = limits
    is_under = ratio < low
    kind = DiscrepancyKind.UNDERVALUATION if is_under else DiscrepancyKind.OVERVALUATION
    beyond = (
        (low - ratio) / (low - thresholds.severest_below)
        if is_under
        else (ratio - high) / (thresholds.severest_above - high)
    )
    params = (("high", f"{high:.2f}"), ("low", f"{low:.2f}"), ("ratio", f"{ratio:.0%}"))
    reason = Reason(f"mirror.difference.{kind}", params)
    return Discrepancy(kind, path, amounts[0], amounts[1], ratio, _graded(beyond, thresholds), reason)


def _masses(mass: float | None, alignment: Alignment, thresholds: Thresholds) -> Iterator[Discrepancy]:
    tolerance = _tolerance(thresholds.mass_tolerance, alignment, thresholds)
    if mass is None or abs(mass - 1) <= tolerance:
        return
    beyond = (abs(mass - 1) - tolerance) / (thresholds.mass_severest - tolerance)
    ours = sum((a.mass_kg or Decimal(0) for a in _our_sums(alignment)), Decimal(0))
    theirs = sum((b.mass_kg or Decimal(0) for b in _their_sums(alignment)), Decimal(0))
    path = _item_path(alignment, "gross_mass_kg") or "total_gross_mass_kg"
    reason = Reason("mirror.difference.mass", (("ratio", f"{mass:.1%}"),))
    severity = _graded(beyond, thresholds)
    yield Discrepancy(DiscrepancyKind.MASS, path, f"{ours} kg", f"{theirs} kg", mass, severity, reason)


def _quantities(
    imports: Sequence[MirrorRecord],
    exports: Sequence[MirrorRecord],
    *,
    alignment: Alignment,
    quantity: tuple[float, str, GoodsSum, GoodsSum] | None,
    thresholds: Thresholds,
) -> Iterator[Discrepancy]:
    kind, tolerance = DiscrepancyKind.QUANTITY, _tolerance(thresholds.quantity_tolerance, alignment, thresholds)
    for name, sums in (("line-not-imported", alignment.only_theirs), ("line-not-exported", alignment.only_ours)):
        for each in sums:
            code = each.hs6 or "?"
            is_ours = name == "line-not-exported"
            sides = (code, None) if is_ours else (None, code)
            reason = Reason(f"mirror.difference.{name}", (("ours" if is_ours else "theirs", code),))
            yield Discrepancy(
                kind, "goods_shipment.items", sides[0], sides[1], None, thresholds.severity["goods-heading"], reason
            )
    if quantity is not None and abs(quantity[0] - 1) > tolerance:
        ratio, unit, a, b = quantity
        beyond = (abs(ratio - 1) - tolerance) / (thresholds.quantity_severest - tolerance)
        reason = Reason("mirror.difference.quantity", (("ratio", f"{ratio:.1%}"), ("unit", unit)))
        path = f"goods_shipment.items[{a.sequences[0]}].supplementary_quantity"
        amounts = (f"{a.quantities.get(unit)} {unit}", f"{b.quantities.get(unit)} {unit}")
        yield Discrepancy(kind, path, amounts[0], amounts[1], ratio, _graded(beyond, thresholds), reason)
        return
    packages = [sum(record.packages or 0 for record in side) for side in (imports, exports)]
    if all(record.packages for record in (*imports, *exports)) and packages[0] != packages[1]:
        ratio = packages[0] / packages[1]
        beyond = abs(ratio - 1) / thresholds.quantity_severest
        if abs(ratio - 1) > tolerance:
            params = (("ours", str(packages[0])), ("theirs", str(packages[1])))
            reason, severity = Reason("mirror.difference.packages", params), _graded(beyond, thresholds)
            ours, theirs = map(str, packages)
            yield Discrepancy(kind, "total_packages", ours, theirs, ratio, severity, reason)


def _goods(alignment: Alignment, thresholds: Thresholds) -> Iterator[Discrepancy]:
    for a, b in alignment.both:
        if not a.hs6 or not b.hs6 or a.hs6 == b.hs6:
            continue
        depth = (
            "goods-chapter"
            if a.hs6[:2] != b.hs6[:2]
            else "goods-heading"
            if a.hs6[:4] != b.hs6[:4]
            else "goods-subheading"
        )
        path = f"goods_shipment.items[{a.sequences[0]}].commodity.code"
        reason = Reason("mirror.difference.goods-shift", (("ours", a.hs6), ("theirs", b.hs6)))
        yield Discrepancy(DiscrepancyKind.GOODS_SHIFT, path, a.hs6, b.hs6, None, thresholds.severity[depth], reason)


def _origins(alignment: Alignment, thresholds: Thresholds) -> Iterator[Discrepancy]:
    for a, b in alignment.both:
        if not a.origins or not b.origins or a.origins == b.origins:
            continue
        ours, theirs = ", ".join(sorted(a.origins)), ", ".join(sorted(b.origins))
        path = f"goods_shipment.items[{a.sequences[0]}].origin_country"
        reason = Reason("mirror.difference.origin", (("ours", ours), ("theirs", theirs)))
        yield Discrepancy(DiscrepancyKind.ORIGIN, path, ours, theirs, None, thresholds.severity["origin"], reason)


def _places(
    imports: Sequence[MirrorRecord], exports: Sequence[MirrorRecord], thresholds: Thresholds
) -> Iterator[Discrepancy]:
    severity = thresholds.severity
    sides = [_countries(side, "dispatch_country") for side in (imports, exports)]
    if all(sides) and not set.intersection(*sides):
        ours, theirs = (", ".join(sorted(side)) for side in sides)
        reason = Reason("mirror.difference.dispatch", (("ours", ours), ("theirs", theirs)))
        path = "goods_shipment.export_country"
        yield Discrepancy(DiscrepancyKind.ORIGIN, path, ours, theirs, None, severity["dispatch"], reason)
    sides = [_countries(side, "destination_country") for side in (imports, exports)]
    if all(sides) and not set.intersection(*sides):
        ours, theirs = (", ".join(sorted(side)) for side in sides)
        reason = Reason("mirror.difference.destination", (("ours", ours), ("theirs", theirs)))
        path = "goods_shipment.destination_country"
        yield Discrepancy(
            DiscrepancyKind.CONTAINER_ELSEWHERE, path, ours, theirs, None, severity["destination"], reason
        )
    sides = [
        {normal_reference(each) or "" for record in side for each in record.containers} for side in (imports, exports)
    ]
    if all(sides) and not set.intersection(*sides) and not _is_reloaded(imports, exports):
        ours, theirs = (", ".join(sorted(side)) for side in sides)
        reason = Reason("mirror.difference.container-other", (("ours", ours), ("theirs", theirs)))
        path = "goods_shipment.consignment.equipment"
        yield Discrepancy(DiscrepancyKind.CONTAINER_ELSEWHERE, path, ours, theirs, None, severity["container"], reason)


def _is_reloaded(imports: Sequence[MirrorRecord], exports: Sequence[MirrorRecord]) -> bool:
    """Claim that the goods go on under another transport document: then another container is expected."""
    ours, theirs = (
        {normal_reference(each) for record in side for each in record.transport_documents} - {None}
        for side in (imports, exports)
    )
    return bool(ours and theirs) and not ours & theirs


def _countries(records: Sequence[MirrorRecord], name: str) -> set[str]:
    return {country for record in records if (country := getattr(record, name))}


def _mass_ratio(imports: Sequence[MirrorRecord], exports: Sequence[MirrorRecord]) -> float | None:
    """Return the ratio further from one of gross and net masses."""
    ratios = []
    for name in ("gross_mass_kg", "net_mass_kg"):
        here, there = [[getattr(record, name) for record in side] for side in (imports, exports)]
        if all(here) and all(there):
            ratios.append(float(sum(here) / sum(there)))
    return max(ratios, key=lambda ratio: abs(ratio - 1)) if ratios else None


def _quantity(alignment: Alignment, thresholds: Thresholds) -> tuple[float, str, GoodsSum, GoodsSum] | None:
    """Return the ratio furthest from one over goods counted in the same unit; units of mass are one unit."""
    found: list[tuple[float, str, GoodsSum, GoodsSum]] = []
    for a, b in alignment.both:
        units = sorted(a.quantities.keys() & b.quantities.keys())
        found += [(float(a.quantities[each] / b.quantities[each]), each, a, b) for each in units if b.quantities[each]]
        here, there = _in_kilograms(a, thresholds), _in_kilograms(b, thresholds)
        if not units and here and there:
            found.append((here / there, "KGM", a, b))
    return max(found, key=lambda each: abs(each[0] - 1)) if found else None


def _in_kilograms(goods: GoodsSum, thresholds: Thresholds) -> float:
    units = thresholds.mass_units
    return sum(float(amount) * units[unit] for unit, amount in goods.quantities.items() if unit in units)


def _tolerance(general: float, alignment: Alignment, thresholds: Thresholds) -> float:
    chapters = {b.hs6[:2] for b in _their_sums(alignment) if b.hs6}
    return max([general, *(thresholds.loss.get(chapter, 0.0) for chapter in chapters)])


def _graded(beyond: float, thresholds: Thresholds) -> float:
    least = thresholds.severity["least"]
    return round(least + (1 - least) * min(max(beyond, 0.0), 1.0), 3)


def _our_sums(alignment: Alignment) -> list[GoodsSum]:
    return [a for a, _ in alignment.both] + list(alignment.only_ours)


def _their_sums(alignment: Alignment) -> list[GoodsSum]:
    return [b for _, b in alignment.both] + list(alignment.only_theirs)


def _item_path(alignment: Alignment, field: str) -> str | None:
    """Return the path of the import's only line, or None when there are several."""
    sequences = [sequence for each in _our_sums(alignment) for sequence in each.sequences]
    return f"goods_shipment.items[{sequences[0]}].{field}" if len(sequences) == 1 else None


def _totals_in_words(records: Sequence[MirrorRecord]) -> str:
    return " + ".join(str(record.value) for record in records if record.value)
