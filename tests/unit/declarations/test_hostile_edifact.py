"""Whether no bytes, however hostile, make reading EDIFACT raise, hang or swell."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.formats.edifact.interchange import messages
from comity.features.declarations.formats.edifact.message import Message
from comity.features.declarations.formats.edifact.read import read_edifact
from comity.features.declarations.read import read_documents
from comity.features.declarations.reading import DEFAULT_LIMITS
from tests.builders.edifact import ALL, BAPLIE, interchange

GOOD = [interchange(message) for message in ALL]


def read(content):
    return list(read_edifact(content, limits=DEFAULT_LIMITS))


@given(st.binary(max_size=300), st.sampled_from([b"", b"UNA:+.? '", b"UNB+UNOA:2+A+B+261124:0900+1'UNH+1+"]))
@settings(max_examples=150, deadline=None)
def test_random_bytes_give_findings_only(content, start):
    for document in read(start + content):
        assert document.document is not None or document.findings


@given(st.sampled_from(GOOD), st.data())
@settings(max_examples=250, deadline=None)
def test_a_good_interchange_flipped_cut_repeated_or_nested_gives_findings_only(good, data):
    start = data.draw(st.integers(0, len(good) - 1))
    end = data.draw(st.integers(start, min(len(good), start + 60)))
    change = data.draw(st.sampled_from(["flip", "cut", "repeat", "nest", "swap"]))
    piece = good[start:end]
    changed = {
        "flip": good[:start] + bytes([good[start] ^ data.draw(st.integers(1, 255))]) + good[start + 1 :],
        "cut": good[:start] + good[end:],
        "repeat": good[:start] + piece * data.draw(st.integers(2, 40)) + good[end:],
        "nest": good[:start] + good + good[start:],
        "swap": good[:start] + piece[::-1] + good[end:],
    }[change]

    for document in read(changed):
        assert document.document is not None or document.findings


@pytest.mark.parametrize(
    "content",
    [
        b"UNB+UNOA:2" + b"+" * 2_000_000,
        b"UNB+UNOA:2+A+B+1:1+1'" + b"UNH+1+BAPLIE:D:95B:UN'" * 20_000,
        b"UNB+UNOA:2+A+B+1:1+1'" + b"UNA:+.? '" * 50_000,
        b"UNB+UNOA:2+A+B+1:1+1'UNH+1+CUSRES:D:96B:UN'BGM'" + b"?" * 2_000_000 + b"'UNT+3+1'UNZ+1+1'",
        b"UNB+UNOA:2+A+B+1:1+1'UNH+1+CUSRES:D:96B:UN'BGM'" + b"FTX+AAI'" * 60_000 + b"UNT+3+1'UNZ+1+1'",
        b"UNB+UNOA:2+A+B+1:1+1'UNH+1+PAXLST:D:02B:UN'BGM'TDT+20'" + b"NAD+FL'" * 30_000 + b"UNT+3+1'UNZ+1+1'",
        b"UNB+UNOA:2+A+B+1:1+1'UNH+1+CUSCAR:D:95B:UN'BGM+" + b":" * 300_000 + b"'UNT+3+1'UNZ+1+1'",
        b"'" * 3_000_000,
        b"UN" * 1_000_000,
        b"UNB" * 1_000_000,
    ],
    ids=range(10),
)
def test_hostile_bytes_are_read_in_little_time(content):
    started = time.process_time()

    for document in read_documents(content).documents:
        assert len(document.findings) <= DEFAULT_LIMITS.max_findings + 1

    assert time.process_time() - started < 10


def test_an_interchange_far_larger_than_a_message_is_read_in_the_memory_of_one():
    whole = interchange(BAPLIE)
    start, end = whole.index(b"UNH"), whole.index(b"UNZ")
    chunk = whole[start:end] * 20

    def chunks():
        yield whole[:start]
        for _ in range(100):
            yield chunk
        yield b"UNZ+2000+REF7'"

    tracemalloc.start()
    count = sum(isinstance(one, Message) for one in messages(chunks(), limits=DEFAULT_LIMITS))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 2000
    assert peak < 20 * len(chunk)
