"""Which keys does a record put into a private run, and what does it tell in buckets when a key meets?"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from comity.features.mirror.keys import keys_of
from comity.features.mirror.private.settings import PrivateSettings
from comity.features.mirror.record import MirrorRecord
from comity.foundation.rates import ExchangeRates
from comity.foundation.trade.money import Money

Keyed = dict[str, list[str]]
"""Keys of a run, each with the ids of the records of one side that bear it."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """What one side tells of a meeting: logarithmic steps of total value (USD) and gross mass (kg); HS chapters.

    None where it is not declared or has no rate. A step is told and never the amount in it.
    """

    value: int | None
    mass: int | None
    chapters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """From how many steps of difference on a record may be asked for; other chapters count by themselves."""

    value: int
    mass: int

    def stricter(self, other: Threshold) -> Threshold:
        """Return what satisfies both: the larger differences."""
        return Threshold(max(self.value, other.value), max(self.mass, other.mass))

    def is_crossed(self, ours: Buckets, theirs: Buckets) -> bool:
        """Claim that two buckets differ by at least this much; what one side does not tell differs in nothing."""
        return (
            _apart(ours.value, theirs.value) >= self.value
            or _apart(ours.mass, theirs.mass) >= self.mass
            or bool(ours.chapters and theirs.chapters and not set(ours.chapters) & set(theirs.chapters))
        )


@dataclass(frozen=True, slots=True)
class Learned:
    """What one meeting taught us: our records under its keys, both buckets, whether the threshold is crossed."""

    meeting: int
    records: tuple[str, ...]
    keys: int
    ours: Buckets
    theirs: Buckets
    crossed: bool | None


def keyed(records: Iterable[MirrorRecord]) -> Keyed:
    """Return the keys of records: an export's MRN or an import's citation of it, UCR, transport document.

    A container alone is no key: it comes round again. With its transport document it adds nothing to the document.
    """
    found: Keyed = {}
    for record in records:
        keys = keys_of(record)
        is_export = record.kind == "export"
        references = {keys.mrn} if is_export and keys.mrn else set() if is_export else set(keys.cited)
        names = {f"reference|{each}" for each in references | set(keys.ucrs)}
        for name in sorted(names | {f"document|{each}" for each in keys.documents}):
            found.setdefault(name, []).append(record.id)
    return found


def meetings(keyed_records: Keyed, common: Iterable[str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the groups of our records that common keys join, each with its keys; what references join comes first.

    One record with several keys, or several records with one key (a split consignment), are one group. A transport
    document joins only records that no reference did: many consignments travel under one master document.
    """
    shared = sorted(set(common), key=lambda key: (not is_reference(key), key))
    references = _joined({key: keyed_records[key] for key in shared if is_reference(key)})
    placed = {record for _, records in references for record in records}
    rest = {key: [each for each in keyed_records[key] if each not in placed] for key in shared if not is_reference(key)}
    return references + _joined({key: records for key, records in rest.items() if records})


def is_reference(key: str) -> bool:
    """Claim that a key names a consignment itself, not the document it travels under."""
    return key.startswith("reference|")


def _joined(keyed_records: Keyed) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for key, records in keyed_records.items():
        for record in records:
            parent[root(f"r{record}")] = root(f"k{key}")
    groups: dict[str, tuple[list[str], set[str]]] = {}
    for key, records in keyed_records.items():
        keys, members = groups.setdefault(root(f"k{key}"), ([], set()))
        keys.append(key)
        members.update(records)
    return [(tuple(keys), tuple(sorted(records))) for keys, records in groups.values()]


def buckets_of(records: Sequence[MirrorRecord], *, rates: ExchangeRates, settings: PrivateSettings) -> Buckets:
    """Return what the records together tell: the sum of their values at the rate of their day, and of their masses."""
    values = [_in_dollars(record.value, rates, record.date) for record in records]
    masses = [record.gross_mass_kg for record in records]
    chapters = {line.hs6[:2] for record in records for line in record.lines if line.hs6}
    return Buckets(
        _step(values, settings.value_step), _step(masses, settings.mass_step), tuple(sorted(chapters))[: settings.most]
    )


def records_of(
    keyed_records: Keyed, keys: Sequence[str], by_id: Mapping[str, MirrorRecord], *, placed: Collection[str]
) -> list[MirrorRecord]:
    """Return the records that bear some keys, each once, by id; a document alone names none that is placed already."""
    ids = {each for key in keys for each in keyed_records.get(key, ())}
    if not any(is_reference(key) for key in keys):
        ids -= set(placed)
    return [by_id[each] for each in sorted(ids) if each in by_id]


def _in_dollars(money: Money | None, rates: ExchangeRates, on: date) -> Decimal | None:
    converted = rates.convert(money, "USD", on=on) if money is not None else None
    return converted.amount if converted else None


def _step(amounts: Sequence[Decimal | None], step: float) -> int | None:
    known = [each for each in amounts if each is not None]
    total = float(sum(known))
    if not known or len(known) < len(amounts) or total <= 0 or not math.isfinite(total):
        return None
    return math.floor(math.log(total) / math.log(1 + step))


def _apart(ours: int | None, theirs: int | None) -> int:
    return 0 if ours is None or theirs is None else abs(ours - theirs)
