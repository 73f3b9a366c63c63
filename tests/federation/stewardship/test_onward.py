"""What came from one partner goes on to another only with the originator's consent to exactly that."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from comity.cooperation.agreements.agreement import Marking, OnwardSharing
from comity.cooperation.agreements.errors import PurposeNotCovered
from comity.cooperation.ledger.append import entries_of
from comity.cooperation.stewardship.consents.store import (
    IN,
    keep_answer,
    list_requests,
    onward_holders,
)
from comity.cooperation.stewardship.errors import (
    ConsentDiffers,
    ConsentExpired,
    ConsentInvalid,
    ConsentMissing,
    MessageNotHeld,
    OnwardAgain,
    OnwardForbidden,
    OnwardNotCovered,
)
from comity.cooperation.stewardship.holdings.store import find_holding
from comity.cooperation.stewardship.notices import ONWARD_REQUEST
from comity.features.mirror.store import find_export
from comity.flows.ask_onward import refuse
from comity.flows.dispose_expired import dispose_due
from tests.federation.stewardship.sharing import (
    OTHER_MRN,
    a_league,
    answer_at,
    consent_to,
    go_on,
    outcome,
    request,
    request_payload,
    send,
)
from tests.simulators.league import agreement_between, day_after


def test_with_consent_it_goes_on_and_names_originator_and_consent(league):
    message_id = send(league)
    request_id = request(league, message_id)
    consent_to(league, request_id)

    onward = go_on(league, message_id)
    league.settle()

    with league.rwanda.database.reading() as session:
        assert find_export(session, onward.id).record["mrn"] == find_export(session, onward.id).mirror.mrn
        assert "onward" not in find_export(session, onward.id).record
        holding = find_holding(session, onward.id)
        (entry,) = entries_of(session, onward.id)
    assert (holding.originator, holding.origin_id, holding.partner) == ("KE", message_id, "UG")
    assert request_id.encode() in base64.urlsafe_b64decode(entry.statement.split(b".")[1] + b"==")
    with league.uganda.database.reading() as session:
        assert [(one.holder, one.consent_id) for one in onward_holders(session, [message_id])] == [("RW", request_id)]


def test_it_is_held_no_longer_than_the_originators_clause_lets(league):
    message_id = send(league)
    consent_to(league, request(league, message_id))
    league.pass_days(10)

    onward = go_on(league, message_id)
    league.settle()

    with league.rwanda.database.reading() as session, league.uganda.database.reading() as other:
        assert find_holding(session, onward.id).due_at == find_holding(other, message_id).due_at


def test_the_more_restrictive_marking_of_both_stays(database, tmp_path, clock):
    league = a_league(
        database,
        tmp_path,
        clock,
        agreement_between("KE", "UG", clock, marking=Marking.RESTRICTED),
        agreement_between("RW", "UG", clock, marking=Marking.OPEN),
    )
    message_id = send(league)
    consent_to(league, request(league, message_id))

    onward = go_on(league, message_id)
    league.settle()

    with league.rwanda.database.reading() as session:
        assert find_holding(session, onward.id).marking is Marking.RESTRICTED


def test_without_consent_nothing_goes_on(league):
    message_id = send(league)

    with pytest.raises(ConsentMissing):
        go_on(league, message_id)


def test_a_refusal_is_told_with_its_reason_and_lets_nothing_go_on(league):
    message_id = send(league)
    request_id = request(league, message_id)
    with league.kenya.database.transaction() as session:
        refuse(
            session,
            ("UG", request_id),
            reason="an investigation is pending",
            officer="lucy",
            clearing=league.kenya.clearing,
        )
    league.settle()

    assert answer_at(league, request_id).answer_reason == "an investigation is pending"
    with pytest.raises(ConsentMissing):
        go_on(league, message_id)


def test_consent_for_another_message_recipient_or_purpose_is_no_consent(league):
    message_id, other = send(league), send(league, mrn=OTHER_MRN)
    consent_to(league, request(league, other))

    with pytest.raises(ConsentDiffers):
        go_on(league, message_id)
    with pytest.raises(ConsentDiffers):
        go_on(league, other, purpose="risk-assessment")
    with pytest.raises(ConsentMissing):
        go_on(league, other, recipient="TZ")


def test_an_expired_consent_is_no_consent(league):
    message_id = send(league)
    consent_to(league, request(league, message_id), days=3)
    league.pass_days(4)

    with pytest.raises(ConsentExpired):
        go_on(league, message_id)


def test_a_consent_forged_in_the_holders_own_database_is_no_consent(league):
    message_id = send(league)
    request_id = request(league, message_id)
    forged = replace(
        answer_at(league, request_id), consents=True, valid_to=day_after(league.clock, 90), signature=b"x" * 64
    )
    with league.uganda.database.transaction() as session:
        keep_answer(session, replace(forged, answered_at=league.clock.now()))

    with pytest.raises(ConsentInvalid):
        go_on(league, message_id)


def test_a_clause_that_lets_nothing_go_on_is_not_even_asked_about(database, tmp_path, clock):
    closed = agreement_between("KE", "UG", clock, onward_sharing=OnwardSharing.NONE)
    league = a_league(database, tmp_path, clock, closed, agreement_between("RW", "UG", clock))
    message_id = send(league)

    with pytest.raises(OnwardForbidden):
        request(league, message_id)
    asked = league.uganda.send(ONWARD_REQUEST, request_payload(message_id), to="KE")
    league.settle()

    assert outcome(league.uganda, asked.id) == "refused"
    with league.kenya.database.reading() as session:
        (kept,) = list_requests(session, IN, limit=5)
    assert (kept.consents, kept.answered_by) == (False, "rule")


def test_a_message_that_was_not_sent_to_the_asker_is_refused_by_rule(league):
    message_id = send(league)
    asked = league.rwanda.send(ONWARD_REQUEST, request_payload(message_id, recipient="UG"), to="KE")
    league.settle()

    assert outcome(league.rwanda, asked.id) == "refused"


def test_the_agreement_with_the_third_country_must_cover_it_too(league):
    message_id = send(league)
    consent_to(league, request(league, message_id, purpose="statistics"))

    with pytest.raises(PurposeNotCovered):
        go_on(league, message_id, purpose="statistics")


def test_an_agreement_that_does_not_provide_for_others_data_takes_none(database, tmp_path, clock):
    closed = agreement_between("RW", "UG", clock)
    classes = tuple((name, tuple(one for one in fields if one != "onward")) for name, fields in closed.data_classes)
    league = a_league(
        database, tmp_path, clock, agreement_between("KE", "UG", clock), replace(closed, data_classes=classes)
    )
    message_id = send(league)
    consent_to(league, request(league, message_id))

    with pytest.raises(OnwardNotCovered):
        go_on(league, message_id)


def test_what_came_onward_does_not_go_on_again(league):
    message_id = send(league)
    consent_to(league, request(league, message_id))
    onward = go_on(league, message_id)
    league.settle()

    with pytest.raises(OnwardAgain):
        go_on(league, onward.id, recipient="KE", member=league.rwanda)


def test_what_was_disposed_of_does_not_go_on(league):
    message_id = send(league)
    consent_to(league, request(league, message_id), days=200)
    league.pass_days(101)
    with league.uganda.database.transaction() as session:
        dispose_due(session, clearing=league.uganda.clearing)

    with pytest.raises(MessageNotHeld):
        go_on(league, message_id)
