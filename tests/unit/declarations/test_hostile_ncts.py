"""Whether no bytes, however hostile, make the reader of transit messages raise, in XML or JSON."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from comity.features.declarations.formats.ncts_xml.read import read_ncts
from comity.features.declarations.read import DEFAULT_LIMITS
from tests.builders.ncts import as_json, message

GOOD = tuple(
    form for name in ("CC007C", "CC045C", "CC182C") for form in (etree.tostring(message(name)), as_json(message(name)))
)


def mutations():
    """Return good messages with pieces flipped, cut, repeated or put within each other."""

    def mutated(content, start, length, act, put):
        start %= len(content)
        piece = content[start : start + length]
        if act == "flip":
            return content[:start] + bytes(255 - byte for byte in piece) + content[start + length :]
        if act == "cut":
            return content[:start] + content[start + length :]
        if act == "repeat":
            return content[:start] + piece * 5 + content[start:]
        return content[:start] + put + content[start:]

    return st.builds(
        mutated,
        st.sampled_from(GOOD),
        st.integers(0, 20_000),
        st.integers(1, 200),
        st.sampled_from(["flip", "cut", "repeat", "put"]),
        st.one_of(st.binary(max_size=40), st.sampled_from([*GOOD, b"<a>" * 300, b'{"a":[' * 300, b"9" * 6000])),
    )


def is_told(content):
    (document,) = read_ncts(content, limits=DEFAULT_LIMITS)
    return document.document is not None or len(document.findings) > 0


@given(st.one_of(st.binary(max_size=400), mutations()))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_message_or_findings(content):
    assert is_told(content)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda one: (
        st.lists(one, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messageSender", "Consignment", "Incident", "@PhaseID", "#", "a:b"]), one, max_size=3
        )
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=60, deadline=None)
def test_any_json_gives_a_message_or_findings(value):
    assert is_told(json.dumps({"CC182C": value}).encode())
