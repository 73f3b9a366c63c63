"""Which lanes are there, and which is the more intrusive?

Selectivity lanes of WCO and ASYCUDA practice: green, blue, yellow, orange, red.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Lane(StrEnum):
    """The treatment of a declaration, from the least to the most intrusive.

    Green: release. Blue: release, audit later. Yellow: documents before release. Orange: scan. Red: examination.
    """

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"

    @property
    def rank(self) -> int:
        """Return the intrusiveness: 0 for green to 4 for red. Lanes are compared by it, never as text."""
        return _RANKS[self]


_RANKS = {lane: rank for rank, lane in enumerate(Lane)}


def most_intrusive(lanes: Iterable[Lane]) -> Lane:
    """Return the most intrusive of `lanes`, green when there are none."""
    return max(lanes, key=_RANKS.__getitem__, default=Lane.GREEN)
