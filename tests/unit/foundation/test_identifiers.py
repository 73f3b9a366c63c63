"""Identifiers against published and computed vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.trade.identifiers import (
    has_hs_form,
    has_locode_form,
    is_awb,
    is_container,
    is_grn,
    is_imo,
    is_mrn,
    iso6346_check_digit,
)


@pytest.mark.parametrize(
    ("claim", "text", "holds"),
    [
        (is_container, "CSQU3054383", True),
        (is_container, "CSQU3054384", False),
        (is_container, "CSQX3054383", False),
        (is_mrn, "10NL5663962BE1E825", True),
        (is_mrn, "06DE586600006143E1", True),
        (is_mrn, "22GB02I89012847596", False),
        (is_mrn, "25KE0012345678ABJ5", True),
        (is_grn, "25KE0000123456787", True),
        (is_grn, "25KE0000123456787A123456", True),
        (is_grn, "25KE0000123456788", False),
        (is_imo, "9074729", True),
        (is_imo, "IMO 9074729", True),
        (is_imo, "9074728", False),
        (is_awb, "016-12345675", True),
        (is_awb, "016-12345674", False),
        (has_locode_form, "KEMBA", True),
        (has_locode_form, "KEM1A", False),
        (has_hs_form, "090240", True),
        (has_hs_form, "7701001000", False),
        (has_hs_form, "0902", False),
    ],
)
def test_identifier_is_judged_by_its_standard(claim, text, holds):
    assert claim(text) is holds


@given(st.from_regex(r"[A-Z]{3}U[0-9]{6}", fullmatch=True), st.integers(0, 9))
def test_one_check_digit_and_no_other_makes_a_container_number(stem, digit):
    assert is_container(f"{stem}{digit}") is (digit == iso6346_check_digit(stem))


@given(st.text(max_size=40))
def test_no_text_makes_a_claim_raise(text):
    for claim in (is_container, is_mrn, is_grn, is_imo, is_awb, has_locode_form, has_hs_form):
        assert claim(text) in (True, False)
