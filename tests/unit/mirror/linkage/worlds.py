"""A small world with and without noise, as columns, made once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from benchmarks.noisy_mirror import HEAVY, MODERATE, Mirror, noisy_mirror

from comity.features.mirror.linkage.link import Linked, link

NOISE = {"moderate": MODERATE, "heavy": HEAVY}


@lru_cache
def world(noise: str, records: int = 3_000) -> Mirror:
    return noisy_mirror(records, NOISE[noise], seed=11)


@lru_cache
def linked(noise: str) -> Linked:
    made = world(noise)
    return link(made.imports, made.exports)


def true_pairs(made: Mirror) -> set[tuple[str, str]]:
    return set(zip(made.true_imports, made.true_exports, strict=True))


def side(**columns: list) -> dict[str, np.ndarray]:
    """Columns of a hand-made side; days as text of ISO 8601."""
    return {
        name: np.array(values, dtype="datetime64[s]" if name == "day" else None if name in NUMBERS else object)
        for name, values in columns.items()
    }


NUMBERS = ("gross_mass_kg", "value", "packages")
