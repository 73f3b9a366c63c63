"""Where in the rule is the fault, and which name was perhaps meant?"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process as fuzzy
from sqlglot import exp

from comity.features.risk.errors import RuleInvalid

SIMILAR_ENOUGH = 60  # of 100, rapidfuzz WRatio; a guess


def refused(tree: exp.Expr, message: str, *, nearest: str | None = None) -> RuleInvalid:
    """Return the error with the first position that the tree knows."""
    starts = [each.meta["start"] for each in tree.walk() if "start" in each.meta]
    return RuleInvalid(message, position=min(starts, default=None), nearest=nearest)


def nearest_of(name: str, names: Sequence[str]) -> str | None:
    """Return the name that was perhaps meant."""
    found = fuzzy.extractOne(name.lower()[:100], names, score_cutoff=SIMILAR_ENOUGH)
    return found[0] if found else None
