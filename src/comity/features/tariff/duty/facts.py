"""What of one item decides its charges?"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One item: `value` is its customs value in the law's currency, `quantities` are by unit code.

    `preferences` are the areas under which a claim of preferential origin was accepted. `quota_share` is the part of
    the goods that is within the claimed quota, 0 to 1; None is not known.
    """

    code: str
    value: Decimal
    on: date
    origin: str | None = None
    preferential_origin: str | None = None
    preference_code: str | None = None
    order_number: str | None = None
    additional_codes: frozenset[str] = NOTHING
    documents: frozenset[str] = NOTHING
    procedures: frozenset[str] = NOTHING
    preferences: frozenset[str] = NOTHING
    quota_share: Decimal | None = None
    net_mass_kg: Decimal | None = None
    quantities: Mapping[str, Decimal] = field(default_factory=dict)
    later_costs: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Claims:
    """What an item's claim asks for."""

    preference: bool
    quota: bool
    end_use: bool


@dataclass(frozen=True)
class PreferenceCodes:
    """What the digits of a preference code mean (`preferences.toml`)."""

    preferential_arrangements: frozenset[str]
    quota_measures: frozenset[str]
    suspension_measures: frozenset[str]
    end_use_measures: frozenset[str]
    end_use_procedures: frozenset[str]
    end_use_documents: frozenset[str]


@lru_cache(maxsize=1)
def load_preference_codes() -> PreferenceCodes:
    """Return what the digits of a preference code mean."""
    told = tomllib.loads((Path(__file__).parent / "preferences.toml").read_text(encoding="utf-8"))
    names = (name for name in told if name not in ("source", "valid_from"))
    return PreferenceCodes(**{name: frozenset(told[name]) for name in names})


def claims_of(facts: ItemFacts) -> Claims:
    """Return what is claimed: by the preference code, else by what else is declared."""
    known, code = load_preference_codes(), facts.preference_code or ""
    end_use = bool(facts.documents & known.end_use_documents) or any(
        procedure.startswith(tuple(known.end_use_procedures)) for procedure in facts.procedures
    )
    if len(code) != 3:
        return Claims(facts.preferential_origin is not None, facts.order_number is not None, end_use)
    return Claims(
        preference=code[0] in known.preferential_arrangements,
        quota=code[1:] in known.quota_measures,
        end_use=end_use or code[1:] in known.end_use_measures,
    )
