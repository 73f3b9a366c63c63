"""Both sides compute what they gave each other; equal statements are co-signed, others are told apart by place."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from comity.cooperation.accounts.balance import propose_statement, statement_as_file
from comity.cooperation.accounts.errors import AccountInvalid, PeriodInvalid, StatementInvalid, StatementUnknown
from comity.cooperation.accounts.reciprocity import sign_statement, verify_statement
from comity.cooperation.accounts.send import RECIPROCITY, send
from comity.cooperation.accounts.store import AccountState, find_reciprocity
from comity.cooperation.exchange.tables import InboxRow, OutboxRow
from comity.foundation.errors import ComityError

MARCH = {"period_from": date(2026, 3, 1), "period_to": date(2026, 4, 1)}


class Unwanted(ComityError):
    """Not this one."""

    code = "test.unwanted"


@pytest.fixture
def march(three):
    """Return the three in April, after a month in which Kenya sent ten records and Uganda answered four of them."""

    def take(_session, message):
        if message.payload.get("mrn") == "bad":
            raise Unwanted
        return "paired"

    three.nodes["UG"].handlers = {"export-record.v1": take}
    sent = [three.say("KE", "UG", f"k{number}") for number in range(10)]
    three.say("KE", "UG", "k-bad", mrn="bad")
    three.settle()
    for days, message in zip((1, 2, 3, 8), sent, strict=False):
        three.clock.advance(timedelta(days=days))
        three.answer("UG", "KE", f"i{days}", message.id)
        three.settle()
    three.clock.advance(timedelta(days=40))
    three.say("KE", "UG", "in April")
    three.settle()
    return three


def propose(three, name="KE", partner="UG", **period):
    with three.nodes[name].database.transaction() as session:
        return propose_statement(session, "ke-ug", partner, three.books(name), **(period or MARCH))


def kept(three, name, partner):
    with three.nodes[name].database.reading() as session:
        return find_reciprocity(session, "ke-ug", partner, **MARCH)


def file_of(three, name="KE", partner="UG"):
    with three.nodes[name].database.reading() as session:
        return statement_as_file(session, "ke-ug", partner, three.books(name), **MARCH)


def test_statement_is_computed_from_both_logs_and_cosigned(march):
    propose(march)
    march.settle()

    assert kept(march, "KE", "UG").state is kept(march, "UG", "KE").state is AccountState.COSIGNED
    told = verify_statement(json.loads(json.dumps(file_of(march)))).statement
    assert file_of(march) == file_of(march, "UG", "KE")
    assert told["given"]["KE"] == {
        "messages": {"export-record.v1": {"refused": 1, "stored": 10}},
        "refusals": {"test.unwanted": 1},
        "answered": 0,
        "median_days": None,
    }
    assert told["given"]["UG"]["messages"] == {"examination-result.v1": {"refused": 0, "stored": 4}}
    assert (told["given"]["UG"]["answered"], told["given"]["UG"]["median_days"]) == (4, "4.5")


def test_both_may_propose_at_once(march):
    propose(march)
    propose(march, "UG", "KE")
    march.settle()

    assert file_of(march) == file_of(march, "UG", "KE")


def test_statement_that_differs_is_signed_by_one_only_and_the_difference_is_named(march):
    with march.nodes["UG"].database.transaction() as session:
        session.execute(delete(InboxRow).where(InboxRow.subject == "k5"))

    propose(march)
    march.settle()

    ours, theirs = kept(march, "KE", "UG"), kept(march, "UG", "KE")
    assert ours.state is theirs.state is AccountState.DIFFERS
    assert ours.differences == ["given.KE.messages.export-record.v1.stored: 10 here, 9 there"]
    assert theirs.differences == ["given.KE.messages.export-record.v1.stored: 9 here, 10 there"]
    assert [len(one.signatures) for one in (ours, theirs)] == [1, 1]
    with pytest.raises(StatementInvalid, match="10 here, 9 there"):
        file_of(march)


def test_statement_is_proposed_again_when_the_books_agree_again(march):
    with march.nodes["UG"].database.transaction() as session:
        lost = session.query(InboxRow).filter(InboxRow.subject == "k5").one()
        row = {column.name: getattr(lost, column.name) for column in InboxRow.__table__.columns}
        session.delete(lost)
    propose(march)
    march.settle()

    with march.nodes["UG"].database.transaction() as session:
        session.add(InboxRow(**row))
    propose(march)
    march.settle()

    assert verify_statement(file_of(march)).signed_by == ("KE", "UG")


@pytest.mark.parametrize(
    "period",
    [
        {"period_from": date(2026, 4, 1), "period_to": date(2026, 4, 1)},
        {"period_from": date(2026, 4, 1), "period_to": date(2026, 3, 1)},
        {"period_from": date(2026, 4, 1), "period_to": date(2027, 1, 1)},
    ],
)
def test_period_that_is_empty_or_not_over_is_not_accounted_for(march, period):
    with pytest.raises(PeriodInvalid):
        propose(march, **period)


def test_partner_that_is_no_party_and_a_statement_that_is_not_there_are_refused(march):
    with pytest.raises(AccountInvalid):
        propose(march, "KE", "RW")
    with pytest.raises(StatementUnknown):
        file_of(march)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"statement": {"given": "much"}}, "accounts.statement-invalid"),
        ({"signatures": []}, "accounts.statement-invalid"),
        ({"signatures": "x"}, "accounts.invalid"),
        ({"statement": 7}, "accounts.invalid"),
        ({"period_to": "soon"}, "accounts.invalid"),
        ({"period_to": "2030-01-01"}, "accounts.period-invalid"),
        ({"agreement_id": "other"}, "agreements.unknown"),
    ],
)
def test_statement_that_a_partner_did_not_sign_or_that_is_none_is_refused(march, change, outcome):
    statement = {"parties": ["KE", "UG"]}
    keys = march.nodes["KE"].keys
    told = {
        "agreement_id": "ke-ug",
        "period_from": "2026-03-01",
        "period_to": "2026-04-01",
        "statement": statement,
        "signatures": [sign_statement(statement, keys)],
        **change,
    }
    with march.nodes["KE"].database.transaction() as session:
        send(session, "UG", RECIPROCITY, told, subject="r", books=march.books("KE"))

    march.deliver("KE", "UG")

    with march.nodes["KE"].database.reading() as session:
        assert session.query(OutboxRow).filter(OutboxRow.type == RECIPROCITY).one().outcome == outcome


def test_file_that_was_changed_or_signed_by_one_for_both_is_refused(march):
    propose(march)
    march.settle()
    good = file_of(march)
    statement = {**good["statement"], "period_to": "2026-05-01"}
    twice = [good["signatures"][0]] * 2
    for bad in (
        {**good, "statement": statement},
        {**good, "signatures": twice},
        {**good, "signatures": good["signatures"][:1]},
        {**good, "parties": [good["parties"][0]] * 2},
        {**good, "parties": "KE"},
        {**good, "format": "other"},
        {**good, "statement": None},
    ):
        with pytest.raises(StatementInvalid):
            verify_statement(bad)
    with pytest.raises(StatementInvalid):
        verify_statement(good, trusted={"KE": "0", "UG": "1"})
