"""What does a tariff say of goods? Measures with their rate, area, validity, conditions; areas, quotas, lines, types.

The words are those of the integrated tariff (TARIC3 records 430 measure, 250 geographical area, 370 quota definition);
a schedule of an administration is brought into the same values.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from comity.features.tariff.rate import FREE, Rate

EVERYWHERE = frozenset({"1011", "*", "ALL", "ERGA OMNES"})
"""Names of the area that holds every country."""


class MeasureKind(StrEnum):
    """What a measure is, whatever number its type has."""

    DUTY = "duty"
    SUSPENSION = "suspension"
    PREFERENCE = "preference"
    QUOTA = "quota"
    PREFERENTIAL_QUOTA = "preferential-quota"
    ANTI_DUMPING = "anti-dumping"
    COUNTERVAILING = "countervailing"
    SAFEGUARD = "safeguard"
    ADDITIONAL = "additional-duty"
    AGRICULTURAL = "agricultural-component"
    EXCISE = "excise"
    VAT = "vat"
    FEE = "fee"
    SUPPLEMENTARY_UNIT = "supplementary-unit"
    CONTROL = "control"
    OTHER = "other"


CUSTOMS = frozenset(
    {
        MeasureKind.DUTY,
        MeasureKind.SUSPENSION,
        MeasureKind.PREFERENCE,
        MeasureKind.QUOTA,
        MeasureKind.PREFERENTIAL_QUOTA,
    }
)
"""The kinds of which an item pays one: the duty of the tariff or what stands in its place."""
ON_TOP = frozenset(
    {MeasureKind.ANTI_DUMPING, MeasureKind.COUNTERVAILING, MeasureKind.SAFEGUARD, MeasureKind.ADDITIONAL}
)
"""The kinds that are paid beside the duty."""
QUOTAS = frozenset({MeasureKind.QUOTA, MeasureKind.PREFERENTIAL_QUOTA})
PREFERENTIAL = frozenset({MeasureKind.PREFERENCE, MeasureKind.PREFERENTIAL_QUOTA})


@dataclass(frozen=True, slots=True)
class MeasureType:
    """A type of measure: its kind, and whether it needs an authorised use of the goods."""

    id: str
    kind: MeasureKind
    needs_end_use: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a measure's conditions. `group` is its code (B: a certificate is presented), `effect` what follows.

    Lines of one group are read in their order: the first that is fulfilled decides. A line without a document is
    fulfilled by anybody. `effect` is `rate` (this rate applies), `applies`, `not-applicable`, `refused`,
    or `price`: the line depends on a price or quantity, which is not computed but asked.
    """

    group: str
    sequence: int
    effect: str
    document: str | None = None
    rate: Rate | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `code` has its significant digits only, "" for all goods; `area` is an area's or a country's id."""

    id: str
    type: str
    code: str
    area: str
    rate: Rate = FREE
    first: date = date(1971, 12, 31)
    last: date | None = None
    additional_code: str | None = None
    order_number: str | None = None
    excluded: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    legal_reference: str | None = None
    footnotes: tuple[str, ...] = ()

    def holds(self, on: date) -> bool:
        """Claim that the measure is in force on the day."""
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(frozen=True, slots=True)
class Membership:
    """A country's (or group's) time in a group."""

    member: str
    first: date = date(1971, 12, 31)
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A country, region or group of them."""

    id: str
    members: tuple[Membership, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class TariffLine:
    """A line of the nomenclature: significant digits, words, and the line above where the digits do not say it."""

    code: str
    description: str = ""
    parent: str | None = None
    first: date = date(1971, 12, 31)
    last: date | None = None


@dataclass(frozen=True, slots=True)
class QuotaDefinition:
    """A period of a tariff quota: volume in `unit`, and the share used (percent) from which it is critical."""

    id: str
    order_number: str
    first: date
    last: date | None
    volume: Decimal
    unit: str | None = None
    balance: Decimal | None = None
    critical_threshold: int = 90
    is_critical: bool = False
    closed: tuple[tuple[date, date | None, str], ...] = ()
    """Periods without drawing, each with its reason: blocked, suspended, exhausted."""

    @property
    def opening(self) -> Decimal:
        """Return what there was to draw from before anybody drew here."""
        return self.volume if self.balance is None else self.balance


def significant(code: str) -> str:
    """Return a commodity code without the pairs of zeros that only fill it up."""
    while len(code) > 2 and code.endswith("00") and len(code) % 2 == 0:
        code = code[:-2]
    return code


@lru_cache(maxsize=1)
def load_measure_types() -> Mapping[str, MeasureType]:
    """Return the measure types known by their number or name (`measure_types.toml`)."""
    told = tomllib.loads((Path(__file__).parent / "measure_types.toml").read_text(encoding="utf-8"))
    types = {kind.value: MeasureType(kind.value, kind) for kind in MeasureKind}
    for row in told["type"]:
        kind = MeasureKind(row["kind"])
        types[row["id"]] = MeasureType(row["id"], kind, row.get("end_use", False), row["words"])
    return types
