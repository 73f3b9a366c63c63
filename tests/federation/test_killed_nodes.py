"""Power cuts: either node is killed in the middle of an exchange, and everything arrives once."""

from __future__ import annotations

import pytest

from comity.cooperation.ledger.append import head
from comity.cooperation.ledger.store import cosigned_size
from comity.features.mirror.store import all_exports
from tests.simulators.processes import queue, serve_pair, wait_for

MESSAGES = 1500


@pytest.fixture
def pair(tmp_path):
    kenya, uganda = serve_pair(tmp_path)
    yield kenya, uganda
    for served in (kenya, uganda):
        served.kill()
        served.node.close()


@pytest.mark.parametrize("victim", ["sender", "receiver"])
def test_killed_in_the_middle_everything_arrives_once(pair, victim):
    kenya, uganda = pair
    killed = kenya if victim == "sender" else uganda
    queue(kenya, MESSAGES)
    for served in pair:
        served.start()
    wait_for(lambda: uganda.counts().received > 0)

    for _ in range(2):
        killed.kill()
        killed.start()
        before = uganda.counts().received
        wait_for(lambda before=before: uganda.counts().received > before or uganda.counts().received == MESSAGES)

    wait_for(lambda: kenya.counts().delivered == MESSAGES)
    with uganda.node.database.reading() as session:
        mrns = [record.mrn for record in all_exports(session)]
    assert sorted(mrns) == sorted(f"M{number}" for number in range(MESSAGES))
    assert uganda.counts().received == MESSAGES


def test_partner_that_was_away_is_caught_up_and_cosigns(pair):
    kenya, uganda = pair
    kenya.start()
    queue(kenya, 50)
    wait_for(lambda: "unreachable" in _state(kenya))

    uganda.start()

    wait_for(lambda: kenya.counts().delivered == 50)
    wait_for(lambda: _is_cosigned(kenya))


def _state(kenya) -> str:
    from comity.cooperation.exchange.store import find_peer

    with kenya.node.database.reading() as session:
        return find_peer(session, "UG").state.value


def _is_cosigned(kenya) -> bool:
    with kenya.node.database.reading() as session:
        return cosigned_size(session, "UG") == head(session).size
