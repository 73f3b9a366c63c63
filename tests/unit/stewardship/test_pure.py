"""Markings, notices, amendments and consents: what needs no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.agreements.agreement import Marking
from comity.cooperation.agreements.marking import merged, read_marking
from comity.cooperation.stewardship import notices
from comity.cooperation.stewardship.consent import check_covers, from_shown, shown, sign_answer, verify_answer
from comity.cooperation.stewardship.consents.store import KeptConsent
from comity.cooperation.stewardship.errors import ConsentDiffers, ConsentExpired, ConsentInvalid, NoticeInvalid
from comity.cooperation.stewardship.notices import read_notice, write_notice
from comity.cooperation.stewardship.origin import read_origin
from comity.features.declarations.amend import amended, is_by_same_parties
from comity.foundation.trade.declaration import DeclarationFunction, GoodsItem, GoodsShipment
from comity.foundation.trade.money import Money
from tests.builders.declarations import a_declaration
from tests.unit.identity.histories import Owner, handed_over, recovered

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FORMS = (
    notices.DisposalReceipt,
    notices.LegalHold,
    notices.Recall,
    notices.RecallAnswer,
    notices.OnwardRequest,
    notices.OnwardAnswer,
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
CONSENT = KeptConsent("in", "UG", "a" * 32, ("b" * 64,), "RW", "mirror-matching", "goods go on", AT)
GIVEN = replace(CONSENT, consents=True, valid_to=date(2026, 3, 10), conditions="not in court")


@pytest.mark.parametrize("text", [None, "", "secret", "OPEN", 3])
def test_a_missing_or_unknown_marking_means_the_most_restrictive(text):
    assert read_marking(text) is Marking.CONFIDENTIAL


@given(st.lists(st.sampled_from(list(Marking))))
def test_merging_never_opens_what_one_source_closes(markings):
    whole = merged(markings)

    order = list(Marking)
    assert all(order.index(whole) >= order.index(one) for one in markings)
    assert whole in markings or (not markings and whole is Marking.CONFIDENTIAL)


@given(st.lists(st.sampled_from(list(Marking)), min_size=1), st.lists(st.sampled_from(list(Marking)), min_size=1))
def test_markings_merge_to_the_same_in_any_order_and_grouping(some, others):
    assert merged([*some, *others]) is merged([merged(others), merged(some)])


@pytest.mark.parametrize("form", FORMS)
@given(payload=st.dictionaries(st.text(max_size=12), ANYTHING, max_size=5))
def test_whatever_a_partner_sends_as_a_notice_is_read_or_refused_by_name(form, payload):
    try:
        notice = read_notice(payload, form)
    except NoticeInvalid:
        return
    assert read_notice(write_notice(notice), form) == notice


@given(ANYTHING)
def test_whatever_stands_for_an_originator_is_read_or_refused_by_name(value):
    with pytest.raises(NoticeInvalid):
        read_origin(value)


def test_a_notice_is_read_as_it_was_written():
    notice = notices.Recall("c" * 32, "correction", [notices.Named("d" * 64, "e" * 64)], "wrong value", AT)

    assert read_notice(write_notice(notice), notices.Recall) == notice


def test_a_notice_names_no_more_messages_than_it_may():
    named = [{"message": f"{number:064x}"} for number in range(notices.MOST_NAMED + 1)]
    payload = {"recall_id": "c" * 32, "kind": "recall", "messages": named, "reason": "x", "deadline": AT.isoformat()}

    with pytest.raises(NoticeInvalid):
        read_notice(payload, notices.Recall)
    payload["messages"] = named[:-1]
    assert len(read_notice(payload, notices.Recall).messages) == notices.MOST_NAMED


def signed(owner: Owner, answer: KeptConsent = GIVEN) -> KeptConsent:
    return replace(answer, signature=sign_answer(answer, holder="UG", keys=owner.keys))


@pytest.mark.parametrize(
    "changes",
    [
        {"messages": ("c" * 64,)},
        {"recipient": "TZ"},
        {"purpose": "statistics"},
        {"conditions": ""},
        {"valid_to": date(2036, 1, 1)},
        {"consents": False},
        {"id": "f" * 32},
        {"answer_reason": "because"},
        {"signature": b"z" * 64},
    ],
)
def test_a_consent_changed_in_any_part_does_not_verify(changes):
    owner = Owner()

    with pytest.raises(ConsentInvalid):
        verify_answer(replace(signed(owner), **changes), holder="UG", originator=owner.keys.public)


def test_a_consent_to_one_holder_is_none_to_another():
    owner = Owner()

    with pytest.raises(ConsentInvalid):
        verify_answer(signed(owner), holder="TZ", originator=owner.keys.public)


def test_a_consent_is_read_as_it_was_shown():
    given = signed(Owner())

    read = from_shown(shown(given), originator="UG", at=AT)

    assert replace(read, reason=given.reason) == given


def test_a_consent_outlives_the_key_that_signed_it_unless_that_key_is_revoked():
    owner = Owner()
    consent = signed(owner)
    followed, _ = handed_over(owner.history, owner.signer)
    revoked, *_ = recovered(owner.history, owner.recovery)

    verify_answer(consent, holder="UG", originator=owner.keys.public.continued(followed))
    with pytest.raises(ConsentInvalid):
        verify_answer(consent, holder="UG", originator=owner.keys.public.continued(revoked))


def test_a_consent_covers_what_it_names_until_its_last_day():
    asked = {"message": "b" * 64, "recipient": "RW", "purpose": "mirror-matching"}

    check_covers(GIVEN, **asked, at=datetime(2026, 3, 10, 23, 59, tzinfo=UTC))
    with pytest.raises(ConsentExpired):
        check_covers(GIVEN, **asked, at=datetime(2026, 3, 11, 0, 0, tzinfo=UTC))
    for changes in ({"message": "c" * 64}, {"recipient": "TZ"}, {"purpose": "statistics"}):
        with pytest.raises(ConsentDiffers):
            check_covers(GIVEN, **asked | changes, at=AT)


def test_an_amendment_takes_the_place_of_what_it_names_and_leaves_the_rest():
    original = a_declaration(items=3)
    change = replace(
        a_declaration(items=0, function=DeclarationFunction.AMENDMENT, type_code="COR"),
        goods_shipment=GoodsShipment(items=(GoodsItem(sequence=2, net_mass_kg=Decimal(7)),)),
    )

    after = amended(original, [change])

    first, second, third = after.goods_shipment.items
    assert (first, third) == (original.goods_shipment.items[0], original.goods_shipment.items[2])
    assert second == replace(original.goods_shipment.items[1], net_mass_kg=Decimal(7))
    assert (after.kind, after.type_code) == (original.kind, original.type_code)


def test_amendments_follow_one_another():
    original = a_declaration(items=1)
    changes = [
        replace(original, invoice_amount=Money(Decimal(amount), "USD"), function=DeclarationFunction.AMENDMENT)
        for amount in (1, 2)
    ]

    assert amended(original, changes).invoice_amount == Money(Decimal(2), "USD")
    assert amended(original, []) == original


def test_a_change_by_a_party_that_the_declaration_does_not_name_is_told_apart():
    original = a_declaration()

    assert is_by_same_parties(original, original)
    assert is_by_same_parties(original, replace(original, declarant=None))
    assert not is_by_same_parties(original, replace(original, declarant=replace(original.declarant, id="OTHER")))
