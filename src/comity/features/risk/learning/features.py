"""What does a model see of a line? Its own facts, how far they are from the usual, and its subjects' history.

The same code for one line and for a million: a line sees what was known at the start of its day, so that neither the
order within a day nor the size of a batch changes a feature, and nothing of the future can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.features.risk.learning.errors import LinesInvalid
from comity.features.risk.learning.history.dimensions import DIMENSIONS, MEASURED, PLACE, Keys, Lines, line_count, taken
from comity.features.risk.learning.history.sums import Added, Floats, Known, Sums
from comity.features.risk.learning.measures import (
    LARGEST_GAP,
    REFERENCE,
    Usual,
    measures_of,
    moments_of,
    number,
    positive,
    usual_of,
)

Matrix = NDArray[np.float32]
OfHistory = Callable[[Known, Sequence[int], float], Floats]
"""What is told of history: n × the dimensions asked for, from what is known, on a day."""

AT_ONCE = 1_024  # lines that are worked on together: what they need stays near the processor
THREADS = 2  # that make features of many lines; numpy lets them run side by side
PRIOR_WEIGHT = 5.0  # examinations that the country's hit rate is worth beside a subject's own: a guess
FIRST_RATE = 0.05  # the country's hit rate before anything is known: a guess
MOST_WEIGHT = 50.0  # one over the propensity counts for no more: one rare choice would drown the rest

FACTS = (
    "item_count", "containers", "importer_declarations_30d", "importer_irregular_365d", "importer_is_new",
    "mirror_expected", "mirror_found", "mirror_probability", "mirror_goods_differ", "mirror_origin_differs",
    "mirror_severity", "partner_alert", "aeo", "duty_rate", "watch_list_score",
)  # fmt: skip
"""Facts taken as they are. `duty_rate` and `watch_list_score` are unknown where the lines do not bring them."""
LOGARITHMS = (
    "customs_value_usd", "net_mass_kg", "package_count", "quantity", "unit_value_usd_kg",
    "mirror_value_ratio", "mirror_mass_ratio", "mirror_quantity_ratio",
)  # fmt: skip

PARTIES = ("importer", "exporter", "declarant")
PAIRS = ("importer_goods", "importer_exporter", "importer_origin", "exporter_goods")
SUBJECTS = tuple(one.name for one in DIMENSIONS if one.columns)
TOLD: Mapping[str, tuple[str, ...]] = {
    "lines": SUBJECTS,
    "age": (*PARTIES, *PAIRS, "importer_declarant", "declarant_goods", "route", "goods_origin"),
    "idle": (*PARTIES, "importer_goods", "importer_exporter", "route"),
    "pace": (*PARTIES, "importer_goods", "goods_origin", "route"),
    "irregular": ("all", *SUBJECTS),
    "irregular_recent": (*PARTIES, "importer_goods", "importer_exporter", "route", "goods_origin"),
    "irregular_weighted": (*PARTIES, "office", "route", "goods", "goods_origin", "importer_exporter"),
    "examined": (*PARTIES, "importer_goods", "importer_exporter", "route", "goods_origin"),
    "revenue": (*PARTIES, "goods", "goods_origin", "importer_goods", "importer_exporter", "route"),
    "since_irregular": (*PARTIES, "importer_goods", "importer_exporter"),
    "price_gap": (*PARTIES, "route", "origin", "importer_exporter", "importer_goods", "importer_origin"),
    "paired_wrong": (*PARTIES, "route", "origin", "importer_exporter", "importer_goods"),
    "new_pairs": PARTIES,
}
"""Which measure of history is told of which dimensions; `dimension_measure` names the feature."""

DISTANCES: Mapping[str, tuple[str, ...]] = {
    "price": ("heading", "goods", "goods_origin", "importer_goods", "exporter_goods"),
    "tare": ("goods_origin", "importer_goods"),
    "package": ("goods_origin", "importer_goods"),
    "unit": ("goods_origin", "importer_goods"),
    "amount": ("goods_origin", "importer_goods", "exporter_goods"),
}
"""Which measure is held against the usual of which dimensions: `…_gap` a logarithm, `…_distance` in deviations."""

FEATURES: tuple[str, ...] = (
    *FACTS,
    *(f"log_{name}" for name in LOGARITHMS),
    "chapter", "customs_over_invoice", "mirror_absent",
    *(f"{measure}_{dimension}_{kind}" for measure, at in DISTANCES.items() for dimension in at
      for kind in ("gap", "distance")),
    *(f"{dimension}_{measure}" for measure, at in TOLD.items() for dimension in at),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labels:
    """What examinations found, one entry for each line examined, beside the lines themselves.

    irregular: 0 or 1. revenue_usd: recovered on the line. propensity: with which it was chosen, above 0 up to 1.
    """

    irregular: Floats
    revenue_usd: Floats
    propensity: Floats

    @classmethod
    def of(cls, irregular: Sequence[bool], revenue_usd: Sequence[float], propensity: Sequence[float]) -> Labels:
        """Return labels from one value for each line examined."""
        return cls(*(np.array(values, np.float64) for values in (irregular, revenue_usd, propensity)))


class History:
    """What is known of all subjects up to the last day that was closed."""

    def __init__(self) -> None:
        self.keys = Keys()
        self.sums = Sums()

    def features(self, lines: Lines) -> Matrix:
        """Return the features of lines, n × `FEATURES`, as known when their day began. Changes nothing that is known.

        Raises:
            LinesInvalid: no `accepted_at`, or columns of different length.
        """
        matrix = np.empty((line_count(lines), len(FEATURES)), np.float32)
        slots = self.keys.slots(lines, meet=False)
        parts = [
            (day, rows[first : first + AT_ONCE])
            for day, rows in _by_day(lines)
            for first in range(0, len(rows), AT_ONCE)
        ]

        def tell(part: tuple[float, NDArray[np.int64]]) -> None:
            day, rows = part
            matrix[rows] = self._seen(taken(lines, rows), day, slots[rows]).matrix()

        if len(parts) <= THREADS:
            for part in parts:
                tell(part)
        else:
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(tell, parts))
        return matrix

    def close_day(self, lines: Lines) -> None:
        """Add the lines of one day to what is known; the next day sees them.

        Raises:
            LinesInvalid: the lines are of more than one day.
        """
        for _ in self._closing(lines, self.meet(lines)):
            pass

    def take_day(self, lines: Lines, slots: NDArray[np.int64] | None = None) -> Matrix:
        """Return the features of the lines of one day, then add them: `features` and `close_day` in one.

        `slots`: what `meet` gave for these lines, where it was asked for many days at once.

        Raises:
            LinesInvalid: the lines are of more than one day.
        """
        met = self.meet(lines) if slots is None else slots
        parts = [seen.matrix() for seen in self._closing(lines, met)]
        return np.concatenate(parts) if parts else np.empty((0, len(FEATURES)), np.float32)

    def meet(self, lines: Lines) -> NDArray[np.int64]:
        """Return the slots of the lines' subjects, n × dimensions, and make room for those not met before."""
        slots = self.keys.slots(lines)
        self.sums.grow(len(self.keys))
        return slots

    def learn(self, lines: Lines, labels: Labels, *, day: float) -> None:
        """Add what examinations of `lines` found by the end of a day (days since 1970); the next day sees it."""
        slots = self.meet(lines)
        weight = np.minimum(1 / np.clip(labels.propensity, 1e-9, 1.0), MOST_WEIGHT)
        value = np.nan_to_num(number(lines, "customs_value_usd"))
        ones = np.ones(len(slots))
        sums = {
            "examined_recent": ones,
            "irregular_recent": labels.irregular,
            "examined": ones,
            "irregular": labels.irregular,
            "examined_weighted": weight,
            "irregular_weighted": weight * labels.irregular,
            "revenue": labels.revenue_usd,
            "value_examined": value,
        }
        self._add(slots, day, Added(sums, are_lines=False))

    def rows(self) -> Iterator[tuple[str, str, Floats]]:
        """Give dimension, key and what is known of each subject; `put` takes them back."""
        for slot, dimension, key in self.keys.named():
            yield dimension, key, self.sums.row(slot)

    def put(self, dimension: str, key: str, row: Floats) -> None:
        """Take what is known of one subject."""
        slot = self.keys.meet_named(dimension, key)
        self.sums.grow(len(self.keys))
        self.sums.put(slot, row)

    def _closing(self, lines: Lines, slots: NDArray[np.int64]) -> Iterator[_Seen]:
        """Give the lines of one day in parts, as seen before it, then add them all."""
        if not len(slots):
            return
        days = day_of(lines)
        if (days != days[0]).any():
            raise LinesInvalid("a day is closed with the lines of that day alone; close each day in turn")
        day = float(days[0])
        brought = []
        for first in range(0, len(slots), AT_ONCE):
            part = slice(first, first + AT_ONCE)
            seen = self._seen(taken(lines, part), day, slots[part])
            brought.append(seen.added())
            yield seen
        for met, sums, moments in brought:
            self._add(met, day, Added(sums, are_lines=True))
            for place, dimension in enumerate(MEASURED):
                self.sums.add(met[:, dimension], day, Added({}, are_lines=False, moments=moments[:, place]))

    def _add(self, slots: NDArray[np.int64], day: float, added: Added) -> None:
        wide = {name: np.repeat(values, slots.shape[1]) for name, values in added.sums.items()}
        self.sums.add(slots.ravel(), day, Added(wide, are_lines=added.are_lines))

    def _seen(self, lines: Lines, day: float, slots: NDArray[np.int64]) -> _Seen:
        known = self.sums.known(slots, day, measured=slots[:, list(MEASURED)])
        measures = measures_of(lines)
        return _Seen(lines, day, slots, known, measures, usual_of(measures, known.moments))


