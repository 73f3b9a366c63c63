"""How one node of a test learns of another: by its card, as an operator would."""

from __future__ import annotations

import json

from comity.cooperation.exchange.card import read_card
from comity.cooperation.exchange.store import add_peer
from comity.entrypoints.node import CARD, Node


def introduce(node: Node, partner: Node) -> None:
    """Add the partner's card to the node, its fingerprint compared."""
    record = json.loads((partner.settings.home / CARD).read_text(encoding="utf-8"))
    with node.database.transaction() as session:
        add_peer(session, read_card(record, fingerprint=partner.identity.fingerprint), clock=node.clock)
