"""Who may hand over whose keys: every link is checked, and no changed bit passes."""

from __future__ import annotations

import base64
import copy
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cooperation.identity.errors import HistoryForked, HistoryInvalid, RecoveryKeyWrong, SuiteUnknown
from comity.cooperation.identity.history import KeyHistory, NewKeys, follow, read_history, recover, succeed, superseded
from comity.cooperation.identity.keys import new_opening_key, new_signer
from comity.cooperation.identity.statement import MOST_STATEMENTS, Kind, Revocation, recovery_hash
from tests.unit.identity.histories import START, Owner, handed_over, recovered

OWNER = Owner()
ROTATED, SECOND_KEY = handed_over(OWNER.history, OWNER.signer)
RECOVERED, THIRD_KEY, NEXT_RECOVERY = recovered(ROTATED, OWNER.recovery)
GOOD = RECOVERED.as_json()


def test_history_survives_the_wire():
    assert read_history(json.loads(json.dumps(GOOD))) == RECOVERED


def test_fingerprint_stays_that_of_the_first_statement():
    identity = OWNER.keys.public

    assert identity.continued(RECOVERED).fingerprint == identity.fingerprint
    assert identity.fingerprint.replace(" ", "") == OWNER.history.first.hash


def test_keys_are_told_with_their_time_newest_first():
    key, second, first = RECOVERED.keys

    assert (key.key, key.until, key.revoked_since) == (THIRD_KEY.public_key, None, None)
    assert (second.key, second.until, second.revoked_since) == (
        SECOND_KEY.public_key,
        START + timedelta(days=2),
        START,
    )
    assert (first.key, first.until, first.revoked_since) == (
        OWNER.signer.public_key,
        START + timedelta(days=1),
        None,
    )


def leaves(value, path=()):
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, name))
    else:
        yield path


PLACES = list(leaves(GOOD))


def at(record, path):
    for name in path:
        record = record[name]
    return record


def changed(path, value):
    record = copy.deepcopy(GOOD)
    at(record, path[:-1])[path[-1]] = value
    return record


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_no_chain_with_a_changed_bit_is_accepted(data):
    text = json.dumps(GOOD, separators=(",", ":")).encode()
    place = data.draw(st.integers(0, len(text) - 1))
    bit = data.draw(st.integers(0, 7))
    flipped = text[:place] + bytes([text[place] ^ 1 << bit]) + text[place + 1 :]
    try:
        record = json.loads(flipped)
    except ValueError:
        return

    with pytest.raises(HistoryInvalid):
        read_history(record)


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_no_changed_value_is_accepted(data):
    path = data.draw(st.sampled_from(PLACES))
    value = data.draw(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.text(max_size=80),
            st.sampled_from([at(GOOD, other) for other in PLACES]),
        )
    )
    if value == at(GOOD, path) and type(value) is type(at(GOOD, path)):
        return

    with pytest.raises(HistoryInvalid):
        read_history(changed(path, value))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_anything_else_is_refused_by_name(record):
    with pytest.raises(HistoryInvalid):
        read_history(record)
    with pytest.raises(HistoryInvalid):
        read_history([GOOD[0], {**GOOD[1], "revoked": record or [7]}])


@pytest.mark.parametrize("suite", ["HPKE-X25519-HKDFSHA256-AES128GCM-1", "", None])
def test_another_suite_is_refused_by_name(suite):
    with pytest.raises(SuiteUnknown):
        read_history(changed((0, "suite"), suite))


def test_statement_that_is_left_out_breaks_the_chain():
    for left_out in range(2):
        with pytest.raises(HistoryInvalid):
            read_history([one for place, one in enumerate(GOOD) if place != left_out])


def test_base64_has_one_spelling():
    text = GOOD[0]["signing_key"]
    spelled = text[:-2] + chr(ord(text[-2]) + 1) + "="
    assert base64.b64decode(spelled) == base64.b64decode(text)

    with pytest.raises(HistoryInvalid):
        read_history(changed((0, "signing_key"), spelled))


def forged(history, *, by, signer=None, **changes):
    """Return the history as JSON with a statement that says what it should not, signed by whom one likes."""
    signer = signer or new_signer()
    new = NewKeys(signer, new_opening_key().public_key)
    good = succeed(history, new, by=OWNER.signer, made=history.last.made, reason="r").last
    statement = replace(good, **changes)
    content = statement.signed_content()
    statement = replace(statement, signatures=tuple(one.sign(content) for one in (*by, signer)))
    return [*history.as_json(), statement.as_json()]


