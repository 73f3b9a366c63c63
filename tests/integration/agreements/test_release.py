"""Nothing leaves without a clause in force: the release on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.errors import (
    AgreementChanged,
    AgreementExpired,
    AgreementNotInForce,
    AgreementUnknown,
    DataClassNotCovered,
    NoAgreement,
    PurposeNotCovered,
)
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.permissions import Question
from comity.cooperation.agreements.release import ReleaseRequest, explain, release
from comity.cooperation.agreements.store import (
    add_signature,
    decision_counts,
    find_agreement,
    keep_agreement,
    senders_to,
)
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.append import entries_of

KEYS = [generate_keys("KE", "Kenya"), generate_keys("UG", "Uganda")]


def agree(session, clock, signers=KEYS):
    day = clock.now().date()
    agreement = draft_agreement(id="ke-ug", parties=("KE", "UG"), valid_from=day, valid_to=day + timedelta(days=30))
    keep_agreement(session, agreement, clock=clock)
    for keys in signers:
        add_signature(session, agreement.id, sign_agreement(agreement, keys), identity=keys.public, clock=clock)
    return agreement


def request(**changes):
    values = {
        "recipient": "UG",
        "message_type": "export-record.v1",
        "data_class": "export-declaration",
        "purpose": "mirror-matching",
        "subject": "d1",
        "payload": {"mrn": "1", "declarant": {"id": "x"}},
    }
    return ReleaseRequest(**{**values, **changes})


def test_release_is_minimised_and_names_clause_and_agreement(database, clock):
    with database.transaction() as session:
        agreement = agree(session, clock)

        released = release(session, request=request(), sender="KE", clock=clock)

        assert released.payload == {"mrn": "1"}
        assert (released.clause, released.agreement_hash) == ("art-3", agreement_hash(agreement))
        assert decision_counts(session) == {"out-allowed": 1}
        assert [entry.kind for entry in entries_of(session, "ke-ug")] == ["agreement", "agreement"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"recipient": "TZ"}, NoAgreement),
        ({"agreement_id": "other"}, NoAgreement),
        ({"purpose": "statistics"}, PurposeNotCovered),
        ({"data_class": "scans"}, DataClassNotCovered),
        ({"message_type": "scan.v1"}, DataClassNotCovered),
    ],
)
def test_what_no_clause_covers_does_not_leave_and_the_refusal_is_kept(database, clock, changes, error):
    with database.transaction() as session:
        agree(session, clock)

        with pytest.raises(error):
            release(session, request=request(**changes), sender="KE", clock=clock)

        assert decision_counts(session) == {"out-refused": 1}


def test_agreement_signed_by_one_side_lets_nothing_leave(database, clock):
    with database.transaction() as session:
        agree(session, clock, signers=KEYS[:1])

        with pytest.raises(AgreementNotInForce, match="signed by some"):
            release(session, request=request(), sender="KE", clock=clock)


def test_agreement_lets_nothing_leave_before_and_after_its_days(database, clock):
    with database.transaction() as session:
        agree(session, clock)
        assert senders_to(session, "UG", message_type="export-record.v1", at=clock.now())
        clock.advance(timedelta(days=31))
        with pytest.raises(AgreementExpired):
            release(session, request=request(), sender="KE", clock=clock)
        clock.advance(timedelta(days=-40))
        with pytest.raises(AgreementNotInForce, match="not yet valid"):
            release(session, request=request(), sender="KE", clock=clock)


def test_explanation_names_the_clause_or_its_absence(database, clock):
    with database.transaction() as session:
        agree(session, clock)
        question = Question("KE", "UG", "export-declaration", "export-record.v1", "mirror-matching")

        assert "clause art-3 of ke-ug" in explain(session, question, at=clock.now())
        unknown = Question("KE", "TZ", "export-declaration", "export-record.v1", "mirror-matching")
        assert "no agreement between KE and TZ" in explain(session, unknown, at=clock.now())


def test_another_text_under_a_kept_id_is_refused(database, clock):
    with database.transaction() as session:
        agree(session, clock)
        day = clock.now().date()
        other = draft_agreement(id="ke-ug", parties=("KE", "UG"), valid_from=day, valid_to=day)

        with pytest.raises(AgreementChanged):
            keep_agreement(session, other, clock=clock)
        with pytest.raises(AgreementUnknown):
            find_agreement(session, "nothing")


def test_message_that_two_agreements_let_go_leaves_under_the_stricter(database, clock):
    with database.transaction() as session:
        agreement = agree(session, clock)
        clauses = tuple(replace(clause, retention_days=30) for clause in agreement.clauses)
        stricter = replace(agreement, id="ke-ug-stricter", clauses=clauses)
        keep_agreement(session, stricter, clock=clock)
        for keys in KEYS:
            add_signature(session, stricter.id, sign_agreement(stricter, keys), identity=keys.public, clock=clock)

        assert release(session, request=request(), sender="KE", clock=clock).agreement_id == "ke-ug-stricter"
        named = release(session, request=request(agreement_id="ke-ug"), sender="KE", clock=clock)
        assert named.agreement_id == "ke-ug"
