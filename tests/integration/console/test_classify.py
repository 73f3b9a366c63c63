"""Beside a goods item: suggested codes with their reasons, one form to decide, one to ask a partner."""

import pytest

from comity.features.tariff.classification.store import decisions_about, questions_about
from comity.features.tariff.classification.train import train
from comity.flows.train_classification import Made, keep_model
from tests.unit.classification.lessons import a_lesson


@pytest.fixture
def path(node, browser, import_id):
    made = Made(train(a_lesson()), 1, 16, 8, ())
    with node.database.transaction() as session:
        keep_model(session, made, home=node.settings.home, keys=node.keys, clock=node.clock)
    browser.sign_in("amina")
    return f"/console/declarations/{import_id}/items/1/classify"


def test_suggestions_are_shown_with_words_texts_rules_and_the_difference_from_the_declared_code(browser, path):
    text = browser.get(path).text

    assert "0901.21" in text
    assert "Coffee; roasted, not decaffeinated" in text
    assert "By model hs2022-" in text
    assert "another subheading" in text


def test_the_declaration_leads_to_it(browser, path, import_id):
    assert path in browser.get(f"/console/declarations/{import_id}").text


def test_without_a_model_it_says_what_to_do_and_an_officer_still_decides(node, browser, import_id):
    browser.sign_in("amina")

    text = browser.get(f"/console/declarations/{import_id}/items/1/classify").text

    assert "comity classify train" in text
    assert "Decide the code" in text


def test_an_officer_decides_and_sees_it(node, browser, path, import_id):
    answer = browser.submit(
        path, act="decide", code="0901210000", rules="1, 6", reasons="Roasted, as the sample of 2 March shows."
    )

    assert answer.headers["location"] == f"{path}?done=decided"
    assert "Roasted, as the sample of 2 March shows." in browser.get(path).text
    with node.database.reading() as session:
        (kept,) = decisions_about(session, import_id, 1)
    assert kept.officer == "amina"
    assert kept.decision.rules == ("1", "6")
    assert kept.decision.model.startswith("hs2022-")
    assert 0 <= kept.decision.uncertainty <= 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": "0901", "rules": "1", "reasons": "long enough a reason"}, "code"),
        ({"code": "090121", "rules": "9", "reasons": "long enough a reason"}, "rules"),
        ({"code": "090121", "rules": "1", "reasons": "short"}, "reasons"),
    ],
)
def test_an_incomplete_decision_comes_back_with_the_error_at_the_field(browser, path, fields, field):
    answer = browser.submit(path, act="decide", **fields)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_a_question_that_no_clause_covers_does_not_leave(node, browser, path, import_id):
    answer = browser.submit(path, act="ask", partner="KE", proposed="090121")

    assert answer.status_code == 403
    with node.database.reading() as session:
        assert questions_about(session, import_id, 1) == []


@pytest.mark.parametrize("item", ["99", "x"])
def test_a_goods_item_that_is_not_there_has_no_page(browser, path, import_id, item):
    assert browser.get(f"/console/declarations/{import_id}/items/{item}/classify").status_code == 404
