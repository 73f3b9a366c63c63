"""The console in a real Chromium: every page for every reader, and the work of an examiner from start to end."""

import json

import pytest

from comity.cooperation.ledger.evidence import verify_bundle
from tests.integration.console.seeded import STUCK

pytestmark = pytest.mark.xdist_group("chromium")

PAGES = (
    "/console/arrivals",
    "/console/arrivals?lane=green",
    "/console/declarations/{id}",
    "/console/declarations/{id}/examination",
    "/console/declarations/{id}/items/1/classify",
    "/console/declarations/{id}/lane",
    "/console/partners",
    "/console/partners/messages",
    f"/console/partners/messages/{STUCK}",
    "/console/agreements",
    "/console/agreements/ke-ug-2026",
    "/console/agreements/ke-ug-2026/terminate",
    "/console/agreements/ke-ug-2026/questions?question=may personal data reach UG",
    "/console/questions?question=who may receive any data",
    "/console/stewardship",
    "/console/stewardship/requests/KE/" + "e" * 32,
    "/console/codes?text=kenya",
    "/console/codes/ISO-4217?on=2026-03-02",
    "/console/ledger",
)


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(1280, "light", "en"), (1280, "dark", "fr"), (320, "light", "fr"), (320, "dark", "en")],
)
def test_every_page_is_accessible_and_fits(visiting, served, width, scheme, locale):
    visitor = visiting(width=width, scheme=scheme, locale=locale)
    visitor.open("/console/sign-in")
    assert visitor.broken_rules() == []
    visitor.sign_in("root")

    for path in PAGES:
        visitor.open(path.format(id=served[1]))
        visitor.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert visitor.broken_rules() == [], path
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert visitor.faults == []


def test_pages_of_errors_are_accessible_too(visiting, served):
    visitor = visiting()
    visitor.sign_in("eric")

    for path, words in (
        ("/console/nothing", "Not found"),
        (f"/console/declarations/{served[1]}", "You may not do this"),
        ("/console/questions?question=may mrn rech UG", "Questions"),
    ):
        visitor.open(path)
        assert visitor.page.locator("h1").inner_text() == words
        assert visitor.broken_rules() == []


def test_an_examiner_works_by_keyboard_from_the_worklist_to_the_recorded_result(visiting, served):
    visitor = visiting()
    page = visitor.page
    visitor.sign_in("amina")

    page.locator("a.what").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/declarations/*")
    assert page.locator(".decision ol li").count() >= 1
    page.get_by_role("link", name="Record examination").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/examination")
    page.get_by_role("button", name="Record examination").click()

    summary = page.get_by_role("alert")
    assert summary.is_visible()
    assert page.evaluate("document.activeElement.className") == "summary-errors"
    assert visitor.broken_rules() == []
    page.get_by_label("Wrong value").check()
    page.get_by_label("What was found?").fill("The invoice shows 5,400.25 USD.")
    page.get_by_role("button", name="Record examination").click()

    page.wait_for_url("**?done=examined")
    assert page.get_by_role("status").inner_text() == "The examination is recorded."
    assert page.get_by_text("The invoice shows 5,400.25 USD.").is_visible()


def test_the_twin_marks_what_differs_and_can_show_only_that(visiting, served):
    visitor = visiting()
    visitor.sign_in("brian")
    visitor.open(f"/console/declarations/{served[1]}")
    rows = visitor.page.locator(".twin tbody tr:not(.group):visible")
    everything = rows.count()

    visitor.page.get_by_label("Show only what differs").check()

    different = visitor.page.locator(".twin tr.different")
    assert 0 < rows.count() < everything
    assert rows.count() == different.count()
    assert "−50%" in different.first.inner_text() + different.last.inner_text() + " ".join(different.all_inner_texts())


def test_everything_is_read_and_done_without_script(visiting, served):
    visitor = visiting(script=False)
    page = visitor.page
    visitor.sign_in("brian")

    page.locator(".chips a").nth(1).click()
    visitor.open(f"/console/declarations/{served[1]}/lane")
    page.get_by_role("radio").nth(3).check()
    page.get_by_label("Why?").fill("Known trader, audited next month")
    page.get_by_role("button", name="Change the lane").click()

    page.wait_for_url("**?done=lane")
    assert "Known trader, audited next month" in page.content()


def test_the_language_switch_keeps_the_page(visiting, served):
    visitor = visiting()
    visitor.sign_in("lucy")
    visitor.open("/console/agreements/ke-ug-2026")

    visitor.page.get_by_role("button", name="Français").click()

    visitor.page.wait_for_load_state()
    assert visitor.page.url.endswith("/console/agreements/ke-ug-2026")
    assert visitor.page.locator("html").get_attribute("lang") == "fr"
    visitor.page.get_by_role("button", name="English").click()


def test_the_evidence_bundle_is_downloaded_and_verifies(visiting, served, tmp_path):
    visitor = visiting()
    visitor.sign_in("lucy")
    visitor.open("/console/ledger")

    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="Evidence for entry").first.click()
    download.value.save_as(tmp_path / "bundle.json")

    assert verify_bundle(json.loads((tmp_path / "bundle.json").read_text(encoding="utf-8"))).entries


def test_the_focus_is_visible_and_the_first_stop_skips_to_the_content(visiting):
    visitor = visiting()
    visitor.sign_in("amina")

    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.className") == "skip"
    assert visitor.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    visitor.page.keyboard.press("Enter")

    assert visitor.page.evaluate("document.activeElement.id") == "main"


def test_targets_are_large_enough_for_a_cold_finger(visiting, served):
    visitor = visiting(width=360)
    visitor.sign_in("root")
    small = """[...document.querySelectorAll('a, button, input, summary')]
        .filter(one => one.offsetParent && !one.classList.contains('skip') && !one.closest('p, label'))
        .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
        .filter(([, box]) => box.height > 0 && box.height < 24).map(([text]) => text)"""

    for path in PAGES:
        visitor.open(path.format(id=served[1]))
        assert visitor.page.evaluate(small) == [], path


def test_a_question_is_asked_and_answered_by_keyboard(visiting, served):
    visitor = visiting()
    visitor.sign_in("lucy")
    visitor.open("/console/agreements/ke-ug-2026")
    visitor.page.get_by_role("link", name="Ask this text").press("Enter")
    box = visitor.page.get_by_label("What do you want to know?")

    box.press_sequentially("may mrn rech UG")
    box.press("Enter")
    visitor.page.get_by_role("link", name="Character 9").press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "question"
    box.fill("may mrn reach UG from KE for mirror-matching")
    box.press("Enter")

    visitor.page.get_by_role("heading", name="Answer: Yes").wait_for()
    assert "Kenya may send mrn to Uganda" in visitor.page.locator("main").inner_text()
    assert visitor.broken_rules() == []
