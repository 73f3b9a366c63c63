"""The door of the X-Road security server: who is let through, and that the signature still decides."""

from __future__ import annotations

import pytest

from comity.cooperation.exchange.batch import BATCH_TYPE, Batch, write
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.store import add_peer
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.append import head
from comity.cooperation.ledger.checkpoint import sign_checkpoint
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.tree import EMPTY_ROOT
from tests.integration.console.browsing import TestClient
from tests.integration.console.seeded import a_node, an_app

DOOR = "/xroad/exchange/batch"
TANZANIA = generate_keys("TZ", "Tanzania")
CLIENT = {"X-Road-Client": "EAC/GOV/TZ-1/customs"}
SETTINGS = """
security_server = "http://127.0.0.1:1"
client = "EAC/GOV/UG-1/customs"
[partners.TZ]
client = "EAC/GOV/TZ-1/customs"
[partners.RW]
client = "EAC/GOV/RW-1/customs"
"""


@pytest.fixture
def node(database, clock, tmp_path):
    """Return a node of Uganda that knows Tanzania; it is not on X-Road yet."""
    opened = a_node(database, clock, tmp_path)
    with opened.database.transaction() as session:
        add_peer(session, PeerCard(TANZANIA.public, "https://tz.example", ""), clock=clock)
    yield opened
    opened.close()


def client_of(node, settings: str | None = SETTINGS) -> TestClient:
    if settings is not None:
        node.settings.home.mkdir(parents=True, exist_ok=True)
        (node.settings.home / "xroad.toml").write_text(settings, encoding="utf-8")
    return TestClient(an_app(node), base_url="https://testserver")


def batch(node, keys=TANZANIA) -> bytes:
    checkpoint = sign_checkpoint(LogHead(0, EMPTY_ROOT), keys)
    return write(Batch("TZ", "UG", node.clock.now(), checkpoint, 0, [], []), typ=BATCH_TYPE, keys=keys)


def test_a_batch_of_the_clients_administration_is_answered(node):
    answer = client_of(node).post(DOOR, content=batch(node), headers=CLIENT)

    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.lower().startswith("x-road")]


@pytest.mark.parametrize(
    ("headers", "code", "status"),
    [
        ([], "bridges.xroad-header-invalid", 400),
        ([("X-Road-Client", "EAC/GOV/TZ-1/customs")] * 2, "bridges.xroad-header-invalid", 400),
        ([("X-Road-Client", "EAC/GOV/KE-9/customs")], "bridges.xroad-client-unknown", 403),
        ([("X-Road-Client", "EAC/GOV/RW-1/customs")], "bridges.xroad-client-mismatch", 403),
    ],
)
def test_another_client_is_refused_by_name_and_nothing_is_kept(node, headers, code, status):
    client = client_of(node)
    with node.database.reading() as session:
        before = head(session)

    answer = client.post(DOOR, content=batch(node), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    with node.database.reading() as session:
        assert head(session) == before


def test_the_right_client_lets_no_forged_batch_in(node):
    forged = batch(node, generate_keys("TZ", "Tanzania"))

    answer = client_of(node).post(DOOR, content=forged, headers=CLIENT)

    assert (answer.status_code, answer.json()["code"]) == (401, "exchange.signature-invalid")


def test_a_node_that_is_not_on_xroad_has_no_such_door(node):
    answer = client_of(node, settings=None).post(DOOR, content=batch(node), headers=CLIENT)

    assert (answer.status_code, answer.json()["code"]) == (404, "bridges.xroad-closed")


def test_a_file_that_cannot_be_used_stops_the_node_before_it_serves(node):
    from comity.cooperation.bridges.errors import XRoadSettingsInvalid

    with pytest.raises(XRoadSettingsInvalid):
        client_of(node, settings="security_server = 3")
