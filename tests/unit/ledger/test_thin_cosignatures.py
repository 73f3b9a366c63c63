"""Older co-signatures are thinned without taking any entry's witness away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.ledger.thin_cosignatures import dispensable

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
COSIGNED = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 200)), max_size=30).map(
    lambda pairs: [(size, BEGIN + timedelta(hours=hours)) for size, hours in dict(pairs).items()]
)


@given(COSIGNED, st.integers(0, 50))
def test_entry_that_was_covered_is_covered_on_the_same_day_or_before(cosigned, index):
    kept = [one for one in cosigned if one[0] not in dispensable(cosigned)]

    covered_on = [at.date() for size, at in cosigned if size > index]
    still_on = [at.date() for size, at in kept if size > index]
    assert min(covered_on, default=None) == min(still_on, default=None)


@given(COSIGNED)
def test_one_size_a_day_is_left_and_the_largest_stays(cosigned):
    gone = dispensable(cosigned)
    kept = [one for one in cosigned if one[0] not in gone]

    assert len(kept) == len({at.date() for _, at in cosigned})
    assert max((size for size, _ in kept), default=0) == max((size for size, _ in cosigned), default=0)
