"""What share of a cost falls on each item? By value or by mass, to the cent, so that the shares sum to the cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

CENT = Decimal("0.01")


def apportion(cost: Decimal, weights: Sequence[Decimal]) -> list[Decimal] | None:
    """Return the share of each weight; what is left of a cent goes to the heaviest. None where all weights are 0."""
    total = sum(weights, Decimal(0))
    if total <= 0:
        return None
    shares = [(cost * weight / total).quantize(CENT, ROUND_DOWN) for weight in weights]
    heaviest = max(range(len(weights)), key=lambda position: (weights[position], -position))
    shares[heaviest] += cost - sum(shares, Decimal(0))
    return shares
