"""What does the administration know of an importer from its own books? Declarations and irregularities by company."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from comity.entrypoints.demo.world.simulation.market import Columns
from comity.entrypoints.demo.world.simulation.trade import Draw

WINDOW_DAYS, YEAR_DAYS = 30, 365
NEVER = -(10**6)


class Known:
    """The books: each company's declarations of 30 days, last declaration, and irregularities of a year."""

    def __init__(self, draw: Draw, a_day: Any, companies: int) -> None:
        """Take each trader's declarations a day before the first day (0 for those to come)."""
        self._daily = np.zeros((WINDOW_DAYS, companies))
        self._daily[:, : len(a_day)] = draw.poisson(a_day, (WINDOW_DAYS, len(a_day)))
        self._sum = self._daily.sum(axis=0)
        self._last = np.full(companies, NEVER)
        seen = draw.random(len(a_day)) < 1 - np.exp(-YEAR_DAYS * a_day)
        self._last[: len(a_day)][seen] = -1
        self._irregular = np.zeros(companies)
        self._found: deque[tuple[int, int]] = deque()

    def day(self, companies: Any, *, day: int) -> Columns:
        """Return the facts of a day's declarations, in the order of acceptance, and enter them in the books."""
        self._grow(int(companies.max(initial=0)) + 1)
        while self._found and self._found[0][0] < day - YEAR_DAYS:
            self._irregular[self._found.popleft()[1]] -= 1
        slot = day % WINDOW_DAYS
        self._sum -= self._daily[slot]
        self._daily[slot] = 0
        order = np.argsort(companies, kind="stable")
        held = companies[order]
        begins = np.searchsorted(held, held, side="left")
        earlier = np.empty(len(held))
        earlier[order] = np.arange(len(held)) - begins
        facts = {
            "importer_declarations_30d": self._sum[companies] + earlier,
            "importer_irregular_365d": self._irregular[companies],
            "importer_is_new": ((self._last[companies] < day - YEAR_DAYS) & (earlier == 0)).astype(float),
        }
        counts = np.bincount(companies, minlength=len(self._sum))
        self._daily[slot] = counts
        self._sum += counts
        self._last[companies] = day
        return facts

    def irregular(self, company: int, *, day: int) -> None:
        """Enter an irregularity found on this day."""
        self._grow(company + 1)
        self._irregular[company] += 1
        self._found.append((day, company))

    def _grow(self, companies: int) -> None:
        more = companies - len(self._sum)
        if more > 0:
            more += 64
            self._daily = np.pad(self._daily, ((0, 0), (0, more)))
            self._sum, self._irregular = np.pad(self._sum, (0, more)), np.pad(self._irregular, (0, more))
            self._last = np.pad(self._last, (0, more), constant_values=NEVER)
