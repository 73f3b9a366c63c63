"""Enough partners co-sign, also at different sizes; one who is away for days is named missing, and stops nothing."""

from __future__ import annotations

from datetime import timedelta

from comity.cooperation.exchange.store import list_peers
from comity.cooperation.ledger.evidence import build_bundle, verify_bundle
from comity.cooperation.ledger.thin_cosignatures import thin
from comity.flows.prove import default_policy


def proved(three, subject, policy=None):
    node = three.nodes["KE"]
    with node.database.reading() as session:
        bundle = build_bundle(
            session,
            subjects=[subject],
            keys=node.keys,
            partners=[peer.identity for peer in list_peers(session)],
            policy=policy or default_policy(session, keys=node.keys, clock=three.clock),
        )
    return verify_bundle(bundle)


def test_partners_who_cosign_at_different_sizes_make_the_quorum_together(three):
    three.say("KE", "UG", "d1")
    three.settle()
    three.deliver("KE", "UG")
    three.say("KE", "RW", "d2")
    three.settle()

    verified = proved(three, "d1")

    assert verified.witnessed_by == ("RW", "UG")
    assert verified.quorum.reached
    assert verified.quorum.missing == ()


def test_partner_away_for_days_is_missing_then_catches_up(three):
    for name in ("UG", "RW"):
        three.say("KE", name, f"first-{name}")
    three.settle()
    three.away = {"RW"}
    for day in range(14):
        three.clock.advance(timedelta(days=1))
        three.say("KE", "UG", f"d{day}")
        three.settle()
        three.deliver("KE", "UG")

    during = proved(three, "d7")
    three.away = set()
    three.deliver("KE", "RW")
    after = proved(three, "d7")

    assert (during.quorum.reached, during.quorum.missing) == (False, ("RW",))
    assert (after.quorum.reached, after.quorum.missing) == (True, ())


def test_partner_away_for_longer_than_anyone_waits_counts_no_more(three):
    for name in ("UG", "RW"):
        three.say("KE", name, f"first-{name}")
    three.settle()
    three.away = {"RW"}
    three.clock.advance(timedelta(days=31))
    three.say("KE", "UG", "late")
    three.settle()
    three.deliver("KE", "UG")

    assert proved(three, "late").quorum.reached


def test_thinned_log_still_proves_every_record_to_every_witness(three):
    for day in range(40):
        for part in range(3):
            three.say("KE", "UG", f"d{day}-{part}")
            three.settle()
        three.clock.advance(timedelta(days=1))
    three.deliver("KE", "UG")
    subjects = [f"d{day}-{part}" for day in range(40) for part in range(3)]
    before = {subject: proved(three, subject) for subject in subjects}

    with three.nodes["KE"].database.transaction() as session:
        gone = thin(session, "UG", clock=three.clock)

    assert gone > 15
    for subject in subjects:
        after = proved(three, subject)
        assert after.witnessed_by == ("UG",)
        assert after.witnessed_at[0].date() - before[subject].witnessed_at[0].date() <= timedelta(days=1)
