"""A node writes what it can prove of a record into one file. On both engines."""

from __future__ import annotations

import json

import pytest

from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger import evidence
from comity.cooperation.ledger.append import NewEntry, append, erase, head
from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.evidence import EvidenceInvalid, RecordUnknown, build_bundle, verify_bundle
from comity.cooperation.ledger.witness import keep_cosigned

KENYA, UGANDA, RWANDA = generate_keys("KE", "Kenya"), generate_keys("UG", "Uganda"), generate_keys("RW", "Rwanda")
PARTNERS = [UGANDA.public, RWANDA.public]


def say(session, clock, subject, *statements):
    append(session, [NewEntry("message-sent", subject, statement) for statement in statements], clock)


def cosigned_by(session, clock, *witnesses, keys=KENYA):
    for witness in witnesses:
        note = cosign(read_checkpoint(sign_checkpoint(head(session), keys), keys.public), witness, clock.now())
        keep_cosigned(session, partner=witness.public, note=note, own=keys.public, clock=clock)


def bundle_of(session, *subjects, keys=KENYA, partners=PARTNERS):
    built = build_bundle(session, subjects=subjects, keys=keys, partners=partners, context={"a": 1})
    return json.loads(json.dumps(built))


def test_bundle_of_a_record_verifies_without_the_node(database, clock):
    with database.transaction() as session:
        say(session, clock, "other", b"1", b"2")
        say(session, clock, "d1", b"first", b"second")
        say(session, clock, "other", b"3")
        cosigned_by(session, clock, UGANDA, RWANDA)
        say(session, clock, "other", *[b"later"] * 20)
        cosigned_by(session, clock, UGANDA)
        bundle = bundle_of(session, "d1")

    verified = verify_bundle(bundle)

    assert (verified.signed_by, verified.checkpoint_size, verified.witnessed_by) == ("KE", 5, ("UG", "RW"))
    assert [(entry.index, entry.statement) for entry in verified.entries] == [(2, b"first"), (3, b"second")]
    assert bundle["context"] == {"a": 1}


def test_bundle_takes_the_smallest_cosigned_log_that_covers_every_entry(database, clock):
    with database.transaction() as session:
        say(session, clock, "d1", b"first")
        cosigned_by(session, clock, UGANDA)
        say(session, clock, "d1", b"second")
        cosigned_by(session, clock, RWANDA)
        say(session, clock, "d2", b"third")
        cosigned_by(session, clock, UGANDA)

        verified = verify_bundle(bundle_of(session, "d1"))

    assert (verified.checkpoint_size, verified.witnessed_by) == (2, ("UG", "RW"))


def test_bundle_of_entries_nobody_cosigned_yet_bears_our_own_checkpoint(database, clock):
    with database.transaction() as session:
        say(session, clock, "d0", b"earlier")
        cosigned_by(session, clock, UGANDA)
        say(session, clock, "d1", b"first")

        verified = verify_bundle(bundle_of(session, "d1"))

    assert (verified.checkpoint_size, verified.witnessed_by) == (2, ())


def test_bundle_of_several_subjects_holds_each_entry_once_in_order(database, clock):
    with database.transaction() as session:
        for subject in ("a", "b", "a", "c"):
            say(session, clock, subject, subject.encode())

        verified = verify_bundle(bundle_of(session, "b", "a", "a", "unknown"))

    assert [entry.index for entry in verified.entries] == [0, 1, 2]


def test_cosignature_of_a_partner_we_no_longer_know_is_left_out(database, clock):
    with database.transaction() as session:
        say(session, clock, "d1", b"first")
        cosigned_by(session, clock, UGANDA, RWANDA)

        verified = verify_bundle(bundle_of(session, "d1", partners=[RWANDA.public]))

    assert verified.witnessed_by == ("RW",)


def test_cosignature_under_a_key_the_partner_replaced_is_left_out(database, clock):
    renewed = generate_keys("UG", "Uganda")
    with database.transaction() as session:
        say(session, clock, "d1", b"first")
        cosigned_by(session, clock, UGANDA)

        verified = verify_bundle(bundle_of(session, "d1", partners=[renewed.public]))

    assert verified.witnessed_by == ()


def test_log_whose_own_key_was_replaced_still_proves_under_the_new_one(database, clock):
    renewed = generate_keys("KE", "Kenya")
    with database.transaction() as session:
        say(session, clock, "d1", b"first")
        cosigned_by(session, clock, UGANDA)

        verified = verify_bundle(bundle_of(session, "d1", keys=renewed))

    assert (verified.fingerprint, verified.witnessed_by) == (renewed.public.fingerprint, ())


def test_erased_content_is_gone_and_the_proof_stays(database, clock):
    with database.transaction() as session:
        say(session, clock, "m1", b"personal")
        erase(session, 0)
        bundle = bundle_of(session, "m1")

    assert verify_bundle(bundle).entries[0].statement is None
    assert bundle["entries"][0]["salt"] is None


def test_record_the_log_does_not_know_has_no_evidence(database, clock):
    with database.transaction() as session:
        for subjects in (["nothing"], []):
            with pytest.raises(RecordUnknown):
                build_bundle(session, subjects=subjects, keys=KENYA, partners=[])


def test_record_with_too_much_to_prove_is_refused_not_cut(database, clock, monkeypatch):
    monkeypatch.setattr(evidence, "MOST_ENTRIES", 3)
    with database.transaction() as session:
        say(session, clock, "d1", b"1", b"2", b"3")
        assert len(bundle_of(session, "d1")["entries"]) == 3
        say(session, clock, "d1", b"4")

        with pytest.raises(EvidenceInvalid, match="one by one"):
            bundle_of(session, "d1")
