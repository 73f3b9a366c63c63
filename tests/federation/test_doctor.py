"""The doctor names each fault that is provoked, and the side it is on."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.release import ReleaseRequest
from comity.cooperation.agreements.store import add_signature, keep_agreement
from comity.cooperation.exchange.batch import ANSWER_TYPE, Answer, write
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.deliver import Line
from comity.cooperation.exchange.doctor import Place, diagnose
from comity.cooperation.exchange.errors import PartnerRefused
from comity.cooperation.exchange.operation.held import hold_back
from comity.cooperation.exchange.operation.reach import reach
from comity.cooperation.exchange.store import add_peer, find_peer
from comity.cooperation.exchange.transport import HttpTransport, InMemoryTransport
from comity.cooperation.identity.keys import generate_keys
from comity.entrypoints.demo.stage import free_port
from comity.foundation.clock import FixedClock, SystemClock
from comity.foundation.errors import ComityError
from comity.foundation.storage.session import Database
from tests.acceptance.spine.test_commands import answers
from tests.simulators.nodes import EXPORT, partner_of
from tests.simulators.processes import serve_pair, wait_for
from tests.simulators.snapshot import put_back, take
from tests.simulators.tls import a_certificate, listening

NOW = datetime.now(UTC)
PLACE = Place(Path("/"), 0, timedelta(seconds=300), is_direct=False)


def faults(checks):
    return {(one.check, one.side) for one in checks if not one.ok}


def message_of(checks, check):
    return next(one.message for one in checks if one.check == check)


# --- the way there -------------------------------------------------------------------------------------------------


@pytest.fixture
def peer(pair, tmp_path):
    """Return Uganda as Kenya knows it, with a certificate for 127.0.0.1 that is good today."""
    certificate, _ = a_certificate(tmp_path, "pinned", NOW)
    return replace(partner_of(pair), tls_certificate=certificate.read_text(encoding="ascii"))


def at(peer, port, host="127.0.0.1"):
    return replace(peer, url=f"https://{host}:{port}")


def found(peer, **clock):
    return reach(peer, clock.get("clock", SystemClock()), seconds=3)


@pytest.mark.parametrize(
    ("errno", "side"), [(socket.EAI_NONAME, "theirs"), (socket.EAI_AGAIN, "ours")], ids=["no name", "no resolver"]
)
def test_name_that_does_not_resolve(peer, monkeypatch, errno, side):
    def fail(*_arguments, **_named):
        raise socket.gaierror(errno, "told")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    assert faults(found(at(peer, 1, "node.example.org"))[0]) == {("dns", side)}


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://", "https://host:notaport", "nonsense"])
def test_address_that_is_none(peer, url):
    assert faults(found(replace(peer, url=url))[0]) == {("address", "theirs")}


def test_connection_refused(peer):
    assert faults(found(at(peer, free_port()))[0]) == {("tcp", "theirs")}


@pytest.mark.parametrize(
    ("error", "side"), [(TimeoutError(), "between"), (OSError(101, "Network is unreachable"), "ours")], ids=str
)
def test_connection_that_does_not_come_about(peer, monkeypatch, error, side):
    def fail(*_arguments, **_named):
        raise error

    monkeypatch.setattr(socket, "create_connection", fail)

    assert faults(found(at(peer, 1))[0]) == {("tcp", side)}


def test_port_without_tls(peer):
    with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        checks, _ = found(at(peer, port))

    assert faults(checks) == {("tls", "theirs")}
    assert "does not speak TLS;" in message_of(checks, "tls")


def test_old_protocol(peer, tmp_path):
    certificate = a_certificate(tmp_path, "old", NOW)
    with listening(certificate=certificate, newest=ssl.TLSVersion.TLSv1_2) as port:
        checks, _ = found(at(peer, port))

    assert faults(checks) == {("tls", "theirs")}
    assert "TLS 1.3" in message_of(checks, "tls")


def test_another_certificate_than_the_pinned_one(peer, tmp_path):
    with listening(certificate=a_certificate(tmp_path, "other", NOW)) as port:
        checks, _ = found(at(peer, port))

    assert faults(checks) == {("certificate", "theirs")}
    assert "someone stands between" in message_of(checks, "certificate")


def test_expired_certificate(peer, tmp_path):
    made = a_certificate(tmp_path, "expired", NOW - timedelta(days=365 * 20))
    with listening(certificate=made) as port:
        checks, _ = found(replace(at(peer, port), tls_certificate=made[0].read_text(encoding="ascii")))

    assert faults(checks) == {("certificate", "theirs")}
    assert "ended on" in message_of(checks, "certificate")


def test_certificate_of_another_host(peer, tmp_path):
    made = a_certificate(tmp_path, "elsewhere", NOW, hosts=["node.example.org"])
    with listening(certificate=made) as port:
        checks, _ = found(replace(at(peer, port), tls_certificate=made[0].read_text(encoding="ascii")))

    assert faults(checks) == {("tls", "theirs")}


def test_damaged_certificate_kept_here(peer, tmp_path):
    with listening(certificate=a_certificate(tmp_path, "other", NOW)) as port:
        checks, _ = found(replace(at(peer, port), tls_certificate="damaged"))

    assert faults(checks) == {("certificate", "ours")}


def dated(ahead):
    told = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)
    return f"HTTP/1.1 200 OK\r\nDate: {told}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize("ahead", [-4000, 0, 900])
def test_size_of_a_clock_difference_is_measured(peer, tmp_path, ahead):
    pinned = (tmp_path / "pinned.pem", tmp_path / "pinned-key.pem")
    with listening(dated(ahead), certificate=pinned) as port:
        checks, measured = found(at(peer, port))

    assert faults(checks) == set()
    assert abs(measured.total_seconds() - ahead) < 15


@pytest.mark.parametrize(
    ("partner", "others", "side"),
    [(900, [0], "theirs"), (900, [905], "ours"), (900, [], "between"), (900, [-4000], "between")],
)
def test_other_partners_clocks_tell_whose_is_wrong(pair, peer, tmp_path, partner, others, side):
    pinned = (tmp_path / "pinned.pem", tmp_path / "pinned-key.pem")
    pair.clock.advance(datetime.now(UTC) - pair.clock.now())
    with (
        listening(dated(partner), certificate=pinned) as port,
        listening(dated(others[0] if others else 0), certificate=pinned) as other_port,
    ):
        if others:
            card = PeerCard(generate_keys("TZ", "T").public, f"https://127.0.0.1:{other_port}", peer.tls_certificate)
            with pair.kenya.database.transaction() as session:
                add_peer(session, card, clock=pair.clock)
        checks = diagnose(pair.kenya.database, at(peer, port), line(pair), replace(PLACE, is_direct=True))

    clock = next(one for one in checks if one.check == "clock")
    assert (clock.ok, clock.side) == (False, side)
    assert "s ahead of ours" in clock.message


# --- the exchange, the agreement, the log --------------------------------------------------------------------------


def line(pair, transport=None):
    return Line(pair.kenya.keys, transport or InMemoryTransport({"UG": pair.receive}), pair.clock)


def examined(pair, transport=None, place=PLACE):
    pair.clock.advance(timedelta(seconds=1))
    return diagnose(pair.kenya.database, partner_of(pair), line(pair, transport), place)


def test_healthy_partner_has_no_fault(pair):
    pair.declare("d1")
    pair.deliver()

    assert faults(examined(pair)) == set()


class Refusing:
    def __init__(self, code):
        self._code = code

    def post(self, _peer, _body):
        raise PartnerRefused("refused", code_there=self._code)


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


def refused_with(pair, code):
    class Refusal(ComityError):
        """Refused."""

    Refusal.code = code

    def refuse(_session, _message):
        raise Refusal

    pair.uganda.handlers = {EXPORT: refuse}
    pair.declare("d1")
    pair.deliver()


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