def day_of(lines: Lines) -> Floats:
    """Return the day of acceptance of each line, in days since 1970 UTC."""
    return lines["accepted_at"].astype("datetime64[D]").astype(np.float64)


def replay(history: History, lines: Lines, labels: Mapping[float, tuple[Lines, Labels]] | None = None) -> Matrix:
    """Return the features of lines in order of time, day by day, and add each day and its labels to the history.

    `labels`: by the day (since 1970) on which they were told, the lines examined and what was found.

    Raises:
        LinesInvalid: lines are not in order of time.
    """
    days = day_of(lines)
    if len(days) and (np.diff(days) < 0).any():
        raise LinesInvalid("lines are not in order of accepted_at; sort them first")
    told = dict(labels or {})
    slots = history.meet(lines)
    matrix = np.empty((len(days), len(FEATURES)), np.float32)
    for day in sorted({*np.unique(days).tolist(), *told}):
        first, end = np.searchsorted(days, [day, day + 1])
        if first < end:
            matrix[first:end] = history.take_day(taken(lines, slice(first, end)), slots[first:end])
        if day in told:
            history.learn(*told[day], day=day)
    return matrix


@dataclass(frozen=True, slots=True)
class _Seen:
    """Lines of one day beside what was known when it began."""

    lines: Lines
    day: float
    slots: NDArray[np.int64]
    known: Known
    measures: Floats
    usual: Usual

    def matrix(self) -> Matrix:
        columns = [number(self.lines, name) for name in FACTS]
        with np.errstate(divide="ignore"):
            columns += [np.log(positive(self.lines, name)) for name in LOGARITHMS]
        columns += [_chapter(self.lines), self._customs_over_invoice(), self._mirror_absent()]
        for measure, dimensions in DISTANCES.items():
            for dimension in dimensions:
                columns += [self.usual.gap_of(dimension, measure), self.usual.distance_of(dimension, measure)]
        told = np.stack(columns, axis=1).astype(np.float32)
        history = [_HISTORY[measure](self.known, _places(at), self.day) for measure, at in TOLD.items()]
        return np.concatenate([told, *(one.astype(np.float32) for one in history)], axis=1)

    def added(self) -> tuple[NDArray[np.int64], Mapping[str, Floats], Floats]:
        """Return the slots, the sums that each line adds to each, and the moments that it adds to measured ones."""
        gap = self.usual.gap_of(REFERENCE, "price")
        has_gap = ~np.isnan(gap)
        expected = np.nan_to_num(number(self.lines, "mirror_expected")) > 0
        severity = np.nan_to_num(number(self.lines, "mirror_severity"))
        wrong = np.where(self._mirror_absent() > 0, 1.0, severity)
        is_new = np.isnan(self.known.day("first", [PLACE["importer_goods"]])[:, 0])
        sums = {
            "lines_recent": np.ones(len(gap)),
            "lines": np.ones(len(gap)),
            "value": np.nan_to_num(number(self.lines, "customs_value_usd")),
            "priced": has_gap.astype(np.float64),
            "price_gap": np.where(has_gap, np.clip(gap, -LARGEST_GAP, LARGEST_GAP), 0.0),
            "paired": expected.astype(np.float64),
            "paired_wrong": np.where(expected, wrong, 0.0),
            "new_pairs": is_new.astype(np.float64),
        }
        return self.slots, sums, moments_of(self.measures, self.known.moments)

    def _customs_over_invoice(self) -> Floats:
        return np.log(positive(self.lines, "customs_value_usd") / positive(self.lines, "invoice_value_usd"))

    def _mirror_absent(self) -> Floats:
        expected, found = number(self.lines, "mirror_expected"), number(self.lines, "mirror_found")
        return np.where(np.isnan(expected), np.nan, (expected > 0) & ~(found > 0))


