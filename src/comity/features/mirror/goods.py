"""Which goods line of the import is which goods line of the export (WCO DM 68A), over all declarations of a pair?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from comity.features.mirror.record import MirrorLine, MirrorRecord


@dataclass(frozen=True, slots=True)
class GoodsSum:
    """All lines of one side under one HS subheading. `sequences` are positions in the first declaration that has it."""

    hs6: str | None
    sequences: tuple[int, ...]
    origins: frozenset[str]
    gross_mass_kg: Decimal | None
    net_mass_kg: Decimal | None
    quantities: Mapping[str, Decimal]
    value: Decimal | None
    currency: str | None

    @property
    def mass_kg(self) -> Decimal | None:
        """Return the gross mass, else the net mass."""
        return self.gross_mass_kg or self.net_mass_kg


@dataclass(frozen=True, slots=True)
class Alignment:
    """Sums found on both sides (their codes may differ) and sums found on one side only."""

    both: tuple[tuple[GoodsSum, GoodsSum], ...]
    only_ours: tuple[GoodsSum, ...]
    only_theirs: tuple[GoodsSum, ...]


def sum_goods(records: Iterable[MirrorRecord]) -> list[GoodsSum]:
    """Return one sum per HS subheading, in order of the code; lines without a code stand together."""
    lines: defaultdict[str, list[MirrorLine]] = defaultdict(list)
    for record in records:
        for line in record.lines:
            lines[line.hs6 or ""].append(line)
    return [_sum(code or None, held) for code, held in sorted(lines.items())]


def align(ours: Iterable[GoodsSum], theirs: Iterable[GoodsSum]) -> Alignment:
    """Align equal codes first, then what is left by mass and, where masses are missing, by the code's first digits."""
    here, there = {each.hs6: each for each in ours}, {each.hs6: each for each in theirs}
    both = [(here[code], there[code]) for code in sorted(here.keys() & there.keys(), key=str)]
    left = [here[code] for code in sorted(here.keys() - there.keys(), key=str)]
    right = [there[code] for code in sorted(there.keys() - here.keys(), key=str)]
    distances = sorted(
        ((_distance(a, b), str(a.hs6), str(b.hs6), a, b) for a in left for b in right), key=lambda each: each[:3]
    )
    for _, _, _, a, b in distances:
        if a in left and b in right:
            left.remove(a)
            right.remove(b)
            both.append((a, b))
    return Alignment(tuple(both), tuple(left), tuple(right))


def _sum(code: str | None, lines: list[MirrorLine]) -> GoodsSum:
    quantities: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.quantity is not None and line.unit:
            quantities[line.unit.upper()] += line.quantity
    currencies = {line.value.currency if line.value else None for line in lines}
    currency = currencies.pop() if len(currencies) == 1 else None
    return GoodsSum(
        hs6=code,
        sequences=tuple(line.sequence for line in lines),
        origins=frozenset(line.origin for line in lines if line.origin),
        gross_mass_kg=_total(lines, lambda line: line.gross_mass_kg),
        net_mass_kg=_total(lines, lambda line: line.net_mass_kg),
        quantities=dict(quantities),
        value=_total(lines, lambda line: line.value.amount if line.value else None) if currency else None,
        currency=currency,
    )


def _total(lines: list[MirrorLine], amount: Callable[[MirrorLine], Decimal | None]) -> Decimal | None:
    amounts = [amount(line) for line in lines]
    known = [each for each in amounts if each is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def _distance(ours: GoodsSum, theirs: GoodsSum) -> float:
    shared = next((digits for digits in (6, 4, 2) if (ours.hs6 or "")[:digits] == (theirs.hs6 or "")[:digits]), 0)
    closeness = (6 - shared) / 60
    if ours.mass_kg and theirs.mass_kg:
        return float(abs(ours.mass_kg - theirs.mass_kg) / max(ours.mass_kg, theirs.mass_kg)) + closeness
    return 1.0 + closeness
