"""The syntax layer gives every segment as it was written, whatever separates it and however its bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comity.features.declarations.formats.edifact.interchange import messages
from comity.features.declarations.formats.edifact.message import Interchange, Message, components
from comity.features.declarations.formats.edifact.segments import chunked
from comity.features.declarations.formats.edifact.separators import LEVEL_A, LEVEL_B, Separators
from comity.features.declarations.formats.edifact.write_syntax import WrittenMessage, write_interchange
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.foundation.errors import Finding
from tests.builders.edifact import BAPLIE, CUSCAR, interchange

HEADER = Interchange("UNOY", "4", "SENDER", "RECIPIENT", "202611240900", "R1")
SERVICE = st.sampled_from("""!"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~""" + "\x1c\x1d\x1e\x1f\n")


@st.composite
def any_separators(draw):
    used = draw(st.lists(SERVICE, min_size=5, max_size=5, unique=True))
    try:
        return Separators(used[0], used[1], ".", used[2], used[3], used[4])
    except ValueError:
        assume(condition=False)


def texts(separators):
    kept = set("".join(separators.syntactic)) & set("\x1c\x1d\x1e\x1f\n")
    letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"))
    return st.text(st.one_of(letters, st.sampled_from(sorted(set(separators.syntactic) | kept))), max_size=6)


def read(content, size=256 * 1024):
    return list(messages(chunked(content, size), limits=DEFAULT_LIMITS))


def tokens(message):
    return [components(segment, message.separators) for segment in message.segments[1:-1]]


def codes(content):
    return [
        finding.code.removeprefix("declarations.edifact-")
        for one in read(content)
        for finding in (one.findings if isinstance(one, Message) else [one])
    ]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_segments_written_and_read_are_equal_under_any_service_characters(data):
    separators = data.draw(any_separators())
    text = texts(separators)
    element = st.lists(text, min_size=1, max_size=3)
    segment = st.builds(
        lambda tag, rest: [tag, *rest], st.sampled_from(["FTX", "RFF", "X1Y"]), st.lists(element, max_size=3)
    )
    segments = data.draw(st.lists(segment, max_size=5))
    size = data.draw(st.integers(1, 80))

    content = write_interchange(HEADER, [WrittenMessage("CUSRES:D:96B:UN", segments)], separators=separators)
    (message,) = read(content, size)

    assert not message.findings
    expected = [[[segment[0]], *_trimmed(segment[1:])] for segment in segments]
    assert tokens(message) == expected


def _trimmed(elements):
    kept = [list(one) for one in elements]
    for one in kept:
        while len(one) > 1 and not one[-1]:
            one.pop()
    while kept and kept[-1] == [""]:
        kept.pop()
    return kept


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
def test_messages_are_the_same_however_the_bytes_arrive(size):
    content = interchange(CUSCAR, BAPLIE, una="UNA:+.? '\r\n", joint="\r\n") + interchange(BAPLIE, joint="\n")

    whole, piecewise = read(content), read(content, size)

    assert [message.segments for message in piecewise] == [message.segments for message in whole]
    assert len(whole) == 3
    assert not any(message.findings for message in piecewise)


@pytest.mark.parametrize("width", [7, 70, 80])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_wrapped_anywhere_are_joined(width, end):
    content = interchange(CUSCAR)
    wrapped = end.join(chunked(content, width)) + end

    assert [one.segments for one in read(wrapped)] == [one.segments for one in read(content)]


def test_a_line_end_may_be_the_terminator():
    content = interchange(BAPLIE).replace(b"'", b"\n")

    (message,) = read(b"UNA:+.? \n" + content)

    assert len(message.segments) == len(BAPLIE) + 1
    assert not message.findings


@pytest.mark.parametrize("terminator", [b'"', b"~", b"\n", b"\r\n"])
def test_another_terminator_without_una_is_seen_and_said(terminator):
    content = interchange(BAPLIE).replace(b"'", terminator)

    (message,) = read(content)

    assert len(message.segments) == len(BAPLIE) + 1
    assert codes(content) == ["service-string-missing"]


def test_level_b_separates_by_information_separators():
    content = write_interchange(
        Interchange("UNOB", "1", "SENDER", "RECIPIENT", "2611240900", "R1"),
        [WrittenMessage("CUSRES:D:93A:UN", [("FTX", "AAI", ("", "WITH + AND : AND '"))])],
        separators=LEVEL_B,
    )

    (message,) = read(content[9:])

    assert message.separators == LEVEL_B
    assert tokens(message)[0][2][1] == "WITH + AND : AND '"


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 64, 100_000])
def test_interchanges_may_have_different_service_characters_however_the_bytes_arrive(size):
    other = Separators("!", "|", ",", "\\", "^", "~")
    message = WrittenMessage("CUSRES:D:96B:UN", [("FTX", "A+B:C'D|E")])
    mine, theirs = write_interchange(HEADER, [message]), write_interchange(HEADER, [message] * 30, separators=other)

    found = read(mine + b"\r\n" + theirs + mine, size)

    assert [tokens(one) for one in found] == [[[["FTX"], ["A+B:C'D|E"]]]] * 32


