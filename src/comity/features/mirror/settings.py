"""Which weights, tolerances and code lists are valid on a day: the mirror's data files, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from comity.features.mirror.errors import MirrorSettingsInvalid

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Lag:
    """Days from export to import: at most `usual`, most often `typical`."""

    usual: int
    typical: int


@dataclass(frozen=True, slots=True)
class Carriage:
    """Days a loaded container is under way at least (`shortest`), and days two journeys overlap before it counts."""

    shortest: int
    margin: int


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """How pairing weighs evidence, in bits (log2 of the likelihood ratio)."""

    prior_bits: float
    accept_bits: float
    sure_bits: float
    name_same: float
    name_similar: float
    mass_fit: float
    weights: Mapping[str, float]
    lags: Mapping[str, Lag]
    carriages: Mapping[str, Carriage]
    transport_document_types: frozenset[str]
    ucr_document_types: frozenset[str]
    legal_forms: frozenset[str]
    abbreviations: Mapping[str, str]

    def lag(self, mode: str | None) -> Lag:
        """Return the lag of a Rec 19 mode, or the default one."""
        return self.lags.get(mode or "default", self.lags["default"])

    def carriage(self, mode: str | None) -> Carriage:
        """Return how long a container is under way in a Rec 19 mode, or the default."""
        return self.carriages.get(mode or "default", self.carriages["default"])


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a difference is a discrepancy. Ratios are import over export; `source` names where each group comes from."""

    cif_fob_factor: float
    undervaluation_below: float
    overvaluation_above: float
    same_terms_below: float
    same_terms_above: float
    severest_below: float
    severest_above: float
    mass_tolerance: float
    mass_severest: float
    quantity_tolerance: float
    quantity_severest: float
    loss: Mapping[str, float]
    severity: Mapping[str, float]
    orphan_after_days: Mapping[str, int]
    goods_only: frozenset[str]
    with_freight: frozenset[str]
    with_freight_and_insurance: frozenset[str]
    mass_units: Mapping[str, float]
    valid_from: date
    source: Mapping[str, str]

    def waiting_days(self, mode: str | None) -> int:
        """Return how many days an export may wait for its import."""
        return self.orphan_after_days.get(mode or "default", self.orphan_after_days["default"])


@lru_cache(maxsize=8)
def matching_settings(path: Path = HERE / "matching.toml") -> MatchingSettings:
    """Return the latest edition of the matching weights.

    Raises:
        MirrorSettingsInvalid: the file lacks a section or is not TOML.
    """
    edition = _edition(path, on=None)
    try:
        return MatchingSettings(
            prior_bits=edition["prior_bits"],
            accept_bits=edition["accept_bits"],
            sure_bits=edition["sure_bits"],
            name_same=edition["name_same"],
            name_similar=edition["name_similar"],
            mass_fit=edition["mass_fit"],
            weights=edition["weights"],
            lags={mode: Lag(**lag) for mode, lag in edition["lags"].items()},
            carriages={mode: Carriage(**days) for mode, days in edition["carriage"].items()},
            transport_document_types=frozenset(edition["words"]["transport_document_types"]),
            ucr_document_types=frozenset(edition["words"]["ucr_document_types"]),
            legal_forms=frozenset(edition["words"]["legal_forms"]),
            abbreviations=edition["abbreviations"],
        )
    except (KeyError, TypeError) as error:
        raise MirrorSettingsInvalid(f"matching settings lack {error}; compare with the shipped file") from error


@lru_cache(maxsize=32)
def load_thresholds(on: date | None = None, path: Path = HERE / "thresholds.toml") -> Thresholds:
    """Return the thresholds valid on a day (the latest edition when None).

    Raises:
        MirrorSettingsInvalid: the file lacks a section, is not TOML, or has no edition for the day.
    """
    edition = _edition(path, on=on)
    try:
        return _thresholds(edition)
    except (KeyError, TypeError) as error:
        raise MirrorSettingsInvalid(f"thresholds lack {error}; compare with the shipped file") from error


def _thresholds(edition: dict[str, Any]) -> Thresholds:
    sections = {name: dict(held) for name, held in edition.items() if isinstance(held, dict)}
    sources = {name: held.pop("source") for name, held in sections.items()}
    return Thresholds(
        **sections["value"],
        mass_tolerance=sections["mass"]["tolerance"],
        mass_severest=sections["mass"]["severest"],
        quantity_tolerance=sections["quantity"]["tolerance"],
        quantity_severest=sections["quantity"]["severest"],
        loss=sections["loss"],
        severity=sections["severity"],
        orphan_after_days=sections["orphan_after_days"],
        goods_only=frozenset(sections["incoterms"]["goods_only"]),
        with_freight=frozenset(sections["incoterms"]["with_freight"]),
        with_freight_and_insurance=frozenset(sections["incoterms"]["with_freight_and_insurance"]),
        mass_units=sections["mass_units"],
        valid_from=edition["valid_from"],
        source=sources,
    )


def _edition(path: Path, *, on: date | None) -> dict[str, Any]:
    try:
        editions: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["edition"]
        valid = [edition for edition in editions if on is None or edition["valid_from"] <= on]
        return max(valid, key=lambda edition: edition["valid_from"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise MirrorSettingsInvalid(f"{path.name} has no usable edition: {type(error).__name__}") from error
