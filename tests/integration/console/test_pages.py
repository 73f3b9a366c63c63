import json
import re
from datetime import timedelta

import pytest

from comity.cooperation.accounts.store import AccountState, Reconciliation, keep_reconciliation
from comity.cooperation.ledger.evidence import verify_bundle
from comity.cooperation.ledger.witness import Contradiction, SplitView, keep_fork_evidence
from comity.entrypoints.console.attempts import PER_ACCOUNT
from comity.features.declarations.read import read_documents
from comity.flows.clear_declaration import clear
from comity.flows.show_declaration import view
from tests.builders.entry_summaries import an_entry_summary
from tests.integration.console.browsing import Browser
from tests.integration.console.seeded import IMPORT_MRN, STUCK, an_app

PAGES = {
    "/console/arrivals": {"amina", "brian", "root"},
    "/console/declarations/{id}": {"amina", "brian", "root"},
    "/console/declarations/{id}/examination": {"amina", "root"},
    "/console/declarations/{id}/items/1/classify": {"amina", "root"},
    "/console/declarations/{id}/lane": {"amina", "brian", "root"},
    "/console/partners": {"brian", "lucy", "eric", "root"},
    "/console/partners/messages": {"brian", "lucy", "eric", "root"},
    f"/console/partners/messages/{STUCK}": {"eric", "root"},
    "/console/agreements": {"amina", "brian", "lucy", "eric", "root"},
    "/console/agreements/ke-ug-2026": {"amina", "brian", "lucy", "eric", "root"},
    "/console/agreements/ke-ug-2026/suspend": {"lucy", "root"},
    "/console/agreements/ke-ug-2026/questions": {"amina", "brian", "lucy", "eric", "root"},
    "/console/questions": {"amina", "brian", "lucy", "eric", "root"},
    "/console/stewardship": {"lucy", "root"},
    "/console/codes": {"amina", "brian", "lucy", "eric", "root"},
    "/console/codes/ISO-3166-1": {"amina", "brian", "lucy", "eric", "root"},
    "/console/ledger": {"brian", "lucy", "eric", "root"},
    "/console/ledger/checkpoint": {"brian", "lucy", "eric", "root"},
    "/console/evidence/{id}": {"amina", "brian", "lucy", "root"},
}


def seen(node, import_id):
    with node.database.reading() as session:
        return view(session, import_id)


@pytest.mark.parametrize("name", ["amina", "brian", "lucy", "eric", "root"])
def test_each_page_opens_for_its_roles_and_for_no_other(browser, import_id, name):
    browser.sign_in(name)

    opened = {page: browser.get(page.format(id=import_id)).status_code for page in PAGES}

    assert opened == {page: 200 if name in names else 403 for page, names in PAGES.items()}


@pytest.mark.parametrize("page", PAGES)
def test_no_page_opens_without_signing_in(browser, import_id, page):
    answer = browser.get(page.format(id=import_id))

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in?next=/console/")


def test_signing_in_leads_to_the_page_asked_for_and_sets_a_guarded_cookie(browser):
    answer = browser.submit(
        "/console/sign-in", name="amina", password="correct horse battery", next="/console/agreements"
    )

    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("__Host-comity="))
    assert answer.headers["location"] == "/console/agreements"
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}


def test_a_wrong_password_comes_back_with_the_name_filled_in_and_not_the_password(browser):
    answer = browser.submit("/console/sign-in", name="amina", password="wrong horse battery")

    assert answer.status_code == 422
    assert 'value="amina"' in answer.text
    assert "wrong horse" not in answer.text
    assert 'href="#name"' in answer.text


def test_too_many_attempts_lock_the_account_for_a_while_even_for_the_right_password(browser, clock):
    for _ in range(PER_ACCOUNT):
        browser.submit("/console/sign-in", name="amina", password="wrong horse battery")

    assert browser.sign_in("amina").status_code == 429
    clock.advance(timedelta(minutes=16))
    assert browser.sign_in("amina").status_code == 303


def test_signing_out_ends_the_session_even_for_a_kept_cookie(node, browser):
    browser.sign_in("amina")
    kept = browser.cookies["__Host-comity"]

    browser.submit("/console/sign-out", at="/console/arrivals")

    again = Browser(an_app(node))
    again.cookies.set("__Host-comity", kept)
    assert again.get("/console/arrivals").status_code == 303


