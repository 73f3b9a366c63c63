"""Two nodes over a pair of X-Road security servers that keep the specification's rules."""

from __future__ import annotations

import pytest

from comity.cooperation.bridges.errors import (
    XRoadClientMismatch,
    XRoadClientUnknown,
    XRoadFailed,
    XRoadHeaderInvalid,
)
from comity.cooperation.bridges.xroad import XRoadTransport, check_client
from comity.cooperation.bridges.xroad_settings import XRoad, XRoadPartner
from comity.cooperation.exchange.deliver import deliver_batch
from comity.cooperation.exchange.errors import EnvelopeInvalid, PartnerRefused, PartnerUnreachable
from comity.cooperation.exchange.store import exchange_counts
from comity.foundation.errors import ComityError
from tests.simulators.xroad import ConsumerServer, Headers, ProviderServer, Served

CLIENT, SERVICE = ("EAC", "GOV", "KE 1", "customs"), ("EAC", "GOV", "UG-1", "customs", "comity")
ENCODED = "EAC/GOV/KE%201/customs"
AT_UGANDA = XRoad("http://127.0.0.1:1", ("EAC", "GOV", "UG-1", "customs"), partners={"KE": XRoadPartner(client=CLIENT)})


@pytest.fixture
def provider(pair):
    """Return Uganda's security server, its service the door of Uganda's node."""

    def door(path: str, headers: Headers, body: bytes):
        assert path == "/exchange/batch"
        given: dict[str, list[str]] = {}
        for name, value in headers:
            given.setdefault(name.lower(), []).append(value)
        try:
            check_client(AT_UGANDA, given, body)
            return 200, [("Content-Type", "application/octet-stream"), ("X-Road-Id", "mine")], pair.receive(body)
        except ComityError as error:
            return error.status, [("Content-Type", "application/json")], error.code.encode()

    return ProviderServer({"/".join(SERVICE): door}, {(ENCODED, "/".join(SERVICE))})


@pytest.fixture
def consumer(provider):
    """Return Kenya's security server, served."""
    server = ConsumerServer(provider, {ENCODED})
    with Served(server) as served:
        server.address = served.address
        yield server


def transport(consumer, **changes):
    settings = {"client": CLIENT, "partners": {"UG": XRoadPartner(service=SERVICE)}, **changes}
    return XRoadTransport(XRoad(consumer.address, **settings), new_id=iter(map(str, range(9))).__next__)


def deliver(pair, road):
    try:
        return deliver_batch(pair.kenya.database, "UG", keys=pair.kenya.keys, transport=road, clock=pair.clock)
    finally:
        road.close()


def test_a_batch_reaches_the_partner_over_xroad_and_its_answer_comes_back(pair, consumer, provider):
    pair.declare("d1")
    pair.declare("d2")

    report = deliver(pair, transport(consumer))

    assert (report.delivered, report.cosigned) == (2, True)
    assert [message.header.subject for message in pair.uganda.taken] == ["d1", "d2"]
    (seen,) = provider.seen
    assert dict(seen)["X-Road-Client"] == ENCODED
    assert consumer.calls == ["0"]


def test_a_represented_party_and_a_security_server_are_named_where_they_are_set(pair, consumer, provider):
    partner = XRoadPartner(service=SERVICE, security_server=("EAC", "GOV", "UG-1", "server1"))

    with pytest.raises(PartnerRefused, match=r"bridges\.xroad-client-unknown"):
        deliver(pair, transport(consumer, represented_party=("GOV", "KE-2"), partners={"UG": partner}))

    headers = dict(provider.seen[0])
    assert headers["X-Road-Represented-Party"] == "GOV/KE-2"
    assert headers["X-Road-Security-Server"] == "EAC/GOV/UG-1/server1"


