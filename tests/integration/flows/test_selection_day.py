"""A day of selection is committed to before it, kept within the slots, and repeated from the log after it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.append import entries_of
from comity.features.declarations.canonical import declaration_id
from comity.features.declarations.read import ReadDocument
from comity.features.mirror.settings import load_thresholds
from comity.features.risk.assess import SelectionPolicy
from comity.features.risk.lanes import Lane
from comity.features.risk.profiles import Profile, compile_profiles
from comity.features.risk.selection import store
from comity.features.risk.selection.capacity import Capacity, Resource
from comity.features.risk.selection.draws import draw_of, seed_hash
from comity.features.risk.selection.rule import Candidate, choose, from_record, use
from comity.features.risk.store import decision_of
from comity.flows.clear_declaration import clear
from comity.flows.clearing import Clearing
from comity.flows.selection_day import open_day, reveal_seeds
from comity.foundation.rates import load_rates
from comity.foundation.trade.declaration import DeclarationKind
from tests.builders.declarations import a_declaration

UGANDA = generate_keys("UG", "Uganda")
OFFICE = "UG004400"


def a_profile(name, expression, lane, **changes):
    texts = {"title": name.title(), "risk_area": "revenue", "instruction": "Look."}
    return Profile(id=name, expression=expression, weight=0.4, lane=lane, **texts, **changes)


PROFILES = compile_profiles(
    [
        a_profile("all", "TRUE", Lane.RED, version=3),
        a_profile("must", "package_count > 900", Lane.RED, mandatory=True),
    ]
)


@pytest.fixture
def clearing(clock) -> Clearing:
    return Clearing(UGANDA, clock, PROFILES, load_rates(), load_thresholds(), SelectionPolicy(0.0), Random(1))


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


def today(clearing) -> date:
    return clearing.clock.now().date()


def seat(session, clearing, slots=10) -> None:
    """Set the capacity of the office, from a week ago."""
    since = today(clearing) - timedelta(days=7)
    one = Capacity(office=OFFICE, resource=Resource.EXAMINATION, slots=slots, valid_from=since)
    store.keep_capacity(session, one, officer="o", clock=clearing.clock)


def cleared(session, clearing, number: int, office: str | None = OFFICE) -> str:
    made = replace(
        a_declaration(mrn=f"26UG{number:014d}"),
        kind=DeclarationKind.IMPORT,
        type_code="IMA",
        declaration_office=office,
    )
    return clear(session, ReadDocument(made, (), 1, declaration_id(made)), clearing=clearing).declaration_id


def statements(session, subject: str) -> list[dict]:
    return [json.loads(entry.statement) for entry in entries_of(session, subject)]


def test_the_log_commits_to_seed_and_rules_before_the_day_and_shows_the_seed_after_it(session, clearing):
    seat(session, clearing)
    tomorrow = today(clearing) + timedelta(days=1)

    assert open_day(session, tomorrow, clearing=clearing)
    assert not open_day(session, tomorrow, clearing=clearing)
    assert reveal_seeds(session, clearing=clearing) == []
    later = replace(clearing, clock=type(clearing.clock)(clearing.clock.now() + timedelta(days=2)))
    assert reveal_seeds(session, clearing=later) == [tomorrow]
    assert reveal_seeds(session, clearing=later) == []

    opened, revealed = statements(session, f"selection-{tomorrow}")
    assert seed_hash(bytes.fromhex(revealed["seed"])) == opened["seed_sha256"]
    assert from_record(opened["rules"][OFFICE]).lanes[0].slots == 10


def test_a_day_never_uses_more_than_its_slots_and_is_repeated_from_the_log(session, clearing):
    seat(session, clearing)
    names = [cleared(session, clearing, number) for number in range(16)]
    decisions = [decision_of(session, name) for name in names]

    opened = statements(session, f"selection-{today(clearing)}")[0]
    seed, rule = store.seed_of(session, today(clearing)), from_record(opened["rules"][OFFICE])
    used, repeated = {}, []
    for name in names:
        told = next(one for one in statements(session, name) if "propensity" in one)
        must = Lane(told["mandatory"]) if told["mandatory"] else None
        candidate = Candidate(float(told["score"]), Lane(told["hit_lane"]), must, float(told["curiosity"]))
        choice = choose(candidate, rule, draw_of(seed, name), used)
        used = use(used, choice)
        repeated.append(choice)

    assert [one.choice for one in decisions] == repeated
    assert seed_hash(seed) == opened["seed_sha256"]
    assert sum(one.lane is Lane.RED for one in decisions) == used[Lane.RED].exploit + used[Lane.RED].explore <= 10
    assert used == store.lock_used(session, today(clearing), OFFICE)


def test_thresholds_come_from_the_scores_of_the_last_weeks(session, clearing):
    for number in range(120):
        cleared(session, clearing, number)
    seat(session, clearing)
    tomorrow = today(clearing) + timedelta(days=1)

    open_day(session, tomorrow, clearing=clearing)

    _, rule = store.rule_for(session, tomorrow, OFFICE)
    (red,) = rule.lanes
    assert not rule.is_by_profile
    assert (red.threshold, red.at_threshold) == (pytest.approx(0.4), pytest.approx(9 / 120))


def test_an_office_without_capacity_goes_by_its_profiles(session, clearing):
    name = cleared(session, clearing, 1)

    assert decision_of(session, name).lane is Lane.RED
    assert store.rule_for(session, today(clearing), OFFICE)[1] is None


@pytest.mark.parametrize("office", [None, "X" * 200])
def test_a_declaration_without_a_usable_office_is_decided_all_the_same(session, clearing, office):
    seat(session, clearing)

    found = decision_of(session, cleared(session, clearing, 1, office=office))

    assert (found.lane, found.office) == (Lane.RED, None)
