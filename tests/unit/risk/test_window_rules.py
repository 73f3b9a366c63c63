"""What the language takes as a window over history, and what it refuses with position and advice."""

from __future__ import annotations

import pytest

from comity.features.risk.errors import RuleInvalid
from comity.features.risk.rules.compile import compile_rule
from comity.features.risk.windows import thousandths
from tests.unit.risk.item_facts import an_item


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("aeo AND count_last(0, importer_id) > 1", 19),
        ("count_last(366, importer_id) > 1", 11),
        ("count_last(item_count, importer_id) > 1", 11),
        ("count_last(30) > 1", 0),
        ("count_last() > 1", 0),
        ("count_last(30, importer_name) > 1", 15),
        ("count_last(30, incoterm, importer_id) > 1", 15),
        ("count_last(30, importer_id, importer_id) > 1", 28),
        ("count_last(30, export_country) > 1", 0),
        ("count_last(30, importer_id, hs6, hs4, office) > 1", 0),
        ("sum_last(quantity, 30, importer_id) > 1", 9),
        ("days_since_last(30, importer_id) > 1", 16),
        ("count_last(30, importer_id) = 'many'", None),
    ],
)
def test_refuses_a_window_outside_the_closed_lists(text, position):
    with pytest.raises(RuleInvalid) as refusal:
        compile_rule(text)

    if position is not None:
        assert refusal.value.position == position


def test_a_misspelt_window_names_the_nearest():
    with pytest.raises(RuleInvalid) as refusal:
        compile_rule("count_lst(30, importer_id) > 1")

    assert refusal.value.nearest == "count_last"


def test_equal_terms_are_one_derived_column_whatever_the_order_of_keys():
    rule = compile_rule("COUNT_LAST(30, hs4, importer_id) > 2 AND count_last(30, importer_id, hs4) < 9")

    (window,) = rule.windows

    assert window.name == "count_last__30__importer_id__hs4"
    assert rule.columns_used == {"importer_id", "hs4"}
    assert rule.evaluate(an_item() | {window.name: 3}) is True
    assert rule.evaluate(an_item() | {window.name: 9}) is False
    assert rule.evaluate(an_item()) is None


@pytest.mark.parametrize(
    ("measure", "whole"), [(None, None), (0.0005, 1), (-0.0005, -1), (1.0004, 1000), (1e18, 10**13), (-1e18, -(10**13))]
)
def test_measures_are_summed_in_whole_thousandths(measure, whole):
    assert thousandths(measure) == whole
