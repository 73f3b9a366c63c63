"""Accounts are kept alike on both engines: Kenya's node is on each in turn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from comity.cooperation.accounts.balance import propose_statement, statement_as_file
from comity.cooperation.accounts.reciprocity import verify_statement
from comity.cooperation.accounts.reconcile import open_reconciliation
from comity.cooperation.accounts.store import AccountState, list_reconciliations
from comity.cooperation.exchange.tables import InboxRow
from comity.cooperation.ledger.acknowledge import Acknowledgement, AcknowledgementInvalid, EvidenceUnknown
from comity.cooperation.ledger.checkpoint import sign_checkpoint
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.witness import Contradiction, ForkDetected, keep_fork_evidence
from comity.entrypoints.chores import CHORES, keep_accounts_with_partners
from comity.flows.acknowledge_contradiction import acknowledge_contradiction
from tests.simulators.databases import sqlite_with_tables
from tests.simulators.neighbours import make_neighbours

PERIOD = {"period_from": date(2026, 3, 1), "period_to": date(2026, 3, 4)}


@pytest.fixture
def two(database, tmp_path, clock):
    """Return Kenya on each engine and Uganda on SQLite."""
    other = sqlite_with_tables(tmp_path / "UG.db")
    yield make_neighbours({"KE": database, "UG": other}, clock)
    other.dispose()


def test_books_are_compared_repaired_and_balanced(two):
    sent = [two.say("KE", "UG", f"k{number}") for number in range(6)]
    two.settle()
    two.answer("UG", "KE", "i1", sent[0].id)
    two.settle()
    with two.nodes["UG"].database.transaction() as session:
        session.execute(delete(InboxRow).where(InboxRow.subject == "k2"))
    two.clock.advance(timedelta(days=3))
    now = two.clock.now()

    states = []
    for _ in range(2):
        with two.nodes["KE"].database.transaction() as session:
            open_reconciliation(session, "UG", two.books("KE"), since=now - timedelta(days=9), until=now)
        two.settle()
        two.clock.advance(timedelta(minutes=1))
        with two.nodes["KE"].database.reading() as session:
            states.append(list_reconciliations(session)[0].state)
    with two.nodes["KE"].database.transaction() as session:
        propose_statement(session, "ke-ug", "UG", two.books("KE"), **PERIOD)
    two.settle()

    assert states == [AccountState.DIFFERS, AccountState.AGREED]
    with two.nodes["KE"].database.reading() as session:
        record = statement_as_file(session, "ke-ug", "UG", two.books("KE"), **PERIOD)
    given = verify_statement(record).statement["given"]
    assert given["UG"]["answered"] == 1
    assert given["KE"]["messages"]["export-record.v1"]["stored"] == 5  # the sixth came again after the period


def test_nightly_chore_does_each_partner_once_a_day(two):
    two.say("KE", "UG", "k1")
    two.settle()

    class Opened:
        keys, database, clock = two.nodes["KE"].keys, two.nodes["KE"].database, two.clock

    keep_accounts_with_partners(Opened)
    keep_accounts_with_partners(Opened)
    two.settle()

    with two.nodes["KE"].database.reading() as session:
        (kept,) = list_reconciliations(session)
    assert (kept.partner, kept.state) == ("UG", AccountState.AGREED)
    assert keep_accounts_with_partners in [chore.run for chore in CHORES]


def test_contradiction_is_acknowledged_once_with_who_and_why(two):
    kenya, uganda = two.nodes["KE"], two.nodes["UG"].keys
    notes = [sign_checkpoint(LogHead(3, bytes([number]) * 32), uganda) for number in (1, 2)]
    with kenya.database.transaction() as session:
        keep_fork_evidence(session, ForkDetected(Contradiction("UG", notes[0], f"old 3\n\n{notes[1]}")), two.clock)

    def say(number, by="head", reason="clarified"):
        with kenya.database.transaction() as session:
            told = Acknowledgement(by, reason)
            acknowledge_contradiction(session, number, told, keys=kenya.keys, clock=two.clock)

    for unfit in ({"by": " "}, {"reason": ""}, {"reason": "x" * 2_001}):
        with pytest.raises(AcknowledgementInvalid):
            say(1, **unfit)
    with pytest.raises(EvidenceUnknown):
        say(2)
    say(1)
    with pytest.raises(AcknowledgementInvalid):
        say(1)
