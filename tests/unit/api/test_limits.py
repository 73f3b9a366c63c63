import asyncio
from datetime import timedelta

import pytest
from fastapi import Request

from comity.entrypoints.api.errors import BodyTooLarge, TooManyRequests
from comity.entrypoints.api.limits import REMEMBERED, RateLimit, read_body


def request(pieces, headers=()):
    waiting = list(pieces)
    read = []

    async def receive():
        piece = waiting.pop(0)
        read.append(piece)
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    made = Request({"type": "http", "headers": [(b"content-length", value) for value in headers]}, receive)
    return made, read


def test_a_body_within_the_limit_is_read_whole():
    made, _ = request([b"abc", b"def"])

    assert asyncio.run(read_body(6)(made)) == b"abcdef"


def test_an_announced_length_above_the_limit_is_refused_before_anything_is_read():
    made, read = request([b"abc"], headers=[b"7"])

    with pytest.raises(BodyTooLarge):
        asyncio.run(read_body(6)(made))
    assert read == []


def test_a_body_that_grows_beyond_the_limit_is_not_read_to_its_end():
    made, read = request([b"abcd"] * 1000)

    with pytest.raises(BodyTooLarge):
        asyncio.run(read_body(6)(made))
    assert len(read) == 2


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
