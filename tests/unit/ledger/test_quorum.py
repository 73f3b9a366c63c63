"""A witness policy says who must have co-signed: read strictly, judged alike in any order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.checkpoint import witness_verifier_key
from comity.cooperation.ledger.quorum import PolicyInvalid, judge, majority_policy, read_policy

KENYA = generate_keys("KE", "Kenya").public
PARTNERS = [generate_keys(name, name).public for name in ("UG", "RW", "TZ", "BI", "SS")]
KEYS = {one.authority: witness_verifier_key(one) for one in PARTNERS}
NESTED = (
    f"# two of the neighbours, or Burundi\nwitness UG {KEYS['UG']}\nwitness RW {KEYS['RW']}\nwitness TZ {KEYS['TZ']}\n"
    f"witness BI {KEYS['BI']} https://192.0.2.1/\ngroup near 2 UG RW TZ\ngroup either any near BI\nquorum either\n"
)


@given(st.sets(st.sampled_from(PARTNERS)), st.integers(1, 5))
def test_default_policy_asks_for_more_than_half(cosigners, count):
    policy = read_policy(majority_policy(KENYA, PARTNERS[:count]))
    told = judge(policy, log=KENYA, cosigners=sorted(cosigners, key=lambda one: one.authority))

    counted = [one for one in PARTNERS[:count] if one in cosigners]
    assert told.reached == (2 * len(counted) > count)
    assert set(told.by) == {one.authority for one in counted}
    assert set(told.missing) == {one.authority for one in PARTNERS[:count]} - set(told.by)


@given(st.sets(st.sampled_from(PARTNERS), min_size=3), st.sets(st.sampled_from(PARTNERS), min_size=3))
def test_two_quorums_of_the_default_policy_share_a_witness(one, other):
    policy = read_policy(majority_policy(KENYA, PARTNERS))

    assert judge(policy, log=KENYA, cosigners=list(one)).reached
    assert one & other


def test_node_without_partners_needs_nobody():
    assert judge(read_policy(majority_policy(KENYA, [])), log=KENYA, cosigners=[]).reached


@pytest.mark.parametrize(
    ("names", "reached"),
    [("UG RW", True), ("UG", False), ("BI", True), ("SS UG", False), ("RW TZ BI", True), ("", False)],
)
def test_groups_of_groups_are_judged(names, reached):
    cosigners = [one for one in PARTNERS if one.authority in names.split()]

    assert judge(read_policy(NESTED), log=KENYA, cosigners=cosigners).reached is reached


def test_policy_of_another_log_is_not_applied():
    with pytest.raises(PolicyInvalid):
        judge(read_policy(majority_policy(PARTNERS[0], [KENYA])), log=KENYA, cosigners=PARTNERS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum nobody-defined",
        "quorum none\nquorum none",
        "witness UG {UG}\nwitness UG {RW}\nquorum UG",
        "witness UG {UG}\nwitness RW {UG}\nquorum UG",
        "witness none {UG}\nquorum none",
        "witness UG {UG}\ngroup g 2 UG\nquorum g",
        "witness UG {UG}\ngroup g 0 UG\nquorum g",
        "witness UG {UG}\ngroup g 1 UG UG\nquorum g",
        "witness UG {UG}\ngroup g 1 g\nquorum g",
        "witness UG {UG}\ngroup g\nquorum UG",
        "witness UG keyless\nquorum none",
        "allow everything\nquorum none",
        "#" * 70_000,
    ],
)
def test_policy_that_is_not_one_is_refused(text):
    with pytest.raises(PolicyInvalid):
        read_policy(text.format(**KEYS))


@given(st.text(max_size=300))
def test_any_text_is_a_policy_or_refused_by_name(text):
    try:
        read_policy(text)
    except PolicyInvalid as refused:
        assert refused.code == "ledger.policy-invalid"
