"""What leaves as STIX is what an agreement lets leave, marked as it says, and the log knows of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
import stix2

from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.errors import AgreementExpired, DataClassNotCovered
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.store import decision_counts
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.errors import PeerUnknown
from comity.cooperation.exchange.store import add_peer
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.append import entries_of, head
from comity.features.mirror.settings import load_thresholds
from comity.features.mirror.store import all_exports, keep_match, keep_partner_export, matches_of
from comity.features.risk.assess import SelectionPolicy
from comity.features.risk.examination import ExaminationResult, OutcomeCode
from comity.features.risk.profiles import load_profiles
from comity.flows.clearing import Clearing
from comity.flows.export_intelligence import export_stix
from comity.flows.record_examination import record
from comity.flows.sign_agreement import take_in
from comity.foundation.rates import load_rates
from tests.integration.flows.test_decide_lane import EXPORT_MRN, KENYA, UGANDA, clear_import, send_export

RWANDA = generate_keys("RW", "Rwanda Revenue Authority")
IMPORT_MRN = "26UG0012345678ABJ9"
REPORT_TIMES = ("modified", "published")


@pytest.fixture
def clearing(clock) -> Clearing:
    policy = SelectionPolicy(random_share=0.0)
    return Clearing(UGANDA, clock, load_profiles(), load_rates(), load_thresholds(), policy, Random(1))


@pytest.fixture
def session(database, clearing):
    with database.transaction() as session:
        add_peer(session, PeerCard(KENYA.public, "https://ke.example", ""), clock=clearing.clock)
        yield session


def agree(session, clearing, template, **changes):
    day = clearing.clock.now().date()
    agreement = draft_agreement(
        id=f"ke-ug-{template}",
        parties=("KE", "UG"),
        valid_from=day - timedelta(days=200),
        valid_to=day + timedelta(days=200),
        template=template,
    )
    agreement = replace(agreement, **changes)
    take_in(session, agreement, [sign_agreement(agreement, keys) for keys in (KENYA, UGANDA)], clearing=clearing)
    return agreement


def undervalued(session, clearing) -> str:
    send_export(session, clearing, value="40000")
    return clear_import(session, clearing, IMPORT_MRN, value="10000")


def objects(exported) -> dict[str, list]:
    assert exported.content is not None
    found: dict[str, list] = {}
    for one in stix2.parse(exported.content.decode(), allow_custom=False).objects:
        found.setdefault(one["type"], []).append(one)
    return found


def test_a_discrepancy_and_what_was_found_are_one_bundle_that_strict_readers_take(session, clearing):
    agree(session, clearing, "export-data")
    agree(session, clearing, "risk-intelligence")
    import_id = undervalued(session, clearing)
    result = ExaminationResult(OutcomeCode.VALUE, "the examiner's own words")
    record(session, import_id, result, officer="officer-7", clearing=clearing)

    exported = export_stix(session, "KE", clearing=clearing)

    found = objects(exported)
    (note,), (incident,), (link,), (report,) = (found[kind] for kind in ("note", "incident", "relationship", "report"))
    assert (link["source_ref"], link["target_ref"]) == (incident["id"], note["id"])
    assert {note["id"], incident["id"], link["id"]} == set(report["object_refs"])
    assert "undervaluation" in note["abstract"]
    assert {(one["source_name"], one["external_id"]) for one in note["external_references"]} == {
        ("customs UG", IMPORT_MRN),
        ("customs KE", EXPORT_MRN),
    }
    assert exported.items == 2
    assert b"own words" not in exported.content
    assert b"officer-7" not in exported.content


def test_markings_name_agreement_clause_purpose_and_onward_rule(session, clearing):
    agree(session, clearing, "risk-intelligence")
    undervalued(session, clearing)

    found = objects(export_stix(session, "KE", clearing=clearing))

    by_id = {one["id"]: one for one in found["marking-definition"]}
    (note,), (report,) = found["note"], found["report"]
    tlp, statement = (by_id[one] for one in note["object_marking_refs"])
    assert tlp["name"] == "TLP:AMBER+STRICT"
    text = statement["definition"]["statement"]
    for part in (
        "ke-ug-risk-intelligence",
        "clause art-2",
        "purpose risk-assessment",
        "originator's consent",
        "730 days",
    ):
        assert part in text
    assert tlp["id"] in report["object_marking_refs"]


def test_the_report_is_marked_as_the_strictest_of_what_it_names(session, clearing):
    agree(session, clearing, "risk-intelligence")
    import_id = undervalued(session, clearing)
    record(session, import_id, ExaminationResult(OutcomeCode.SEIZURE, "x"), officer="o", clearing=clearing)

    found = objects(export_stix(session, "KE", clearing=clearing))

    names = {one["id"]: one.get("name") for one in found["marking-definition"]}
    (report,) = found["report"]
    assert names[report["object_marking_refs"][0]] == "TLP:RED"


def test_exporting_again_gives_the_same_objects_and_an_update_of_the_report(session, clearing, clock):
    agree(session, clearing, "risk-intelligence")
    undervalued(session, clearing)
    first = export_stix(session, "KE", clearing=clearing)
    clock.advance(timedelta(days=1))

    second = export_stix(session, "KE", clearing=clearing)

    one, other = (json.loads(each.content)["objects"] for each in (first, second))
    assert [each["id"] for each in one] == [each["id"] for each in other]
    for each in (*one, *other):
        if each["type"] == "report":
            for name in REPORT_TIMES:
                del each[name]
    assert one == other


def test_a_new_fact_updates_its_object(session, clearing, clock):
    agree(session, clearing, "risk-intelligence")
    import_id = undervalued(session, clearing)
    record(session, import_id, ExaminationResult(OutcomeCode.VALUE, "x"), officer="o", clearing=clearing)
    (before,) = objects(export_stix(session, "KE", clearing=clearing))["incident"]
    clock.advance(timedelta(days=1))
    record(session, import_id, ExaminationResult(OutcomeCode.SEIZURE, "x"), officer="o", clearing=clearing)

    (after,) = objects(export_stix(session, "KE", clearing=clearing))["incident"]

    assert (after["id"], after["created"]) == (before["id"], before["created"])
    assert after["modified"] > before["modified"]
    assert after["name"] == "Examination: seizure"


def test_that_nothing_was_found_is_a_note(session, clearing):
    agree(session, clearing, "risk-intelligence")
    import_id = undervalued(session, clearing)
    result = ExaminationResult(OutcomeCode.NO_IRREGULARITY, "x")
    record(session, import_id, result, officer="o", clearing=clearing)

    found = objects(export_stix(session, "KE", clearing=clearing))

    assert "incident" not in found
    assert "The examination found no irregularity" in {note["abstract"] for note in found["note"]}


def test_what_no_clause_covers_stays_and_the_refusal_is_in_the_decision_log(session, clearing):
    agree(session, clearing, "export-data")
    undervalued(session, clearing)
    before, size = decision_counts(session).get("out-refused", 0), head(session).size

    exported = export_stix(session, "KE", clearing=clearing)

    assert exported.content is None
    assert {type(one) for one in exported.refusals} == {DataClassNotCovered}
    assert decision_counts(session)["out-refused"] == before + len(exported.refusals)
    assert head(session).size == size


def test_fields_that_the_clause_does_not_name_stay(session, clearing):
    classes = (
        ("examination-result", ("outcome",)),
        ("mirror-discrepancy", ("discrepancies.kind",)),
    )
    agree(session, clearing, "risk-intelligence", data_classes=classes)
    import_id = undervalued(session, clearing)
    record(session, import_id, ExaminationResult(OutcomeCode.VALUE, "x"), officer="o", clearing=clearing)

    exported = export_stix(session, "KE", clearing=clearing)

    (note,) = objects(exported)["note"]
    assert note["content"] == "undervaluation"
    assert IMPORT_MRN.encode() not in exported.content
    assert EXPORT_MRN.encode() not in exported.content
    assert b"10000" not in exported.content


def test_nothing_leaves_after_the_agreement_expired(session, clearing, clock):
    agree(session, clearing, "risk-intelligence")
    undervalued(session, clearing)
    clock.advance(timedelta(days=300))

    exported = export_stix(session, "KE", clearing=clearing)

    assert exported.content is None
    assert {type(one) for one in exported.refusals} == {AgreementExpired}


def test_the_log_names_the_releases_and_the_hash_of_the_file(session, clearing):
    agree(session, clearing, "risk-intelligence")
    undervalued(session, clearing)

    exported = export_stix(session, "KE", clearing=clearing)

    (entry,) = entries_of(session, json.loads(exported.content)["id"])
    statement = json.loads(entry.statement)
    assert entry.kind == "export"
    assert statement["sha256"] == hashlib.sha256(exported.content).hexdigest()
    assert [one[1:] for one in statement["releases"]] == [
        ["mirror-discrepancy.v1", "ke-ug-risk-intelligence", "art-2", "risk-assessment"]
    ]


def test_an_import_without_an_export_is_told_as_well(session, clearing):
    from comity.flows.run_mirror import run

    agree(session, clearing, "risk-intelligence")
    send_export(session, clearing)
    clearing.clock.advance(timedelta(days=180))
    run(session, "KE", clearing=clearing)

    exported = export_stix(session, "KE", clearing=clearing)

    (note,) = objects(exported)["note"]
    assert "orphan-export" in note["abstract"]
    assert [one["source_name"] for one in note["external_references"]] == ["customs KE"]


def test_what_rests_on_a_third_countrys_record_stays_without_its_consent(session, clearing, clock):
    agree(session, clearing, "risk-intelligence")
    undervalued(session, clearing)
    (export,) = all_exports(session, "KE")
    (match,) = matches_of(session, [export.id]).values()
    add_peer(session, PeerCard(RWANDA.public, "https://rw.example", ""), clock=clock)
    theirs = replace(export, id="e" * 64)
    keep_partner_export(session, partner="RW", message_id="c" * 64, record={}, mirror=theirs, clock=clock)
    both = replace(match.pair, export_ids=tuple(sorted((export.id, theirs.id))))
    keep_match(session, both, comparison=match.comparison, clock=clock)

    exported = export_stix(session, "KE", clearing=clearing)

    assert exported.content is None
    assert [refused.code for refused in exported.refusals] == ["stewardship.message-not-held"]


def test_a_stranger_gets_nothing(session, clearing):
    with pytest.raises(PeerUnknown):
        export_stix(session, "TZ", clearing=clearing)
