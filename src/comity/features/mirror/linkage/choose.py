"""Which candidates are pairs, when each record has one twin at most? Probabilities count the rivals, then a choice.

A candidate's odds stand against all others of its two records; a rival that is better placed elsewhere counts less, as
far as it is: a few rounds of passing this on (J. Pearl, 1982, on a graph that has few short circles) are enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of record numbers with their weight in bits, prior included."""

    ours: Whole
    theirs: Whole
    bits: Numbers


def probabilities(candidates: Candidates, *, rounds: int = ROUNDS) -> Numbers:
    """Return how probable each candidate is, given that no record is in two pairs."""
    odds: Numbers = np.exp2(np.clip(candidates.bits, -60.0, 60.0))
    ours, theirs = candidates.ours, candidates.theirs
    here, there = _size(ours), _size(theirs)
    probable = odds / (1 + _others(odds, ours, here) + _others(odds, theirs, there) + odds)
    for _ in range(rounds):
        free_there = 1 - np.clip(_others(probable, theirs, there), 0, 1)
        free_here = 1 - np.clip(_others(probable, ours, here), 0, 1)
        rivals = _others(odds * free_there, ours, here) + _others(odds * free_here, theirs, there)
        probable = (probable + odds / (1 + rivals + odds)) / 2
    return probable


def chosen(candidates: Candidates, probable: Numbers) -> Whole:
    """Return the places of the chosen candidates, the most probable first; no record twice.

    Equal ones are settled by the numbers of their records, so that the choice repeats.
    """
    order = np.lexsort((candidates.theirs, candidates.ours, -candidates.bits, -probable))
    ours, theirs = candidates.ours[order].tolist(), candidates.theirs[order].tolist()
    used_here, used_there = bytearray(_size(candidates.ours)), bytearray(_size(candidates.theirs))
    kept = []
    for place, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        if not used_here[one] and not used_there[other]:
            used_here[one] = used_there[other] = 1
            kept.append(place)
    return np.asarray(order[kept], dtype=np.int64)


def _others(values: Numbers, group: Whole, size: int) -> Numbers:
    """Return for each place the sum of the others of its group."""
    return np.maximum(np.bincount(group, weights=values, minlength=size)[group] - values, 0.0)


def _size(numbers: Whole) -> int:
    return int(numbers.max()) + 1 if len(numbers) else 0
