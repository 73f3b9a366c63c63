"""The doctor names each fault that is provoked, and the side it is on."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.doctor import diagnose
from comity.cooperation.exchange.store import add_peer
from comity.cooperation.identity.keys import generate_keys
from comity.entrypoints.demo.stage import free_port
from tests.federation.examining import (
    NOW,
    PLACE,
    at,
    dated,
    faults,
    found,
    line,
    message_of,
)
from tests.simulators.nodes import partner_of
from tests.simulators.tls import a_certificate, listening


@pytest.fixture
def peer(pair, tmp_path):
    """Return Uganda as Kenya knows it, with a certificate for 127.0.0.1 that is good today."""
    certificate, _ = a_certificate(tmp_path, "pinned", NOW)
    return replace(partner_of(pair), tls_certificate=certificate.read_text(encoding="ascii"))


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