def test_the_session_is_a_new_one_at_every_sign_in(browser):
    browser.sign_in("amina")
    first = browser.cookies["__Host-comity"]
    browser.submit("/console/sign-out", at="/console/arrivals")
    browser.sign_in("amina")

    assert browser.cookies["__Host-comity"] != first


@pytest.mark.parametrize(
    "path", ["/console/sign-in", "/console/sign-out", "/console/language", "/console/declarations/{id}/lane"]
)
def test_a_form_without_its_token_or_with_anothers_is_refused(browser, import_id, path):
    browser.sign_in("amina")

    for token in ({}, {"form_token": "0" * 64}):
        assert browser.post(path.format(id=import_id), data=token).status_code == 403


def test_a_form_from_another_origin_is_refused_even_with_the_token(browser, import_id):
    browser.sign_in("amina")
    path = f"/console/declarations/{import_id}/lane"
    token = re.search(r'name="form_token" value="([^"]+)"', browser.get(path).text).group(1)

    answer = browser.post(path, data={"form_token": token}, headers={"origin": "https://evil.example"})

    assert answer.status_code == 403


def test_every_answer_forbids_inline_script_framing_and_caching(browser, import_id):
    browser.sign_in("amina")

    for path in ("/console/arrivals", f"/console/declarations/{import_id}", "/console/nothing", "/health"):
        headers = browser.get(path).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert browser.get("/console/arrivals").headers["cache-control"] == "no-store"


def test_the_worklist_shows_the_import_with_why_and_what_differs(browser):
    browser.sign_in("amina")

    text = browser.get("/console/arrivals").text

    assert IMPORT_MRN in text
    assert "Lakeside Roasters" in text
    assert "value lower than at export" in text


def test_the_declaration_opens_with_the_decision_then_the_difference_then_the_goods(browser, import_id):
    browser.sign_in("amina")

    text = browser.get(f"/console/declarations/{import_id}").text

    order = [text.index(part) for part in ('id="decision-title"', 'id="twin-title"', 'id="goods-title"', "<details")]
    assert order == sorted(order)
    assert "−50%" in text
    assert "in duty and taxes" in text
    assert "May be overruled by: Examiner and Risk analyst." in text


def test_an_examination_is_recorded_and_shown(node, browser, import_id):
    browser.sign_in("amina")
    path = f"/console/declarations/{import_id}/examination"

    answer = browser.submit(
        path, outcome="value", found="Invoice shows 5,400 USD", recovered="1 250,50", currency="usd"
    )

    assert answer.headers["location"] == f"/console/declarations/{import_id}?done=examined"
    assert "Invoice shows 5,400 USD" in browser.get(answer.headers["location"]).text
    found = seen(node, import_id).examinations[-1]
    assert found.officer == "amina"


def test_a_failed_examination_comes_back_filled_in_with_the_error_at_the_field_and_at_the_top(node, browser, import_id):
    browser.sign_in("amina")

    answer = browser.submit(
        f"/console/declarations/{import_id}/examination", found="Bales <b>opened</b>", recovered="much", currency="USD"
    )

    assert answer.status_code == 422
    assert "Bales &lt;b&gt;opened&lt;/b&gt;</textarea>" in answer.text
    assert 'value="much"' in answer.text
    assert 'href="#outcome"' in answer.text
    assert 'href="#recovered"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert seen(node, import_id).examinations == ()


def test_a_lane_is_changed_with_a_reason_and_the_engines_decision_stays(node, browser, import_id):
    browser.sign_in("brian")
    before = seen(node, import_id).decision.lane

    answer = browser.submit(
        f"/console/declarations/{import_id}/lane", lane="blue", reason="Known trader, audit next month"
    )

    after = seen(node, import_id)
    assert answer.status_code == 303
    assert (after.decision.lane, after.overrides[-1].lane, after.overrides[-1].officer) == (before, "blue", "brian")
    text = browser.get(answer.headers["location"]).text
    assert "Known trader, audit next month" in text
    assert "changed by an officer" in text


def test_a_lane_is_not_changed_without_a_reason(node, browser, import_id):
    browser.sign_in("brian")

    answer = browser.submit(f"/console/declarations/{import_id}/lane", lane="blue", reason="short")

    assert answer.status_code == 422
    assert "Give the reason in at least ten characters" in answer.text
    assert seen(node, import_id).overrides == ()


