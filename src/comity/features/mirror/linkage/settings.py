"""Within which bounds are records blocked and compared: the data file, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from comity.features.mirror.errors import MirrorSettingsInvalid

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Blocking:
    """By which keys candidates are found; logarithms are natural."""

    head_letters: int
    heads_a_name: int
    widest_head_share: float
    mass_ratio_log: float
    mass_bucket_log: float


@dataclass(frozen=True, slots=True)
class Levels:
    """Which differences are told apart: similarities of names, logarithms of ratios, numbers of packages, days."""

    name: tuple[float, ...]
    mass: tuple[float, ...]
    value: tuple[float, ...]
    packages: tuple[int, ...]
    packages_near: int
    common_name: int
    common_heading: int
    lag_step_days: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Learning:
    """Where expectation and maximisation begin, and how long they go on."""

    rounds: int
    share: float
    least_sure: int
    least_bits: float


@dataclass(frozen=True, slots=True)
class Groups:
    """What may be parts of one consignment."""

    most_parts: int
    most_candidates: int
    mass_sum: tuple[float, ...]
    value_sum: tuple[float, ...]
    widest_sum_log: float
    decoy_log: float
    lightest_part_log: float
    heaviest_part_log: float
    apart_days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LinkageSettings:
    """One edition of `linkage.toml`."""

    early_days: int
    latest_days: Mapping[str, int]
    blocking: Blocking
    levels: Levels
    learning: Learning
    groups: Groups

    @property
    def modes(self) -> tuple[str, ...]:
        """Return the modes that have a lag of their own, then `default`."""
        return tuple(self.latest_days)


@lru_cache(maxsize=1)
def linkage_settings() -> LinkageSettings:
    """Return the newest edition.

    Raises:
        MirrorSettingsInvalid: the file is not usable.
    """
    try:
        held: dict[str, Any] = tomllib.loads((HERE / "linkage.toml").read_text(encoding="utf-8"))
        newest = max(held["edition"], key=lambda edition: edition["valid_from"])
        return msgspec.convert(
            {name: one for name, one in newest.items() if name not in ("valid_from", "source")}, LinkageSettings
        )
    except (OSError, ValueError, KeyError, msgspec.ValidationError) as error:
        raise MirrorSettingsInvalid from error
