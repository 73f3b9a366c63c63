"""What came from one partner goes on to another only with the originator's consent to exactly that."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from comity.cooperation.agreements.agreement import Marking, OnwardSharing
from comity.cooperation.agreements.errors import PurposeNotCovered
from comity.cooperation.exchange.store import sent_about, sent_messages
from comity.cooperation.ledger.append import entries_of
from comity.cooperation.stewardship.consent import from_shown, shown, sign_answer
from comity.cooperation.stewardship.consents.store import (
    IN,
    OUT,
    KeptConsent,
    find_request,
    keep_answer,
    list_requests,
    onward_holders,
)
from comity.cooperation.stewardship.errors import (
    AnswerInvalid,
    ConsentDiffers,
    ConsentExpired,
    ConsentInvalid,
    ConsentMissing,
    MessageNotHeld,
    OnwardAgain,
    OnwardForbidden,
    OnwardNotCovered,
    RequestUnknown,
)
from comity.cooperation.stewardship.holdings.store import find_holding
from comity.cooperation.stewardship.notices import ONWARD_ANSWER, ONWARD_REQUEST
from comity.features.mirror.store import find_export
from comity.flows.ask_onward import ask, consent, refuse
from comity.flows.dispose_expired import dispose_due
from comity.flows.release_onward import release_onward
from tests.simulators.databases import sqlite_with_tables
from tests.simulators.league import agreement_between, an_export, day_after, keys_of, make_league, record_of

PURPOSE = "mirror-matching"
OTHER_MRN = "26KE000111222334A4"


def send(league, **changes) -> str:
    cleared = league.kenya.clear(an_export(**changes))
    league.settle()
    with league.kenya.database.reading() as session:
        (message,) = sent_about(session, [cleared.declaration_id], message_type="export-record.v1")
    return message.id


def request(league, *messages, purpose=PURPOSE, recipient="RW") -> str:
    """Let Uganda ask Kenya; return the request's id."""
    with league.uganda.database.transaction() as session:
        asked = ask(
            session,
            messages,
            recipient=recipient,
            purpose=purpose,
            reason="the goods go on",
            clearing=league.uganda.clearing,
        )
    league.settle()
    return asked.id


def consent_to(league, request_id, *, days=20, conditions="not in court") -> None:
    with league.kenya.database.transaction() as session:
        consent(
            session,
            ("UG", request_id),
            conditions=conditions,
            valid_to=day_after(league.clock, days),
            officer="lucy",
            clearing=league.kenya.clearing,
        )
    league.settle()


def go_on(league, message_id, *, purpose=PURPOSE, recipient="RW", member=None):
    member = member or league.uganda
    with member.database.transaction() as session:
        return release_onward(session, message_id, recipient=recipient, purpose=purpose, clearing=member.clearing)


def answer_at(league, request_id) -> KeptConsent:
    with league.uganda.database.reading() as session:
        found = find_request(session, OUT, "KE", request_id)
    assert found is not None
    return found


def outcome(member, message_id) -> str | None:
    with member.database.reading() as session:
        return sent_messages(session, [message_id])[message_id].outcome


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


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signature": base64.b64encode(b"y" * 64).decode()}, "stewardship.consent-invalid"),
        ({"recipient": "TZ"}, "stewardship.consent-invalid"),
        ({"conditions": "none"}, "stewardship.consent-invalid"),
        ({"valid_to": "2099-01-01"}, "stewardship.consent-invalid"),
        ({"messages": ["c" * 64]}, "stewardship.consent-invalid"),
        ({"signature": "no"}, "stewardship.notice-invalid"),
        ({"more": 1}, "stewardship.notice-invalid"),
    ],
)
def test_a_consent_that_the_holder_changed_is_refused_by_the_third_country(league, changes, code):
    message_id = send(league)
    request_id = request(league, message_id)
    consent_to(league, request_id)
    block = onward_block(league, message_id, answer_at(league, request_id))

    forged = league.uganda.send(
        "export-record.v1",
        record_of(an_export(to="RW")) | {"onward": block | {"consent": block["consent"] | changes}},
        to="RW",
        purpose=PURPOSE,
    )
    league.settle()

    assert outcome(league.uganda, forged.id) == code


