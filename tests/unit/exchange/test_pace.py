"""Does a batch grow to what a line bears, and shrink to what a narrow or broken one does?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.exchange.pace import FIRST_BYTES, LEAST_BYTES, LONGEST_SECONDS, MOST_BYTES, Pace


def run(pace: Pace, *, bytes_per_second: float, latency: float, bears: int = MOST_BYTES, batches: int = 60) -> list:
    """Send full batches over a line; return (bytes, seconds, whether it arrived) of each."""
    seen = []
    for _ in range(batches):
        size, seconds = pace.most_bytes, pace.most_bytes / bytes_per_second + 2 * latency
        arrived = size <= bears
        seen.append((size, seconds, arrived))
        pace = pace.after_arrival(size, seconds) if arrived else pace.after_break(size)
    return seen


def test_wide_line_is_filled_after_four_batches():
    sizes = [size for size, _, _ in run(Pace(), bytes_per_second=50e6, latency=0.001, batches=6)]

    assert sizes[:2] == [FIRST_BYTES, 4 * FIRST_BYTES]
    assert sizes[4] == MOST_BYTES


@pytest.mark.parametrize("kilobit", [9.6, 64, 256])
def test_narrow_line_gets_batches_of_ten_to_twenty_seconds(kilobit):
    seen = run(Pace(), bytes_per_second=kilobit * 125, latency=0.6)

    assert all(10 <= seconds <= LONGEST_SECONDS for _, seconds, _ in seen[3:])


def test_line_that_narrows_is_followed_at_the_next_batch():
    wide = Pace(MOST_BYTES)

    narrow = wide.after_arrival(MOST_BYTES, MOST_BYTES / 8_000)

    assert 10 <= narrow.most_bytes / 8_000 <= LONGEST_SECONDS


def test_line_that_breaks_is_given_what_it_bears_and_asked_for_more_now_and_then():
    seen = run(Pace(1_000_000), bytes_per_second=1e6, latency=0.1, bears=100_000, batches=200)

    arrived = [arrived for _, _, arrived in seen[10:]]
    assert sum(arrived) > len(arrived) * 0.7
    assert all(size <= 200_000 for size, _, _ in seen[10:])


def test_line_that_no_longer_breaks_is_filled_again():
    broken = Pace(MOST_BYTES).after_break(10_000)

    assert run(broken, bytes_per_second=50e6, latency=0.001, batches=80)[-1][0] == MOST_BYTES


def test_small_or_empty_batches_tell_nothing():
    pace = Pace(1_000_000)

    assert pace.after_arrival(2_000, 1.0) == pace
    assert pace.after_arrival(0, 30.0) == pace
    assert pace.after_break(0) == pace


@given(st.lists(st.tuples(st.integers(0, 2 * MOST_BYTES), st.floats(0, 10_000), st.booleans()), max_size=30))
def test_whatever_happens_a_batch_stays_within_its_bounds(events):
    pace = Pace()
    for size, seconds, arrived in events:
        pace = pace.after_arrival(size, seconds) if arrived else pace.after_break(size)

        assert LEAST_BYTES <= pace.most_bytes <= MOST_BYTES
        assert LEAST_BYTES <= pace.borne <= MOST_BYTES


def test_a_single_message_that_broke_the_line_is_known_to_be_too_large_for_it():
    broken = Pace(1_000_000).after_break(900_000)

    assert broken.would_break([900_000])
    assert not broken.would_break([100_000])
    assert not broken.would_break([900_000, 1])
