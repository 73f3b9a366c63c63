"""What is owed after delivery is in sight of the legal officer, who answers requests to pass on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comity.cooperation.exchange.envelope import Header
from comity.cooperation.exchange.store import list_messages
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.stewardship.consents.store import IN, KeptConsent, find_request
from comity.cooperation.stewardship.recalls.store import OUT, KeptRecall, Recalled, keep_recall
from comity.flows.answer_recall import take_recall
from comity.flows.dispose_expired import Case, hold
from tests.integration.console.seeded import REQUEST

MESSAGE = "ab" * 32
FORM = f"/console/stewardship/requests/KE/{REQUEST}"


def request_of(node) -> KeptConsent:
    with node.database.reading() as session:
        found = find_request(session, IN, "KE", REQUEST)
    assert found is not None
    return found


def test_the_page_shows_what_is_due_held_recalled_and_asked(node, browser, import_id):
    now = node.clock.now()
    with node.database.transaction() as session:
        case = Case("UG-17", "appeal pending", now.date() + timedelta(days=30), "lucy")
        hold(session, MESSAGE, case=case, clearing=node.clearing())
        named = (Recalled("c" * 64, outcome="erased", onward=(("RW", "chased"),)),)
        keep_recall(session, KeptRecall(OUT, "KE", "d" * 32, "recall", "wrong", now, now - timedelta(days=3), named))
    node.clock.advance(timedelta(days=1))
    browser.sign_in("lucy")

    page = browser.get("/console/stewardship").text

    for words in ("UG-17", "appeal pending", "Overdue", "Rwanda: asked, not answered", FORM, "risk assessment"):
        assert words in page


def test_the_page_speaks_of_messages_past_their_retention(node, browser, import_id):
    node.clock.advance(timedelta(days=2_000))
    browser.sign_in("root")

    assert "1 message is past its retention" in browser.get("/console/stewardship").text


def test_a_consent_is_signed_with_its_conditions_and_told(node, browser):
    browser.sign_in("lucy")
    last = (node.clock.now() + timedelta(days=30)).date()

    sent = browser.submit(FORM, answer="consent", until=last.isoformat(), text="not in court")

    assert sent.headers["location"] == "/console/stewardship?done=answered"
    answered = request_of(node)
    assert (answered.consents, answered.conditions, answered.valid_to) == (True, "not in court", last)
    assert answered.answered_by == "lucy"
    with node.database.reading() as session:
        assert [one.type for one in list_messages(session, "KE")] == ["onward-answer.v1"]


def test_a_refusal_is_told_with_its_reason_and_cannot_be_changed(node, browser):
    browser.sign_in("lucy")
    browser.submit(FORM, answer="refuse", text="an investigation is pending")

    assert request_of(node).answer_reason == "an investigation is pending"
    again = browser.submit(FORM, at="/console/stewardship", answer="consent", until="2099-01-01")
    assert again.status_code == 404
    assert request_of(node).consents is False


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "Choose an answer"),
        ({"answer": "refuse"}, "Give the reason of the refusal"),
        ({"answer": "consent", "until": "soon"}, "Give the last day"),
        ({"answer": "consent", "until": "2020-01-01"}, "The last day has passed"),
        ({"answer": "refuse", "text": "x" * 501}, "500 characters or fewer"),
    ],
)
def test_an_answer_that_is_not_complete_comes_back_with_what_was_wrong(node, browser, fields, told):
    browser.sign_in("lucy")

    page = browser.submit(FORM, **fields)

    assert page.status_code == 422
    assert told in page.text
    assert request_of(node).consents is None


def test_only_who_may_answer_sees_the_form(browser):
    browser.sign_in("brian")
    assert browser.get(FORM).status_code == 403
    browser.submit("/console/sign-out", at="/console/arrivals")
    browser.sign_in("lucy")
    assert browser.get(FORM).status_code == 200
    assert browser.get(FORM.replace("KE", "TZ")).status_code == 404


def test_a_received_recall_is_on_the_page(node, browser, import_id):
    notice = {
        "recall_id": "f" * 32,
        "kind": "recall",
        "messages": [{"message": MESSAGE}],
        "reason": "declared in error",
        "deadline": (node.clock.now() + timedelta(days=5)).isoformat(),
    }
    header = Header(
        sender="KE",
        recipient="UG",
        agreement_id="partnership-ke-ug",
        agreement_hash="0" * 64,
        clause="recall.v1",
        sequence=1,
        previous_hash="0" * 64,
        purpose="stewardship",
        data_class="recall.v1",
        marking="confidential",
        type="recall.v1",
        created=node.clock.now(),
        expires=node.clock.now() + timedelta(days=60),
        subject="s",
        release_id="r",
    )
    with node.database.transaction() as session:
        message = ReceivedMessage(header, notice, "1" * 64, "KE", node.clock.now())
        assert take_recall(session, message, clearing=node.clearing()) == "complete"
    browser.sign_in("lucy")

    page = browser.get("/console/stewardship").text

    assert "from Kenya" in page
    assert "Complete" in page
