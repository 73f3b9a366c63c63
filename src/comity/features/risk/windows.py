"""What has this trader, route or kind of goods done before? Counts and sums over the last days: derived columns.

A window looks from the instant `t` at which the present declaration was accepted, to the second, back over
`[t − n days, t)`: what was accepted at `t` itself is no history, so that neither the declaration's own lines nor others
of the same instant count (where documents bear only a day: of the same day), and no order among them has to be
invented. A result of an examination counts from the second it was recorded, not from the acceptance of what was
examined. An unknown key makes the window unknown. Sums are of whole thousandths, so that no order of adding changes
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from comity.features.risk.columns import BY_NAME, Column, Level, SqlType

MOST_DAYS = 365
MOST_KEYS = 3
DAY_SECONDS = 86_400
THOUSANDTHS = 1_000
LARGEST_SUMMED = 1e10  # a line's measure is held at this in sums: ten billion dollars or kilograms; no line is larger


class Kind(StrEnum):
    """What a window tells, named as the functions of the rule language."""

    COUNT = "count_last"
    SUM = "sum_last"
    IRREGULAR = "irregular_last"
    SHARE = "irregular_share_last"
    RECENCY = "days_since_last"


MEANINGS = {
    Kind.COUNT: "declarations in the last days with these keys; 0 when there was none",
    Kind.SUM: "sum of a measure over their lines with these keys; 0 when there was none",
    Kind.IRREGULAR: "examinations of the last days, of declarations with these keys, that found an irregularity",
    Kind.SHARE: "their share among all such examinations; unknown when there was none",
    Kind.RECENCY: f"whole days since the last declaration with these keys; unknown when none in {MOST_DAYS} days",
}
KEYS = (
    "importer_id",
    "exporter_id",
    "declarant_id",
    "hs6",
    "hs4",
    "hs2",
    "export_country",
    "origin_country",
    "office",
    "procedure",
)
LEADING_KEYS = ("importer_id", "exporter_id", "declarant_id", "hs6", "hs4")
"""One of them must be named: they are indexed, and a count over all trade of a country says nothing of this line."""
MEASURES = ("customs_value_usd", "invoice_value_usd", "net_mass_kg", "gross_mass_kg")
_TYPES = {Kind.SUM: SqlType.DOUBLE, Kind.SHARE: SqlType.DOUBLE}


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """One distinct window term. `keys` in the order of `KEYS`; `measure` for sums only; `days` from 1 to 365."""

    kind: Kind
    days: int
    keys: tuple[str, ...]
    measure: str | None = None

    @property
    def name(self) -> str:
        """Return the name of the derived column: of equal terms equal."""
        return "__".join([self.kind.value, *([self.measure] if self.measure else []), str(self.days), *self.keys])

    @property
    def column(self) -> Column:
        """Return the derived column. It speaks of one goods item as soon as one of its keys does."""
        level = Level.ITEM if any(BY_NAME[key].level is Level.ITEM for key in self.keys) else Level.DECLARATION
        return Column(self.name, _TYPES.get(self.kind, SqlType.BIGINT), level, is_nullable=True, meaning=self.meaning)

    @property
    def meaning(self) -> str:
        """Return what it tells, in words."""
        of = f" ({self.measure})" if self.measure else ""
        return f"{MEANINGS[self.kind]}{of}; {self.days} days, by {', '.join(self.keys)}"


def in_order(keys: frozenset[str] | set[str]) -> tuple[str, ...]:
    """Return keys in the one order they are written in."""
    return tuple(key for key in KEYS if key in keys)


def thousandths(measure: float | None) -> int | None:
    """Return a measure as it is summed: whole thousandths, halves away from zero, held at the limit."""
    if measure is None:
        return None
    scaled = max(-LARGEST_SUMMED, min(LARGEST_SUMMED, measure)) * THOUSANDTHS
    whole = int(abs(scaled))
    return (whole + (abs(scaled) - whole >= 0.5)) * (1 if scaled >= 0 else -1)
