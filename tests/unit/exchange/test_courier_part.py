"""Is a courier's file read only as its sender wrote it? Whatever else comes gets an error of ours, by name."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.courier.errors import (
    CourierFileDamaged,
    CourierFileForeign,
    CourierFileTooLarge,
    CourierFileTruncated,
)
from comity.cooperation.exchange.courier.part import (
    FIRST_LINE,
    LARGEST_FILE_BYTES,
    PART_TYPE,
    SMALLEST_FILE_BYTES,
    Whole,
    cut,
    read_part,
)
from comity.cooperation.exchange.errors import (
    EnvelopeInvalid,
    ExchangeError,
    SenderUnknown,
    SignatureInvalid,
    SuiteDowngraded,
)
from comity.cooperation.identity.keys import generate_keys

KENYA, MALLORY = generate_keys("KE", "Kenya"), generate_keys("KE", "Mallory")
PACKED = datetime(2026, 3, 2, tzinfo=UTC)


def identity_of(authority: str):
    if authority != "KE":
        raise SenderUnknown
    return KENYA.public


def files(content: bytes, most_bytes: int = SMALLEST_FILE_BYTES, keys=KENYA) -> list[bytes]:
    whole = Whole("batch", "UG", PACKED, 1, content)
    return [file for _, file in cut(whole, most_bytes=most_bytes, keys=keys)]


def headed(**changes) -> bytes:
    values = {
        "kind": "batch", "sender": "KE", "recipient": "UG", "packed": PACKED, "number": 1,
        "whole": hashlib.sha256(b"abc").hexdigest(), "whole_bytes": 3, "part": 1, "parts": 1,
        "content": hashlib.sha256(b"abc").hexdigest(), "content_bytes": 3,
    }  # fmt: skip
    signed = jws.sign(msgspec.json.encode({**values, **changes}), typ=PART_TYPE, keys=KENYA)
    return FIRST_LINE + signed + b"\nabc"


@given(content=st.binary(min_size=1, max_size=60_000), most=st.integers(SMALLEST_FILE_BYTES, 70_000))
def test_parts_join_to_what_was_cut_and_none_is_larger_than_asked(content, most):
    made = files(content, most)

    read = [read_part(file, identity_of=identity_of) for file in made]

    assert b"".join(piece for _, piece in read) == content
    assert max(len(file) for file in made) <= most
    assert [header.part for header, _ in read] == list(range(1, len(made) + 1))
    assert {(header.parts, header.whole) for header, _ in read} == {(len(made), hashlib.sha256(content).hexdigest())}


@given(junk=st.binary(max_size=5_000))
def test_any_bytes_are_refused_with_an_error_of_ours(junk):
    for file in (junk, FIRST_LINE + junk, FIRST_LINE + junk + b"\n"):
        with pytest.raises(ExchangeError):
            read_part(file, identity_of=identity_of)


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_bit_changed_anywhere_is_refused(at, bit):
    (file,) = files(b"content" * 40)
    changed = bytearray(file)
    changed[at % len(file)] ^= 1 << bit

    with pytest.raises(ExchangeError):
        read_part(bytes(changed), identity_of=identity_of)


@given(keep=st.integers(0, 10_000))
def test_a_file_cut_anywhere_is_named_truncated(keep):
    (file,) = files(b"content" * 40)
    short = file[: keep % len(file)]

    with pytest.raises(CourierFileTruncated if short else CourierFileForeign):
        read_part(short, identity_of=identity_of)


@pytest.mark.parametrize(
    ("file", "error"),
    [
        (b"PK\x03\x04 a zip archive", CourierFileForeign),
        (FIRST_LINE + b"x" * 5_000, CourierFileForeign),
        (FIRST_LINE + b"not a signature\n", EnvelopeInvalid),
        (files(b"abc")[0] + files(b"abc")[0], CourierFileDamaged),
        (files(b"abc")[0] + b"\n", CourierFileDamaged),
        (files(b"abc", keys=MALLORY)[0], SignatureInvalid),
        (headed(sender="TZ"), SenderUnknown),
        (headed(part=2), EnvelopeInvalid),
        (headed(whole_bytes=2), EnvelopeInvalid),
        (headed(parts=10**9), EnvelopeInvalid),
        (headed(kind="letter"), EnvelopeInvalid),
        (headed(packed="2026-03-02T00:00:00"), EnvelopeInvalid),
        (headed(extra=1), EnvelopeInvalid),
        (headed(content="0" * 64), CourierFileDamaged),
    ],
)
def test_each_wrong_file_has_its_name(file, error):
    with pytest.raises(error):
        read_part(file, identity_of=identity_of)


def test_a_downgraded_header_is_refused():
    (file,) = files(b"abc")
    line = file[len(FIRST_LINE) :].split(b"\n")[0]
    downgraded = b".".join([b"eyJhbGciOiJub25lIn0", *line.split(b".")[1:]])

    with pytest.raises(SuiteDowngraded):
        read_part(FIRST_LINE + downgraded + b"\nabc", identity_of=identity_of)


def test_a_file_larger_than_any_is_refused_before_it_is_read():
    with pytest.raises(CourierFileTooLarge):
        read_part(FIRST_LINE + bytes(LARGEST_FILE_BYTES), identity_of=identity_of)


def test_the_name_of_a_missing_file_is_known_from_any_other():
    whole = Whole("batch", "UG", PACKED, 7, b"x" * 40_000)
    named = dict(cut(whole, most_bytes=SMALLEST_FILE_BYTES, keys=KENYA))
    first, *others = named

    header, _ = read_part(named[others[-1]], identity_of=identity_of)

    assert header.name(1) == first
    assert first.startswith("KE-to-UG-batch-0007-")
