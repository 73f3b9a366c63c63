"""Three administrations come to an agreement and out of it over the wire, Kenya on each engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from comity.cooperation.agreements.agreement import Agreement, agreement_hash
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.errors import AgreementNotInForce, AgreementSuspended, AgreementTerminated
from comity.cooperation.agreements.lifecycle import AgreementStatus, sign_agreement
from comity.cooperation.agreements.notices import NoticeKind
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.agreements.store import find_agreement, find_text, texts_of
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.ledger.append import entries_of
from comity.cooperation.negotiation.errors import RivalSigned, TextAmbiguous
from comity.cooperation.negotiation.messages import NOTICE, PROPOSAL, SIGNATURE, Spoken, write_proposal
from comity.cooperation.negotiation.rules import waiting_for
from comity.flows.negotiate import Declared, give_notice, propose, sign
from tests.simulators.databases import sqlite_with_tables
from tests.simulators.parties import EXPORT, sit_down

ALL = ("KE", "TZ", "UG")
DAY = timedelta(days=1)


@pytest.fixture
def table(database, tmp_path, clock):
    others = {one: sqlite_with_tables(tmp_path / f"{one}.db") for one in ("TZ", "UG")}
    yield sit_down({"KE": database, **others}, clock)
    for other in others.values():
        other.dispose()


def drafted(clock, parties=ALL, **changes) -> Agreement:
    day = clock.now().date()
    return replace(draft_agreement(id="eac", parties=parties, valid_from=day, valid_to=day + 300 * DAY), **changes)


def act(table, authority, step, *args, **named):
    party = table[authority]
    with party.database.transaction() as session:
        return step(session, *args, clearing=party.clearing, **named)


def proposes(table, authority, agreement, **named):
    return act(table, authority, propose, Spoken(agreement, (), **named))


def states(table, clock, text=None):
    """Return how the agreement, or one text of it, stands on each node."""
    found = {}
    for authority, party in table.parties.items():
        with party.database.reading() as session:
            stored = find_text(session, agreement_hash(text)) if text else find_agreement(session, "eac", clock.now())
            found[authority] = stored.status(clock.now())
    return found


def agreed(table, clock, agreement=None, parties=ALL):
    agreement = agreement or drafted(clock, parties)
    proposes(table, "KE", agreement)
    table.settle()
    for one in agreement.parties:
        act(table, one, sign, agreement_hash(agreement))
    table.settle()
    return agreement


def declare(table, sender, recipient):
    party = table[sender]
    request = ReleaseRequest(recipient, EXPORT, "export-declaration", "mirror-matching", "d1", {"mrn": "1"})
    with party.database.transaction() as session:
        released = release(session, request=request, sender=sender, clock=party.clock)
        return enqueue(session, released, keys=party.keys, clock=party.clock)


def same(state):
    return dict.fromkeys(ALL, state)


def test_three_parties_propose_counter_and_sign_until_it_is_in_force_everywhere(table, clock):
    first = drafted(clock)
    second = replace(first, reply_days=30)

    heard = proposes(table, "KE", first, note="a first draft").heard
    table.settle()
    assert (heard.told, heard.not_partners) == (("TZ", "UG"), ())
    assert states(table, clock) == same(AgreementStatus.PROPOSED)
    proposes(table, "UG", second, answers=agreement_hash(first))
    table.settle()
    assert states(table, clock, first) == same(AgreementStatus.COUNTERED)
    with table["TZ"].database.reading() as session:
        assert [one.hash for one in waiting_for("TZ", texts_of(session, "eac"), clock.now())] == [
            agreement_hash(first), agreement_hash(second),
        ]  # fmt: skip
    for one in ALL:
        act(table, one, sign, agreement_hash(second)[:12])
        table.settle()

    assert states(table, clock, second) == same(AgreementStatus.IN_FORCE)
    assert states(table, clock, first) == same(AgreementStatus.AMENDED)
    declare(table, "KE", "UG")
    table.settle()
    assert len(table["UG"].taken) == 1


def test_a_signature_that_overtakes_the_proposal_counts(table, clock):
    agreement = drafted(clock)
    proposes(table, "KE", agreement)
    table.deliver("KE", "UG")
    act(table, "UG", sign, "eac")
    table.deliver("UG", "TZ")

    with table["TZ"].database.reading() as session:
        assert find_agreement(session, "eac").signers == {"UG"}
    table.settle()
    assert states(table, clock) == same(AgreementStatus.PARTLY_SIGNED)


def test_the_last_signature_arrives_before_what_is_sent_under_the_text(table, clock):
    agreement = drafted(clock)
    proposes(table, "KE", agreement)
    table.settle()
    for one in ("KE", "UG"):
        act(table, one, sign, "eac")
    table.settle()
    act(table, "TZ", sign, "eac")
    table.deliver("TZ", "KE")

    queued = declare(table, "KE", "UG")
    table.deliver("KE", "UG")

    assert table.outcome("KE", "UG", queued.id) == "stored"


def test_a_party_joins_later_what_two_have_brought_into_force(table, clock):
    convention = drafted(clock, in_force_when=2)
    proposes(table, "KE", convention)
    table.settle()
    for one in ("KE", "UG"):
        act(table, one, sign, "eac")
    table.settle()
    assert states(table, clock) == same(AgreementStatus.IN_FORCE)
    with pytest.raises(AgreementNotInForce):
        declare(table, "KE", "TZ")

    act(table, "TZ", sign, "eac")
    table.settle()

    queued = declare(table, "KE", "TZ")
    table.settle()
    assert table.outcome("KE", "TZ", queued.id) == "stored"


def test_a_declined_proposal_can_no_longer_be_signed(table, clock):
    proposes(table, "KE", drafted(clock))
    table.settle()
    act(table, "UG", give_notice, "eac", Declared(NoticeKind.DECLINED, "the period is too long"))
    table.settle()

    assert states(table, clock) == same(AgreementStatus.DECLINED)


def test_suspension_resumption_and_termination_hold_on_every_node(table, clock):
    agreed(table, clock, drafted(clock, notice_days=10))

    act(table, "UG", give_notice, "eac", Declared(NoticeKind.SUSPENDED, "a leak is examined"))
    table.settle()
    for sender, recipient in (("KE", "UG"), ("UG", "KE")):
        with pytest.raises(AgreementSuspended):
            declare(table, sender, recipient)
    assert declare(table, "KE", "TZ")
    clock.advance(DAY)
    act(table, "UG", give_notice, "eac", Declared(NoticeKind.RESUMED, "the leak is closed"))
    table.settle()
    assert declare(table, "KE", "UG")
    leaving = Declared(NoticeKind.TERMINATED, "a new law", clock.now().date() + 10 * DAY)
    act(table, "UG", give_notice, "eac", leaving)
    table.settle()
    clock.advance(10 * DAY)

    with pytest.raises(AgreementTerminated):
        declare(table, "KE", "UG")
    assert declare(table, "KE", "TZ")
    for party in table.parties.values():
        with party.database.reading() as session:
            assert [entry.kind for entry in entries_of(session, "eac")].count("agreement-notice") == 3


def test_what_is_on_its_way_when_the_recipient_suspends_is_refused_by_name(table, clock):
    agreed(table, clock)
    queued = declare(table, "KE", "UG")
    act(table, "UG", give_notice, "eac", Declared(NoticeKind.SUSPENDED, "a leak is examined"))

    table.settle()

    assert table.outcome("KE", "UG", queued.id) == "agreements.suspended"


def test_an_amendment_takes_over_on_every_node_and_what_was_under_way_still_arrives(table, clock):
    first = agreed(table, clock)
    second = replace(
        first, version=2, replaces=agreement_hash(first), valid_from=clock.now().date() + DAY, title="Second text"
    )
    agreed(table, clock, second)
    under_way = declare(table, "KE", "UG")
    clock.advance(DAY)
    after = declare(table, "KE", "UG")
    table.settle()

    assert states(table, clock, first) == same(AgreementStatus.AMENDED)
    assert states(table, clock, second) == same(AgreementStatus.IN_FORCE)
    assert [under_way.agreement_hash, after.agreement_hash] == [agreement_hash(first), agreement_hash(second)]
    assert [table.outcome("KE", "UG", one.id) for one in (under_way, after)] == ["stored", "stored"]


def test_a_party_signs_no_second_text_of_the_same_version_and_names_the_one_it_means(table, clock):
    first = drafted(clock)
    proposes(table, "KE", first)
    table.settle()
    act(table, "UG", sign, "eac")
    proposes(table, "TZ", replace(first, reply_days=30))
    table.settle()

    with pytest.raises(TextAmbiguous):
        act(table, "KE", sign, "eac")
    with pytest.raises(RivalSigned):
        act(table, "UG", sign, "eac")


# What a partner does that it must not


def payload_of(agreement, signatures=(), **changes):
    return {**write_proposal(Spoken(agreement, tuple(signatures))), **changes}


def test_a_proposal_by_a_non_party_or_to_one_is_refused(table, clock):
    for parties in (("KE", "UG"), ("TZ", "UG")):
        outcome = table.send("TZ", "KE", PROPOSAL, payload_of(drafted(clock, parties)))
        assert outcome == "negotiation.not-a-party"
    with table["KE"].database.reading() as session:
        assert texts_of(session, "eac") == []


def test_a_signature_by_another_key_is_refused_and_leaves_nothing_behind(table, clock):
    agreement = drafted(clock)
    good = sign_agreement(agreement, table["TZ"].keys)
    forged = replace(good, authority="UG")

    for message_type in (PROPOSAL, SIGNATURE):
        payload = payload_of(agreement, [good, forged])
        if message_type == SIGNATURE:
            payload = {name: payload[name] for name in ("agreement", "signatures")}
        assert table.send("TZ", "KE", message_type, payload) == "agreements.signature-invalid"
    with table["KE"].database.reading() as session:
        assert texts_of(session, "eac") == []


def test_a_counter_to_a_text_that_was_superseded_is_refused_by_name(table, clock):
    first = drafted(clock)
    rival = replace(first, reply_days=10)
    proposes(table, "UG", rival)
    table.settle()
    agreed(table, clock, first)
    counter = replace(first, reply_days=20)

    told = [
        table.send("UG", "KE", PROPOSAL, payload_of(counter, answers=answered))
        for answered in (agreement_hash(rival), agreement_hash(first), "0" * 64, "short")
    ]

    assert told == [
        "agreements.amended", "negotiation.counter-unfounded", "agreements.unknown", "negotiation.message-invalid",
    ]  # fmt: skip


def test_a_replayed_or_foreign_or_unknown_notice_changes_nothing(table, clock):
    agreed(table, clock)
    act(table, "UG", give_notice, "eac", Declared(NoticeKind.SUSPENDED, "a leak is examined"))
    table.settle()
    clock.advance(DAY)
    act(table, "UG", give_notice, "eac", Declared(NoticeKind.RESUMED, "the leak is closed"))
    table.settle()
    with table["UG"].database.reading() as session:
        suspended = find_agreement(session, "eac").history.notices[0].as_json()

    assert table.send("UG", "KE", NOTICE, suspended) == "known"
    assert table.send("TZ", "KE", NOTICE, suspended) == "negotiation.not-a-party"
    assert table.send("UG", "KE", NOTICE, {**suspended, "agreement_hash": "0" * 64}) == "agreements.unknown"
    assert table.send("UG", "KE", NOTICE, {**suspended, "reason": "another"}) == "agreements.notice-invalid"
    assert table.send("UG", "KE", NOTICE, {**suspended, "kind": "revoked"}) == "agreements.notice-invalid"
    assert states(table, clock) == same(AgreementStatus.IN_FORCE)


def test_a_text_that_is_not_canonical_or_no_agreement_is_refused(table, clock):
    agreement = drafted(clock)
    record = payload_of(agreement)["agreement"]

    for changed, code in (
        ({**record, "parties": record["parties"][::-1]}, "negotiation.message-invalid"),
        ({**record, "more": 1}, "agreements.invalid"),
        ("none", "agreements.invalid"),
    ):
        assert table.send("TZ", "KE", PROPOSAL, {**payload_of(agreement), "agreement": changed}) == code


def test_signatures_on_an_unknown_text_without_the_senders_own_are_refused(table, clock):
    agreement = drafted(clock)
    payload = payload_of(agreement, [sign_agreement(agreement, table["UG"].keys)])

    outcome = table.send("TZ", "KE", SIGNATURE, {name: payload[name] for name in ("agreement", "signatures")})

    assert outcome == "negotiation.message-invalid"


def test_a_signature_for_a_text_that_is_over_is_refused_by_name(table, clock):
    agreement = drafted(clock)
    proposes(table, "KE", agreement)
    table.settle()
    act(table, "UG", give_notice, "eac", Declared(NoticeKind.DECLINED, "no"))
    table.deliver("UG", "KE")
    payload = payload_of(agreement, [sign_agreement(agreement, table["TZ"].keys)])

    outcome = table.send("TZ", "KE", SIGNATURE, {name: payload[name] for name in ("agreement", "signatures")})

    assert outcome == "agreements.declined"


def test_a_partner_that_floods_with_proposals_is_stopped(table, clock, monkeypatch):
    monkeypatch.setattr("comity.cooperation.negotiation.rules.MOST_OPEN_PROPOSALS", 2)

    told = [table.send("TZ", "KE", PROPOSAL, payload_of(drafted(clock, reply_days=10 + number))) for number in range(3)]

    assert told == ["proposed", "proposed", "negotiation.proposals-too-many"]
