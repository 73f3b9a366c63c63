"""What is summed for a subject of history, and how does it fade? By halves in a number of days, at the day's end.

A line sees what was known when its day began: sums of earlier days and of labels told before. So the order within a
day, the size of a batch and a second run change nothing, and clearing never waits for another line's clearing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RECENT, USUAL = 30.0, 365.0
"""Days in which a sum halves: what happens now, and what is usual. Guesses; looked at again with a year's real data."""

FAST_SUMS = ("lines_recent", "examined_recent", "irregular_recent")
SLOW_SUMS = (
    "lines",
    "value",  # customs value, US dollars
    "examined",
    "irregular",
    "examined_weighted",  # by one over the propensity with which they were chosen
    "irregular_weighted",
    "revenue",  # recovered, US dollars
    "value_examined",
    "priced",
    "price_gap",  # logarithm of price over the reference, held within limits
    "paired",  # lines that had a partner's export record owed to them
    "paired_wrong",  # of those: severity of the discrepancy, 1 where the record is absent
    "new_pairs",  # lines with goods that this importer had not brought before
)
SUM: Mapping[str, int] = {name: place for place, name in enumerate((*FAST_SUMS, *SLOW_SUMS))}

DAYS = ("as_of", "first", "last", "last_irregular")
DAY: Mapping[str, int] = {name: place for place, name in enumerate(DAYS)}

MEASURES = ("price", "tare", "package", "unit", "amount")
"""Logarithms of: US dollars a kilogram; gross over net mass; kilograms a package; quantity a kilogram; US dollars."""
MOMENTS = 3  # of each measure: how many, their sum, the sum of their squares


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of n subjects on a day: sums (… × sums), days (… × days), moments (… × measures × moments)."""

    sums: Floats
    days: Floats
    moments: Floats

    def sum(self, name: str, at: Sequence[int]) -> Floats:
        """Return one sum in some dimensions; zero where nothing is known."""
        return self.sums[:, at, SUM[name]]

    def day(self, name: str, at: Sequence[int]) -> Floats:
        """Return one day in some dimensions, in days since 1970; NaN where it never was."""
        return self.days[:, at, DAY[name]]


class Sums:
    """The rows of all subjects, by slot."""

    def __init__(self) -> None:
        self.sums: Floats = np.zeros((1, len(SUM)))
        self.days: Floats = np.full((1, len(DAYS)), np.nan)
        self.moments: Floats = np.zeros((1, len(MEASURES), MOMENTS))

    def grow(self, count: int) -> None:
        """Make room for `count` subjects and the empty row after them, which slot −1 finds."""
        have = len(self.sums)
        if count < have:
            return
        more = max(count + 1, 2 * have, 64)
        self.sums = _longer(self.sums, more, 0.0)
        self.days = _longer(self.days, more, np.nan)
        self.moments = _longer(self.moments, more, 0.0)

    def known(self, slots: NDArray[np.int64], day: float, *, measured: NDArray[np.int64]) -> Known:
        """Return what is known of subjects, faded to a day; `measured` are the slots whose moments are wanted."""
        days = self.days[slots]
        recent, usual = _fading(day - days[..., DAY["as_of"]])
        sums = self.sums[slots]
        sums[..., : len(FAST_SUMS)] *= recent[..., None]
        sums[..., len(FAST_SUMS) :] *= usual[..., None]
        _, faded = _fading(day - self.days[measured, DAY["as_of"]])
        return Known(sums, days, self.moments[measured] * faded[..., None, None])

    def row(self, slot: int) -> Floats:
        """Return all that is known of one subject, in one row."""
        return np.concatenate([self.sums[slot], self.days[slot], self.moments[slot].ravel()])

    def put(self, slot: int, row: Floats) -> None:
        """Take back what `row` gave."""
        moments = len(SUM) + len(DAYS)
        self.sums[slot] = row[: len(SUM)]
        self.days[slot] = row[len(SUM) : moments]
        self.moments[slot] = row[moments:].reshape(len(MEASURES), MOMENTS)

    def add(self, slots: NDArray[np.int64], day: float, added: Added) -> None:
        """Add to subjects what a day brought; a slot may come many times, and is added to in the order given."""
        here = slots >= 0
        distinct, back = np.unique(slots[here], return_inverse=True)
        if not len(distinct):
            return
        as_of = self.days[distinct, DAY["as_of"]]
        recent, usual = _fading(day - as_of)
        late_recent, late_usual = _fading(as_of - day)
        fading = np.repeat([recent, usual], [len(FAST_SUMS), len(SLOW_SUMS)], axis=0).T
        late = np.repeat([late_recent, late_usual], [len(FAST_SUMS), len(SLOW_SUMS)], axis=0).T
        sums = self.sums[distinct] * fading
        for name, values in added.sums.items():
            place = SUM[name]
            sums[:, place] += late[:, place] * np.bincount(back, values[here], len(distinct))
        self.sums[distinct] = sums
        moments = self.moments[distinct] * usual[:, None, None]
        if added.moments is not None:
            flat = added.moments[here].reshape(len(back), -1)
            summed = [np.bincount(back, column, len(distinct)) for column in flat.T]
            moments += late_usual[:, None, None] * np.stack(summed, axis=1).reshape(moments.shape)
        self.moments[distinct] = moments
        self._mark(distinct, day, added, back, here)

    def _mark(
        self, distinct: NDArray[np.int64], day: float, added: Added, back: NDArray[np.int64], here: NDArray[np.bool_]
    ) -> None:
        days = self.days[distinct]
        days[:, DAY["as_of"]] = np.fmax(days[:, DAY["as_of"]], day)
        if added.are_lines:
            days[:, DAY["first"]] = np.fmin(days[:, DAY["first"]], day)
            days[:, DAY["last"]] = np.fmax(days[:, DAY["last"]], day)
        irregular = added.sums.get("irregular")
        if irregular is not None:
            caught = np.bincount(back, irregular[here], len(distinct)) > 0
            days[caught, DAY["last_irregular"]] = np.fmax(days[caught, DAY["last_irregular"]], day)
        self.days[distinct] = days


@dataclass(frozen=True, slots=True)
class Added:
    """What is added to subjects, one entry for each slot: named sums and, for measured subjects, moments."""

    sums: Mapping[str, Floats]
    are_lines: bool
    """Whether lines came, or only labels of earlier ones."""
    moments: Floats | None = None


def _fading(past: Floats) -> tuple[Floats, Floats]:
    """Return by how much recent and usual sums have faded after days; nothing fades backwards."""
    days = np.where(past > 0, past, 0.0)  # NaN, of what has no day yet, is 0: its sums are 0 too
    return np.exp2(days * (-1.0 / RECENT)), np.exp2(days * (-1.0 / USUAL))


def _longer(rows: Floats, length: int, filling: float) -> Floats:
    more = np.full((length, *rows.shape[1:]), filling)
    more[: len(rows)] = rows
    return more
