import anyio
import pytest
from anyio import to_thread
from fastapi import Request

from comity.entrypoints.api import limits
from comity.entrypoints.api.errors import BodyIncomplete, BodyTooLarge, BodyTooSlow
from comity.entrypoints.api.limits import read_body


def reading(messages, *, most_bytes, headers=()):
    """Read a body as an endpoint does, in a worker thread; return it and how many messages were taken."""
    waiting, taken = list(messages), []

    async def receive():
        if not waiting:
            await anyio.sleep_forever()
        taken.append(waiting.pop(0))
        return taken[-1]

    request = Request({"type": "http", "headers": [(b"content-length", value) for value in headers]}, receive)
    try:
        return anyio.run(to_thread.run_sync, lambda: read_body(request, most_bytes=most_bytes)), len(taken)
    except (BodyTooLarge, BodyTooSlow, BodyIncomplete) as error:
        return type(error), len(taken)


def pieces(*bodies):
    return [
        {"type": "http.request", "body": body, "more_body": number < len(bodies)}
        for number, body in enumerate(bodies, start=1)
    ]


def test_a_body_within_the_limit_is_read_whole():
    assert reading(pieces(b"abc", b"", b"def"), most_bytes=6) == (b"abcdef", 3)


def test_an_announced_length_above_the_limit_is_refused_before_anything_is_read():
    assert reading(pieces(b"abcdefg"), most_bytes=6, headers=[b"7"]) == (BodyTooLarge, 0)


def test_a_body_that_grows_beyond_the_limit_is_not_read_to_its_end():
    assert reading(pieces(*[b"abcd"] * 1000), most_bytes=6) == (BodyTooLarge, 2)


@pytest.mark.parametrize("announced", [b"-1", b"many", b"0"])
def test_a_length_that_lies_changes_nothing(announced):
    assert reading(pieces(b"abcdefg"), most_bytes=6, headers=[announced]) == (BodyTooLarge, 1)


def test_a_caller_that_goes_away_leaves_nothing_half_read():
    assert reading([*pieces(b"abc", b"def")[:1], {"type": "http.disconnect"}], most_bytes=60) == (BodyIncomplete, 2)


def test_a_caller_that_sends_a_little_and_then_nothing_does_not_hold_its_thread(monkeypatch):
    monkeypatch.setattr(limits, "GRACE_SECONDS", 0.05)

    assert reading(pieces(b"abc", b"def")[:1], most_bytes=60) == (BodyTooSlow, 1)


def test_a_slow_link_has_as_long_as_its_bytes_allow(monkeypatch):
    monkeypatch.setattr(limits, "GRACE_SECONDS", 1.0)
    times = iter([0.0, 0.0, 1.9, 3.1])
    monkeypatch.setattr(limits, "monotonic", lambda: next(times))

    assert reading(pieces(b"a" * 1000, b"b" * 1000, b"c"), most_bytes=5000) == (BodyTooSlow, 2)
