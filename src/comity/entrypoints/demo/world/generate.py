"""What do two countries declare over a period? Everything follows from the seed; nothing else is random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from comity.entrypoints.demo.world.catalogue import load_catalogue, weighted
from comity.entrypoints.demo.world.consign import (
    CONSOLIDATED,
    PLAIN,
    RETURN,
    SPLIT,
    Consigned,
    Earlier,
    consign,
)
from comity.entrypoints.demo.world.declare import declare
from comity.entrypoints.demo.world.load import Scene, is_repairable
from comity.entrypoints.demo.world.numbers import Numbers
from comity.entrypoints.demo.world.rates import load_rates
from comity.entrypoints.demo.world.statement import Statement
from comity.entrypoints.demo.world.traders import KIND_WEIGHTS, Market, Partnership, make_market
from comity.entrypoints.demo.world.truth import ConsignmentTruth, IrregularityKind, Truth
from comity.foundation.trade.declaration import Declaration, DeclarationKind

START = date(2026, 1, 5)  # inside the published exchange rates; a Monday
PERIOD_DAYS = 90
LONGEST_LAG_DAYS = 18
OBSERVED_AFTER_DAYS = 60
IRREGULAR = (0.09, 0.11)  # of all consignments, inside the 8–12 % asked for
SCHEMING = 0.75  # share of a dishonest trader's consignments that are irregular
SHAPES = {PLAIN: 88, CONSOLIDATED: 7, SPLIT: 2, RETURN: 3}
"""How honest consignments run, per cent: a guess."""
WEEKDAYS = (20, 20, 20, 19, 18, 8, 3)  # exports by day of the week: a guess
OPENING_HOURS_UTC = (4, 15)


@dataclass(frozen=True, slots=True)
class World:
    """The declarations of both sides in the order of their acceptance, and the truth that neither side has."""

    exports: tuple[Declaration, ...]
    imports: tuple[Declaration, ...]
    truth: Truth


@dataclass(frozen=True, slots=True)
class _Slot:
    at: datetime
    trade: Partnership
    kind: IrregularityKind | None
    shape: str


def generate_world(
    *,
    seed: int,
    consignments: int,
    exporter_authority: str = "KE",
    importer_authority: str = "UG",
    start: date = START,
) -> World:
    """Return a world with this many consignments, exported in the 90 days from `start`. Equal seeds, equal worlds.

    Raises:
        CountryUnknown: the world has no towns in one of the countries.
        RatesMissing: there are no exchange rates for the period.
    """
    random, catalogue = Random(seed), load_catalogue()  # noqa: S311 - a repeatable world, not a secret
    countries = (exporter_authority, importer_authority)
    last = start + timedelta(days=PERIOD_DAYS + LONGEST_LAG_DAYS)
    rates = load_rates(start - timedelta(days=10), last, tuple(sorted({*catalogue.currencies, "EUR", "USD"})))
    market = make_market(random, catalogue=catalogue, countries=countries, consignments=consignments)
    scene = Scene(random, catalogue, rates, Numbers(random), countries)
    slots = _slots(random, market, consignments=consignments, start=start)
    consigned = _run(scene, slots)
    truths = tuple(_truth(number, held) for number, held in enumerate(consigned, start=1))
    truth = Truth(
        seed, exporter_authority, importer_authority, start, last + timedelta(days=OBSERVED_AFTER_DAYS), truths
    )
    exports = [statement for held in consigned for statement in held.exports]
    imports = [statement for held in consigned for statement in held.imports]
    return World(
        _declared(scene, exports, DeclarationKind.EXPORT), _declared(scene, imports, DeclarationKind.IMPORT), truth
    )


def _declared(scene: Scene, statements: list[Statement], kind: DeclarationKind) -> tuple[Declaration, ...]:
    in_order = sorted(statements, key=lambda statement: (statement.at, statement.reference))
    return tuple(declare(scene, statement, kind) for statement in in_order)


def _run(scene: Scene, slots: list[_Slot]) -> list[Consigned]:
    mrns: list[str] = []
    containers: list[tuple[str, datetime]] = []
    consigned = []
    for slot in slots:
        earlier = Earlier(mrns, containers)
        held = consign(scene, slot.trade, at=slot.at, kind=slot.kind, shape=slot.shape, earlier=earlier)
        mrns += [export.mrn for export in held.exports]
        containers += [(box, export.at) for export in held.exports for box in export.containers]
        consigned.append(held)
    return consigned


def _slots(random: Random, market: Market, *, consignments: int, start: date) -> list[_Slot]:
    """Return who trades when, how and how honestly, in the order of time."""
    irregular = round(consignments * random.uniform(*IRREGULAR))
    clean = min(consignments - irregular, round(irregular / SCHEMING) - irregular)
    kinds = list(KIND_WEIGHTS)[:irregular]
    kinds += random.choices(list(KIND_WEIGHTS), list(KIND_WEIGHTS.values()), k=irregular - len(kinds))
    slots = []
    for kind in kinds:
        trade = _pick(random, [held for held in market.dishonest if held.kind is kind])
        slots.append(_Slot(_time(random, start, trade.starts), trade, kind, PLAIN))
    for number in range(consignments - irregular):
        trades = market.dishonest if number < clean else market.honest
        shape = weighted(random, list(SHAPES), list(SHAPES.values()))
        if shape == RETURN:
            trades = tuple(trade for trade in trades if any(map(is_repairable, trade.goods)))
        if not trades:
            trades, shape = market.honest, PLAIN
        trade = _pick(random, trades)
        slots.append(_Slot(_time(random, start, 0.0), trade, None, shape))
    return sorted(slots, key=lambda slot: slot.at)


def _pick(random: Random, trades: Sequence[Partnership]) -> Partnership:
    return random.choices(trades, [trade.weight for trade in trades])[0]


def _time(random: Random, start: date, after: float) -> datetime:
    first = int(PERIOD_DAYS * after)
    days = [start + timedelta(days=day) for day in range(first, PERIOD_DAYS)]
    day = random.choices(days, [WEEKDAYS[held.weekday()] for held in days])[0]
    seconds = random.randrange(OPENING_HOURS_UTC[0] * 3600, OPENING_HOURS_UTC[1] * 3600)
    return datetime.combine(day, time(), UTC) + timedelta(seconds=seconds)


def _truth(number: int, held: Consigned) -> ConsignmentTruth:
    return ConsignmentTruth(
        id=f"C{number:06d}",
        exports=tuple(export.reference for export in held.exports),
        imports=tuple(import_.reference for import_ in held.imports),
        pairs=held.pairs,
        shape=held.shape,
        link=held.link,
        kind=held.kind,
        leaves_trace=held.leaves_trace,
        revenue_lost=held.lost,
    )
