"""How often did what happen to messages since this process began? Counted in memory, for metrics; nothing is read back.

What partners write is not trusted to be a label: an outcome that is no code, or one kind too many, counts as `other`.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MOST_KINDS = 2_000  # a guess: 50 partners, 10 message types, 4 outcomes each
OTHER = "other"
_CODE = re.compile(r"\A[a-z0-9][a-z0-9.-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class Kind:
    """What is counted together: `happening` is delivered, refused-there, again, received, refused-here or deferred."""

    own: str
    happening: str
    partner: str
    message_type: str
    outcome: str


Counted = tuple[str, str, str]

_lock = threading.Lock()
_counts: Counter[Kind] = Counter()


def count(own: str, partner: str, happenings: Iterable[Counted]) -> None:
    """Add what one batch did, after it was committed: happening, message type and outcome of each message."""
    kinds = Counter(happenings)
    with _lock:
        for (happening, message_type, outcome), number in kinds.items():
            _counts[_bounded(Kind(own, happening, partner, message_type, outcome))] += number


def counted(own: str) -> dict[Kind, int]:
    """Return what was counted for one node of this process."""
    with _lock:
        return {kind: number for kind, number in _counts.items() if kind.own == own}


def _bounded(kind: Kind) -> Kind:
    outcome = kind.outcome if _CODE.match(kind.outcome) else OTHER
    named = Kind(kind.own, kind.happening, kind.partner, kind.message_type, outcome)
    if named in _counts or len(_counts) < MOST_KINDS:
        return named
    return Kind(kind.own, kind.happening, kind.partner, OTHER, OTHER)
