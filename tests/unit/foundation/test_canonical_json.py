"""Canonical JSON: the fast way and the library write the same bytes, and refuse the same values."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.foundation.canonical_json import canonical_json

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
@settings(max_examples=500)
def test_writes_what_rfc_8785_says(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("code", [*range(0x300), 0x2028, 0x2029, 0xE000, 0xFFFF, 0x1F600, 0x10FFFF])
def test_every_kind_of_character_is_written_as_rfc_8785_says(code):
    assert canonical_json({"a": chr(code)}) == rfc8785.dumps({"a": chr(code)})


@pytest.mark.parametrize(
    "value", [{1: "a"}, 2**53, float("nan"), {"a": b"x"}, {"a": object()}, "\ud800", {"a": {"\ud800": 1}}]
)
def test_refuses_what_json_cannot_say(value):
    with pytest.raises(ValueError):
        canonical_json(value)
