"""What is traded, where and by which words are companies named: the data files of the world (HS 2022, UN/LOCODE)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from random import Random
from typing import Any, TypeVar

from comity.foundation.errors import ComityError

T = TypeVar("T")


class CountryUnknown(ComityError):
    """The world has no towns in this country; choose one of those in its `setting.toml`."""

    code = "demo.country-unknown"
    status = 422


@dataclass(frozen=True, slots=True)
class Goods:
    """Goods that are traded. Prices in USD per kilogram, duty in per cent, loads in tonnes; see `goods.toml`."""

    hs6: str
    words: str
    usd_kg: tuple[float, float]
    duty: int
    origins: tuple[tuple[str, int], ...]
    pack: str
    kg_per_pack: float
    tonnes: tuple[float, float]
    unit: str | None
    kg_per_unit: float
    is_bulk: bool
    lower: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A town with a customs office of this demonstration and its UN/LOCODE."""

    key: str
    country: str
    locode: str
    name: str
    office: str
    weight: int


@dataclass(frozen=True, slots=True)
class Route:
    """A way over the border. `mode` is UN/ECE Rec 19; `days` least, usual, most; freight in USD per kilogram.

    `exit_office` lacks the country's two letters.
    """

    key: str
    mode: str
    border: str
    exit_office: str
    days: tuple[int, int, int]
    usd_kg: tuple[float, float]
    document: str
    weight: int


@dataclass(frozen=True, slots=True)
class Names:
    """The words companies are named from."""

    colours: tuple[str, ...]
    things: tuple[str, ...]
    exporting: tuple[str, ...]
    importing: tuple[str, ...]
    broking: tuple[str, ...]
    legal_forms: tuple[str, ...]
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the world is made of."""

    goods: tuple[Goods, ...]
    lower: Mapping[str, tuple[str, int]]
    places: tuple[Place, ...]
    routes: tuple[Route, ...]
    currencies: Mapping[str, int]
    names: Names
    vat: int
    union: frozenset[str]

    def places_in(self, country: str) -> tuple[Place, ...]:
        """Return the places of a country.

        Raises:
            CountryUnknown: `setting.toml` has none.
        """
        places = tuple(place for place in self.places if place.country == country)
        if not places:
            raise CountryUnknown
        return places


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Return the data files as values."""
    goods, setting = _read("goods.toml"), _read("setting.toml")
    names = {key: tuple(words) for key, words in setting["names"].items()}
    return Catalogue(
        goods=tuple(_goods(row) for row in goods["goods"]),
        lower={row["hs6"]: (row["words"], row["duty"]) for row in goods["lower"]},
        places=tuple(Place(**row) for row in setting["places"]),
        routes=tuple(_route(row) for row in setting["routes"]),
        currencies=setting["currencies"],
        names=Names(**names),
        vat=setting["vat"],
        union=frozenset(setting["union"]),
    )


def weighted(random: Random, values: Sequence[T], weights: Sequence[int]) -> T:
    """Return one of the values, each with its weight."""
    return random.choices(values, weights)[0]


def _goods(row: Mapping[str, Any]) -> Goods:
    return Goods(
        hs6=row["hs6"],
        words=row["words"],
        usd_kg=tuple(row["usd_kg"]),
        duty=row["duty"],
        origins=tuple(row["from"].items()),
        pack=row["pack"],
        kg_per_pack=row["kg_per_pack"],
        tonnes=tuple(row["tonnes"]),
        unit=row.get("unit"),
        kg_per_unit=row.get("kg_per_unit", 1.0),
        is_bulk=row.get("bulk", False),
        lower=row.get("lower"),
    )


def _route(row: Mapping[str, Any]) -> Route:
    return Route(**{**row, "days": tuple(row["days"]), "usd_kg": tuple(row["usd_kg"])})


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
