"""How much would the result of a declaration teach? Uncertain, new or unlike anything seen teaches most."""

from __future__ import annotations

from collections.abc import Mapping

SEEN_OFTEN = (
    10  # imports in 30 days after which an importer is no longer new; a guess, revisit with the world's results
)
LEAST = 0.05  # nothing is without any curiosity; a guess


def uncertainty(probability: float) -> float:
    """Return how undecided a probability is: 0 at 0 and 1, 1 at a half (four times the variance of a yes or no)."""
    return 4 * probability * (1 - probability)


def novelty(facts: Mapping[str, object]) -> float:
    """Return how little is known of the importer by the published columns: 1 for a new one, 0 for a frequent one."""
    if facts.get("importer_is_new") is not False:
        return 1.0
    seen = facts.get("importer_declarations_30d")
    return max(0.0, 1 - seen / SEEN_OFTEN) if isinstance(seen, int | float) else 1.0


def curiosity(*, probability: float, novelty: float, anomaly: float = 0.0) -> float:
    """Join the three, each from 0 to 1: one suffices (noisy-or, each at most 0.95), and none leaves `LEAST`."""
    missed = 1.0
    for part in (uncertainty(probability), novelty, anomaly):
        missed *= 1 - 0.95 * max(0.0, min(1.0, part))
    return max(LEAST, 1 - missed)
