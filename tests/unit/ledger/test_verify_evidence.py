"""A bundle is believed when everything in it holds; each change is refused where it was made."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.verify_evidence import EvidenceInvalid, verify_bundle
from tests.unit.ledger import bundles
from tests.unit.ledger.bundles import (
    KENYA,
    LEAVES,
    NOW,
    RWANDA,
    SALTS,
    STATEMENTS,
    UGANDA,
    a_bundle,
    changed,
    root_of,
    sign,
    text,
)

GOOD = a_bundle()
IMPOSTOR = generate_keys("KE", "Impostor")
OTHER_NOTE = sign_checkpoint(LogHead(13, bytes(32)), KENYA)
SHORT_NOTE = sign_checkpoint(LogHead(12, root_of(LEAVES[:12])), KENYA)


def refused_at(bundle):
    with pytest.raises(EvidenceInvalid) as refused:
        verify_bundle(bundle)
    return refused.value.path


def test_stranger_verifies_a_bundle_that_went_through_a_file():
    verified = verify_bundle(json.loads(json.dumps(GOOD)))

    assert (verified.signed_by, verified.checkpoint_size) == ("KE", 13)
    assert verified.fingerprint == KENYA.public.fingerprint
    assert verified.witnessed_by == ("UG", "RW")
    assert verified.witness_fingerprints == (UGANDA.public.fingerprint, RWANDA.public.fingerprint)
    assert verified.witnessed_at == (NOW, NOW)
    assert [(entry.index, entry.statement) for entry in verified.entries] == [(3, STATEMENTS[3]), (9, STATEMENTS[9])]


def test_result_can_be_written_as_json():
    told = json.loads(json.dumps(verify_bundle(GOOD).as_json()))

    assert told["witness_fingerprints"] == [UGANDA.public.fingerprint, RWANDA.public.fingerprint]
    assert told["witnessed_at"] == [NOW.isoformat()] * 2


def test_bundle_nobody_cosigned_says_so():
    assert verify_bundle(a_bundle(witnesses=())).witnessed_by == ()


def test_one_note_may_bear_every_cosignature():
    note = GOOD["checkpoints"][0]
    both = cosign(read_checkpoint(note, KENYA.public), RWANDA, NOW)

    verified = verify_bundle(sign({**GOOD, "checkpoints": [both]}))

    assert verified.witnessed_by == ("UG", "RW")


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("format",), "other", "format"),
        (("log",), None, "log"),
        (("log", "authority"), 7, "log"),
        (("log", "history", 0, "suite"), "rot13", "log"),
        (("log", "history", 0, "signing_key"), "AAAA", "log"),
        (("log",), IMPOSTOR.public.as_json(), "checkpoints[0]"),
        (("size",), 12, "size"),
        (("size",), None, "size"),
        (("checkpoints",), [], "checkpoints"),
        (("checkpoints",), "text", "checkpoints"),
        (("checkpoints", 1), OTHER_NOTE, "consistency[1]"),
        (("checkpoints", 1), SHORT_NOTE, "size"),
        (("checkpoints", 1), 7, "checkpoints[1]"),
        (("checkpoints", 1), "nonsense", "checkpoints[1]"),
        (("checkpoints", 1), "\ud800", "checkpoints[1]"),
        (("checkpoints", 0), GOOD["checkpoints"][0].replace("\n13\n", "\n14\n"), "checkpoints[0]"),
        (("checkpoints", 0), GOOD["checkpoints"][1], "witnesses[0]"),
        (("witnesses",), None, "witnesses"),
        (("witnesses", 1), generate_keys("RW", "Impostor").public.as_json(), "witnesses[1]"),
        (("witnesses", 1), UGANDA.public.as_json(), "witnesses[1]"),
        (("witnesses", 1), KENYA.public.as_json(), "witnesses[1]"),
        (("witnesses", 1), [], "witnesses[1]"),
        (("entries",), [], "entries"),
        (("entries",), {}, "entries"),
        (("entries",), [{}] * 1_001, "entries"),
        (("entries", 1), "text", "entries[1]"),
        (("entries", 1, "index"), "9", "entries[1].index"),
        (("entries", 1, "index"), True, "entries[1].index"),
        (("entries", 1, "index"), 9.0, "entries[1].index"),
        (("entries", 1, "index"), 8, "entries[1].proof"),
        (("entries", 1, "index"), -1, "entries[1].proof"),
        (("entries", 1, "index"), 10**1000, "entries[1].proof"),
        (("entries", 1), GOOD["entries"][0], "entries[1].index"),
        (("entries", 1, "leaf"), "!", "entries[1].leaf"),
        (("entries", 1, "leaf"), None, "entries[1].leaf"),
        (("entries", 1, "leaf"), text(LEAVES[9][:31]), "entries[1].leaf"),
        (("entries", 1, "leaf"), text(LEAVES[8]), "entries[1].statement"),
        (("entries", 1, "salt"), text(bytes(32)), "entries[1].statement"),
        (("entries", 1, "salt"), None, "entries[1].salt"),
        (("entries", 1, "statement"), text(b"another"), "entries[1].statement"),
        (("entries", 1, "statement"), None, "entries[1].salt"),
        (("entries", 1, "proof"), [], "entries[1].proof"),
        (("entries", 1, "proof"), None, "entries[1].proof"),
        (("entries", 1, "proof"), [text(bytes(32))] * 65, "entries[1].proof"),
        (("entries", 1, "proof", 0), text(bytes(32)), "entries[1].proof"),
        (("entries", 1, "proof", 0), text(bytes(31)), "entries[1].proof"),
        (("entries", 1, "proof", 0), 7, "entries[1].proof"),
        (("entries", 1, "kind"), 7, "entries[1].kind"),
        (("entries", 1, "at"), None, "entries[1].at"),
        (("entries", 1, "kind"), "receipt", "signature"),
        (("entries", 1, "subject"), "d2", "signature"),
        (("entries", 1, "at"), "2020-01-01T00:00:00+00:00", "signature"),
        (("context", "agreement"), "KE-TZ", "signature"),
        (("context", "added"), 1, "signature"),
        (("added",), 1, "signature"),
        (("context",), 2**60, "context"),
        (("context",), {1: 2}, "context"),
        (("context",), float("nan"), "context"),
        (("signature",), None, "signature"),
        (("signature",), "AAAA", "signature"),
    ],
)
def test_changed_bundle_is_refused_where_it_was_changed(path, value, named):
    assert refused_at(changed(GOOD, path, value)) == named


@pytest.mark.parametrize(
    "field", ["format", "log", "size", "checkpoints", "witnesses", "entries", "context", "signature"]
)
def test_bundle_without_a_part_is_refused(field):
    with pytest.raises(EvidenceInvalid):
        verify_bundle({name: value for name, value in GOOD.items() if name != field})


@pytest.mark.parametrize("value", [None, [], "text", 7])
def test_what_is_no_object_is_no_bundle(value):
    assert refused_at(value) == "format"


def test_context_nested_without_end_is_refused_by_name():
    nested = []
    for _ in range(100_000):
        nested = [nested]

    assert refused_at({**GOOD, "context": nested}) == "context"


def test_start_of_a_statement_cannot_be_moved_into_the_salt():
    # salt ‖ statement is the same sequence of bytes, so that the leaf would be the same
    moved = changed(GOOD, ("entries", 0, "salt"), text(SALTS[3] + STATEMENTS[3][:4]))
    moved = changed(moved, ("entries", 0, "statement"), text(STATEMENTS[3][4:]))

    assert refused_at(sign(moved)) == "entries[0].salt"


def test_owner_who_signs_a_changed_statement_is_refused_all_the_same():
    assert refused_at(sign(changed(GOOD, ("entries", 0, "statement"), text(b"another")))) == "entries[0].statement"


def test_bundle_signed_by_someone_else_is_refused():
    assert refused_at(sign(GOOD, keys=IMPOSTOR)) == "signature"


def test_erased_content_leaves_a_leaf_that_is_still_proved():
    erased = changed(changed(GOOD, ("entries", 0, "salt"), None), ("entries", 0, "statement"), None)

    assert verify_bundle(sign(erased)).entries[0].statement is None


def test_trusted_fingerprints_are_held_against_every_identity():
    trusted = {"KE": KENYA.public.fingerprint, "UG": UGANDA.public.fingerprint, "RW": RWANDA.public.fingerprint}

    verify_bundle(GOOD, trusted=trusted)

    for authority, path in (("KE", "log"), ("RW", "witnesses[1]")):
        for wrong in ({**trusted, authority: IMPOSTOR.public.fingerprint}, {**trusted, authority: ""}):
            with pytest.raises(EvidenceInvalid) as refused:
                verify_bundle(GOOD, trusted=wrong)
            assert refused.value.path == path


def binary_places(bundle):
    for position, entry in enumerate(bundle["entries"]):
        for name in ("leaf", "salt", "statement"):
            yield ("entries", position, name)
        for step in range(len(entry["proof"])):
            yield ("entries", position, "proof", step)
    yield ("signature",)
    for place in (("log",), *(("witnesses", position) for position in range(len(bundle["witnesses"])))):
        yield (*place, "history", 0, "signing_key")
        yield (*place, "history", 0, "encryption_key")
        yield (*place, "history", 0, "signatures", 0)


PLACES = list(binary_places(GOOD))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_no_flipped_bit_passes(data):
    path = data.draw(st.sampled_from(PLACES))
    at = GOOD
    for part in path:
        at = at[part]
    content = base64.b64decode(at)
    bit = data.draw(st.integers(0, 8 * len(content) - 1))

    refused_at(changed(GOOD, path, text(bundles.flipped(content, bit))))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_changed_letter_of_a_checkpoint_passes(data):
    position = data.draw(st.integers(0, 1))
    note = GOOD["checkpoints"][position]
    at = data.draw(st.integers(0, len(note) - 1))
    letter = data.draw(st.characters().filter(lambda other: other != note[at]))

    refused_at(changed(GOOD, ("checkpoints", position), note[:at] + letter + note[at + 1 :]))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nothing_in_any_place_makes_verification_fail_otherwise_than_by_name(data):
    path = data.draw(st.sampled_from([*PLACES, *((name,) for name in GOOD), ("entries", 0), ("witnesses", 0)]))

    try:
        verify_bundle(changed(GOOD, path, data.draw(JSON)))
    except EvidenceInvalid as refused:
        assert refused.path
