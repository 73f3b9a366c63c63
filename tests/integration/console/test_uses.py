"""Whoever reads a partner's record at a door is written down, for a purpose that the clause covers."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from comity.cooperation.ledger.append import entries_of, head
from comity.cooperation.stewardship.errors import MessageNotHeld, PurposeRefused
from comity.cooperation.stewardship.uses.store import uses_of
from comity.flows import use_partner_record
from comity.flows.use_partner_record import FOR_THE_LANE, Reader, log_uses, use

MESSAGE = "ab" * 32


def uses(node):
    now = node.clock.now()
    with node.database.reading() as session:
        return uses_of(session, "KE", since=now - timedelta(days=1), until=now + timedelta(days=1), limit=50)


def test_reading_a_declaration_beside_its_twin_is_kept_with_officer_and_purpose(node, browser, import_id):
    browser.sign_in("amina")

    page = browser.get(f"/console/declarations/{import_id}")

    assert "Marked confidential" in page.text
    assert [(one.message_id, one.officer, one.purpose, one.door) for one in uses(node)] == [
        (MESSAGE, "amina", FOR_THE_LANE, "console")
    ]


def test_pages_that_show_nothing_of_a_partner_keep_nothing(node, browser, import_id):
    browser.sign_in("amina")

    browser.get("/console/arrivals")
    browser.get(f"/console/declarations/{import_id}/lane")

    assert uses(node) == []


def test_a_twin_that_may_not_be_read_for_this_purpose_is_not_shown(node, browser, import_id, monkeypatch):
    allowed = use_partner_record.purposes_of
    monkeypatch.setattr(use_partner_record, "purposes_of", lambda *asked: tuple(set(allowed(*asked)) - {FOR_THE_LANE}))
    browser.sign_in("amina")

    page = browser.get(f"/console/declarations/{import_id}")

    assert page.status_code == 200
    assert "does not cover risk-assessment" in page.text
    assert "Export record of" not in page.text
    assert uses(node) == []


def test_evidence_of_a_record_with_a_partners_message_is_a_use_of_it(node, browser, import_id):
    browser.sign_in("lucy")

    assert browser.get(f"/console/evidence/{import_id}").status_code == 200
    refused = browser.get(f"/console/evidence/{import_id}?purpose=statistics")

    assert refused.status_code == 403
    assert "does not cover statistics" in refused.text
    assert [(one.officer, one.purpose) for one in uses(node)] == [("lucy", FOR_THE_LANE)]


def test_readings_of_a_period_are_one_leaf_and_the_leaf_says_ids_only(node, browser, import_id):
    browser.sign_in("amina")
    browser.get(f"/console/declarations/{import_id}")
    browser.get(f"/console/declarations/{import_id}")
    with node.database.transaction() as session:
        assert log_uses(session, clearing=node.clearing()) == 2
    with node.database.reading() as session:
        (entry,) = entries_of(session, "uses-KE")
        before = head(session)

    statement = json.loads(entry.statement)
    assert [one[1:] for one in statement["uses"]] == [[MESSAGE, "amina", FOR_THE_LANE, "console"]] * 2
    assert {one.leaf for one in uses(node)} == {entry.index}
    with node.database.transaction() as session:
        assert log_uses(session, clearing=node.clearing()) == 0
    with node.database.reading() as session:
        assert head(session) == before


def test_what_is_not_held_or_for_another_purpose_is_refused_and_not_kept(node, import_id):
    reader = Reader("amina", "mirror-matching", "cli")

    with node.database.transaction() as session:
        assert [one.message_id for one in use(session, [MESSAGE], reader=reader, clearing=node.clearing())] == [MESSAGE]
        with pytest.raises(MessageNotHeld):
            use(session, [MESSAGE, "c" * 64], reader=reader, clearing=node.clearing())
        with pytest.raises(PurposeRefused):
            use(session, [MESSAGE], reader=reader._replace(purpose="statistics"), clearing=node.clearing())

    assert len(uses(node)) == 1
