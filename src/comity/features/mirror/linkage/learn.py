"""How much does each level say? Weights learned from the candidates themselves, without labels.

I. Fellegi, A. Sunter, "A Theory for Record Linkage" (1969), with expectation and maximisation over the patterns (W.
Winkler, 1988). Candidates that agree on what cannot agree by chance begin as pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.features.mirror.linkage.compare import Field
from comity.features.mirror.linkage.settings import Learning

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
LN2 = float(np.log(2.0))


@dataclass(frozen=True, slots=True)
class Model:
    """The weight in bits of each level of each field, and of the prior: log2 of the odds that a candidate is a pair."""

    weights: Mapping[str, Numbers]
    prior_bits: float

    def bits(self, levels: Mapping[str, Whole]) -> Numbers:
        """Return the weight of patterns given as the level of each field."""
        total: Numbers = np.full(len(next(iter(levels.values()))), self.prior_bits)
        for name, weights in self.weights.items():
            total += weights[levels[name]]
        return total


def levels_of(patterns: Whole, fields: Sequence[Field]) -> dict[str, Whole]:
    """Return the level of each field of each pattern."""
    left, levels = patterns.copy(), {}
    for field in reversed(fields):
        levels[field.name] = left % len(field.levels)
        left //= len(field.levels)
    return levels


def learned(patterns: Whole, counts: Numbers, fields: Sequence[Field], settings: Learning) -> Model:
    """Return the model that explains the patterns best, as a mixture of pairs and of others.

    `patterns` are the different ones, `counts` how many candidates show each.
    """
    levels = levels_of(patterns, fields)
    sure = _surest(levels, counts, settings.least_sure)
    pairs = np.where(sure, 1.0, settings.share)
    if counts[sure].sum() >= settings.least_sure:
        begun = {field.name: _spread(levels[field.name], counts * sure, field) for field in fields}
        for name in ("reference", "container", "document"):  # they chose the sure ones: these cannot show their errors
            begun[name] = _mostly_same(len(begun[name]))
        others = {field.name: _spread(levels[field.name], counts * ~sure, field) for field in fields}
        pairs = _posterior(levels, begun, others, settings.share)
    share = settings.share
    for _ in range(settings.rounds):
        m = {field.name: _spread(levels[field.name], counts * pairs, field) for field in fields}
        u = {field.name: _spread(levels[field.name], counts * (1 - pairs), field) for field in fields}
        share = float(np.clip((counts * pairs).sum() / counts.sum(), 1e-6, 1 - 1e-6))
        pairs = _posterior(levels, m, u, share)
    weights = {field.name: np.log2(m[field.name] / u[field.name]) for field in fields}
    return Model(weights, float(np.log2(share / (1 - share))))


def _surest(levels: Mapping[str, Whole], counts: Numbers, least: int) -> NDArray[np.bool_]:
    """Return which patterns begin as pairs; where too few agree on two references, those that agree on the document."""
    sure = (levels["reference"] == 1) | ((levels["container"] == 1) & (levels["document"] == 1))
    if counts[sure].sum() < least:
        sure |= levels["document"] == 1
    return np.asarray(sure)


def _spread(levels: Whole, weights: Numbers, field: Field) -> Numbers:
    """Return the share of each level among those that are known; the unknown level says nothing on either side."""
    shares = np.bincount(levels, weights=weights, minlength=len(field.levels)) + 0.5
    shares[0] = 0.0
    shares /= shares.sum()
    shares[0] = 1.0
    return np.asarray(shares, dtype=np.float64)


def _mostly_same(levels: int) -> Numbers:
    """Return a guess for references of pairs: all but a twentieth are the same, which learning corrects."""
    shares = np.full(levels, 0.05 / max(1, levels - 2))
    shares[0], shares[1] = 1.0, 0.95
    return shares


def _posterior(
    levels: Mapping[str, Whole], m: Mapping[str, Numbers], u: Mapping[str, Numbers], share: float
) -> Numbers:
    logs = np.full(len(next(iter(levels.values()))), np.log(share / (1 - share)))
    for name, found in levels.items():
        logs += np.log(m[name] / u[name])[found]
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logs, -500, 500))))
