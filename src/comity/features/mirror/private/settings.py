"""In which steps are amounts told in a private run, and how many keys may a partner try in a day?"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import msgspec

from comity.features.mirror.errors import MirrorSettingsInvalid

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class PrivateSettings:
    """One edition of `private.toml`: steps as ratios less one, thresholds in steps, budgets in keys of a partner."""

    value_step: float
    mass_step: float
    threshold_value: int
    threshold_mass: int
    most: int
    keys_per_day: int
    keys_per_run: int
    keys_per_message: int
    days_to_answer: int


class _Edition(msgspec.Struct, forbid_unknown_fields=True):
    valid_from: date
    source: str
    value_step: float
    mass_step: float
    threshold_value: int
    threshold_mass: int
    most_chapters: int
    keys_per_day: int
    keys_per_run: int
    keys_per_message: int
    days_to_answer: int


class _File(msgspec.Struct, forbid_unknown_fields=True):
    edition: list[_Edition]


@lru_cache(maxsize=8)
def private_settings(on: date) -> PrivateSettings:
    """Return the edition that is valid on a day.

    Raises:
        MirrorSettingsInvalid: the file cannot be used, or no edition is valid.
    """
    try:
        read = msgspec.convert(tomllib.loads((HERE / "private.toml").read_text(encoding="utf-8")), _File)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MirrorSettingsInvalid from error
    valid = [each for each in sorted(read.edition, key=lambda one: one.valid_from) if each.valid_from <= on]
    if not valid or min(valid[-1].value_step, valid[-1].mass_step) <= 0:
        raise MirrorSettingsInvalid
    last = valid[-1]
    return PrivateSettings(
        value_step=last.value_step,
        mass_step=last.mass_step,
        threshold_value=last.threshold_value,
        threshold_mass=last.threshold_mass,
        most=last.most_chapters,
        keys_per_day=last.keys_per_day,
        keys_per_run=last.keys_per_run,
        keys_per_message=last.keys_per_message,
        days_to_answer=last.days_to_answer,
    )
