"""What is in a tariff, as values: everything a schedule is compiled from, whatever file it came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.features.tariff.measure import Area, Measure, MeasureType, QuotaDefinition, TariffLine
from comity.features.tariff.schedule import Schedule


@dataclass(frozen=True)
class Tariff:
    """Measures, areas, lines and quotas."""

    measures: tuple[Measure, ...] = ()
    areas: tuple[Area, ...] = ()
    lines: tuple[TariffLine, ...] = ()
    quotas: tuple[QuotaDefinition, ...] = ()

    def compiled(self, types: Mapping[str, MeasureType] | None = None) -> Schedule:
        """Return the schedule; `types` are a nation's own measure types."""
        return Schedule(self.measures, areas=self.areas, types=types, lines=self.lines, quotas=self.quotas)

    def __add__(self, other: Tariff) -> Tariff:
        return Tariff(
            self.measures + other.measures,
            self.areas + other.areas,
            self.lines + other.lines,
            self.quotas + other.quotas,
        )