def _chapter(lines: Lines) -> Floats:
    column = lines.get("hs2")
    if column is None:
        return np.full(line_count(lines), np.nan)
    return np.array([float(one) if one is not None and one.isdigit() else np.nan for one in column.tolist()])


def _by_day(lines: Lines) -> list[tuple[float, NDArray[np.int64]]]:
    days = day_of(lines) if line_count(lines) else np.zeros(0)
    return [(day, np.flatnonzero(days == day)) for day in np.unique(days).tolist()]


def _places(dimensions: tuple[str, ...]) -> list[int]:
    return [PLACE[name] for name in dimensions]


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)


def _leaned_rate(known: Known, irregular: str, examined: str, at: Sequence[int]) -> Floats:
    """Return hit rates that lean on the country's, itself leaning on one in twenty before anything is known."""
    everywhere = [PLACE["all"]]
    country = known.sum(irregular, everywhere) + FIRST_RATE * PRIOR_WEIGHT
    country /= known.sum(examined, everywhere) + PRIOR_WEIGHT
    return (known.sum(irregular, at) + PRIOR_WEIGHT * country) / (known.sum(examined, at) + PRIOR_WEIGHT)


def _rate(irregular: str, examined: str) -> OfHistory:
    return lambda known, at, _: _leaned_rate(known, irregular, examined, at)


def _mean(part: str, whole: str) -> OfHistory:
    return lambda known, at, _: _share(known.sum(part, at), known.sum(whole, at))


_HISTORY: Mapping[str, OfHistory] = {
    "lines": lambda known, at, _: np.log1p(known.sum("lines", at)),
    "age": lambda known, at, day: np.log1p(day - known.day("first", at)),
    "idle": lambda known, at, day: np.log1p(np.maximum(day - known.day("last", at), 0.0)),
    "pace": lambda known, at, _: np.log1p(known.sum("lines_recent", at)) - np.log1p(known.sum("lines", at)),
    "irregular": _rate("irregular", "examined"),
    "irregular_recent": _rate("irregular_recent", "examined_recent"),
    "irregular_weighted": _rate("irregular_weighted", "examined_weighted"),
    "examined": lambda known, at, _: np.log1p(known.sum("examined", at)),
    "revenue": lambda known, at, day: np.log1p(1000 * _mean("revenue", "value_examined")(known, at, day)),
    "since_irregular": lambda known, at, day: day - known.day("last_irregular", at),
    "price_gap": _mean("price_gap", "priced"),
    "paired_wrong": _mean("paired_wrong", "paired"),
    "new_pairs": _mean("new_pairs", "lines"),
}
