"""What the rule language takes, what it refuses, and where it says the fault is."""

from __future__ import annotations

import pytest

from comity.features.risk.errors import FactsInvalid, RuleInvalid
from comity.features.risk.rules.compile import compile_rule
from tests.unit.risk.item_facts import an_item

REFUSED = [
    "",
    "aeo; aeo",
    "aeo AND",
    "hs6 IN (SELECT 1)",
    "SELECT aeo",
    "aeo WHERE 1 = 1",
    "facts.aeo",
    "read_csv('a') = 'b'",
    "random() > 0.5",
    "count(*) > 1",
    "hs6 = ?",
    "hs6 LIKE hs4",
    "aeo::BOOLEAN",
    "mirror_found > aeo",
    "aeo = 1",
    "net_mass_kg",
    "hs6 = 870323",
    "hs6 = NULL",
    "NULL",
    "\x00aeo",
]


@pytest.mark.parametrize("text", REFUSED)
def test_refuses_what_is_not_one_condition_of_the_language(text):
    with pytest.raises(RuleInvalid):
        compile_rule(text)


def test_names_the_nearest_column_and_where_the_fault_is():
    with pytest.raises(RuleInvalid) as refusal:
        compile_rule("aeo AND mirror_vale_ratio < 1")

    assert refusal.value.nearest == "mirror_value_ratio"
    assert refusal.value.position == 8
    assert "mirror_value_ratio" in refusal.value.message


@pytest.mark.parametrize(
    "text",
    ["(" * 900 + "aeo" + ")" * 900, "NOT " * 900 + "aeo", "aeo AND " * 490 + "aeo", "aeo /*" + "x" * 5000 + "*/"],
    ids=["brackets", "nots", "ands", "comment"],
)
def test_a_hostile_length_or_depth_is_refused_or_answered(text):
    try:
        answer = compile_rule(text).evaluate(an_item(aeo=True))
    except RuleInvalid:
        return

    assert answer is True


def test_a_list_of_many_values_is_taken():
    listed = ",".join(f"'{number}'" for number in range(600))

    assert compile_rule(f"hs6 IN ({listed})").evaluate(an_item(hs6="599")) is True


@pytest.mark.parametrize(
    ("text", "changes", "answer"),
    [
        ("net_mass_kg / quantity > 1", {"net_mass_kg": 5.0, "quantity": 0.0}, None),
        ("net_mass_kg / quantity > 1", {"net_mass_kg": 5.0, "quantity": None}, None),
        ("net_mass_kg / quantity > 1", {"net_mass_kg": 5.0, "quantity": 2.0}, True),
        ("mirror_goods_differ OR aeo", {"mirror_goods_differ": None, "aeo": True}, True),
        ("mirror_goods_differ OR aeo", {"mirror_goods_differ": None, "aeo": False}, None),
        ("mirror_goods_differ AND aeo", {"mirror_goods_differ": None, "aeo": False}, False),
        ("NOT mirror_goods_differ", {"mirror_goods_differ": None}, None),
        ("hs6 NOT IN ('1', NULL)", {"hs6": "2"}, None),
        ("hs6 NOT IN ('1', NULL)", {"hs6": "1"}, False),
        ("hs6 NOT LIKE '87%'", {"hs6": "870323"}, False),
        ("hs6 NOT LIKE '87%'", {"hs6": "100630"}, True),
        ("hs6 NOT LIKE '87%'", {"hs6": None}, None),
        ("hs6 IS NULL", {"hs6": None}, True),
        ("item_count / 2 = 0.5", {"item_count": 1}, True),
        ("aeo -- and nothing more", {"aeo": True}, True),
    ],
)
def test_answers_in_three_values(text, changes, answer):
    assert compile_rule(text).evaluate(an_item(**changes)) is answer


@pytest.mark.parametrize(
    "changes", [{"aeo": None}, {"aeo": 1}, {"item_count": 1.5}, {"hs6": 870323}, {"net_mass_kg": "5"}, {"colour": "x"}]
)
def test_refuses_facts_that_do_not_fit_the_columns(changes):
    with pytest.raises(FactsInvalid):
        compile_rule("aeo").evaluate(an_item() | changes)


def test_text_of_the_rule_never_becomes_python():
    rule = compile_rule("hs6 = '\"; import os #' OR hs6 = '{0}' OR hs6 = '\\'")

    assert rule.evaluate(an_item(hs6='"; import os #')) is True
    assert rule.evaluate(an_item(hs6="{0}")) is True
    assert rule.evaluate(an_item(hs6="x")) is False
