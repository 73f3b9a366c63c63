"""An officer acts on an agreement: what waits is shown, the form asks for reason, day and confirmation, partners hear."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import timedelta

import pytest

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.store import find_agreement, find_text, texts_of
from comity.cooperation.agreements.texts import Proposal
from comity.cooperation.exchange.store import list_messages
from comity.cooperation.ledger.append import entries_of
from comity.flows.sign_agreement import take_in
from tests.integration.console.seeded import KENYA

PAGE = "/console/agreements/ke-ug-2026"
REASON = "A leak is being examined"


@pytest.fixture
def lawyer(browser):
    browser.sign_in("lucy")
    return browser


def seeded(node):
    with node.database.reading() as session:
        return find_agreement(session, "ke-ug-2026", node.clock.now())


def propose(node):
    """Let Kenya propose an amendment that it has signed; return it."""
    first = seeded(node)
    amended = replace(first.agreement, version=2, replaces=first.hash, reply_days=30)
    proposal = Proposal("KE", node.clock.now(), note="thirty days to answer")
    with node.database.transaction() as session:
        take_in(session, amended, [sign_agreement(amended, KENYA)], clearing=node.clearing(), proposal=proposal)
    return amended


def confirmed(text, **fields):
    return {"text": text.hash, "confirm": text.hash[:12], **fields}


def sent_types(node):
    with node.database.reading() as session:
        return [message.type for message in list_messages(session, "KE")]


def test_a_proposal_waits_in_the_list_and_is_signed_with_the_officers_name_in_the_log(node, lawyer):
    digest = agreement_hash(propose(node))
    listed = html.unescape(lawyer.get("/console/agreements").text)
    assert "Waiting for an answer" in listed
    assert "thirty days to answer" in listed
    shown = html.unescape(lawyer.get(PAGE, params={"text": digest}).text)
    assert "text number 2 of this agreement" in shown
    assert f"{PAGE}/sign?text={digest}" in shown

    done = lawyer.submit(f"{PAGE}/sign", at=f"{PAGE}/sign?text={digest}", text=digest, confirm=digest[:12])

    assert done.status_code == 303
    assert "The text is signed" in lawyer.get(done.headers["location"]).text
    assert "Waiting for an answer" not in lawyer.get("/console/agreements").text
    with node.database.reading() as session:
        assert find_text(session, digest).signers == {"KE", "UG"}
        acts = [entry for entry in entries_of(session, "ke-ug-2026") if entry.kind == "agreement-act"]
    assert b'"officer":"lucy"' in acts[0].statement
    assert sent_types(node) == ["agreement-signature.v1"]


def test_a_proposal_is_declined_with_a_reason(node, lawyer):
    digest = agreement_hash(propose(node))

    done = lawyer.submit(
        f"{PAGE}/decline", at=f"{PAGE}/decline?text={digest}", text=digest, confirm=digest[:12], reason=REASON
    )

    assert done.status_code == 303
    assert "Declined" in lawyer.get(done.headers["location"]).text
    assert seeded(node).agreement.version == 1
    assert sent_types(node) == ["agreement-notice.v1"]


def test_an_agreement_is_suspended_resumed_and_terminated_and_its_page_says_so(node, lawyer):
    text, today = seeded(node), node.clock.now().date()
    for act, state in (("suspend", "Suspended"), ("resume", "In force"), ("terminate", "In force")):
        day = today + timedelta(days=1) if act == "terminate" else today
        fields = confirmed(text, reason=f"{REASON}: {act}", from_day=day.isoformat())
        assert f"{PAGE}/{act}" in lawyer.get(PAGE).text
        done = lawyer.submit(f"{PAGE}/{act}", at=f"{PAGE}/{act}?text={text.hash}", **fields)
        assert done.status_code == 303
        shown = html.unescape(lawyer.get(PAGE).text)
        assert state in shown
        assert f"{REASON}: {act}" in shown
        node.clock.advance(timedelta(seconds=1))

    assert f"{PAGE}/terminate" not in lawyer.get(PAGE).text
    assert sent_types(node) == ["agreement-notice.v1"] * 3


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": "short"}, "Give the reason"),
        ({"reason": "x" * 501}, "Give the reason"),
        ({"from_day": "soon"}, "Enter the first day"),
        ({"confirm": ""}, "Confirm that you act"),
        ({"from_day": "2020-01-01"}, "too early for this agreement"),
    ],
)
def test_a_form_that_lacks_something_comes_back_filled_in_and_changes_nothing(node, lawyer, changes, told):
    text = seeded(node)
    fields = confirmed(text, reason=REASON, from_day=node.clock.now().date().isoformat()) | changes

    answer = lawyer.submit(f"{PAGE}/suspend", at=f"{PAGE}/suspend?text={text.hash}", **fields)

    assert 400 <= answer.status_code < 500
    assert told in html.unescape(answer.text)
    assert fields["reason"] in html.unescape(answer.text)
    with node.database.reading() as session:
        assert texts_of(session, "ke-ug-2026")[0].history.notices == ()


def test_who_may_not_act_sees_no_button_and_is_refused(node, browser):
    browser.sign_in("eric")
    text = seeded(node)

    assert f"{PAGE}/suspend" not in browser.get(PAGE).text
    assert browser.get(f"{PAGE}/suspend").status_code == 403
    assert browser.post(f"{PAGE}/suspend", data=confirmed(text, reason=REASON)).status_code == 403


def test_an_act_without_the_forms_token_or_on_a_text_that_is_not_there_is_refused(node, lawyer):
    text = seeded(node)

    assert lawyer.post(f"{PAGE}/suspend", data=confirmed(text, reason=REASON)).status_code == 403
    assert lawyer.get(f"{PAGE}/sign", params={"text": "0" * 64}).status_code == 404
    assert "cannot be done" in lawyer.get(f"{PAGE}/sign", params={"text": text.hash}).text
