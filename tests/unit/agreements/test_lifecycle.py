"""Where a text stands: every state has its reason, and from the ends of an agreement no path leads back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.errors import NoticeInvalid, NoticeTooShort, NoticeUntimely
from comity.cooperation.agreements.lifecycle import (
    ENDED,
    AgreementStatus,
    History,
    Signature,
    Successor,
    status_of,
)
from comity.cooperation.agreements.notices import Notice, NoticeKind, sign_notice, verify_notice
from comity.cooperation.identity.keys import generate_keys

PARTIES = ("KE", "TZ", "UG")
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 1)
TEXT = draft_agreement(id="eac", parties=PARTIES, valid_from=FIRST, valid_to=LAST)
CONVENTION = replace(TEXT, in_force_when=2)
KENYA = generate_keys("KE", "Kenya")
S = AgreementStatus


def signed(*authorities):
    return [Signature(one, "", b"") for one in authorities]


def noon(day):
    return datetime.combine(day, time(12), tzinfo=UTC)


def notice(authority, kind, day, *, text=TEXT, given=None):
    given_at = noon(given or day)
    return Notice(text.id, agreement_hash(text), NoticeKind(kind), authority, day, given_at, "because")


def stands(day, signatures, text=TEXT, between=(), **history):
    return status_of(text, signatures, noon(day), History(**history), between=between)


def test_an_unfinished_text_says_how_far_it_has_come():
    day = date(2026, 2, 1)

    assert stands(day, []) is S.DRAFT
    assert stands(day, [], is_proposed=True) is S.PROPOSED
    assert stands(day, signed("KE"), is_proposed=True) is S.PARTLY_SIGNED
    assert stands(day, signed("KE"), is_countered=True) is S.COUNTERED
    assert stands(day, signed("KE", "UG"), notices=(notice("TZ", "declined", day),)) is S.DECLINED
    assert stands(LAST + timedelta(days=1), signed("KE")) is S.EXPIRED
    assert stands(day, signed("KE"), successors=(Successor(day, frozenset(PARTIES)),)) is S.AMENDED


def test_a_text_declined_by_one_whose_signature_is_not_needed_goes_on():
    declined = (notice("TZ", "declined", FIRST, text=CONVENTION),)

    assert stands(FIRST, signed("KE"), CONVENTION, notices=declined) is S.PARTLY_SIGNED
    assert stands(FIRST, signed("KE", "UG"), CONVENTION, notices=declined) is S.IN_FORCE


def test_a_number_of_signatures_brings_it_into_force_between_those_that_signed():
    both = signed("KE", "UG")

    assert stands(FIRST, both, CONVENTION) is S.IN_FORCE
    assert stands(FIRST, both, CONVENTION, between=("KE", "UG")) is S.IN_FORCE
    assert stands(FIRST, both, CONVENTION, between=("KE", "TZ")) is S.PARTLY_SIGNED
    assert stands(FIRST, both) is S.PARTLY_SIGNED


def test_a_party_that_leaves_leaves_it_in_force_between_the_others():
    left = (notice("TZ", "terminated", date(2026, 2, 1)),)

    assert stands(date(2026, 1, 31), signed(*PARTIES), between=("KE", "TZ"), notices=left) is S.IN_FORCE
    assert stands(date(2026, 2, 1), signed(*PARTIES), between=("KE", "TZ"), notices=left) is S.TERMINATED
    assert stands(date(2026, 2, 1), signed(*PARTIES), between=("KE", "UG"), notices=left) is S.IN_FORCE
    assert stands(date(2026, 2, 1), signed(*PARTIES), notices=left) is S.IN_FORCE


def test_when_the_last_but_one_leaves_it_is_terminated():
    left = (notice("TZ", "terminated", date(2026, 2, 1)), notice("KE", "terminated", date(2026, 2, 10)))

    assert stands(date(2026, 2, 9), signed(*PARTIES), notices=left) is S.IN_FORCE
    assert stands(date(2026, 2, 10), signed(*PARTIES), notices=left) is S.TERMINATED
    assert stands(LAST + timedelta(days=9), signed(*PARTIES), notices=left) is S.TERMINATED


def test_a_suspension_holds_from_its_day_until_the_same_party_resumes():
    kept = (
        notice("UG", "suspended", date(2026, 2, 1)),
        notice("UG", "resumed", date(2026, 2, 10)),
        notice("UG", "suspended", date(2026, 2, 20)),
    )
    pair = ("KE", "UG")

    for order in (kept, kept[::-1]):
        states = [
            stands(day, signed(*PARTIES), between=pair, notices=order)
            for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 10), date(2026, 2, 20))
        ]
        assert states == [S.IN_FORCE, S.SUSPENDED, S.IN_FORCE, S.SUSPENDED]
    assert stands(date(2026, 2, 1), signed(*PARTIES), between=("KE", "TZ"), notices=kept) is S.IN_FORCE


def test_an_amendment_takes_over_on_its_first_day_between_those_that_signed_it():
    later = (Successor(date(2026, 2, 1), frozenset({"KE", "UG"})),)

    assert stands(date(2026, 1, 31), signed(*PARTIES), between=("KE", "UG"), successors=later) is S.IN_FORCE
    assert stands(date(2026, 2, 1), signed(*PARTIES), between=("KE", "UG"), successors=later) is S.AMENDED
    assert stands(date(2026, 2, 1), signed(*PARTIES), between=("KE", "TZ"), successors=later) is S.IN_FORCE
    assert stands(date(2026, 2, 1), signed(*PARTIES), successors=later) is S.IN_FORCE


def test_the_last_day_of_the_calendar_has_an_end_too():
    for_ever = replace(TEXT, valid_to=date.max)

    assert stands(date.max, signed(*PARTIES), for_ever) is S.IN_FORCE


days = st.dates(FIRST - timedelta(days=5), LAST + timedelta(days=5))
some = st.lists(st.sampled_from(PARTIES), unique=True)
declared = st.lists(st.builds(notice, st.sampled_from(PARTIES), st.sampled_from([str(k) for k in NoticeKind]), days))
laters = st.lists(st.builds(Successor, days, some.map(frozenset)), max_size=2)


@settings(max_examples=400)
@given(some, declared, laters, days, days, st.sampled_from([None, 2]), st.sampled_from([(), ("KE", "UG")]))
def test_from_an_end_no_day_leads_back(signers, notices, successors, one, other, needed, between):
    text = replace(TEXT, in_force_when=needed)
    history = History(tuple(notices), tuple(successors))
    early, late = sorted((one, other))

    before = status_of(text, signed(*signers), noon(early), history, between=between)
    after = status_of(text, signed(*signers), noon(late), history, between=between)

    if before in ENDED:
        assert after is before


@settings(max_examples=400)
@given(
    some, declared, st.builds(notice, st.sampled_from(PARTIES), st.sampled_from(["suspended", "resumed"]), days), days
)
def test_no_later_notice_brings_back_what_is_terminated_or_expired(signers, notices, another, day):
    before = stands(day, signed(*signers), CONVENTION, notices=tuple(notices))
    after = stands(day, signed(*signers), CONVENTION, notices=(*notices, another))

    if before in ENDED:
        assert after is before


@settings(max_examples=200)
@given(
    some,
    st.permutations([notice(p, k, FIRST + timedelta(days=n)) for n, p in enumerate(PARTIES) for k in NoticeKind]),
    days,
)
def test_the_order_in_which_notices_arrive_does_not_matter(signers, notices, day):
    in_order = sorted(notices, key=lambda one: one.digest)

    assert stands(day, signed(*signers), notices=tuple(notices)) is stands(
        day, signed(*signers), notices=tuple(in_order)
    )


NOW = noon(date(2026, 1, 10))


def given_notice(**changes):
    made = notice("KE", "terminated", date(2026, 1, 10))
    return sign_notice(replace(made, **changes), KENYA)


def test_a_notice_verifies_and_is_read_back_equal():
    made = given_notice()

    verify_notice(made, TEXT, KENYA.public, at=NOW)
    assert Notice.from_json(made.as_json()) == made


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (given_notice(from_day=date(2026, 1, 9)), NoticeUntimely),
        (given_notice(given_at=NOW + timedelta(minutes=10)), NoticeUntimely),
        (given_notice(given_at=NOW - timedelta(days=61)), NoticeUntimely),
        (given_notice(agreement_id="other"), NoticeInvalid),
        (replace(given_notice(), from_day=date(2026, 2, 1)), NoticeInvalid),
        (replace(given_notice(), authority="UG"), NoticeInvalid),
    ],
)
def test_a_notice_that_was_changed_or_is_dated_wrongly_is_refused_by_name(made, error):
    with pytest.raises(error):
        verify_notice(made, TEXT, KENYA.public, at=NOW)


def test_a_notice_by_another_key_or_before_the_period_of_notice_is_refused():
    with pytest.raises(NoticeInvalid):
        verify_notice(given_notice(), TEXT, generate_keys("KE", "Impostor").public, at=NOW)
    with pytest.raises(NoticeTooShort):
        verify_notice(given_notice(), replace(TEXT, notice_days=30), KENYA.public, at=NOW)
    verify_notice(given_notice(from_day=date(2026, 2, 9)), replace(TEXT, notice_days=30), KENYA.public, at=NOW)


def test_a_notice_without_a_reason_or_for_another_administration_is_not_signed():
    for changes in ({"reason": " "}, {"reason": "a\nb"}, {"reason": "x" * 501}, {"authority": "UG"}):
        with pytest.raises(NoticeInvalid):
            given_notice(**changes)


json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=3)


@given(st.sampled_from(sorted(given_notice().as_json())), json_values)
def test_no_json_makes_reading_a_notice_fail_otherwise_than_by_name(name, value):
    record = given_notice().as_json()
    if record[name] == value:
        return

    try:
        read = Notice.from_json({**record, name: value})
    except NoticeInvalid:
        return
    assert read.as_json() == {**record, name: value}
    with pytest.raises((NoticeInvalid, NoticeUntimely)):
        verify_notice(read, TEXT, KENYA.public, at=NOW)


@pytest.mark.parametrize("value", [None, [], "x", {}, {"kind": "declined"}, {**given_notice().as_json(), "more": "x"}])
def test_what_is_no_notice_is_refused(value):
    with pytest.raises(NoticeInvalid):
        Notice.from_json(value)
