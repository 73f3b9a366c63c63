"""What owners and thieves of keys do to two nodes of a test."""

from __future__ import annotations

from datetime import datetime, timedelta

from comity.cooperation.exchange.deliver import deliver_batch
from comity.cooperation.exchange.inbox import receive_batch
from comity.cooperation.exchange.store import find_peer
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.cooperation.identity.keys import NodeKeys, new_signer
from comity.cooperation.identity.rotation import Why, recovered, rotated
from comity.cooperation.identity.statement import Revocation, recovery_hash
from comity.flows.change_keys import announce_keys, take_card_update, take_key_succession
from tests.simulators.nodes import EXPORT, Node, Pair


def ready(pair: Pair) -> Pair:
    """Let both nodes take what partners tell of their keys, as real nodes do."""
    for node in (pair.kenya, pair.uganda):
        node.handlers = {
            EXPORT: node.take,
            "key-succession.v1": lambda session, message: take_key_succession(session, message, clock=pair.clock),
            "card-update.v1": lambda session, message: take_card_update(session, message, clock=pair.clock),
        }
    return pair


def use(pair: Pair, node: Node, keys: NodeKeys) -> NodeKeys:
    """Let a node use other keys, and log and tell them; return the keys it had."""
    before, node.keys = node.keys, keys
    with node.database.transaction() as session:
        announce_keys(session, keys=keys, clock=pair.clock)
    return before


def rotate(pair: Pair, node: Node) -> NodeKeys:
    """Rotate a node's keys; return those it had before."""
    pair.clock.advance(timedelta(hours=1))
    return use(pair, node, rotated(node.keys, new_signer(), Why(pair.clock.now(), "rotation")))


def recover(pair: Pair, node: Node, since: datetime) -> NodeKeys:
    """Declare a node's key compromised and recover; return the keys it had before."""
    pair.clock.advance(timedelta(hours=1))
    following = new_signer()
    why = Why(pair.clock.now(), "stolen", (Revocation(node.keys.public.history.last.sequence, since),))
    keys = recovered(node.keys, new_signer(), why, by=node.recovery, following=recovery_hash(following.public_key))
    node.recovery = following
    return use(pair, node, keys)


def answer_back(pair: Pair):
    """Send what waits at Uganda to Kenya."""
    pair.clock.advance(timedelta(seconds=1))

    def arrive(body: bytes) -> bytes:
        return receive_batch(
            pair.kenya.database, body, keys=pair.kenya.keys, clock=pair.clock, handlers=pair.kenya.handlers
        )

    transport = InMemoryTransport({"KE": arrive})
    return deliver_batch(pair.uganda.database, "KE", keys=pair.uganda.keys, transport=transport, clock=pair.clock)


def pinned(node: Node, authority: str):
    """Return a partner as a node keeps it."""
    with node.database.reading() as session:
        return find_peer(session, authority)
