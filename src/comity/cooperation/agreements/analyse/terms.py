"""On which terms does a clause let data go? Marking, onward sharing, retention; and which of two is the looser."""

from __future__ import annotations

from dataclasses import dataclass

from comity.cooperation.agreements.agreement import Clause
from comity.cooperation.agreements.permissions import looseness

MARKING, ONWARD, RETENTION = "marking", "onward sharing", "retention in days"
TERMS = (MARKING, ONWARD, RETENTION)


@dataclass(frozen=True, slots=True)
class Difference:
    """One term that two clauses do not have alike; `is_looser` says that the second lets more be done."""

    term: str
    first: str
    second: str
    is_looser: bool


def differences(first: Clause, second: Clause) -> tuple[Difference, ...]:
    """Return the terms in which the second clause differs from the first."""
    spoken = [
        (MARKING, first.marking.value, second.marking.value),
        (ONWARD, first.onward_sharing.value, second.onward_sharing.value),
        (RETENTION, str(first.retention_days), str(second.retention_days)),
    ]
    ranks = zip(looseness(first), looseness(second), strict=True)
    return tuple(
        Difference(*words, is_looser=there > here)
        for words, (here, there) in zip(spoken, ranks, strict=True)
        if here != there
    )
