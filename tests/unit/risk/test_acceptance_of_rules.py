"""What is refused when a person writes a profile's condition, and that nothing which can hit is refused."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.features.risk.errors import RuleInvalid
from comity.features.risk.profiles import load_profiles
from comity.features.risk.rules.accept import accept_rule
from comity.features.risk.rules.check_types import check_types
from comity.features.risk.rules.compile import compile_rule
from comity.features.risk.rules.parse import parse_expression
from comity.features.risk.rules.possible import after_prefix, first_impossible, is_always_true
from tests.unit.risk.random_rules import conditions, rows

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
SHIPPED = load_profiles()
IDS = [profile.id for profile in SHIPPED.profiles]

REFUSED = [
    ("hs2 = '01' AND hs2 = '02'", 15),
    ("net_mass_kg BETWEEN 10 AND 5", 0),
    ("item_count > 1 AND item_count < 2", 19),
    ("aeo AND (containers > 3 AND NOT aeo)", 32),
    ("hs2 = '87' AND starts_with(hs_code, '88')", 15),
    ("hs4 LIKE '87%' AND hs4 < '87'", 19),
    ("hs6 < ''", 0),
    ("hs2 IN ('01', '02') AND hs2 NOT IN ('01', '02', '03')", 24),
    ("net_mass_kg > gross_mass_kg AND gross_mass_kg > net_mass_kg", 32),
    ("hs6 IS NULL AND hs6 = '870323'", 16),
    ("aeo IS NULL", 0),
    ("abs(quantity) < 0", 0),
    ("count_last(30, importer_id) < 0", 0),
    ("irregular_share_last(90, importer_id) > 1", 0),
    ("net_mass_kg > 1e19 - 1e19 AND FALSE", None),
    ("CASE WHEN aeo THEN hs2 ELSE NULL END = '01' AND NOT aeo", 52),
    ("1 = 1", 0),
    ("aeo OR NOT aeo", 0),
    ("net_mass_kg >= 5 OR net_mass_kg < 10", 0),
    ("containers IS NOT NULL", 0),
    ("net_mass_kg / 0 > 1", 14),
    ("aeo AND net_mass_kg % (1 - 1) > 1", 23),
    ("net_mass_kg / -0.0 > 1", 15),
    ("mirror-severe", 0),
    ("aeo AND importer_new", 8),
    ("profile('mirror-severe')", 0),
    ("aeo; DROP TABLE risk_lines", 3),
    ("aeo UNION SELECT 1", None),
    ("aeo OR (SELECT count(*) FROM officers) > 0", None),
    ("aeo AND " * 600 + "aeo", None),
]


@pytest.mark.parametrize(("text", "position"), REFUSED, ids=range(len(REFUSED)))
def test_is_refused_with_advice_at_its_position(text, position):
    with pytest.raises(RuleInvalid) as refusal:
        accept_rule(text, profile_ids=IDS)

    assert refusal.value.message
    if position is not None:
        assert refusal.value.position == position


@pytest.mark.parametrize("profile", SHIPPED.profiles, ids=lambda profile: profile.id)
def test_every_profile_a_node_starts_with_is_accepted(profile):
    assert accept_rule(profile.expression, profile_ids=IDS).text == profile.expression


@pytest.mark.parametrize(
    "text",
    [
        "hs2 = '01' OR hs2 = '02'",
        "importer_id IS NOT NULL",
        "nullif(net_mass_kg, 5) <> 5",
        "net_mass_kg + 1 = net_mass_kg",
        "net_mass_kg / (quantity - quantity) > 1 OR aeo",
        "hs4 LIKE '87%' AND hs4 < '8700'",
        "hs4 LIKE '8_%' AND hs4 LIKE '%3'",
        "hs6 = 'mirror-severe'",
        "hs6 > '\U0010ffff'",
        "item_count > 1.5 AND item_count < 2.5",
    ],
)
def test_what_can_hit_is_accepted(text):
    assert accept_rule(text, profile_ids=IDS).text == text


@QUICK
@given(text=conditions, table=st.lists(rows, min_size=12, max_size=12))
def test_a_rule_that_some_row_makes_true_is_never_called_impossible(text, table):
    tree = check_types(parse_expression(text))
    answers = {compile_rule(text, is_bound=False).judge_row(row) for row in table}

    if True in answers:
        assert first_impossible([tree]) is None
    if False in answers:
        assert not is_always_true(tree)


@given(text=st.text(min_size=1, max_size=4), more=st.text(max_size=3), other=st.text(max_size=5))
def test_the_texts_with_a_prefix_are_an_interval(text, more, other):
    end = after_prefix(text)

    assert text <= text + more
    assert end is None or text + more < end
    assert other.startswith(text) == (text <= other and (end is None or other < end))
