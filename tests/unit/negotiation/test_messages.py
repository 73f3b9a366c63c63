"""What parties say to each other is read back equal, and anything else is refused by name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.negotiation.messages import Spoken, read_spoken, write_proposal, write_signatures
from comity.foundation.errors import ComityError

TEXT = draft_agreement(id="ke-ug", parties=("KE", "UG"), valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1))
SIGNATURES = (sign_agreement(TEXT, generate_keys("KE", "Kenya")),)
PROPOSAL = write_proposal(Spoken(TEXT, SIGNATURES, "0" * 64, "a first draft"))

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def test_a_proposal_and_signatures_are_read_back_equal():
    assert read_spoken(PROPOSAL, is_proposal=True) == Spoken(TEXT, SIGNATURES, "0" * 64, "a first draft")
    assert read_spoken(write_signatures(TEXT, SIGNATURES), is_proposal=False) == Spoken(TEXT, SIGNATURES)


@given(st.dictionaries(st.sampled_from([*PROPOSAL, "more"]), values, min_size=1, max_size=5))
def test_no_payload_is_read_otherwise_than_as_it_says_or_refused_by_name(changes):
    payload = {**PROPOSAL, **changes}

    try:
        spoken = read_spoken(payload, is_proposal=True)
    except ComityError as refused:
        assert refused.code.partition(".")[0] in ("agreements", "negotiation")
        return
    assert write_proposal(spoken) == payload


@pytest.mark.parametrize("missing", list(PROPOSAL))
def test_a_payload_with_a_field_missing_or_too_many_is_refused(missing):
    with pytest.raises(ComityError):
        read_spoken({name: value for name, value in PROPOSAL.items() if name != missing}, is_proposal=True)
    with pytest.raises(ComityError):
        read_spoken({**PROPOSAL, "signatures": PROPOSAL["signatures"] * 3}, is_proposal=True)
