"""Does the small form of a batch unpack to the same, and nothing larger or damaged at all?"""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.exchange.deflate import FIRST_LINE, deflated, inflated
from comity.cooperation.exchange.errors import BatchTooLarge, EnvelopeInvalid, ExchangeError

MOST = 1_000_000


@given(st.binary(max_size=5_000))
def test_small_form_unpacks_to_the_same(content):
    assert inflated(deflated(content), most_bytes=MOST) == content


@given(st.binary(max_size=500))
def test_any_bytes_behind_the_first_line_are_refused_or_unpack(junk):
    try:
        inflated(FIRST_LINE + junk, most_bytes=MOST)
    except ExchangeError as error:
        assert error.code == "exchange.envelope-invalid"


def test_a_bomb_is_refused_without_being_unpacked():
    bomb = deflated(bytes(50 * MOST))

    assert len(bomb) < MOST // 10
    with pytest.raises(BatchTooLarge):
        inflated(bomb, most_bytes=MOST)


@pytest.mark.parametrize("spoil", [lambda body: body[:-1], lambda body: body + b"x", lambda body: FIRST_LINE])
def test_truncated_or_followed_by_something_it_is_refused(spoil):
    with pytest.raises(EnvelopeInvalid):
        inflated(spoil(deflated(b"content" * 100)), most_bytes=MOST)


def test_what_is_not_in_the_small_form_comes_back_as_it_is():
    body = zlib.compress(b"content")

    assert inflated(body, most_bytes=MOST) == body
