"""Which co-signatures on our log must be kept? Of older ones the last of each day; every proof can still be made.

A bundle needs a co-signed size beyond its entries. The last size of a day covers whatever the day's others covered, so
that no entry loses its witness; what is lost is only that it was co-signed some hours earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from comity.cooperation.ledger.store import cosigned_sizes, forget_cosigned
from comity.foundation.clock import Clock

KEPT_WHOLE = timedelta(days=30)  # a guess: as long as a question about the exact time is likely; revisit with practice


def dispensable(cosigned: Sequence[tuple[int, datetime]]) -> list[int]:
    """Return the sizes that a larger one co-signed on the same day (UTC) makes dispensable. Pure."""
    largest: dict[date, int] = {}
    for size, at in cosigned:
        largest[at.date()] = max(size, largest.get(at.date(), 0))
    return [size for size, at in cosigned if size != largest[at.date()]]


def thin(session: Session, authority: str, *, clock: Clock) -> int:
    """Forget what is dispensable among a partner's co-signatures older than 30 days; return how many."""
    sizes = dispensable(cosigned_sizes(session, authority, before=clock.now() - KEPT_WHOLE))
    forget_cosigned(session, authority, sizes)
    return len(sizes)
