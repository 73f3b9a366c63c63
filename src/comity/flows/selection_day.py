"""By which rule is chosen today? A day is opened once: its seed is drawn and committed to, every office gets its rule.

The node's chore opens the next day on the day before; a node that was switched off opens it with its first declaration,
still before that is seen. Capacity set later counts from the next day that is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from comity.cooperation.ledger.append import NewEntry, append, next_index
from comity.features.risk.lanes import Lane
from comity.features.risk.selection import store
from comity.features.risk.selection.capacity import EVERY_OFFICE, lane_slots, slots_on
from comity.features.risk.selection.draws import SEED_BYTES, seed_hash
from comity.features.risk.selection.rule import Choice, Rule, Used, to_record, use
from comity.features.risk.selection.set_rule import set_rule
from comity.flows.clearing import Clearing
from comity.foundation.canonical_json import canonical_json

WINDOW = timedelta(days=28)  # four weeks of scores set the thresholds; a guess
OPENED, REVEALED = "selection-day", "selection-seed"


@dataclass(frozen=True, slots=True)
class Today:
    """What choosing needs of a day. `office` is None where no capacity is set: then nothing is counted."""

    day: date
    seed: bytes
    rule: Rule
    office: str | None
    used: Mapping[Lane, Used]
    kept: Mapping[Lane, Used]

    def without(self, choice: Choice) -> Today:
        """Return the day as it is when a choice gives its slot back."""
        return self if self.office is None else replace(self, used=use(self.used, choice, by=-1))


def today(session: Session, office: str | None, *, clearing: Clearing) -> Today:
    """Return the rule for an office today, and what is used of its slots; opens the day where nobody has."""
    day = clearing.clock.now().date()
    found = store.rule_for(session, day, office)
    if found is None:
        open_day(session, day, clearing=clearing)
        found = store.rule_for(session, day, office)
        if found is None:
            raise AssertionError("the day was opened in this transaction")
    seed, rule = found
    if rule is None or office is None:
        return Today(day, seed, clearing.policy.rule, None, {}, {})
    next_index(session)  # the log's lock first, as everywhere: two writers then never wait for each other
    used = store.lock_used(session, day, office)
    return Today(day, seed, rule, office, used, used)


def open_day(session: Session, day: date, *, clearing: Clearing) -> bool:
    """Draw the seed of a day, set every office's rule, commit to both in the log; False when it was open."""
    next_index(session)
    if store.seed_of(session, day) is not None:
        return False
    seed = clearing.random.randbytes(SEED_BYTES)
    start = clearing.clock.now().date() - WINDOW
    rules = {
        office: set_rule(lane_slots(slots), store.earlier(session, office, since=start, before=day))
        for office, slots in slots_on(store.capacities(session), day).items()
        if office != EVERY_OFFICE and lane_slots(slots)
    }
    store.keep_day(session, day, seed=seed, rules=rules, clock=clearing.clock)
    told = {
        "day": day.isoformat(),
        "seed_sha256": seed_hash(seed),
        "without_capacity": to_record(clearing.policy.rule),
        "rules": {office: to_record(rule) for office, rule in rules.items()},
    }
    append(session, [NewEntry(OPENED, f"selection-{day.isoformat()}", canonical_json(told))], clearing.clock)
    return True


def reveal_seeds(session: Session, *, clearing: Clearing) -> list[date]:
    """Write into the log the seeds of the days that are over; return the days."""
    days = store.secret_days(session, before=clearing.clock.now().date())
    entries = [
        NewEntry(
            REVEALED,
            f"selection-{day.isoformat()}",
            canonical_json({"day": day.isoformat(), "seed": store.seed_of(session, day).hex()}),  # type: ignore[union-attr]
        )
        for day in days
    ]
    append(session, entries, clearing.clock)
    store.mark_revealed(session, days, clock=clearing.clock)
    return days
