"""Where a value ratio lies on a strip: the usual band, and this consignment's mark. 300 by 44 SVG units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from comity.entrypoints.console.present.compare import VALUE_HIGHEST, VALUE_LOWEST

WIDTH = 300
LOWEST, HIGHEST = Decimal("0.4"), Decimal("1.6")
_TICKS = (Decimal("0.5"), Decimal("0.75"), Decimal("1"), Decimal("1.25"), Decimal("1.5"))
_TEXT_ROOM = 14


@dataclass(frozen=True, slots=True)
class Tick:
    """One labelled place on the axis."""

    value: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class Strip:
    """The picture; `ratio` is shown as it is even where the mark stops at an end."""

    ratio: Decimal
    here_at: int
    text_at: int
    low: Decimal = VALUE_LOWEST
    high: Decimal = VALUE_HIGHEST

    @property
    def low_at(self) -> int:
        """Return where the usual band begins."""
        return place(self.low)

    @property
    def high_at(self) -> int:
        """Return where the usual band ends."""
        return place(self.high)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Return the axis."""
        return tuple(Tick(value, place(value)) for value in _TICKS)


def place(ratio: Decimal) -> int:
    """Return the horizontal place of a ratio; beyond the ends it stays at the end."""
    inside = min(max(ratio, LOWEST), HIGHEST)
    return int((inside - LOWEST) / (HIGHEST - LOWEST) * WIDTH)


def draw_strip(ratio: Decimal | None) -> Strip | None:
    """Return the strip of one consignment, or None when the ratio is not known."""
    if ratio is None:
        return None
    here = place(ratio)
    return Strip(ratio, here, min(max(here, _TEXT_ROOM), WIDTH - _TEXT_ROOM))
