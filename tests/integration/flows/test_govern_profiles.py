"""A profile acts only after a back-test and a second person; its acts are in the log, its versions stay."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.append import entries_of
from comity.features.mirror.settings import load_thresholds
from comity.features.risk.assess import SelectionPolicy
from comity.features.risk.errors import ActOutOfPlace, ProfileInvalid, ProfileUnknown, RuleInvalid, SecondPersonNeeded
from comity.features.risk.governance.backtest import interval
from comity.features.risk.governance.life import Status
from comity.features.risk.governance.store import find_profile, kept_profiles
from comity.features.risk.history.store import keep_lines, keep_result
from comity.features.risk.lanes import Lane
from comity.features.risk.profile_memory import ProfileMemory
from comity.features.risk.profiles import Profile, load_profiles
from comity.flows.clearing import Clearing
from comity.flows.govern_profiles import approve, propose, try_on_history, withdraw
from comity.flows.profiles_in_force import with_profiles_in_force
from comity.foundation.rates import load_rates
from tests.unit.risk.item_facts import an_item

UGANDA = generate_keys("UG", "Uganda")


def a_profile(**changes):
    fields = {"id": "own", "title": "Own", "risk_area": "revenue", "expression": "hs2 = '87'", "weight": 0.5}
    return Profile(**fields | {"lane": Lane.RED, "instruction": "Look."} | changes)


@pytest.fixture
def clearing(clock):
    seed = load_profiles()
    made = Clearing(UGANDA, clock, seed, load_rates(), load_thresholds(), SelectionPolicy(), Random(1))
    return Clearing(**{name: getattr(made, name) for name in made.__slots__} | {"profile_memory": ProfileMemory(seed)})


@pytest.fixture
def session(database):
    with database.transaction() as opened:
        yield opened


def in_force(session, clearing):
    return {one.id: one.version for one in with_profiles_in_force(session, clearing).profiles.profiles}


def test_acts_only_after_a_second_person_approved(session, clearing):
    kept = propose(session, a_profile(), officer="brian", reason="new scheme", clearing=clearing)
    assert kept.status is Status.PROPOSED
    assert "own" not in in_force(session, clearing)
    with pytest.raises(SecondPersonNeeded):
        approve(session, "own", officer="brian", reason="mine", clearing=clearing)

    approve(session, "own", officer="lucy", reason="sound", clearing=clearing)

    assert in_force(session, clearing)["own"] == 1
    acts = [(one.act, one.officer, one.reason) for one in find_profile(session, "own").acts]
    assert acts == [("propose", "brian", "new scheme"), ("approve", "lucy", "sound")]
    assert len(entries_of(session, "own")) == 2


def test_a_later_version_takes_the_place_and_the_earlier_stays_readable(session, clearing):
    for expression in ("hs2 = '87'", "hs2 = '88'"):
        propose(session, a_profile(expression=expression), officer="brian", reason="r", clearing=clearing)
        approve(session, "own", officer="lucy", reason="r", clearing=clearing)

    assert in_force(session, clearing)["own"] == 2
    assert [one.profile.expression for one in kept_profiles(session, "own")] == ["hs2 = '87'", "hs2 = '88'"]

    withdraw(session, "own", officer="brian", reason="no yield", clearing=clearing)

    assert "own" not in in_force(session, clearing)
    with pytest.raises(ActOutOfPlace):
        approve(session, "own", officer="eric", reason="r", clearing=clearing)


def test_a_shipped_profile_acts_until_the_node_has_its_own_version(session, clearing):
    propose(session, a_profile(id="importer-new"), officer="brian", reason="r", clearing=clearing)
    assert in_force(session, clearing)["importer-new"] == 1

    approve(session, "importer-new", officer="lucy", reason="r", clearing=clearing)

    assert in_force(session, clearing)["importer-new"] == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"expression": "hs2 = '01' AND hs2 = '02'"}, RuleInvalid),
        ({"expression": "own"}, RuleInvalid),
        ({"id": "Own Profile"}, ProfileInvalid),
        ({"weight": 1.0}, ProfileInvalid),
        ({"title": " "}, ProfileInvalid),
        ({"applies_to": ("everything",)}, ProfileInvalid),
    ],
)
def test_what_is_no_profile_is_refused_and_nothing_is_stored(session, clearing, changes, error):
    with pytest.raises(error):
        propose(session, a_profile(**changes), officer="brian", reason="r", clearing=clearing)

    assert kept_profiles(session) == []
    with pytest.raises(ProfileUnknown):
        find_profile(session, "own")


def test_the_back_test_tells_hits_rate_load_overlap_and_what_is_missed(session, clearing, clock):
    now = clock.now()
    goods = [("87", True), ("87", False), ("87", None), ("10", True), ("10", None)]
    for number, (hs2, irregular) in enumerate(goods):
        at = now - timedelta(days=20, hours=number)
        facts = an_item(hs2=hs2, office="UG001", importer_id="UG1", partner_alert=number == 0)
        keep_lines(session, f"d{number}", [facts, facts], kind="import", accepted_at=at)
        if irregular is not None:
            keep_result(session, f"d{number}", irregular=irregular, at=at + timedelta(hours=1))

    told = try_on_history(session, a_profile(), clearing=clearing)
    repeated = a_profile(expression="count_last(30, importer_id) >= 4")

    assert (told["lines"], told["declarations"], told["hits"], told["examined"], told["irregular"]) == (10, 5, 3, 2, 1)
    assert told["hit_rate"]["seen"] == 0.5
    assert (told["overlap"], told["alone"]) == ({"partner-alert": 1}, 2)
    assert (told["found_by_this_alone"], told["missed_by_all"]) == (0, 1)
    assert sum(told["hits_per_week"].values()) == sum(one["mean"] * one["days"] for one in told["load"]) == 3
    assert try_on_history(session, repeated, clearing=clearing)["hits"] == 1


def test_the_interval_is_wilsons():
    low, high = interval(0.5, 10)

    assert (round(low, 4), round(high, 4)) == (0.2366, 0.7634)
    assert interval(0.0, 0) == (0.0, 1.0)
