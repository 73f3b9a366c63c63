"""How many of a rate's unit does a declaration declare? Units of measure and their factors, from `units.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

MASS = "mass"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit measures, and how many of the basic unit one of it is."""

    measures: str
    factor: Decimal


@lru_cache(maxsize=1)
def load_units() -> dict[str, Unit]:
    """Return the units by their code."""
    told = tomllib.loads((Path(__file__).parent / "units.toml").read_text(encoding="utf-8"))
    return {
        code: Unit(measures, Decimal(factor))
        for measures, group in told.items()
        if isinstance(group, dict)
        for code, factor in group["units"].items()
    }


def quantity_in(unit: str, *, net_mass_kg: Decimal | None, declared: dict[str, Decimal]) -> Decimal | None:
    """Return how many of `unit` there are: of the declared quantities, by unit code, or of the net mass; else None.

    A unit with a qualifier (four letters, `DTNZ`) is only found where exactly that was declared.
    """
    if unit in declared:
        return declared[unit]
    units = load_units()
    wanted = units.get(unit)
    if wanted is None:
        return None
    for code, quantity in declared.items():
        known = units.get(code)
        if known is not None and known.measures == wanted.measures:
            return quantity * known.factor / wanted.factor
    if wanted.measures == MASS and net_mass_kg is not None:
        return net_mass_kg / wanted.factor
    return None
