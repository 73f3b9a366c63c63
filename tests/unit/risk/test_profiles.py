"""Whether the profiles a node starts with send what the mirror finds to the lane it deserves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from comity.features.risk.assess import SelectionPolicy, assess
from comity.features.risk.errors import ProfilesInvalid
from comity.features.risk.examination import ExaminationResult, OutcomeCode
from comity.features.risk.lanes import Lane
from comity.features.risk.messages import examination_payload
from comity.features.risk.profiles import Profile, compile_profiles, load_profiles
from tests.unit.risk.item_facts import an_item

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SHIPPED = load_profiles()


def lane_of(**changes):
    found = assess([an_item(**changes)], "import", profiles=SHIPPED, draw=0.99, at=AT, policy=SelectionPolicy())
    return found.lane


def a_profile(**changes):
    fields = {"id": "one", "title": "One", "risk_area": "revenue", "expression": "aeo", "weight": 0.5}
    return Profile(**fields | {"lane": Lane.RED, "instruction": "Look."} | changes)


def test_every_shipped_profile_says_what_to_do():
    assert len(SHIPPED.profiles) >= 19
    for profile in SHIPPED.profiles:
        assert profile.title, profile.id
        assert profile.instruction, profile.id
        assert profile.version >= 1, profile.id


@pytest.mark.parametrize(
    ("changes", "lanes"),
    [
        ({}, {Lane.GREEN}),
        ({"mirror_value_ratio": 0.6, "mirror_severity": 0.8}, {Lane.RED}),
        ({"mirror_value_ratio": 0.9, "mirror_severity": 0.2}, {Lane.YELLOW}),
        ({"mirror_value_ratio": 1.5, "mirror_severity": 0.3}, {Lane.YELLOW}),
        ({"mirror_mass_ratio": 0.8, "mirror_severity": 0.4}, {Lane.ORANGE}),
        ({"mirror_goods_differ": True, "mirror_severity": 0.8}, {Lane.RED}),
        ({"mirror_origin_differs": True, "mirror_severity": 0.6}, {Lane.RED, Lane.ORANGE}),
        ({"mirror_found": False, "mirror_probability": None, "mirror_value_ratio": None}, {Lane.RED}),
        ({"partner_alert": True}, {Lane.RED}),
        ({"importer_irregular_365d": 3}, {Lane.YELLOW}),
        ({"importer_is_new": True}, {Lane.BLUE}),
        ({"mirror_probability": 0.7}, {Lane.BLUE}),
    ],
)
def test_the_shipped_profiles_grade_what_the_mirror_finds(changes, lanes):
    assert lane_of(**changes) in lanes


def test_a_missing_export_record_is_no_fault_where_none_is_owed():
    nothing = {"mirror_expected": False, "mirror_found": False, "mirror_value_ratio": None, "mirror_mass_ratio": None}

    assert lane_of(**nothing, mirror_goods_differ=None, mirror_origin_differs=None) is Lane.GREEN


@pytest.mark.parametrize("weight", [-0.1, 1.0])
def test_refuses_a_weight_out_of_range(weight):
    with pytest.raises(ProfilesInvalid):
        compile_profiles([a_profile(weight=weight)])


def test_refuses_an_id_that_stands_twice():
    with pytest.raises(ProfilesInvalid):
        compile_profiles([a_profile(), a_profile()])


def test_a_faulty_expression_is_told_with_its_profile():
    with pytest.raises(ProfilesInvalid, match=r"one.*mirror_found"):
        compile_profiles([a_profile(expression="miror_found")])


@pytest.mark.parametrize("text", ["not toml", "[[profile]]\nid = 'x'\n", "[[profile]]\ncolour = 'red'\n"])
def test_refuses_a_file_that_is_not_of_profiles(tmp_path, text):
    path = tmp_path / "profiles.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ProfilesInvalid, match=r"profiles\.toml"):
        load_profiles(path)


def test_a_profile_is_found_by_its_id():
    assert SHIPPED.find(SHIPPED.profiles[0].id) is SHIPPED.profiles[0]
    assert SHIPPED.find("no such profile") is None


def test_the_message_to_a_partner_holds_the_result_and_nothing_of_the_examiners_words():
    payload = examination_payload(
        ExaminationResult(OutcomeCode.VALUE, "the examiner's own words"),
        export_message_id="m1",
        export_mrn="26KE1",
        import_mrn="26UG1",
        discrepancies=["undervaluation", "mass"],
        examined_at=AT,
    )

    assert set(payload) == {
        "export_message_id",
        "export_mrn",
        "import_mrn",
        "outcome",
        "discrepancies",
        "examined_at",
    }
    assert payload["outcome"] == "value"
    assert payload["discrepancies"] == ["mass", "undervaluation"]
    assert "words" not in str(payload)