def test_elements_repeat_in_version_4_only():
    message = WrittenMessage("CUSRES:D:96B:UN", [("FTX", "A*B")])
    version_3 = Interchange("UNOC", "3", "S", "R", "2611240900", "R1")

    assert b"A?*B" in write_interchange(HEADER, [message])
    assert b"A*B" in write_interchange(version_3, [message])
    assert read(write_interchange(version_3, [message]))[0].separators.repetition == ""


@pytest.mark.parametrize(
    ("written", "text"),
    [("????", "??"), ("???'", "?'"), ("a?+b", "a+b"), ("WHY?X", "WHY?X"), ("?,", ","), ("??A", "?A")],
)
def test_a_release_character_takes_the_meaning_of_the_next_and_no_more(written, text):
    (message,) = read(interchange(("CUSRES:D:96B:UN", f"FTX+{written}")))

    assert tokens(message)[0][1] == [text]


@pytest.mark.parametrize(
    ("syntax", "codec", "expected"),
    [
        ("UNOC:3", "iso8859-1", []),
        ("UNOD:3", "iso8859-2", []),
        ("UNOE:3", "iso8859-5", []),
        ("UNOY:4", "utf-8", []),
        ("UNOC:3", "utf-8", ["character-set"]),
        ("UNOA:2", "iso8859-1", ["character-set"]),
    ],
)
def test_text_is_read_in_the_character_set_declared_or_the_one_it_is_in(syntax, codec, expected):
    text = {"iso8859-2": "Łódź", "iso8859-5": "Москва"}.get(codec, "Köln")
    content = interchange(("CUSRES:D:96B:UN", "FTX+@"), syntax=syntax).replace(b"@", text.encode(codec))

    (message,) = read(content)

    assert tokens(message)[0][1] == [text]
    assert codes(content) == expected


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "cp500", "utf-8-sig"])
def test_interchanges_in_wide_sets_are_read(codec):
    (message,) = read(interchange(BAPLIE).decode().encode(codec))

    assert message.type == "BAPLIE"
    assert not message.findings


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (b"UNT+29", b"UNT+30", ["message-count"]),
        (b"UNT+29+M1", b"UNT+29+M2", ["message-reference"]),
        (b"UNT+29+M1'", b"", ["message-cut"]),
        (b"UNZ+1+", b"UNZ+2+", ["interchange-count"]),
        (b"UNZ+1+REF7", b"UNZ+1+REF8", ["interchange-reference"]),
        (b"UNZ+1+REF7'", b"", ["interchange-cut"]),
        (b"UNZ+1+REF7'", b"UNZ+1+REF7", ["segment-cut"]),
        (b"DTM+136", b"it?s", ["segment-tag"]),
        (b"UNB+", b"UNX+", ["segment-outside-message", "interchange-header-missing"]),
        (b"GDS+FROZEN", b"GDS+FRO\x00\x07ZEN", ["control-character"]),
        (b"+UNOC:3", b"+ZZZZ:3", ["character-set-unknown"]),
        (b"0900+REF7", b"0900+REF7++++++1", ["test"]),
        (b"UNH+M1", b"DTM+1'UNH+M1", ["segment-outside-message"]),
    ],
)
def test_what_is_wrong_with_an_envelope_is_said(before, after, expected):
    content = interchange(BAPLIE)
    assert before in content

    assert sorted(codes(content.replace(before, after, 1))) == sorted(expected)


def test_groups_are_counted():
    inner = interchange(BAPLIE)
    start, end = inner.index(b"UNH"), inner.index(b"UNZ")
    grouped = inner[:start] + b"UNG+BAPLIE+A+B+261124:0900+G1+UN+D:95B'" + inner[start:end] + b"UNE+1+G1'" + inner[end:]

    assert codes(grouped) == []
    assert sorted(codes(grouped.replace(b"UNE+1+G1", b"UNE+4+G2"))) == ["group-count", "group-reference"]


@pytest.mark.parametrize(
    "content", [b"", b"UNA", b"UNB+'", b"UNZ+1+1'", b"UNA:::::'UNB", b"UNA:+.? 'UNB+UNOA:1", b"'" * 99]
)
def test_what_holds_no_message_gives_findings(content):
    assert any(isinstance(one, Finding) for one in read(content))


def test_a_segment_that_never_ends_is_refused_before_memory_is_full():
    found = list(messages((b"UNB+UNOA:2+A+B+1:1+1" + b"+" * 100_000 for _ in range(100)), limits=DEFAULT_LIMITS))

    assert [one.code for one in found] == ["declarations.edifact-segment-endless"]


def test_a_message_larger_than_the_limits_is_refused_and_the_next_one_read():
    limits = DEFAULT_LIMITS._replace(max_elements=1000)
    large = ("CUSRES:D:96B:UN", *(["FTX+AAI"] * 60_000))

    first, second = messages(chunked(interchange(large, BAPLIE)), limits=limits)

    assert [one.code for one in first.findings] == ["declarations.edifact-message-too-large"]
    assert len(first.segments) < 40_000
    assert (second.type, second.findings) == ("BAPLIE", [])


def test_defaults_are_those_of_the_standard():
    assert LEVEL_A.service_string() == "UNA:+.?*'"
