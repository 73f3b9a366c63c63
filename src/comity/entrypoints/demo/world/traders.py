"""Who trades, with what, through whom, and how honestly? Companies with habits that last the whole period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from comity.entrypoints.demo.world.catalogue import Catalogue, Goods, Place, weighted
from comity.entrypoints.demo.world.numbers import company_number
from comity.entrypoints.demo.world.truth import IrregularityKind
from comity.foundation.trade.parties import Address, Party

GOODS_PER_EXPORTER = (1, 4)
LATE_SCHEMES = 0.25  # share of dishonest traders whose scheme starts in the second half: a guess
KIND_WEIGHTS = {
    IrregularityKind.UNDERVALUATION: 24,
    IrregularityKind.OVERVALUATION: 6,
    IrregularityKind.QUANTITY: 13,
    IrregularityKind.MASS: 9,
    IrregularityKind.GOODS_SHIFT: 14,
    IrregularityKind.ORIGIN: 10,
    IrregularityKind.ORPHAN_EXPORT: 7,
    IrregularityKind.GHOST_IMPORT: 6,
    IrregularityKind.CONTAINER_TWICE: 5,
    IrregularityKind.SHORT_LANDED: 6,
}
"""How often each kind occurs among the irregular: a guess, with undervaluation first as every study has it."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company in its country; brokers and traders alike."""

    party: Party
    place: Place


@dataclass(frozen=True, slots=True)
class Partnership:
    """An exporter and an importer who trade again and again, their brokers, goods, currency and scheme.

    `kind` is None for the honest. `starts` is the share of the period after which the scheme begins. `weight` is how
    often they trade, relative to others; `price_level` from 0 to 1 is where in the goods' price band they agree.
    """

    exporter: Company
    importer: Company
    export_broker: Company
    import_broker: Company
    goods: tuple[Goods, ...]
    currency: str
    export_term: str
    import_term: str
    route: str
    weight: float
    price_level: float
    kind: IrregularityKind | None = None
    starts: float = 0.0


@dataclass(frozen=True, slots=True)
class Market:
    """Everyone who trades: the honest, and the dishonest by kind (at least one of each)."""

    honest: tuple[Partnership, ...]
    dishonest: tuple[Partnership, ...]


def make_market(random: Random, *, catalogue: Catalogue, countries: tuple[str, str], consignments: int) -> Market:
    """Return the traders of a world of this size; `countries` are the exporters' and the importers'."""
    companies = _Companies(random, catalogue)
    size = max(6, consignments // 40)
    exporters = [companies.make(countries[0], catalogue.names.exporting) for _ in range(size)]
    importers = [companies.make(countries[1], catalogue.names.importing) for _ in range(size)]
    brokers = [
        [companies.make(country, catalogue.names.broking) for _ in range(max(3, consignments // 250))]
        for country in countries
    ]
    goods = {exporter.party.id: _portfolio(random, catalogue.goods) for exporter in exporters}

    def partnership(kind: IrregularityKind | None) -> Partnership:
        exporter = random.choice(exporters)
        held = goods[exporter.party.id] if kind is None else _fitting(random, catalogue, kind)
        importer = random.choice(importers) if kind is None else companies.make(countries[1], catalogue.names.importing)
        starts = random.uniform(0.5, 0.7) if kind and random.random() < LATE_SCHEMES else 0.0
        return Partnership(
            exporter=exporter,
            importer=importer,
            export_broker=random.choice(brokers[0]),
            import_broker=random.choice(brokers[1]),
            goods=held,
            currency=weighted(random, list(catalogue.currencies), list(catalogue.currencies.values())),
            export_term=weighted(random, ("FOB", "FCA", "EXW"), (5, 4, 2)),
            import_term=weighted(random, ("CIF", "CIP", "FCA"), (5, 4, 1)),
            route=weighted(random, [r.key for r in catalogue.routes], [r.weight for r in catalogue.routes]),
            weight=random.paretovariate(1.6),
            price_level=random.random(),
            kind=kind,
            starts=starts,
        )

    kinds = list(KIND_WEIGHTS)
    extra = max(0, consignments // 120 - len(kinds))
    kinds += random.choices(kinds, list(KIND_WEIGHTS.values()), k=extra)
    return Market(
        honest=tuple(partnership(None) for _ in range(size * 2)), dishonest=tuple(partnership(kind) for kind in kinds)
    )


def _portfolio(random: Random, goods: Sequence[Goods]) -> tuple[Goods, ...]:
    return tuple(random.sample(goods, random.randint(*GOODS_PER_EXPORTER)))


def _fitting(random: Random, catalogue: Catalogue, kind: IrregularityKind) -> tuple[Goods, ...]:
    """Return goods with which a scheme of this kind pays."""
    wanted: dict[IrregularityKind, Callable[[Goods], bool]] = {
        IrregularityKind.GOODS_SHIFT: lambda goods: goods.lower is not None and _is_foreign(goods, catalogue),
        IrregularityKind.ORIGIN: lambda goods: goods.duty > 0 and _is_foreign(goods, catalogue),
        IrregularityKind.GHOST_IMPORT: lambda goods: goods.duty > 0 and _is_foreign(goods, catalogue),
        IrregularityKind.CONTAINER_TWICE: lambda goods: not goods.is_bulk,
    }
    fits = [goods for goods in catalogue.goods if kind not in wanted or wanted[kind](goods)]
    return tuple(random.sample(fits, 3))


def _is_foreign(goods: Goods, catalogue: Catalogue) -> bool:
    """Claim that the goods can come from outside the customs union."""
    return any(country not in catalogue.union for country, _ in goods.origins)


class _Companies:
    """Makes companies with names and numbers used once."""

    def __init__(self, random: Random, catalogue: Catalogue) -> None:
        self._random, self._catalogue = random, catalogue
        self._names: set[str] = set()
        self._count = 0

    def make(self, country: str, trades: Sequence[str]) -> Company:
        """Return a new company. Its number is in a range that is plainly made up (999)."""
        places = self._catalogue.places_in(country)
        place = weighted(self._random, places, [held.weight for held in places])
        self._count += 1
        names = self._catalogue.names
        address = Address(
            line=f"{self._random.randrange(1, 200)} {self._random.choice(names.streets)}",
            city=place.name,
            country=country,
        )
        return Company(Party(id=company_number(country, self._count), name=self._name(trades), address=address), place)

    def _name(self, trades: Sequence[str]) -> str:
        names = self._catalogue.names
        while True:
            words = [self._random.choice(held) for held in (names.colours, names.things, trades, names.legal_forms)]
            name = " ".join(words)
            stem = " ".join(words[:2])
            if stem not in self._names or len(self._names) > 600:
                self._names.add(stem)
                return name
