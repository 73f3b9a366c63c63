"""What is added to the price, what is taken from it? WTO Valuation Agreement, Article 8 and the Note to Article 1."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a code (WCO DM 371) does to the price: `effect` is add, deduct, transport or later; and its Article."""

    code: str
    effect: str
    article: str
    words: str


@lru_cache(maxsize=1)
def load_adjustments() -> dict[str, Adjustment]:
    """Return the adjustments by their code."""
    told = tomllib.loads((Path(__file__).parent / "adjustments.toml").read_text(encoding="utf-8"))
    return {row["id"]: Adjustment(row["id"], row["effect"], row["article"], row["words"]) for row in told["code"]}
