"""Who trades what with whom in the simulated world? Traders, partnerships and products in columns.

A trader has partnerships (one supplier, country of dispatch, terms, regime); a partnership has products (goods, origin,
level of price, size). Nobody is honest or not here: that is decided by `schemes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np

from comity.entrypoints.demo.world.catalogue import Catalogue, Goods, load_catalogue, weighted
from comity.entrypoints.demo.world.simulation.behaviour import Behaviour

Columns = dict[str, Any]
"""numpy arrays of one length by name."""

HOME_USE, WAREHOUSE, SUSPENSION, RETURN, TRANSIT = 0, 1, 2, 3, 4
PROCEDURES = ("4000", "4071", "5100", "6121", "8000")
"""Requested and previous procedure joined, by the numbers of the regimes above (WCO 166, 161)."""
COASTAL = frozenset({"KE", "TZ"})
FOREVER = 10**6  # days


@dataclass(frozen=True, slots=True)
class Tariff:
    """Goods as columns: code, duty in per cent, logarithm of the reference price in USD per kilogram, and shape.

    `lower` is the number of the goods they are passed off as, -1 where there are none.
    """

    code: Any
    duty: Any
    log_price: Any
    log_mass: Any
    kg_per_pack: Any
    kg_per_unit: Any
    is_bulk: Any
    lower: Any
    goods: tuple[Goods, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """Traders, partnerships and products. `first_partnership` and `first_product` bound each one's rows."""

    tariff: Tariff
    traders: Columns
    partnerships: Columns
    products: Columns
    countries: tuple[str, ...]
    offices: tuple[tuple[str, ...], ...]
    brokers: int


def make_tariff(catalogue: Catalogue, behaviour: Behaviour) -> Tariff:
    """Return the goods of the catalogue, and those of lower duty as goods that are traded honestly too."""
    goods = list(catalogue.goods)
    known = {each.hs6 for each in goods}
    price = {each.hs6: float(np.sqrt(each.usd_kg[0] * each.usd_kg[1])) for each in goods}
    for each in catalogue.goods:
        if each.lower and each.lower not in known:
            words, duty = catalogue.lower[each.lower]
            share = behaviour["price"]["lower_goods"]
            usd_kg = (each.usd_kg[0] * share, each.usd_kg[1] * share)
            goods.append(_twin(each, each.lower, words, duty=duty, usd_kg=usd_kg))
            known.add(each.lower)
            price[each.lower] = price[each.hs6] * share
    at = {each.hs6: number for number, each in enumerate(goods)}
    return Tariff(
        code=np.array([each.hs6 for each in goods], dtype=object),
        duty=np.array([float(each.duty) for each in goods]),
        log_price=np.log([price[each.hs6] for each in goods]),
        log_mass=np.log([1000 * (each.tonnes[0] + each.tonnes[1]) / 2 for each in goods]),
        kg_per_pack=np.array([float(each.kg_per_pack) for each in goods]),
        kg_per_unit=np.array([each.kg_per_unit if each.unit else np.nan for each in goods]),
        is_bulk=np.array([each.is_bulk for each in goods]),
        lower=np.array([at[each.lower] if each.lower else -1 for each in goods]),
        goods=tuple(goods),
    )


