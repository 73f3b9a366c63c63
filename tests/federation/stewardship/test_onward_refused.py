"""Onward sharing: what the holder, the originator and the third country refuse, each by name."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from comity.cooperation.stewardship.consent import sign_answer
from comity.cooperation.stewardship.errors import (
    AnswerInvalid,
    RequestUnknown,
)
from comity.cooperation.stewardship.notices import ONWARD_ANSWER
from comity.flows.ask_onward import refuse
from tests.federation.stewardship.sharing import (
    PURPOSE,
    answer_at,
    consent_to,
    onward_block,
    outcome,
    request,
    send,
)
from tests.simulators.league import an_export, keys_of, record_of


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
