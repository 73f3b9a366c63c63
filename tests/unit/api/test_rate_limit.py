from datetime import timedelta

import pytest

from comity.entrypoints.api.errors import TooManyRequests
from comity.entrypoints.api.limits import REMEMBERED, RateLimit


def test_a_caller_may_burst_up_to_its_minute_and_then_waits(clock):
    limit = RateLimit(per_minute=60, clock=clock)
    for _ in range(60):
        limit.take("a")

    with pytest.raises(TooManyRequests):
        limit.take("a")
    limit.take("b")
    clock.advance(timedelta(seconds=1))
    limit.take("a")


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing(clock):
    limit = RateLimit(per_minute=1, clock=clock)
    limit.take("a")
    clock.advance(timedelta(hours=-1))

    with pytest.raises(TooManyRequests):
        limit.take("a")


def test_callers_remembered_are_bounded(clock):
    limit = RateLimit(per_minute=1, clock=clock)

    for number in range(REMEMBERED + 100):
        limit.take(str(number))

    assert len(limit._buckets) == REMEMBERED