def test_the_evidence_that_is_downloaded_verifies_offline(browser, import_id):
    browser.sign_in("lucy")

    answer = browser.get(f"/console/evidence/{import_id}")

    assert answer.headers["content-disposition"].startswith("attachment")
    assert verify_bundle(json.loads(answer.content)).entries


def test_what_is_not_there_has_a_page(browser):
    browser.sign_in("lucy")

    for path in ("/console/nothing", "/console/agreements/none", "/console/evidence/none"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.text


def test_an_officer_reads_french_from_then_on(node, browser):
    browser.sign_in("amina")

    browser.submit("/console/language", at="/console/arrivals", language="fr", next="/console/arrivals")

    assert "Arrivées" in browser.get("/console/arrivals").text
    elsewhere = Browser(an_app(node))
    elsewhere.sign_in("amina")
    assert '<html lang="fr"' in elsewhere.get("/console/arrivals").text


def test_a_form_that_is_too_large_or_malformed_is_refused_with_a_page(browser):
    large = browser.post("/console/sign-in", content=b"a" * 70_000)
    malformed = browser.post("/console/sign-in", content=b"\xff=1&&&")

    assert (large.status_code, malformed.status_code) == (413, 400)
    assert "<h1>" in large.text


def test_a_fault_of_ours_shows_a_reference_and_logs_no_content(node, browser, import_id, monkeypatch, caplog):
    browser.sign_in("amina")
    monkeypatch.setattr(
        "comity.entrypoints.console.pages.declaration.view", lambda *_: (_ for _ in ()).throw(ValueError("Lakeside"))
    )

    answer = browser.get(f"/console/declarations/{import_id}")

    assert answer.status_code == 500
    reference = re.search(r'class="code">([0-9a-f]{12})<', answer.text).group(1)
    assert reference in caplog.text
    assert "Lakeside" not in caplog.text + answer.text


def test_logs_name_officers_and_ids_and_never_the_trade(browser, import_id, caplog):
    caplog.set_level("INFO")
    browser.sign_in("amina")
    browser.get(f"/console/declarations/{import_id}")
    browser.submit(f"/console/declarations/{import_id}/lane", lane="green", reason="Secret reason of the officer")

    assert "amina" in caplog.text
    assert import_id in caplog.text
    assert not {word for word in ("Lakeside", "Coffee", "Secret reason", IMPORT_MRN) if word in caplog.text}


def test_assets_are_small_named_by_content_and_compressed(browser):
    text = browser.get("/console/sign-in").text
    addresses = re.findall(r'(?:href|src)="(/console/static/[^"]+)"', text)

    answers = [browser.get(address) for address in addresses]

    assert {answer.status_code for answer in answers} == {200}
    assert all("immutable" in answer.headers["cache-control"] for answer in answers)
    assert sum(len(answer.content) for answer in answers) + len(text) < 200_000
    assert browser.get("/console/static/0/../../app.py").status_code in (303, 404)


def test_contradictions_and_compared_books_stand_on_the_log_s_page_in_words(browser, node):
    fork = Contradiction("KE", "stated", "old 3\n\npresented", shown_to="RW")
    lost = {
        "kind": "missing-there",
        "agreement_id": "ke-ug-2026",
        "sender": "UG",
        "sequence": 7,
        "message_id": "0" * 64,
    }
    now = node.clock.now()
    with node.database.transaction() as session:
        keep_fork_evidence(session, SplitView(fork), node.clock)
        compared = Reconciliation(
            "r1", "KE", "UG", now - timedelta(days=1), now, AccountState.DIFFERS, 12, [lost] * 21, now
        )
        keep_reconciliation(session, compared)
    browser.sign_in("eric")

    page = browser.get("/console/ledger").text

    assert "Another history shown to another administration (Rwanda)" in page
    assert "not yet" in page
    assert "Books differ" in page
    assert page.count("missing there") == 20
    assert "and 1 more" in page
    assert "ledger.split-view" not in page


def test_an_entry_summary_has_a_page_without_a_lane(node, browser):
    (document,) = read_documents(an_entry_summary()).documents
    with node.database.transaction() as session:
        kept = clear(session, document, clearing=node.clearing())
    browser.sign_in("amina")

    page = browser.get(f"/console/declarations/{kept.declaration_id}")

    assert page.status_code == 200
    assert "Entry summary declaration" in page.text
    assert "Roasted coffee" in page.text
    assert kept.lane is None
