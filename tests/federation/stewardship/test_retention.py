"""The retention clock from receipt to the disposal receipt, on both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.store import find_agreement
from comity.cooperation.exchange.store import exchange_counts, sent_messages
from comity.cooperation.ledger.append import consistency_proof, entries_of, head, inclusion_proof
from comity.cooperation.ledger.tree import verify_inclusion
from comity.cooperation.stewardship.errors import HoldInvalid, HoldUnknown, MessageNotHeld
from comity.cooperation.stewardship.holdings.store import due_holdings, find_holding, held_from, told_of
from comity.cooperation.stewardship.notices import DISPOSAL_RECEIPT
from comity.features.mirror.store import find_export
from comity.flows.dispose_expired import Case, dispose_due, hold, lift, owed_receipts
from comity.flows.sign_agreement import take_in
from tests.simulators.league import an_export, day_after, keys_of

CASE = "UG-2026-17"


def received(league) -> str:
    """Let Kenya's export reach Uganda; return the message's id."""
    league.kenya.clear(an_export())
    league.settle()
    with league.uganda.database.reading() as session:
        (holding,) = held_from(session, "KE", limit=10)
    return holding.message_id


def dispose_at(member) -> dict[str, int]:
    with member.database.transaction() as session:
        return dispose_due(session, clearing=member.clearing)


def test_a_received_message_is_due_when_its_clause_says(league):
    message_id = received(league)

    with league.uganda.database.reading() as session:
        holding = find_holding(session, message_id)
    assert (holding.due_at - holding.received_at).days == holding.retention_days == 100
    assert (holding.originator, holding.clause, holding.purpose) == ("KE", "art-3", "mirror-matching")


def test_nothing_is_disposed_of_before_its_day(league):
    message_id = received(league)
    league.pass_days(99)

    assert dispose_at(league.uganda) == {}
    with league.uganda.database.reading() as session:
        assert find_export(session, message_id) is not None


def test_what_is_due_is_erased_while_leaf_and_proofs_stay(league):
    message_id = received(league)
    with league.uganda.database.reading() as session:
        before = head(session)
    league.pass_days(101)

    assert dispose_at(league.uganda) == {"KE": 1}

    with league.uganda.database.reading() as session:
        (entry,) = [one for one in entries_of(session, message_id) if one.kind == "message-received"]
        now = head(session)
        proof = inclusion_proof(session, index=entry.index, size=now.size)
        assert (entry.salt, entry.statement) == (None, None)
        assert find_export(session, message_id) is None
        assert [one.kind for one in entries_of(session, message_id)] == ["message-received", "disposal"]
        assert consistency_proof(session, old_size=before.size, new_size=now.size)
    verify_inclusion(entry.leaf_hash, index=entry.index, size=now.size, proof=proof, root=now.root)


def test_disposing_again_changes_nothing(league):
    received(league)
    league.pass_days(101)
    dispose_at(league.uganda)
    with league.uganda.database.reading() as session:
        before = head(session)

    assert dispose_at(league.uganda) == {}
    with league.uganda.database.reading() as session:
        assert head(session) == before


def test_a_disposal_that_is_cut_off_is_done_wholly_at_the_next_attempt(league):
    message_id = received(league)
    league.pass_days(101)
    with pytest.raises(KeyboardInterrupt), league.uganda.database.transaction() as session:
        dispose_due(session, clearing=league.uganda.clearing)
        raise KeyboardInterrupt
    with league.uganda.database.reading() as session:
        assert find_export(session, message_id) is not None

    assert dispose_at(league.uganda) == {"KE": 1}


def test_the_originator_is_told_and_both_logs_say_so(league):
    message_id = received(league)
    league.pass_days(101)
    dispose_at(league.uganda)
    league.settle()

    with league.kenya.database.reading() as session:
        told = told_of(session, [message_id])[message_id]
        assert exchange_counts(session, "UG").received_refused == 0
    assert (told.state, told.rule, told.partner) == ("disposed", "retention", "UG")


def test_a_partner_that_does_not_tell_is_on_the_overdue_list(league):
    message_id = received(league)
    league.pass_days(100 + 8)
    with league.kenya.database.reading() as session:
        (owed,) = owed_receipts(session, clearing=league.kenya.clearing)
    assert (owed.message_id, owed.partner) == (message_id, "UG")

    dispose_at(league.uganda)
    league.settle()

    with league.kenya.database.reading() as session:
        assert owed_receipts(session, clearing=league.kenya.clearing) == []


def test_a_receipt_for_what_was_never_sent_is_refused(league):
    received(league)
    disposal = {"message": "f" * 64, "at": league.clock.now().isoformat(), "rule": "retention", "clause": "art-3"}
    message = league.uganda.send(DISPOSAL_RECEIPT, {"disposals": [disposal]}, to="KE")
    league.settle()

    assert outcome(league.uganda, message.id) == "stewardship.message-not-sent"


@pytest.mark.parametrize(
    "disposals",
    [
        [],
        [{"message": "x", "at": "2026-01-01T00:00:00Z", "rule": "retention", "clause": "a"}],
        [{"message": "f" * 64, "at": "2026-01-01T00:00:00", "rule": "retention", "clause": "a"}],
        [{"message": "f" * 64, "at": "2026-01-01T00:00:00Z", "rule": "whim", "clause": "a"}],
        [{"message": "f" * 64, "at": "2026-01-01T00:00:00Z", "rule": "retention", "clause": "a", "content": "?"}],
        [{"message": "f" * 64, "at": "2026-01-01T00:00:00Z", "rule": "retention", "clause": "a"}] * 2,
    ],
)
def test_a_malformed_receipt_is_refused_by_name(league, disposals):
    message = league.uganda.send(DISPOSAL_RECEIPT, {"disposals": disposals}, to="KE")
    league.settle()

    assert outcome(league.uganda, message.id) == "stewardship.notice-invalid"


def test_a_refused_message_is_erased_after_a_month_and_told(league):
    message = league.kenya.send("export-record.v1", {"mrn": 7}, to="UG", purpose="mirror-matching")
    league.settle()
    league.pass_days(31)

    assert dispose_at(league.uganda) == {"KE": 1}
    league.settle()

    with league.kenya.database.reading() as session:
        assert told_of(session, [message.id])[message.id].rule == "refused"
    with league.uganda.database.reading() as session:
        assert all(one.statement is None for one in entries_of(session, message.id) if one.kind == "message-refused")


def test_a_legal_hold_keeps_a_record_and_the_originator_is_told(league):
    message_id = received(league)
    place(league, message_id)
    league.settle()
    league.pass_days(120)

    assert dispose_at(league.uganda) == {}
    with league.kenya.database.reading() as session:
        told = told_of(session, [message_id])[message_id]
        assert owed_receipts(session, clearing=league.kenya.clearing) == []
    assert (told.state, told.rule) == ("held", "appeal before the tax tribunal")


def test_a_record_falls_due_when_its_hold_ends_or_is_lifted(league):
    message_id = received(league)
    number = place(league, message_id)
    league.pass_days(120)
    with league.uganda.database.transaction() as session:
        lift(session, number, officer="lucy", clearing=league.uganda.clearing)
    league.settle()
    with league.kenya.database.reading() as session:
        assert [one.message_id for one in owed_receipts(session, clearing=league.kenya.clearing)] == [message_id]

    assert dispose_at(league.uganda) == {"KE": 1}
    with pytest.raises(HoldUnknown), league.uganda.database.transaction() as session:
        lift(session, number, officer="lucy", clearing=league.uganda.clearing)


def test_a_hold_needs_a_case_a_reason_and_a_day_to_come(league):
    message_id = received(league)

    for changes in ({"name": " "}, {"reason": ""}, {"until": day_after(league.clock, -1)}):
        with pytest.raises(HoldInvalid):
            place(league, message_id, **changes)
    with pytest.raises(MessageNotHeld):
        place(league, "e" * 64)


def test_an_amended_clause_shortens_what_was_received_before_and_never_lengthens_it(league):
    message_id = received(league)
    for days, expected in ((900, 100), (10, 10), (900, 10)):
        amend(league, days)
        dispose_at(league.uganda)

        with league.uganda.database.reading() as session:
            holding = find_holding(session, message_id)
        assert (holding.due_at - holding.received_at).days == expected


def test_what_is_due_here_is_listed_as_ours_to_do(league):
    message_id = received(league)
    league.pass_days(101)

    with league.uganda.database.reading() as session:
        assert [one.message_id for one in due_holdings(session, league.clock.now(), limit=10)] == [message_id]


def place(league, message_id, **changes) -> int:
    values = {"name": CASE, "reason": "appeal before the tax tribunal", "until": day_after(league.clock, 300)}
    with league.uganda.database.transaction() as session:
        case = Case(**{**values, "officer": "lucy", **changes})
        return hold(session, message_id, case=case, clearing=league.uganda.clearing)


def amend(league, days) -> None:
    """Let Kenya and Uganda sign an amendment that says another number of days."""
    with league.uganda.database.reading() as session:
        kept = find_agreement(session, "ke-ug")
    clauses = tuple(replace(one, retention_days=days) for one in kept.agreement.clauses)
    amended = replace(kept.agreement, clauses=clauses, version=kept.agreement.version + 1, replaces=kept.hash)
    for member in (league.kenya, league.uganda):
        with member.database.transaction() as session:
            signatures = [sign_agreement(amended, keys_of(party)) for party in amended.parties]
            take_in(session, amended, signatures, clearing=member.clearing)


def outcome(member, message_id) -> str | None:
    with member.database.reading() as session:
        return sent_messages(session, [message_id])[message_id].outcome
