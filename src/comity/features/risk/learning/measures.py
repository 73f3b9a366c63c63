"""What is usual for goods, and how far is a line from it? Logarithms held against decayed moments, general to narrow.

The usual of a narrow subject (an importer's goods) leans on that of the wider one (goods of that origin) as long as
little is known of it: the posterior mean of a normal prior worth `LEANING` lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from comity.features.risk.learning.history.dimensions import DIMENSIONS, MEASURED, Lines, line_count
from comity.features.risk.learning.history.sums import MEASURES, MOMENTS, Floats

LEANING = 3.0  # lines that the wider subject's usual is worth beside a narrow one's own: a guess
FIRST_SPREAD = 1.0  # standard deviation of a logarithm before anything is known: a guess
HELD = 3.0  # standard deviations beyond which a line is held when it is added: a wrong unit does not move the usual
LEAST_TO_HOLD = 8.0  # lines known before anything is held
LEAST_SPREAD = 0.05  # of a logarithm: prices closer than 5 % to each other are the same
LARGEST_GAP = 3.0  # of a logarithm: a factor of twenty

NAMES: tuple[str, ...] = tuple(DIMENSIONS[place].name for place in MEASURED)
MEASURED_PLACE: Mapping[str, int] = {name: place for place, name in enumerate(NAMES)}
WIDER: Mapping[str, str | None] = {
    "heading": None,
    "goods": "heading",
    "goods_origin": "goods",
    "importer_goods": "goods_origin",
    "exporter_goods": "goods_origin",
}
REFERENCE = "goods_origin"


@dataclass(frozen=True, slots=True)
class Usual:
    """For n lines, in each measured dimension: the distance from the usual, and in standard deviations.

    Both n × dimensions × measures; NaN where the line does not tell the measure or nothing is known.
    """

    gap: Floats
    distance: Floats

    def gap_of(self, dimension: str, measure: str) -> Floats:
        """Return the logarithm of a measure over its usual."""
        return self.gap[:, MEASURED_PLACE[dimension], MEASURES.index(measure)]

    def distance_of(self, dimension: str, measure: str) -> Floats:
        """Return the same in standard deviations."""
        return self.distance[:, MEASURED_PLACE[dimension], MEASURES.index(measure)]


def measures_of(lines: Lines) -> Floats:
    """Return the logarithms that a line tells, n × measures; NaN where it does not."""
    value = positive(lines, "customs_value_usd")
    invoice = positive(lines, "invoice_value_usd")
    net = positive(lines, "net_mass_kg")
    gross = positive(lines, "gross_mass_kg")
    mass = np.where(np.isnan(net), gross, net)
    price = np.where(np.isnan(invoice), value, invoice) / mass
    told = (price, gross / net, mass / positive(lines, "package_count"), positive(lines, "quantity") / mass, value)
    return np.log(np.stack(told, axis=1))


def usual_of(measures: Floats, moments: Floats) -> Usual:
    """Hold n lines' measures against moments (n × measured dimensions × measures × moments)."""
    gap = np.empty((len(measures), len(NAMES), len(MEASURES)))
    distance = np.empty_like(gap)
    usual: dict[str, tuple[Floats, Floats]] = {}
    for place, name in enumerate(NAMES):
        wider = WIDER[name]
        mean, variance = _leaned(moments[:, place], usual[wider] if wider else None)
        usual[name] = mean, variance
        gap[:, place] = measures - mean
        distance[:, place] = gap[:, place] / np.sqrt(variance)
    return Usual(gap, distance)


def moments_of(measures: Floats, before: Floats) -> Floats:
    """Return what n lines add to the moments of their subjects, held within `HELD` of what was known before."""
    count, total, squares = before[..., 0], before[..., 1], before[..., 2]
    known = np.where(count > 0, count, 1.0)
    mean = total / known
    spread = np.sqrt(np.maximum(squares / known - mean * mean, LEAST_SPREAD**2))
    reach = np.where(count >= LEAST_TO_HOLD, HELD * spread, np.inf)
    held = np.clip(measures[:, None, :], mean - reach, mean + reach)
    told = ~np.isnan(held)
    held = np.where(told, held, 0.0)
    added = np.empty((*held.shape, MOMENTS))
    added[..., 0], added[..., 1], added[..., 2] = told, held, held * held
    return added


def positive(lines: Lines, name: str) -> Floats:
    """Return a number of the lines; NaN where it is unknown, zero or less."""
    column = number(lines, name)
    return np.where(column > 0, column, np.nan)


def number(lines: Lines, name: str) -> Floats:
    """Return a number or claim of the lines; NaN where it is unknown."""
    column = lines.get(name)
    if column is None:
        return np.full(line_count(lines), np.nan)
    if column.dtype == object:
        return np.array([np.nan if one is None else float(one) for one in column])
    return column.astype(np.float64)


def _leaned(moments: Floats, wider: tuple[Floats, Floats] | None) -> tuple[Floats, Floats]:
    count, total, squares = moments[..., 0], moments[..., 1], moments[..., 2]
    if wider is None:
        mean = np.where(count > 0, total / np.where(count > 0, count, 1.0), np.nan)
        variance = np.full_like(mean, FIRST_SPREAD**2)
    else:
        leaning, variance = wider
        weight = np.where(np.isnan(leaning), 0.0, LEANING)
        worth = count + weight
        mean = np.where(worth > 0, (total + weight * np.nan_to_num(leaning)) / np.where(worth > 0, worth, 1.0), np.nan)
    scatter = np.maximum(squares - 2 * mean * total + count * mean * mean, 0.0)
    spread = (scatter + LEANING * variance) / (count + LEANING)
    return mean, np.maximum(spread, LEAST_SPREAD**2)
