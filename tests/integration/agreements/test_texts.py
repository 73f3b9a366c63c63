"""One agreement through its life on both engines: amended, suspended, resumed, left, and what each side lets pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import text

from comity.cooperation.agreements.agreement import Agreement, agreement_hash, as_record
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.errors import (
    AgreementAmended,
    AgreementChanged,
    AgreementHashMismatch,
    AgreementNotInForce,
    AgreementSuspended,
    AgreementTerminated,
    AgreementUnknown,
    AmendmentUnfounded,
    NoticeInvalid,
    NoticeOutOfPlace,
    PurposeNotCovered,
    SignatureInvalid,
)
from comity.cooperation.agreements.lifecycle import AgreementStatus, sign_agreement
from comity.cooperation.agreements.notices import Notice, NoticeKind, sign_notice
from comity.cooperation.agreements.permissions import Question
from comity.cooperation.agreements.release import GRACE_DAYS, Received, ReleaseRequest, admit, release
from comity.cooperation.agreements.store import (
    add_signature,
    current_agreements,
    find_agreement,
    find_text,
    keep_agreement,
    keep_notice,
    texts_of,
)
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.append import entries_of
from comity.foundation.clock import FixedClock
from comity.foundation.storage.session import Database
from comity.migrations.upgrade import configuration, migrate

KEYS = {one: generate_keys(one, one) for one in ("KE", "UG", "TZ")}
QUESTION = Question("KE", "UG", "export-declaration", "export-record.v1", "mirror-matching")
DAY = timedelta(days=1)


def drafted(clock, parties=("KE", "UG"), **changes) -> Agreement:
    day = clock.now().date()
    return replace(draft_agreement(id="eac", parties=parties, valid_from=day, valid_to=day + 300 * DAY), **changes)


def amended(agreement: Agreement, **changes) -> Agreement:
    return replace(agreement, version=agreement.version + 1, replaces=agreement_hash(agreement), **changes)


def agree(session, agreement, clock, signers=None):
    keep_agreement(session, agreement, clock=clock)
    for one in signers or agreement.parties:
        signature = sign_agreement(agreement, KEYS[one])
        add_signature(session, agreement.id, signature, identity=KEYS[one].public, clock=clock)
    return agreement


def declare(session, authority, kind, agreement, clock, *, after=0, keys=None, **changes):
    now = clock.now()
    made = Notice(
        agreement.id, agreement_hash(agreement), NoticeKind(kind), authority, now.date() + after * DAY, now, "because"
    )
    signed = sign_notice(replace(made, **changes), keys or KEYS[authority])
    return keep_notice(session, signed, identity=KEYS[authority].public, clock=clock)


def let_out(session, clock, recipient="UG"):
    request = ReleaseRequest(
        recipient, QUESTION.message_type, QUESTION.data_class, QUESTION.purpose, "d1", {"mrn": "1"}
    )
    return release(session, request=request, sender="KE", clock=clock)


def let_in(session, clock, agreement, *, released: datetime | None, clause="art-3"):
    received = Received(QUESTION, agreement.id, agreement_hash(agreement), clause, "confidential", "m1", released)
    return admit(session, received=received, payload={"mrn": "1"}, at=clock.now(), decisions=[])


def test_an_amendment_takes_over_on_its_first_day_and_every_text_stays(database, clock):
    with database.transaction() as session:
        first = agree(session, drafted(clock), clock)
        second = agree(session, amended(first, valid_from=clock.now().date() + 5 * DAY), clock)

        before = let_out(session, clock)
        clock.advance(5 * DAY)
        after = let_out(session, clock)

        assert [before.agreement_hash, after.agreement_hash] == [agreement_hash(first), agreement_hash(second)]
        assert [one.hash for one in texts_of(session, "eac")] == [agreement_hash(first), agreement_hash(second)]
        assert [one.status(clock.now()) for one in texts_of(session, "eac")] == ["amended", "in force"]
        assert [one.hash for one in current_agreements(session, clock.now())] == [agreement_hash(second)]
        assert find_agreement(session, "eac", clock.now() - DAY).hash == agreement_hash(first)
        assert [entry.kind for entry in entries_of(session, "eac")] == ["agreement"] * 4


def test_what_was_released_before_the_amendment_is_admitted_for_a_while_and_then_refused_by_name(database, clock):
    with database.transaction() as session:
        first = agree(session, drafted(clock), clock)
        clause = first.clauses[0]
        narrower = (replace(clause, purposes=("risk-assessment",)), *first.clauses[1:])
        second = agree(session, amended(first, valid_from=clock.now().date() + DAY, clauses=narrower), clock)
        released = clock.now()
        clock.advance(DAY)

        assert let_in(session, clock, first, released=released).id == clause.id
        for too_late in (clock.now(), None):
            with pytest.raises(PurposeNotCovered):
                let_in(session, clock, first, released=too_late)
        with pytest.raises(PurposeNotCovered):
            let_in(session, clock, second, released=released)
        clock.advance(GRACE_DAYS * DAY - timedelta(minutes=1) - timedelta(hours=clock.now().hour))
        assert let_in(session, clock, first, released=released).id == clause.id


def test_an_amended_text_is_refused_by_name_after_the_grace_or_when_released_too_late(database, clock):
    with database.transaction() as session:
        first = agree(session, drafted(clock), clock)
        agree(session, amended(first, valid_from=clock.now().date() + DAY), clock)
        released = clock.now()
        clock.advance(DAY)

        with pytest.raises(AgreementAmended):
            let_in(session, clock, first, released=clock.now())
        clock.advance(GRACE_DAYS * DAY)
        with pytest.raises(AgreementAmended):
            let_in(session, clock, first, released=released)
        with pytest.raises(AgreementHashMismatch):
            let_in(session, clock, replace(first, title="never signed"), released=released)


def test_what_is_under_way_is_refused_once_the_agreement_is_suspended(database, clock):
    with database.transaction() as session:
        first = agree(session, drafted(clock), clock)
        second = agree(session, amended(first, valid_from=clock.now().date() + DAY), clock)
        released = clock.now()
        clock.advance(DAY)
        declare(session, "UG", "suspended", second, clock)

        for named in (first, second):
            with pytest.raises(AgreementSuspended):
                let_in(session, clock, named, released=released)


def test_a_suspended_agreement_lets_nothing_pass_on_either_side_until_it_is_resumed(database, clock):
    with database.transaction() as session:
        agreement = agree(session, drafted(clock), clock)
        declare(session, "KE", "suspended", agreement, clock)

        with pytest.raises(AgreementSuspended, match="eac is suspended"):
            let_out(session, clock)
        with pytest.raises(AgreementSuspended):
            let_in(session, clock, agreement, released=clock.now())
        clock.advance(DAY)
        declare(session, "KE", "resumed", agreement, clock)
        assert let_out(session, clock)
        assert [entry.kind for entry in entries_of(session, "eac")][2:] == ["agreement-notice"] * 2


def test_a_terminated_agreement_lets_nothing_pass_and_cannot_be_signed_or_amended_again(database, clock):
    with database.transaction() as session:
        agreement = agree(session, drafted(clock, notice_days=10), clock)
        declare(session, "UG", "terminated", agreement, clock, after=10)
        assert let_out(session, clock)
        clock.advance(10 * DAY)

        with pytest.raises(AgreementTerminated, match="eac is terminated"):
            let_out(session, clock)
        with pytest.raises(AgreementTerminated):
            let_in(session, clock, agreement, released=clock.now() - 10 * DAY)
        with pytest.raises(AgreementTerminated):
            keep_agreement(session, amended(agreement), clock=clock)
        with pytest.raises(AgreementTerminated):
            declare(session, "UG", "resumed", agreement, clock)
        with pytest.raises(AgreementChanged):
            keep_agreement(session, replace(agreement, title="again"), clock=clock)


def test_a_party_that_leaves_leaves_the_others_bound(database, clock):
    with database.transaction() as session:
        agreement = agree(session, drafted(clock, parties=("KE", "TZ", "UG")), clock)
        declare(session, "TZ", "terminated", agreement, clock)

        assert let_out(session, clock, "UG")
        with pytest.raises(AgreementTerminated):
            let_out(session, clock, "TZ")


def test_a_number_of_signatures_binds_those_that_signed_and_later_whoever_joins(database, clock):
    with database.transaction() as session:
        convention = drafted(clock, parties=("KE", "TZ", "UG"), in_force_when=2)
        agree(session, convention, clock, signers=["KE", "UG"])

        assert let_out(session, clock, "UG")
        with pytest.raises(AgreementNotInForce, match="signed by some"):
            let_out(session, clock, "TZ")
        agree(session, convention, clock, signers=["TZ"])
        assert let_out(session, clock, "TZ")


def test_an_amendment_binds_only_those_that_signed_it(database, clock):
    with database.transaction() as session:
        first = agree(session, drafted(clock, parties=("KE", "TZ", "UG"), in_force_when=2), clock)
        second = agree(session, amended(first), clock, signers=["KE", "UG"])

        assert let_out(session, clock, "UG").agreement_hash == agreement_hash(second)
        assert let_out(session, clock, "TZ").agreement_hash == agreement_hash(first)


def test_an_amendment_must_follow_the_text_in_force(database, clock):
    with database.transaction() as session:
        first = agree(session, drafted(clock), clock)
        rival = replace(amended(first), title="rival")
        keep_agreement(session, rival, clock=clock)
        second = agree(session, amended(first), clock)

        with pytest.raises(AgreementAmended):
            add_signature(session, "eac", sign_agreement(rival, KEYS["KE"]), identity=KEYS["KE"].public, clock=clock)
        for unfounded, error in (
            (replace(amended(first), title="late"), AgreementChanged),
            (replace(amended(second), version=4), AmendmentUnfounded),
            (amended(rival), AmendmentUnfounded),
        ):
            with pytest.raises(error):
                keep_agreement(session, unfounded, clock=clock)


def test_a_signature_counts_for_the_text_that_it_verifies_for(database, clock):
    with database.transaction() as session:
        first, rival = drafted(clock), drafted(clock, title="rival")
        for one in (first, rival):
            keep_agreement(session, one, clock=clock)

        stored = add_signature(
            session, "eac", sign_agreement(first, KEYS["KE"]), identity=KEYS["KE"].public, clock=clock
        )

        assert stored.hash == agreement_hash(first)
        assert find_text(session, agreement_hash(rival)).signatures == ()
        forged = sign_agreement(first, generate_keys("UG", "Impostor"))
        with pytest.raises(SignatureInvalid):
            add_signature(session, "eac", forged, identity=KEYS["UG"].public, clock=clock)


def test_a_notice_that_does_not_fit_where_its_author_stands_is_refused(database, clock):
    with database.transaction() as session:
        agreement = drafted(clock)
        agree(session, agreement, clock, signers=["KE"])

        for authority, kind in (("KE", "declined"), ("UG", "suspended"), ("UG", "terminated"), ("KE", "resumed")):
            with pytest.raises(NoticeOutOfPlace):
                declare(session, authority, kind, agreement, clock)
        with pytest.raises(NoticeInvalid):
            declare(session, "UG", "declined", agreement, clock, keys=generate_keys("UG", "Impostor"))
        with pytest.raises(AgreementUnknown):
            declare(session, "UG", "declined", replace(agreement, title="unknown"), clock)
        assert declare(session, "UG", "declined", agreement, clock)
        assert find_agreement(session, "eac").status(clock.now()) is AgreementStatus.DECLINED


def test_the_same_notice_again_changes_nothing(database, clock):
    with database.transaction() as session:
        agreement = agree(session, drafted(clock), clock)

        assert declare(session, "KE", "suspended", agreement, clock)
        assert not declare(session, "KE", "suspended", agreement, clock)
        assert [entry.kind for entry in entries_of(session, "eac")].count("agreement-notice") == 1


def test_agreements_of_the_schema_before_are_kept_with_their_signatures(empty_database: Database):
    clock = FixedClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    migrate(empty_database)
    with empty_database.transaction() as session:
        agreement = agree(session, drafted(clock), clock)
    with empty_database.engine.begin() as connection:
        command.downgrade(configuration(connection), "0003")
        assert connection.execute(text("SELECT hash FROM agreements")).scalar() == agreement_hash(agreement)
    migrate(empty_database)

    with empty_database.reading() as session:
        kept = find_agreement(session, "eac")
    assert as_record(kept.agreement) == as_record(agreement)
    assert kept.signers == {"KE", "UG"}
