"""The doctor on what both nodes say: agreements, sequences, logs, queues; each fault on its side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.release import ReleaseRequest
from comity.cooperation.agreements.store import add_signature, keep_agreement
from comity.cooperation.exchange.batch import ANSWER_TYPE, Answer, write
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.deliver import Line
from comity.cooperation.exchange.doctor import Place, diagnose
from comity.cooperation.exchange.operation.held import hold_back
from comity.cooperation.exchange.store import add_peer, find_peer
from comity.cooperation.exchange.transport import HttpTransport, InMemoryTransport
from comity.cooperation.identity.keys import generate_keys
from comity.foundation.clock import FixedClock, SystemClock
from comity.foundation.storage.session import Database
from tests.acceptance.spine.test_commands import answers
from tests.federation.examining import (
    PLACE,
    Refusing,
    examined,
    faults,
    line,
    message_of,
    refused_with,
)
from tests.simulators.nodes import EXPORT
from tests.simulators.processes import serve_pair, wait_for
from tests.simulators.snapshot import put_back, take


def test_healthy_partner_has_no_fault(pair):
    pair.declare("d1")
    pair.deliver()

    assert faults(examined(pair)) == set()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("exchange.sender-unknown", ("key", "theirs")),
        ("exchange.signature-invalid", ("key", "theirs")),
        ("exchange.clock-skewed", ("clock", "between")),
        ("exchange.busy", ("exchange", "theirs")),
        ("something.else", ("exchange", "theirs")),
    ],
)
def test_refusal_of_the_partner_is_put_on_its_side(pair, code, expected):
    checks = examined(pair, Refusing(code))

    assert faults(checks) == {expected}
    if expected[0] == "key":
        assert pair.kenya.keys.public.fingerprint in message_of(checks, "key")


def test_answer_signed_by_another_key_than_the_one_pinned_here(pair):
    told = Answer(
        sender="UG", recipient="KE", batch="0" * 64, created=pair.clock.now(), receipts=[], cosigned=None,
        witnessed_size=0, refusal=None,
    )  # fmt: skip
    signed = write(told, typ=ANSWER_TYPE, keys=generate_keys("UG", "Uganda"))

    checks = examined(pair, InMemoryTransport({"UG": lambda _body: signed}))

    assert faults(checks) == {("key", "ours")}


def test_no_agreement(pair):
    stranger = generate_keys("TZ", "Tanzania")
    with pair.kenya.database.transaction() as session:
        add_peer(session, PeerCard(stranger.public, "https://127.0.0.1:1", ""), clock=pair.clock)
        peer = find_peer(session, "TZ")

    checks = diagnose(pair.kenya.database, peer, line(pair, Refusing("exchange.busy")), PLACE)

    assert ("agreement", "between") in faults(checks)


@pytest.mark.parametrize(("signer", "side"), [("kenya", "theirs"), ("tanzania", "ours")])
def test_agreement_that_one_side_has_not_signed(pair, signer, side):
    tanzania = generate_keys("TZ", "Tanzania")
    agreement = draft_agreement(
        id="ke-tz", parties=("KE", "TZ"), valid_from=datetime(2026, 1, 1).date(), valid_to=datetime(2030, 1, 1).date()
    )
    keys = {"kenya": pair.kenya.keys, "tanzania": tanzania}[signer]
    with pair.kenya.database.transaction() as session:
        add_peer(session, PeerCard(tanzania.public, "https://127.0.0.1:1", ""), clock=pair.clock)
        keep_agreement(session, agreement, clock=pair.clock)
        add_signature(session, agreement.id, sign_agreement(agreement, keys), identity=keys.public, clock=pair.clock)
        peer = find_peer(session, "TZ")

    checks = diagnose(pair.kenya.database, peer, line(pair, Refusing("exchange.busy")), PLACE)

    assert ("agreement", side) in faults(checks)


@pytest.mark.parametrize(("code", "side"), [("agreements.amended", "ours"), ("agreements.hash-mismatch", "theirs")])
def test_side_with_the_older_text_of_the_agreement(pair, code, side):
    refused_with(pair, code)

    assert faults(examined(pair)) == {("dead-letters", "theirs"), ("agreement-text", side)}


def test_own_node_that_was_set_back(pair):
    pair.declare("d1")
    pair.deliver()
    pair.deliver()
    backup = take(pair.kenya.database)
    pair.declare("d2")
    pair.deliver()
    pair.deliver()
    put_back(pair.kenya.database, backup)

    checks = examined(pair)

    assert faults(checks) == {("sequence", "ours"), ("own-log", "ours")}
    assert "message 2 up to 2" in message_of(checks, "sequence")


def test_partner_that_was_set_back(pair):
    pair.declare("d1")
    pair.deliver()
    backup = take(pair.uganda.database)
    pair.declare("d2")
    pair.deliver()
    put_back(pair.uganda.database, backup)

    checks = examined(pair)

    assert ("sequence", "theirs") in faults(checks)
    assert "message 2 up to 2" in message_of(checks, "sequence")


def test_partner_that_fails_at_a_message(pair):
    def fail(_session, _message):
        raise RuntimeError

    pair.uganda.handlers = {EXPORT: fail}
    pair.declare("d1")

    assert faults(examined(pair)) == {("sequence", "theirs")}


def test_message_that_this_node_fails_at(pair):
    def fail(_session, _message):
        raise RuntimeError

    pair.uganda.handlers = {EXPORT: fail}
    pair.declare("d1")
    pair.deliver()
    with pair.uganda.database.reading() as session:
        kenya = find_peer(session, "KE")

    checks = diagnose(pair.uganda.database, kenya, Line(pair.uganda.keys, Refusing("exchange.busy"), pair.clock), PLACE)

    assert ("dead-letters", "ours") in faults(checks)


def test_partners_log_that_contradicts_itself(pair):
    pair.declare("d1")
    pair.deliver()
    pair.deliver()
    backup = take(pair.kenya.database)
    pair.declare("d2")
    pair.deliver()
    pair.deliver()
    put_back(pair.kenya.database, backup)
    pair.deliver()
    pair.deliver()
    with pair.uganda.database.reading() as session:
        kenya = find_peer(session, "KE")

    checks = diagnose(pair.uganda.database, kenya, Line(pair.uganda.keys, Refusing("exchange.busy"), pair.clock), PLACE)

    assert ("log", "theirs") in faults(checks)


def test_full_disk_and_full_queue(pair):
    request = ReleaseRequest("UG", EXPORT, "export-declaration", "mirror-matching", "d1", {"mrn": "A"})
    with pair.kenya.database.transaction() as session:
        hold_back(session, request, clock=pair.clock)

    checks = examined(pair, place=replace(PLACE, least_free_bytes=10**18))

    assert faults(checks) == {("disk", "ours"), ("queue", "theirs")}


def test_database_that_cannot_be_written(pair, tmp_path):
    pair.uganda.database.dispose()
    read_only = Database(f"sqlite:///file:{tmp_path / 'uganda.db'}?mode=ro&uri=true")
    with read_only.reading() as session:
        kenya = find_peer(session, "KE")

    checks = diagnose(read_only, kenya, Line(pair.uganda.keys, Refusing("exchange.busy"), pair.clock), PLACE)
    read_only.dispose()

    assert ("database", "ours") in faults(checks)


# --- real nodes ----------------------------------------------------------------------------------------------------


def test_real_node_is_reached_its_clock_read_and_an_unknown_sender_told_so(tmp_path):
    kenya, uganda = serve_pair(tmp_path)
    uganda.start()
    transport = HttpTransport()
    try:
        wait_for(lambda: answers(uganda))
        place = Place(kenya.home, 0, timedelta(seconds=300))
        with kenya.node.database.reading() as session:
            peer = find_peer(session, "UG")
        healthy = diagnose(kenya.node.database, peer, Line(kenya.node.keys, transport, SystemClock()), place)
        late = FixedClock(datetime.now(UTC) + timedelta(seconds=5000))
        skewed = diagnose(kenya.node.database, peer, Line(kenya.node.keys, transport, late), place)
        stranger = Line(generate_keys("TZ", "Tanzania"), transport, SystemClock())
        unknown = diagnose(kenya.node.database, peer, stranger, place)
        forged = Line(generate_keys("KE", "Kenya"), transport, SystemClock())
        another_key = diagnose(kenya.node.database, peer, forged, place)
    finally:
        transport.close()
        for served in (kenya, uganda):
            served.kill()
            served.node.close()

    assert faults(healthy) == set()
    assert {one.check for one in healthy} >= {"dns", "tcp", "tls", "certificate", "clock", "exchange", "sequence"}
    assert {one for one in faults(skewed) if one[0] == "clock"} == {("clock", "between")}
    assert "behind ours" in message_of(skewed, "clock")
    assert ("key", "theirs") in faults(unknown)
    assert "does not know us" in message_of(unknown, "key")
    assert "pinned another key" in message_of(another_key, "key")