def make_market(
    random: Random, behaviour: Behaviour, *, importing: Sequence[str], lines_per_day: int, days: int
) -> Market:
    """Return a market whose traders there are at first make about this many lines a day in all.

    Raises:
        CountryUnknown: the world has no towns in an importing country.
    """
    catalogue = load_catalogue()
    offices = tuple(tuple(place.office for place in catalogue.places_in(country)) for country in importing)
    weights = [[place.weight for place in catalogue.places_in(country)] for country in importing]
    drawing = _Drawing(random, behaviour, make_tariff(catalogue, behaviour), importing)
    told = behaviour["traders"]
    standing = max(40, round(told["per_line_a_day"] * lines_per_day))
    coming = round(standing * told["new_a_year"] * days / 365)
    brokers = max(4, standing // told["per_broker"])
    for number in range(standing + coming):
        home = random.randrange(len(importing))
        office = random.choices(range(len(offices[home])), weights[home])[0]
        start = -FOREVER if number < standing else random.randrange(days)
        drawing.trader(home=home, office=office, start=start, broker=_broker(random, brokers))
    return drawing.market(offices, brokers=brokers, standing=standing)


def _broker(random: Random, brokers: int) -> int:
    """Return a broker; a few have most of the trade."""
    return min(brokers - 1, int(brokers * random.random() ** 1.6))


def _twin(goods: Goods, hs6: str, words: str, *, duty: int, usd_kg: tuple[float, float]) -> Goods:
    return replace(goods, hs6=hs6, words=words, usd_kg=usd_kg, duty=duty, unit=None, kg_per_unit=1.0, lower=None)


class _Drawing:
    """Draws traders with their partnerships and products, row by row."""

    def __init__(self, random: Random, behaviour: Behaviour, tariff: Tariff, importing: Sequence[str]) -> None:
        self._random, self._behaviour, self._tariff, self._importing = random, behaviour, tariff, importing
        self._countries: dict[str, int] = {}
        self._origin_level: dict[tuple[int, int], float] = {}
        self._traders: list[tuple[Any, ...]] = []
        self._partnerships: list[tuple[Any, ...]] = []
        self._products: list[tuple[Any, ...]] = []

    def trader(self, *, home: int, office: int, start: int, broker: int) -> None:
        """Draw one trader from this day on."""
        random, told = self._random, self._behaviour["traders"]
        life = random.expovariate(1 / told["life_days"])
        end = int((0 if start < 0 else start) + life) + 1
        rate = random.lognormvariate(0.0, told["activity_sd"])
        growth = random.gauss(0.0, told["growth_sd"]) / 365
        goods = random.sample(range(len(self._tariff.goods)), random.randint(*told["goods"]))
        number = len(self._traders)
        self._traders.append((home, office, broker, start, end, rate, growth, len(self._partnerships)))
        count = 1 + min(6, int(random.expovariate(1 / told["partnerships"])))
        for _ in range(count):
            self._partnership(number, goods, start=start, end=end, home=home)

    def market(self, offices: tuple[tuple[str, ...], ...], *, brokers: int, standing: int) -> Market:
        """Return what was drawn, as columns; the tenth that trades most holds most of the authorised."""
        traders = _columns(_OF_TRADERS, self._traders)
        partnerships = _columns(_OF_PARTNERSHIPS, self._partnerships)
        products = _columns(("partnership", "goods", "origin", "level", "size"), self._products)
        partnerships["products"] = np.diff(np.append(partnerships["first_product"], len(self._products)))
        told = self._behaviour["traders"]
        large = traders["rate"] >= np.quantile(traders["rate"][:standing], 0.9)
        shares: Any = np.where(large & (traders["start"] < 0), told["aeo_large"], told["aeo_other"])
        traders["aeo"] = np.array([self._random.random() < share for share in shares.tolist()])
        return Market(self._tariff, traders, partnerships, products, tuple(self._countries), offices, brokers)

    def _partnership(self, trader: int, goods: Sequence[int], *, start: int, end: int, home: int) -> None:
        random, told, shape = self._random, self._behaviour["traders"], self._behaviour["declarations"]
        main = random.choice(goods)
        origin = self._origin(main, home)
        export = _drawn(random, told["hubs"]) if random.random() < told["through_hub"] else origin
        if export == self._importing[home]:
            export = origin
        if random.random() < told["late_partnerships"]:
            start = random.randint(max(0, start), max(0, start, end, 400))
        regime = random.choices(
            (HOME_USE, WAREHOUSE, SUSPENSION, RETURN, TRANSIT),
            (1 - sum(shape[name] for name in _REGIMES), *(shape[name] for name in _REGIMES)),
        )[0]
        goods_price = float(np.exp(self._tariff.log_price[main]))
        number = len(self._partnerships)
        self._partnerships.append(
            (
                trader, self._country(export), number, _drawn(random, shape["terms"]), regime,
                self._country(_drawn(random, shape["transit_to"])), self._mode(export, home, goods_price),
                start, end, random.paretovariate(1.3), len(self._products),
            )
        )  # fmt: skip
        level = random.gauss(0.0, self._behaviour["price"]["suppliers_sd"])
        for each in dict.fromkeys([main, *random.sample(goods, min(len(goods), random.randint(0, 3)))]):
            place = self._country(origin if each == main else self._origin(each, home))
            self._products.append((number, each, place, self._level(each, place, level), random.gauss(-0.4, 0.6)))

    def _origin(self, goods: int, home: int) -> str:
        origins = [
            (name, weight) for name, weight in self._tariff.goods[goods].origins if name != self._importing[home]
        ]
        if not origins:
            return "KE" if self._importing[home] != "KE" else "CN"
        return random_of(self._random, origins)

    def _level(self, goods: int, origin: int, supplier: float) -> float:
        told = self._behaviour["price"]
        key = (goods, origin)
        if key not in self._origin_level:
            self._origin_level[key] = self._random.gauss(0.0, told["origins_sd"])
        return self._origin_level[key] + supplier + self._random.gauss(0.0, told["products_sd"])

    def _mode(self, export: str, home: int, usd_kg: float) -> str:
        """Return the mode at the border (UN/ECE Rec 19): 4 air for what is dear, 1 sea to a coast, else 3 or 2."""
        if usd_kg > 20 and self._random.random() < 0.6:
            return "4"
        is_overland = export in load_catalogue().union
        if not is_overland and self._importing[home] in COASTAL:
            return "1"
        return "2" if self._random.random() < 0.15 else "3"

    def _country(self, name: str) -> int:
        return self._countries.setdefault(name, len(self._countries))


_OF_TRADERS = ("home", "office", "broker", "start", "end", "rate", "growth", "first_partnership")
_OF_PARTNERSHIPS = (
    *("trader", "export_country", "exporter", "term", "regime", "transit_to", "mode", "start", "end", "weight"),
    "first_product",
)
_REGIMES = ("warehouse", "suspension", "returns", "transit")


def random_of(random: Random, weights: Sequence[tuple[str, int]]) -> str:
    """Return one of the names, each with its weight."""
    return weighted(random, [name for name, _ in weights], [weight for _, weight in weights])


def _drawn(random: Random, weights: Mapping[str, int]) -> str:
    return random_of(random, list(weights.items()))


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Columns:
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    return {name: np.array(held, dtype=object if isinstance(held[0], str) else None) for name, held in columns.items()}