@pytest.mark.parametrize(
    "changes",
    [
        {"recovery": recovery_hash(b"x" * 32)},
        {"sequence": 2},
        {"previous": "0" * 64},
        {"authority": "UG"},
        {"made": START - timedelta(days=1)},
        {"revoked": (Revocation(0, START),)},
        {"revoked": (Revocation(5, START),)},
        {"kind": Kind.FIRST},
        {"kind": Kind.RECOVERY},
        {"kind": Kind.RECOVERY, "recovery_key": OWNER.signer.public_key},
        {"recovery_key": OWNER.recovery.public_key},
        {"encryption_key": b"short"},
    ],
)
def test_key_in_force_alone_cannot_say_this(changes):
    with pytest.raises(HistoryInvalid):
        read_history(forged(OWNER.history, by=[OWNER.signer], **changes))


def test_succession_needs_both_keys():
    for by in ([new_signer()], [], [OWNER.recovery]):
        with pytest.raises(HistoryInvalid):
            read_history(forged(OWNER.history, by=by))


def test_key_that_was_handed_over_does_not_come_back():
    with pytest.raises(HistoryInvalid, match="does not come back"):
        handed_over(ROTATED, SECOND_KEY, signer=OWNER.signer)


def test_earlier_key_is_revoked_by_the_key_in_force_without_a_new_one():
    revoked, _ = handed_over(ROTATED, SECOND_KEY, revoked=[Revocation(0, START)], signer=SECOND_KEY)

    held = {one.key: one for one in revoked.keys}
    assert held[OWNER.signer.public_key].revoked_since == START
    assert held[SECOND_KEY.public_key].revoked_since is None


def test_recovery_needs_the_key_that_was_promised():
    new = NewKeys(new_signer(), new_opening_key().public_key, recovery_hash(b"n" * 32))

    with pytest.raises(RecoveryKeyWrong):
        recover(OWNER.history, new, by=new_signer(), made=START, reason="x")


def test_recovery_key_is_used_once():
    with pytest.raises(RecoveryKeyWrong):
        recovered(RECOVERED, OWNER.recovery)

    assert recovered(RECOVERED, NEXT_RECOVERY)[0].last.kind is Kind.RECOVERY


def test_longer_history_of_two_that_agree_is_followed():
    assert follow(OWNER.history, RECOVERED) == RECOVERED
    assert follow(RECOVERED, OWNER.history) == RECOVERED
    assert superseded(OWNER.history, RECOVERED) is None


def test_two_successors_of_one_key_are_a_fork():
    other, _ = handed_over(OWNER.history, OWNER.signer)

    with pytest.raises(HistoryForked) as fork:
        follow(ROTATED, other)

    assert json.loads(fork.value.kept) == ROTATED.last.as_json()
    assert json.loads(fork.value.presented) == other.last.as_json()


def test_recovery_beats_what_the_thief_of_the_signing_key_handed_to_himself():
    stolen, thief = handed_over(OWNER.history, OWNER.signer)
    stolen, _ = handed_over(stolen, thief)
    owners, *_ = recovered(OWNER.history, OWNER.recovery)

    assert follow(stolen, owners) == owners
    assert superseded(stolen, owners) == stolen.statements[1]
    with pytest.raises(HistoryForked):
        follow(owners, stolen)


def test_recovery_later_in_the_owners_branch_beats_the_thief_too():
    stolen, _ = handed_over(OWNER.history, OWNER.signer)

    assert follow(stolen, RECOVERED) == RECOVERED


def test_two_recoveries_from_one_place_are_a_fork():
    other, *_ = recovered(ROTATED, OWNER.recovery)

    with pytest.raises(HistoryForked):
        follow(RECOVERED, other)


def test_another_first_statement_is_never_followed():
    with pytest.raises(HistoryInvalid):
        follow(Owner().history, RECOVERED)


def test_history_has_a_longest_length():
    with pytest.raises(HistoryInvalid):
        read_history(GOOD * MOST_STATEMENTS)


def test_histories_are_equal_that_end_in_the_same_statement():
    assert KeyHistory(tuple(RECOVERED.statements)) == RECOVERED
    assert RECOVERED != ROTATED
    assert len({RECOVERED, KeyHistory(tuple(RECOVERED.statements)), ROTATED}) == 2
