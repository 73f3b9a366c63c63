"""Blinded keys: the points are those of RFC 9380, meet only for equal keys, and a bad point is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.mirror.private import blinding
from comity.features.mirror.private.blinding import (
    PRIME,
    blinded,
    digest_of,
    doubled,
    hash_to_field,
    new_secret,
    points_of,
)
from comity.features.mirror.private.errors import PrivateMatchInvalid

SUITE = b"QUUX-V01-CS02-with-curve25519_XMD:SHA-512_ELL2_NU_"
VECTORS = (  # RFC 9380, appendix J.4.2: message, field element, u-coordinate of Q
    (
        b"",
        "608d892b641f0328523802a6603427c26e55e6f27e71a91a478148d45b5093cd",
        "51125222da5e763d97f3c10fcc92ea6860b9ccbbd2eb1285728f566721c1e65b",
    ),
    (
        b"abc",
        "46f5b22494bfeaa7f232cc8d054be68561af50230234d7d1d63d1d9abeca8da5",
        "7d56d1e08cb0ccb92baf069c18c49bb5a0dcd927eff8dcf75ca921ef7f3e6eeb",
    ),
    (
        b"abcdef0123456789",
        "235fe40c443766ce7e18111c33862d66c3b33267efa50d50f9e8e5d252a40aaa",
        "3fbe66b9c9883d79e8407150e7c2a1c8680bee496c62fabe4619a72b3cabe90f",
    ),
)


@pytest.mark.parametrize(("message", "element", "point"), VECTORS, ids=["empty", "abc", "long"])
def test_points_are_those_of_the_standard(message, element, point):
    found = hash_to_field(message, SUITE)

    assert found == int(element, 16)
    assert int.from_bytes(points_of([found])[0], "little") == int(point, 16)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, PRIME - 1), min_size=1, max_size=8))
def test_every_point_is_on_the_curve_and_not_on_its_twist(elements):
    for point in points_of(elements):
        u = int.from_bytes(point, "little")
        assert pow(u * (u * u + 486662 * u + 1), (PRIME - 1) // 2, PRIME) in (0, 1)


def test_keys_meet_whichever_side_multiplies_first_and_only_when_equal():
    ours, theirs = new_secret(), new_secret()
    keys, others = ["reference|A", "document|B"], ["document|B", "reference|C"]

    from_us = doubled(blinded(keys, ours), theirs)
    from_them = doubled(blinded(others, theirs), ours)

    assert from_us[1] == from_them[0]
    assert len({*from_us, *from_them}) == 3


def test_processes_give_the_same_points_in_the_same_order(monkeypatch):
    secret, keys = new_secret(), [f"reference|{number}" for number in range(50)]
    alone = blinded(keys, secret)
    monkeypatch.setattr(blinding, "WORTH_PROCESSES", 10)

    assert blinded(keys, secret) == alone


def test_a_point_of_small_order_is_refused():
    with pytest.raises(PrivateMatchInvalid):
        doubled([bytes(32)], new_secret())


def test_the_name_of_a_key_holds_for_one_run_only():
    assert digest_of("reference|A", "1" * 32) != digest_of("reference|A", "2" * 32)
