"""Evidence over a change of keys: what a handed-over key signed holds, what a revoked one signed only if seen before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comity.cooperation.identity.keys import generate_keys, new_signer
from comity.cooperation.identity.rotation import Why, recovered, rotated
from comity.cooperation.identity.statement import Revocation, recovery_hash
from comity.cooperation.ledger.append import NewEntry, append, head
from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.evidence import build_bundle
from comity.cooperation.ledger.verify_evidence import EvidenceInvalid, verify_bundle
from comity.cooperation.ledger.witness import keep_cosigned

UGANDA = generate_keys("UG", "Uganda")
RECOVERY = new_signer()
KENYA = generate_keys("KE", "Kenya", recovery=recovery_hash(RECOVERY.public_key))


def bundle(session, clock, keys, *, seen: bool):
    """Return evidence by Kenya, co-signed by Uganda if `seen`."""
    append(session, [NewEntry("decision", "d1", b"statement")], clock)
    if seen:
        note = cosign(read_checkpoint(sign_checkpoint(head(session), keys), keys.public), UGANDA, clock.now())
        keep_cosigned(session, partner=UGANDA.public, note=note, own=keys.public, clock=clock)
    return build_bundle(session, subjects=["d1"], keys=keys, partners=[UGANDA.public])


def stolen(clock, since):
    why = Why(clock.now(), "stolen", (Revocation(0, since),))
    return recovered(KENYA, new_signer(), why, by=RECOVERY, following=recovery_hash(b"n" * 32))


def test_bundle_from_before_a_rotation_holds_after_it(database, clock):
    with database.transaction() as session:
        before = bundle(session, clock, KENYA, seen=True)
        clock.advance(timedelta(days=1))
        after = rotated(KENYA, new_signer(), Why(clock.now(), "rotation"))
        anew = build_bundle(session, subjects=["d1"], keys=after, partners=[UGANDA.public])

    assert verify_bundle(before, known={"KE": after.public.history}).witnessed_by == ("UG",)
    assert verify_bundle(anew).witnessed_by == ("UG",)
    assert verify_bundle(anew).fingerprint == KENYA.public.fingerprint


def test_what_a_witness_saw_before_the_compromise_is_proved_anew_by_the_owner(database, clock):
    with database.transaction() as session:
        bundle(session, clock, KENYA, seen=True)
        clock.advance(timedelta(days=1))
        after = stolen(clock, clock.now() - timedelta(hours=1))

        anew = build_bundle(session, subjects=["d1"], keys=after, partners=[UGANDA.public])

    assert verify_bundle(anew).witnessed_by == ("UG",)


@pytest.mark.parametrize("seen", [True, False])
def test_what_a_stolen_key_signed_after_its_compromise_does_not_hold(database, clock, seen):
    since = clock.now() - timedelta(hours=1)
    with database.transaction() as session:
        forged = bundle(session, clock, KENYA, seen=seen)
    after = stolen(clock, since)

    assert verify_bundle(forged).signed_by == "KE"
    with pytest.raises(EvidenceInvalid) as refused:
        verify_bundle(forged, known={"KE": after.public.history})
    assert refused.value.path == "checkpoints[0]"
