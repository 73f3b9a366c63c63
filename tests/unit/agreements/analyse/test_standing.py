"""What is in force on a day, narrowed to the parties between which it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from comity.cooperation.agreements.agreement import Annex, agreement_hash, as_record, parse_agreement
from comity.cooperation.agreements.analyse.ask import Verdict, ask
from comity.cooperation.agreements.analyse.conflicts import find_conflicts
from comity.cooperation.agreements.analyse.standing import agreements_in_force
from comity.cooperation.agreements.lifecycle import History, sign_agreement
from comity.cooperation.agreements.texts import StoredAgreement, successors_of
from comity.cooperation.identity.keys import generate_keys
from tests.builders.agreements import a_clause, an_agreement

KEYS = {party: generate_keys(party, party) for party in ("KE", "RW", "TZ", "UG")}
NOW = datetime(2026, 6, 1, tzinfo=UTC)
REGION = an_agreement(
    a_clause(),
    a_clause(id="art-4", senders=("TZ",)),
    a_clause(id="art-5", annex="ii"),
    id="region",
    parties=("KE", "TZ", "UG"),
    in_force_when=2,
    annexes=(Annex("ii", "On request", ("KE", "TZ")),),
)


def kept(agreement, *signers) -> StoredAgreement:
    signatures = tuple(sign_agreement(agreement, KEYS[party]) for party in signers)
    return StoredAgreement(agreement, agreement_hash(agreement), signatures)


def test_text_that_all_have_signed_is_taken_as_it_is():
    assert agreements_in_force([kept(REGION, "KE", "TZ", "UG")], NOW) == [REGION]


def test_text_that_some_have_signed_binds_them_only():
    (narrowed,) = agreements_in_force([kept(REGION, "KE", "UG")], NOW)

    assert parse_agreement(as_record(narrowed)) == narrowed
    assert narrowed.parties == ("KE", "UG")
    assert [clause.id for clause in narrowed.clauses] == ["art-3", "art-5"]  # art-4 is between others
    assert ask("may mrn reach TZ", [narrowed]).verdict is Verdict.NO


def test_text_before_its_first_day_or_signed_by_too_few_is_not_in_force():
    assert agreements_in_force([kept(REGION, "KE")], NOW) == []
    assert agreements_in_force([kept(REGION, "KE", "UG")], datetime(2025, 1, 1, tzinfo=UTC)) == []


def test_old_and_new_text_stand_side_by_side_between_different_parties():
    old = kept(REGION, "KE", "TZ", "UG")
    amended = replace(
        REGION, version=2, replaces=old.hash, valid_from=date(2026, 5, 1), clauses=(a_clause(purposes=("audit",)),)
    )
    new = kept(amended, "KE", "UG")
    old = replace(old, history=History(successors=successors_of(old, [old, new])))

    standing = agreements_in_force([old, new], NOW)

    assert sorted((text.version, text.parties) for text in standing) == [
        (1, ("KE", "TZ")),
        (1, ("TZ", "UG")),
        (2, ("KE", "UG")),
    ]
    assert ask("may mrn reach UG from KE for audit", standing).verdict is Verdict.YES
    assert ask("may mrn reach UG from KE for risk-assessment under region", standing).verdict is Verdict.NO
    assert ask("may mrn reach UG from TZ for risk-assessment under region", standing).verdict is Verdict.YES
    assert find_conflicts(standing) == []  # texts of one agreement
