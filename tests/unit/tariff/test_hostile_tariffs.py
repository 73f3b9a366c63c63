"""No bytes make a reader of tariffs raise: random ones, and good files flipped, cut, repeated and nested."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.tariff.errors import NationalLawInvalid
from comity.features.tariff.national import read_national
from comity.features.tariff.sources.csv_schedule import read_schedule
from tests.conformance.fuzz.fuzz_tariff import GOOD, SCHEDULE, one_input
from tests.integration.console.seeded import LAW

PLACE = st.integers(0, 10_000)


@st.composite
def mutated(draw, good: bytes) -> bytes:
    start, length = draw(PLACE) % len(good), draw(st.integers(0, 40))
    piece = good[start : start + length]
    return draw(
        st.sampled_from(
            [
                good[:start],
                good[:start] + good[start + length :],
                good[:start] + piece * draw(st.integers(0, 30)) + good[start:],
                good[:start] + draw(st.binary(max_size=20)) + good[start + length :],
                good[:start] + good + good[start:],
                bytes([good[start] ^ draw(st.integers(1, 255))]).join([good[:start], good[start + 1 :]]),
            ]
        )
    )


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=400), mutated(GOOD), mutated(SCHEDULE)))
def test_no_bytes_make_a_reader_raise(content):
    one_input(content)


@settings(max_examples=40, deadline=None)
@given(mutated(LAW.encode()))
def test_a_broken_law_is_refused_or_read(content):
    try:
        read_national(content.decode("utf-8", "replace"))
    except NationalLawInvalid as error:
        assert error.path


@settings(max_examples=40, deadline=None)
@given(mutated(SCHEDULE))
def test_a_broken_schedule_gives_measures_or_places(content):
    tariff, findings = read_schedule(content, name="example")

    assert tariff.measures or findings or not content.strip() or b"\n" not in content.strip()
    assert all(finding.path for finding in findings)
