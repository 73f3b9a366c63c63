"""The recipient decides for itself what it takes in, and keeps the decision: on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.errors import (
    AgreementExpired,
    AgreementHashMismatch,
    ClauseDiffers,
    DataClassNotCovered,
    FieldsNotCovered,
    NoAgreement,
    PurposeNotCovered,
    ReleaseRefused,
)
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.permissions import Question
from comity.cooperation.agreements.release import Received, admit
from comity.cooperation.agreements.store import add_signature, keep_agreement, keep_decisions
from comity.cooperation.agreements.tables import AgreementDecisionRow
from comity.cooperation.identity.keys import generate_keys

KEYS = [generate_keys("KE", "Kenya"), generate_keys("UG", "Uganda")]
QUESTION = Question("KE", "UG", "export-declaration", "export-record.v1", "mirror-matching")


@pytest.fixture
def session(database, clock):
    with database.transaction() as session:
        day = clock.now().date()
        agreement = draft_agreement(id="ke-ug", parties=("KE", "UG"), valid_from=day, valid_to=day + timedelta(days=30))
        keep_agreement(session, agreement, clock=clock)
        for keys in KEYS:
            add_signature(session, agreement.id, sign_agreement(agreement, keys), identity=keys.public, clock=clock)
        session.info["hash"] = agreement_hash(agreement)
        yield session


def received(session, **changes):
    question = replace(QUESTION, **{name: changes.pop(name) for name in list(changes) if hasattr(QUESTION, name)})
    said = Received(question, "ke-ug", session.info["hash"], "art-3", "confidential", "m1")
    return replace(said, **changes)


def decisions(session):
    return [row.AgreementDecisionRow for row in session.execute(select(AgreementDecisionRow))]


def admitted(session, **asked):
    """Decide and keep the decision, as the inbox does at the end of a batch."""
    made = []
    try:
        return admit(session, **asked, decisions=made)
    finally:
        keep_decisions(session, made)


def test_message_that_a_clause_covers_is_taken_in_and_the_clause_is_kept(session, clock):
    clause = admitted(session, received=received(session), payload={"mrn": "1"}, at=clock.now())

    assert clause.id == "art-3"
    assert [(row.direction, row.agreement_id, row.clause, row.refusal) for row in decisions(session)] == [
        ("in", "ke-ug", "art-3", None)
    ]


@pytest.mark.parametrize(
    ("changes", "payload", "error", "told"),
    [
        ({"agreement_id": "other"}, {}, NoAgreement, "no agreement"),
        ({"sender": "TZ"}, {}, NoAgreement, "no agreement"),
        ({"sender": "UG", "recipient": "UG"}, {}, DataClassNotCovered, "no clause of ke-ug"),
        ({"data_class": "scans"}, {}, DataClassNotCovered, "no clause of ke-ug"),
        ({"message_type": "scan.v1"}, {}, DataClassNotCovered, "no clause of ke-ug"),
        ({"purpose": "statistics"}, {}, PurposeNotCovered, "clause art-3 of ke-ug"),
        ({"agreement_hash": "0" * 64}, {}, AgreementHashMismatch, "another text"),
        ({"clause": "art-5"}, {}, ClauseDiffers, "clause art-3"),
        ({"marking": "open"}, {}, ClauseDiffers, "confidential"),
        ({}, {"declarant": {"id": "x"}}, FieldsNotCovered, "clause art-3 does not cover declarant"),
        ({}, {"goods_shipment": {"exporter": {"address": "x"}}}, FieldsNotCovered, "exporter.address"),
    ],
)
def test_message_that_no_clause_covers_is_refused_and_the_reason_is_kept(session, clock, changes, payload, error, told):
    with pytest.raises(error, match=told):
        admitted(session, received=received(session, **changes), payload=payload, at=clock.now())

    assert [(row.direction, row.refusal, told in row.reason) for row in decisions(session)] == [
        ("in", error.code, True)
    ]


def test_message_after_the_last_day_is_refused(session, clock):
    clock.advance(timedelta(days=31))

    with pytest.raises(AgreementExpired, match="ke-ug"):
        admitted(session, received=received(session), payload={"mrn": "1"}, at=clock.now())


@pytest.mark.parametrize("name", ["sender", "data_class", "message_type", "purpose"])
@pytest.mark.parametrize("text", ["x" * 3_000, "a\x00b"])
def test_text_that_no_column_holds_is_refused_by_name_and_the_refusal_is_kept(session, clock, name, text):
    with pytest.raises(ReleaseRefused):
        admitted(session, received=received(session, **{name: text}), payload={}, at=clock.now())

    assert [row.direction for row in decisions(session)] == ["in"]


def test_field_name_that_no_column_holds_is_refused_by_name_and_the_refusal_is_kept(session, clock):
    with pytest.raises(FieldsNotCovered):
        admitted(session, received=received(session), payload={"a\x00b": 1}, at=clock.now())

    assert [row.refusal for row in decisions(session)] == [FieldsNotCovered.code]