@pytest.mark.parametrize(
    ("failing", "side"),
    [
        ("Server.ServerProxy.DatabaseError", "the partner's security server failed"),
        ("Server.ServerProxy.NetworkError", "no answer from the partner's node"),
        ("Server.ServerProxy.ServiceFailed.HttpError", "no answer from the partner's node"),
        ("Server.ClientProxy.OutdatedGlobalConf", "our security server failed"),
        ("Client.BadRequest", "our request is not one"),
        ("Quite.New", "X-Road failed"),
    ],
)
def test_a_failure_of_xroad_says_on_which_side_it_is_and_loses_nothing(pair, consumer, provider, failing, side):
    pair.declare("d1")
    provider.failing = failing

    with pytest.raises(XRoadFailed, match=side):
        deliver(pair, transport(consumer))

    provider.failing = None
    assert deliver(pair, transport(consumer)).delivered == 1
    assert len(pair.uganda.taken) == 1


def test_a_right_that_the_partner_has_not_given_is_named(pair, consumer, provider):
    provider.rights.clear()

    with pytest.raises(XRoadFailed, match="has not given our X-Road client the right"):
        deliver(pair, transport(consumer))


def test_a_client_that_is_not_ours_is_refused_by_our_security_server(pair, consumer):
    with pytest.raises(XRoadFailed, match=r"our security server failed: Server\.ClientProxy"):
        deliver(pair, transport(consumer, client=("EAC", "GOV", "NOBODY")))


def test_a_security_server_that_is_not_there_leaves_everything_waiting(pair, consumer):
    pair.declare("d1")

    with pytest.raises(PartnerUnreachable, match="our security server"):
        deliver(pair, XRoadTransport(XRoad("http://127.0.0.1:1", CLIENT, partners={"UG": XRoadPartner(SERVICE)})))

    with pair.kenya.database.reading() as session:
        assert exchange_counts(session).waiting == 1


def test_a_redirect_is_not_followed(pair, consumer, provider):
    provider.services["/".join(SERVICE)] = lambda *_: (302, [("Location", "http://127.0.0.1:1/elsewhere")], b"there")

    with pytest.raises(PartnerRefused, match="status 302"):
        deliver(pair, transport(consumer))


def test_an_answer_larger_than_an_answer_can_be_is_not_read_to_its_end(pair, consumer, provider):
    provider.services["/".join(SERVICE)] = lambda *_: (200, [], b"x" * (17 * 1024 * 1024))

    with pytest.raises(PartnerRefused, match="larger than an answer"):
        deliver(pair, transport(consumer))


def sent_by(pair) -> bytes:
    pair.declare("d1")
    pair.deliver()
    return pair.batches[-1]


def test_the_batch_of_another_administration_than_the_client_is_refused_by_name(pair):
    other = XRoad("http://127.0.0.1:1", SERVICE[:4], partners={"TZ": XRoadPartner(client=CLIENT)})

    with pytest.raises(XRoadClientMismatch):
        check_client(other, {"x-road-client": [ENCODED]}, sent_by(pair))


def test_the_client_of_the_sender_is_let_in(pair):
    assert check_client(AT_UGANDA, {"x-road-client": [ENCODED]}, sent_by(pair)) == "KE"


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({}, XRoadHeaderInvalid),
        ({"x-road-client": [ENCODED, ENCODED]}, XRoadHeaderInvalid),
        ({"x-road-client": ["EAC/GOV"]}, XRoadHeaderInvalid),
        ({"x-road-client": ["EAC/GOV/KE 2/customs"]}, XRoadClientUnknown),
        ({"x-road-client": [ENCODED], "x-road-represented-party": ["a/b/c"]}, XRoadHeaderInvalid),
        ({"x-road-client": [ENCODED], "x-road-represented-party": ["GOV/OTHER"]}, XRoadClientUnknown),
    ],
)
def test_headers_that_name_no_partner_are_refused_by_name(pair, headers, refusal):
    with pytest.raises(refusal):
        check_client(AT_UGANDA, headers, sent_by(pair))


def test_bytes_that_are_no_batch_are_refused_by_name():
    with pytest.raises(EnvelopeInvalid):
        check_client(AT_UGANDA, {"x-road-client": [ENCODED]}, b"hello")
