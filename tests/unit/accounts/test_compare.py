"""Books are compared part by part, and whatever differs is named: no loss, change or swap goes by."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cooperation.accounts.compare import (
    PART,
    Account,
    DifferenceKind,
    LogStand,
    account_of,
    as_record,
    differences,
    differing,
    read_account,
    read_differences,
)
from comity.cooperation.accounts.errors import AccountInvalid
from comity.cooperation.exchange.traffic.store import Settled

FIRST, LAST = PART - 20, 2 * PART + 20
BOOK = {number: Settled(number, f"{number:064x}", "stored") for number in range(FIRST, LAST + 1)}


def summed(book):
    return account_of("a", "KE", first=FIRST, last=LAST, settled=[book[number] for number in sorted(book)])


def named(ours, theirs):
    one, other = summed(ours), summed(theirs)
    return [
        difference
        for first, last in differing(one, other)
        for difference in differences(
            "a",
            "KE",
            ours={number: row for number, row in ours.items() if first <= number <= last},
            theirs={number: row for number, row in theirs.items() if first <= number <= last},
        )
    ]


CHANGES = st.dictionaries(
    st.integers(FIRST, LAST), st.sampled_from(["lost here", "lost there", "refused there", "another there"]), max_size=8
)
KINDS = {
    "lost here": DifferenceKind.MISSING_HERE,
    "lost there": DifferenceKind.MISSING_THERE,
    "refused there": DifferenceKind.OUTCOME,
    "another there": DifferenceKind.MESSAGE,
}


@settings(max_examples=40, deadline=None)
@given(CHANGES)
def test_exactly_what_was_changed_is_named(changes):
    ours, theirs = dict(BOOK), dict(BOOK)
    for number, change in changes.items():
        if change == "lost here":
            del ours[number]
        elif change == "lost there":
            del theirs[number]
        elif change == "refused there":
            theirs[number] = Settled(number, BOOK[number].id, "exchange.type-unknown")
        else:
            theirs[number] = Settled(number, "f" * 64, "stored")

    found = named(ours, theirs)

    assert {one.sequence: one.kind for one in found} == {number: KINDS[change] for number, change in changes.items()}
    mirrored = [one.as_the_other_sees_it() for one in found]
    assert mirrored == named(theirs, ours) or any(one.kind is DifferenceKind.MESSAGE for one in found)


def test_only_the_part_with_the_difference_is_spelled_out():
    theirs = {number: row for number, row in BOOK.items() if number != PART + 5}

    assert differing(summed(BOOK), summed(theirs)) == [(PART, 2 * PART - 1)]


def test_account_goes_through_json_unchanged():
    account = Account(LogStand(3, "0" * 64), LogStand(0, "1" * 64), [summed(BOOK)])

    assert read_account(as_record(account)) == account
    assert account.streams[0].count == len(BOOK)
    assert account.streams[0].head == BOOK[LAST].id


def test_stretch_longer_than_an_account_is_refused():
    with pytest.raises(AccountInvalid):
        account_of("a", "KE", first=1, last=10_000_000, settled=[])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@given(JSON)
def test_any_record_is_an_account_or_refused_by_name(record):
    for read in (read_account, read_differences):
        try:
            read(record)
        except AccountInvalid as refused:
            assert refused.code == "accounts.invalid"
