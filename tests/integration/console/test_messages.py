"""The page of messages that went nowhere: whoever keeps the node decides, with a reason, and nobody else."""

from comity.cooperation.exchange.dead_letters import DEAD_LETTER
from comity.cooperation.exchange.operation.store import skipped_ids
from comity.cooperation.ledger.append import entries_of
from tests.integration.console.browsing import Browser
from tests.integration.console.seeded import STUCK, an_app

PATH = f"/console/partners/messages/{STUCK}"


def skipped(node):
    with node.database.reading() as session:
        return skipped_ids(session, "KE"), [one.kind for one in entries_of(session, STUCK)]


def test_engineer_skips_a_message_with_a_reason_that_stays_in_the_log(browser, node):
    browser.sign_in("eric")

    assert "1 message went nowhere" in browser.get("/console/partners").text
    answer = browser.submit(PATH, action="skip", reason="agreed with Kenya by telephone")

    assert (answer.status_code, answer.headers["location"]) == (303, "/console/partners/messages?done=1")
    assert "The decision is in the log." in browser.get("/console/partners/messages?done=1").text
    assert skipped(node) == ({STUCK}, [DEAD_LETTER])


def test_without_a_choice_or_a_reason_nothing_is_done_and_the_form_says_why(browser, node):
    browser.sign_in("eric")

    nothing = browser.submit(PATH, reason="agreed with Kenya")
    short = browser.submit(PATH, action="skip", reason="short")
    other = browser.submit(PATH, action="give-up", reason="agreed with Kenya")
    long = browser.submit(PATH, action="skip", reason="x" * 501)

    assert [one.status_code for one in (nothing, short, other, long)] == [422] * 4
    assert "Choose what is to be done" in nothing.text
    assert "at least ten characters" in short.text
    assert skipped(node) == (frozenset(), [])


def test_form_of_another_session_or_of_another_role_is_refused(browser, node):
    browser.sign_in("eric")
    forged = browser.post(PATH, data={"form_token": "0" * 64, "action": "skip", "reason": "agreed with Kenya"})
    other = Browser(an_app(node))
    other.sign_in("lucy")
    other_role = other.get(PATH)

    assert (forged.status_code, other_role.status_code) == (403, 403)
    assert skipped(node) == (frozenset(), [])


def test_message_that_is_none_is_not_found(browser):
    browser.sign_in("eric")

    assert browser.get("/console/partners/messages/" + "0" * 64).status_code == 404