@pytest.mark.parametrize(
    ("purpose", "changes", "code"),
    [
        ("risk-assessment", {}, "stewardship.consent-differs"),
        (PURPOSE, {"message": "c" * 64}, "stewardship.consent-differs"),
        (PURPOSE, {"originator": "UG"}, "stewardship.consent-differs"),
        (PURPOSE, {"originator": "RW"}, "stewardship.consent-differs"),
        (PURPOSE, {"originator": "TZ"}, "stewardship.originator-unknown"),
        (PURPOSE, {"marking": "secret"}, "stewardship.notice-invalid"),
        (PURPOSE, {"due_at": "2030-01-01T00:00:00"}, "stewardship.notice-invalid"),
    ],
)
def test_a_consent_used_for_something_else_is_refused_by_the_third_country(league, purpose, changes, code):
    message_id = send(league)
    request_id = request(league, message_id)
    consent_to(league, request_id)
    block = onward_block(league, message_id, answer_at(league, request_id)) | changes

    forged = league.uganda.send(
        "export-record.v1", record_of(an_export(to="RW")) | {"onward": block}, to="RW", purpose=purpose
    )
    league.settle()

    assert outcome(league.uganda, forged.id) == code


def test_an_expired_consent_is_refused_by_the_third_country(league):
    message_id = send(league)
    request_id = request(league, message_id)
    consent_to(league, request_id, days=3)
    block = onward_block(league, message_id, answer_at(league, request_id))
    league.pass_days(4)

    forged = league.uganda.send(
        "export-record.v1", record_of(an_export(to="RW")) | {"onward": block}, to="RW", purpose=PURPOSE
    )
    league.settle()

    assert outcome(league.uganda, forged.id) == "stewardship.consent-expired"


def test_an_answer_that_nobody_asked_for_or_that_is_not_signed_so_is_refused(league):
    message_id = send(league)
    request_id = request(league, message_id)
    waiting = answer_at(league, request_id)
    signature = sign_answer(replace(waiting, consents=True), holder="UG", keys=keys_of("KE"))
    payload = {"request_id": request_id, "consents": True, "signature": base64.b64encode(signature).decode()}
    sent = {
        "stewardship.request-unknown": payload | {"request_id": "f" * 32},
        "stewardship.consent-invalid": payload | {"conditions": "changed"},
    }

    messages = {code: league.kenya.send(ONWARD_ANSWER, each, to="UG") for code, each in sent.items()}
    endless = league.kenya.send(ONWARD_ANSWER, payload, to="UG")
    stranger = league.rwanda.send(ONWARD_ANSWER, payload, to="UG")
    league.settle()

    assert {code: outcome(league.kenya, one.id) for code, one in messages.items()} == {code: code for code in messages}
    assert outcome(league.kenya, endless.id) == "stewardship.consent-invalid"
    assert outcome(league.rwanda, stranger.id) == "stewardship.request-unknown"
    assert answer_at(league, request_id).consents is None


def test_a_request_is_answered_once(league):
    request_id = request(league, send(league))
    consent_to(league, request_id)

    with pytest.raises(RequestUnknown):
        consent_to(league, request_id)


def test_an_answer_needs_a_day_to_come_or_a_reason(league):
    request_id = request(league, send(league))

    with pytest.raises(AnswerInvalid):
        consent_to(league, request_id, days=-1)
    with pytest.raises(AnswerInvalid), league.kenya.database.transaction() as session:
        refuse(session, ("UG", request_id), reason=" ", officer="lucy", clearing=league.kenya.clearing)


def request_payload(message_id, *, recipient="RW"):
    return {
        "request_id": "e" * 32,
        "messages": [message_id],
        "recipient": recipient,
        "purpose": PURPOSE,
        "reason": "curious",
    }


def onward_block(league, message_id, given: KeptConsent):
    """Return what a holder may say of an originator, before it is changed."""
    with league.uganda.database.reading() as session:
        due = find_holding(session, message_id).due_at
    travelling = shown(given)
    assert from_shown(travelling, originator="KE", at=league.clock.now()).signature == given.signature
    return {
        "originator": "KE",
        "message": message_id,
        "marking": "confidential",
        "due_at": due.isoformat(),
        "consent": {
            "request_id": travelling.request_id,
            "messages": travelling.messages,
            "recipient": travelling.recipient,
            "purpose": travelling.purpose,
            "conditions": travelling.conditions,
            "reason": travelling.reason,
            "valid_to": travelling.valid_to.isoformat(),
            "signature": travelling.signature,
        },
    }


def a_league(database, tmp_path, clock, *agreements):
    others = {name: sqlite_with_tables(tmp_path / f"{name}.db") for name in ("KE", "RW")}
    return make_league({**others, "UG": database}, clock, *agreements)
