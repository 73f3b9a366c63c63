"""What is loaded, when, and at what price? The true facts of one consignment and its honest export statement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from comity.entrypoints.demo.world.catalogue import Catalogue, Goods, Route, weighted
from comity.entrypoints.demo.world.numbers import Numbers
from comity.entrypoints.demo.world.rates import DailyRates
from comity.entrypoints.demo.world.statement import Line, Statement, kilograms, money, to_decimal, whole
from comity.entrypoints.demo.world.traders import Partnership
from comity.entrypoints.demo.world.truth import IrregularityKind

PRICE_SPREAD = 0.1  # of a trader's price level from one consignment to the next, in the goods' band: a guess
RETURN_PRICE_SHARE = 0.3  # value declared for repaired goods on their way back, of the price of new ones: a guess
NEEDS_FOREIGN = {IrregularityKind.GOODS_SHIFT, IrregularityKind.ORIGIN, IrregularityKind.GHOST_IMPORT}


@dataclass(frozen=True, slots=True)
class Scene:
    """What every consignment of a world shares."""

    random: Random
    catalogue: Catalogue
    rates: DailyRates
    numbers: Numbers
    countries: tuple[str, str]

    def route(self, key: str) -> Route:
        """Return a route by its key."""
        return next(route for route in self.catalogue.routes if route.key == key)


def load(
    scene: Scene, trade: Partnership, *, at: datetime, kind: IrregularityKind | None, is_return: bool = False
) -> Statement:
    """Return the true export statement of a new consignment: true goods, masses, origin and price."""
    random, numbers, on = scene.random, scene.numbers, at.date()
    least = 2 if kind is IrregularityKind.SHORT_LANDED else 1
    count = max(least, weighted(random, (1, 2, 3), (6, 3, 1)))
    held = [goods for goods in trade.goods if not is_return or is_repairable(goods)]
    goods = random.sample(held, count) if len(held) >= count else [random.choice(held) for _ in range(count)]
    share = 0.1 if is_return else 1.0 / len(goods)
    lines = tuple(_line(scene, each, trade=trade, at=at, kind=kind, share=share) for each in goods)
    route = scene.route(trade.route if random.random() < 0.85 else random.choice(scene.catalogue.routes).key)
    if is_return:
        lines = tuple(_repaired(line, scene.countries[1]) for line in lines)
    exporter_id = trade.exporter.party.id or ""
    is_boxed = not all(line.is_bulk for line in lines)
    return Statement(
        reference=numbers.reference(trade.export_broker.party.id or "", on),
        mrn=numbers.mrn(scene.countries[0], trade.exporter.place.office, on),
        at=at,
        office=trade.exporter.place.office,
        declarant=trade.export_broker.party,
        exporter=trade.exporter.party,
        importer=trade.importer.party,
        from_place=trade.exporter.place,
        to_place=trade.importer.place,
        route=route,
        lines=lines,
        currency=trade.currency,
        term=trade.export_term,
        freight=Decimal(0),
        insurance=Decimal(0),
        containers=(numbers.container(),) if is_boxed else (),
        waybills=(numbers.waybill(route.document),),
        ucr=numbers.ucr(scene.countries[0], exporter_id, on) if random.random() < 0.9 else None,
        invoice=numbers.invoice(exporter_id, on),
        vehicle=numbers.plate(scene.countries[0]),
        procedure=("31", "51") if is_return else ("10", "00"),
    )


def is_repairable(goods: Goods) -> bool:
    """Claim that the goods are pieces heavy enough to be sent abroad for repair (5 kg, a guess)."""
    return goods.unit == "NAR" and goods.kg_per_unit >= 5


def lag(random: Random, route: Route) -> timedelta:
    """Return the time from the export to the import declaration: 1 to 14 days, most near the route's usual time."""
    least, usual, most = route.days
    return timedelta(hours=round(random.triangular(least * 24, most * 24, usual * 24)))


def _line(
    scene: Scene, goods: Goods, *, trade: Partnership, at: datetime, kind: IrregularityKind | None, share: float
) -> Line:
    random = scene.random
    origins = [(country, weight) for country, weight in goods.origins if _allowed(scene, country, kind)]
    origin = weighted(random, [country for country, _ in origins], [weight for _, weight in origins])
    tonnes = random.uniform(*goods.tonnes) * share
    packages = max(1, round(tonnes * 1000 / goods.kg_per_pack))
    net = kilograms(to_decimal(packages * goods.kg_per_pack * random.uniform(0.985, 1.0)))
    gross = kilograms(net * to_decimal(random.uniform(1.01, 1.06)))
    low, high = goods.usd_kg
    level = min(1.0, max(0.0, random.gauss(trade.price_level, PRICE_SPREAD)))
    usd = net * to_decimal(low + (high - low) * level)
    return Line(
        hs6=goods.hs6,
        words=goods.words,
        duty=goods.duty,
        origin=origin,
        net_mass_kg=net,
        gross_mass_kg=gross,
        packages=packages,
        pack=goods.pack,
        quantity=whole(net / to_decimal(goods.kg_per_unit)) if goods.unit else None,
        unit=goods.unit,
        price=money(scene.rates.convert(usd, "USD", trade.currency, on=at.date())),
        is_bulk=goods.is_bulk,
        lower=goods.lower,
    )


def _allowed(scene: Scene, country: str, kind: IrregularityKind | None) -> bool:
    return kind not in NEEDS_FOREIGN or country not in scene.catalogue.union


def _repaired(line: Line, origin: str) -> Line:
    return replace(line, origin=origin, price=money(line.price * to_decimal(RETURN_PRICE_SHARE)))
