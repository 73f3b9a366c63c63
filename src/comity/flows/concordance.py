"""Which concordance of HS editions does the node have? Read once for each import, and kept in memory."""

from __future__ import annotations

from itertools import combinations

from sqlalchemy.orm import Session

from comity.features.codes.correlate import Concordance, name_of_correlation
from comity.features.codes.editions import load_calendar
from comity.features.codes.store import correlations, latest_versions


class ConcordanceMemory:
    """Keeps the concordance of one node between questions, as long as no import changes it."""

    def __init__(self) -> None:
        self._known: tuple[tuple[tuple[str, int], ...], Concordance] | None = None

    def current(self, session: Session) -> Concordance:
        """Return the concordance as it is kept now: one small query, and some 40,000 pairs where it changed."""
        names = {
            name_of_correlation(one.name, two.name): (one.name, two.name)
            for one, two in combinations(load_calendar().editions, 2)
        }
        versions = tuple((one.list, one.version) for one in latest_versions(session, names))
        if self._known is None or self._known[0] != versions:
            pairs = correlations(session, names) if versions else {}
            self._known = versions, Concordance({names[name]: found for name, found in pairs.items()})
        return self._known[1]
