"""Which administrations this node exchanges with, and how it goes with each."""

from __future__ import annotations

from fastapi import Response
from sqlalchemy.orm import Session

from comity.cooperation.exchange.dead_letters import dead_letters
from comity.cooperation.exchange.store import Peer, exchange_counts, list_peers
from comity.cooperation.ledger.store import cosigned_size
from comity.cooperation.ledger.witness import witnessed_size
from comity.entrypoints.console.present.words import PARTNER_STATES, word_for
from comity.entrypoints.console.site import Site, Visit

_TONES = {"reached": "good", "unreachable": "bad", "refusing": "bad", "contradicting": "bad"}


def show(site: Site, visit: Visit) -> Response:
    """Show every partner."""
    with site.node.database.reading() as session:
        partners = [_partner(session, peer) for peer in list_peers(session)]
        letters = len(dead_letters(session))
    return site.page(visit, "partners.html", partners=partners, letters=letters)


def _partner(session: Session, peer: Peer) -> dict[str, object]:
    counts = exchange_counts(session, peer.authority)
    return {
        "authority": peer.authority,
        "name": peer.name,
        "url": peer.url,
        "fingerprint": peer.identity.fingerprint,
        "state": word_for(PARTNER_STATES, peer.state.value),
        "tone": _TONES.get(peer.state.value, ""),
        "last_error": peer.last_error,
        "added_at": peer.added_at,
        "last_contact_at": peer.last_contact_at,
        "waiting": counts.waiting,
        "delivered": counts.delivered,
        "received": counts.received,
        "cosigned_size": cosigned_size(session, peer.authority),
        "witnessed_size": witnessed_size(session, peer.authority),
    }
