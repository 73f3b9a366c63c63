"""The page of code lists: which there are, what a search finds, what changed from version to version."""

from __future__ import annotations

from datetime import date

import pytest

from comity.flows.import_codes import Wanted, import_codes


@pytest.fixture
def lists(node):
    for day, content in (
        (date(2026, 1, 1), b"code,name\nBX,Box\nCT,Carton\n"),
        (date(2026, 2, 1), b"code,name\nBX,Box\n"),
    ):
        with node.database.transaction() as session:
            import_codes(session, "packages.csv", content, wanted=Wanted(valid_from=day), clock=node.clock)


def test_lists_are_listed_and_searched(browser, lists):
    browser.sign_in("amina")

    page = browser.get("/console/codes?text=carton").text

    assert "packages" in page
    assert "ISO-3166-1" in page
    assert "Carton" in page
    assert "No list holds these words" in browser.get("/console/codes?text=nothing-like-this").text


def test_a_list_shows_its_versions_and_what_is_valid_on_a_day(browser, lists):
    browser.sign_in("amina")

    january = browser.get("/console/codes/packages?on=2026-01-15").text
    february = browser.get("/console/codes/packages?on=2026-02-15").text

    assert "Carton" in january
    assert "Carton" not in february
    assert browser.get("/console/codes/packages?on=nonsense").status_code == 200
    assert browser.get("/console/codes/nothing").status_code == 404
