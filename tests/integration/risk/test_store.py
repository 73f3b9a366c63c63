"""What is kept of decisions, overrides, examinations and feedback, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from comity.features.risk.assess import Assessment, Reason
from comity.features.risk.errors import DecisionUnknown, ReasonMissing
from comity.features.risk.examination import ExaminationResult, OutcomeCode
from comity.features.risk.lanes import Lane
from comity.features.risk.store import (
    ReceivedResult,
    decision_of,
    examination_counts,
    examinations_of,
    feedback_received,
    importer_history,
    keep_decision,
    keep_examination,
    keep_feedback,
    keep_override,
    lane_counts,
    overrides_of,
    worklist,
)
from comity.flows import worklist as flow
from comity.foundation.trade.money import Money

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def an_assessment(lane=Lane.RED, score=0.8):
    reasons = (Reason("mirror-value", "Value far below the export record", 0.8, lane, 1),)
    return Assessment(
        lane, score, reasons, random_selected=False, propensity=1.0, draw=0.5, engine_version="profiles-1"
    )


def a_context(**changes):
    context = {"kind": "import", "mrn": "26UG1", "importer_id": "UG100", "importer_name": "Nile Traders Ltd"}
    context |= {"goods_code": "10063099", "origin_country": "KE", "declared_on": "2026-03-01"}
    return context | {"discrepancy_kinds": ["undervaluation"]} | changes


@pytest.fixture
def session(database):
    with database.transaction() as opened:
        yield opened


def decide(session, clock, name, *, lane=Lane.RED, score=0.8, **changes):
    keep_decision(session, name, an_assessment(lane, score), context=a_context(**changes), clock=clock)


def test_a_decision_is_read_as_it_was_kept(session, clock):
    decide(session, clock, "d1")
    session.expire_all()

    kept = decision_of(session, "d1")

    assert (kept.lane, kept.current_lane, kept.score) == (Lane.RED, Lane.RED, 0.8)
    assert kept.reasons == an_assessment().reasons
    assert (kept.random_selected, kept.propensity, kept.engine_version) == (False, 1.0, "profiles-1")
    assert kept.decided_at == clock.now()
    assert decision_of(session, "d2") is None


def test_the_worklist_puts_first_what_needs_the_officer_first(session, clock):
    decide(session, clock, "green", lane=Lane.GREEN, score=0.0)
    decide(session, clock, "red-low", score=0.5)
    decide(session, clock, "red-high", score=0.9)
    decide(session, clock, "yellow", lane=Lane.YELLOW, score=0.99)
    decide(session, clock, "export", kind="export")
    keep_examination(session, "red-high", a_result(), officer="amina", clock=clock)

    rows = worklist(session)

    assert [row.declaration_id for row in rows] == ["red-low", "yellow", "green", "red-high"]
    assert [row.is_examined for row in rows] == [False, False, False, True]


def test_the_worklist_is_read_by_lane_and_page(session, clock):
    for number in range(5):
        decide(session, clock, f"d{number}", score=number / 10)
    decide(session, clock, "other", lane=Lane.BLUE)

    page = flow.worklist(session, lanes=(Lane.RED,), limit=2, offset=1)

    assert page.total == 5
    assert [row.id for row in page.rows] == ["d3", "d2"]
    assert page.rows[0].reasons == ("Value far below the export record",)
    assert (page.rows[0].goods, page.rows[0].discrepancy_kinds) == ("10063099", ("undervaluation",))
    assert flow.worklist(session).total == 6


def test_an_override_changes_the_lane_in_force_and_leaves_the_engines_own(session, clock):
    decide(session, clock, "d1")
    keep_override(session, "d1", Lane.GREEN, reason=" seen the invoice ", officer="amina", clock=clock)
    keep_override(session, "d1", Lane.YELLOW, reason="on second thoughts", officer="okello", clock=clock)
    session.expire_all()

    kept, changes = decision_of(session, "d1"), overrides_of(session, "d1")

    assert (kept.lane, kept.current_lane) == (Lane.RED, Lane.YELLOW)
    assert [(each.lane_before, each.lane, each.officer) for each in changes] == [
        (Lane.RED, Lane.GREEN, "amina"),
        (Lane.GREEN, Lane.YELLOW, "okello"),
    ]
    assert changes[0].reason == "seen the invoice"
    assert lane_counts(session)["yellow"] == 1


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_refuses_an_override_without_a_reason(session, clock, reason):
    decide(session, clock, "d1")

    with pytest.raises(ReasonMissing):
        keep_override(session, "d1", Lane.GREEN, reason=reason, officer="amina", clock=clock)


def test_refuses_an_override_of_what_was_never_decided(session, clock):
    with pytest.raises(DecisionUnknown):
        keep_override(session, "d1", Lane.GREEN, reason="why not", officer="amina", clock=clock)


def a_result(outcome=OutcomeCode.VALUE):
    return ExaminationResult(outcome, "invoice shows more", Money(Decimal("1250.50"), "UGX"))


def test_an_examination_is_read_as_it_was_recorded(session, clock):
    decide(session, clock, "d1")
    keep_examination(session, "d1", a_result(), officer="amina", clock=clock)
    session.expire_all()

    (kept,) = examinations_of(session, "d1")

    assert (kept.result, kept.officer, kept.at) == (a_result(), "amina", clock.now())
    assert examination_counts(session) == (1, 1)


def test_an_examination_that_was_not_carried_out_leaves_the_declaration_waiting(session, clock):
    decide(session, clock, "d1")
    keep_examination(session, "d1", a_result(OutcomeCode.NOT_CARRIED_OUT), officer="amina", clock=clock)

    assert worklist(session)[0].is_examined is False
    assert examination_counts(session) == (1, 0)


def history(session, importer="UG100"):
    return importer_history(session, importer, since=NOW - timedelta(days=365), at=NOW, excluding="")


def test_an_importers_history_is_counted_in_its_windows(session, clock):
    decide(session, clock, "recent")
    decide(session, clock, "months-ago", declared_on="2025-10-01")
    decide(session, clock, "years-ago", declared_on="2024-01-01")
    decide(session, clock, "another", importer_id="UG200")
    for name in ("months-ago", "years-ago"):
        keep_examination(session, name, a_result(), officer="amina", clock=clock)

    found = history(session)

    assert (found.declarations_30d, found.irregular_365d, found.is_new) == (1, 1, False)


def test_an_importer_never_seen_is_new_and_one_without_identifier_is_not(session, clock):
    assert history(session).is_new is True
    assert history(session, None).is_new is not True


def test_clean_examinations_are_not_held_against_the_importer(session, clock):
    decide(session, clock, "d1")
    keep_examination(session, "d1", a_result(OutcomeCode.NO_IRREGULARITY), officer="amina", clock=clock)

    assert history(session).irregular_365d == 0


def test_lanes_are_counted_for_one_kind_and_for_all(session, clock):
    decide(session, clock, "d1")
    decide(session, clock, "d2", kind="export")

    assert lane_counts(session)["red"] == 1
    assert lane_counts(session, "export")["red"] == 1
    assert lane_counts(session, None)["red"] == 2
    assert set(lane_counts(session)) == {lane.value for lane in Lane}


def test_feedback_of_partners_is_kept_in_the_order_it_came(session, clock):
    keep_feedback(session, [ReceivedResult("m2", "UG", a_payload("value"))], clock=clock)
    clock.advance(timedelta(minutes=1))
    again = [ReceivedResult("m1", "UG", a_payload("no-irregularity")), ReceivedResult("m2", "UG", a_payload("origin"))]
    keep_feedback(session, again, clock=clock)

    found = feedback_received(session)

    assert [(each.message_id, each.outcome) for each in found] == [("m2", "value"), ("m1", "no-irregularity")]
    assert found[0].export_mrn == "26KE1"


def a_payload(outcome):
    payload = {"export_message_id": "e1", "export_mrn": "26KE1", "import_mrn": "26UG1", "outcome": outcome}
    return payload | {"discrepancies": ["undervaluation"], "examined_at": NOW.isoformat()}
