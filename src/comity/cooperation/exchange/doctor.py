"""What stands between this node and a partner, and on which side is it?"""

from __future__ import annotations

import ssl
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from sqlalchemy.orm import Session

from comity.cooperation.agreements.lifecycle import AgreementStatus
from comity.cooperation.agreements.store import current_agreements
from comity.cooperation.exchange.deliver import deliver_batch
from comity.cooperation.exchange.errors import ClockSkewed, ExchangeError, PartnerUnreachable
from comity.cooperation.exchange.store import Peer, exchange_counts
from comity.cooperation.exchange.transport import Transport
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.append import head
from comity.cooperation.ledger.store import cosigned_size, unresolved_against
from comity.foundation.clock import Clock
from comity.foundation.storage.session import Database

OURS, THEIRS, BETWEEN = "ours", "theirs", "between"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One check: whether it is fine, on which side a fault would be, and what to do."""

    check: str
    side: str
    message: str
    ok: bool

    def as_json(self) -> dict[str, Any]:
        """Return the diagnosis for a machine."""
        return asdict(self)


def diagnose(database: Database, peer: Peer, *, keys: NodeKeys, transport: Transport, clock: Clock) -> list[Diagnosis]:
    """Check address, certificate, round trip, clock, agreement, queue and log; sends one real batch."""
    checks = [_address(peer), _certificate(peer, clock), _round_trip(database, peer, keys, transport, clock)]
    with database.reading() as session:
        checks += [_agreement(session, peer, clock), _queue(session, peer), _log(session, peer)]
    return checks


def _address(peer: Peer) -> Diagnosis:
    parts = urlsplit(peer.url)
    fine = parts.scheme == "https" and bool(parts.hostname)
    return Diagnosis(
        "address", THEIRS, peer.url if fine else "the card's address is not https://…; ask for a new card", ok=fine
    )


def _certificate(peer: Peer, clock: Clock) -> Diagnosis:
    try:
        ends = x509.load_pem_x509_certificate(peer.tls_certificate.encode()).not_valid_after_utc
        ssl.create_default_context(cadata=peer.tls_certificate)
    except (ValueError, ssl.SSLError):
        return Diagnosis("certificate", THEIRS, "the pinned certificate is damaged; ask for a new card", ok=False)
    if ends < clock.now():
        return Diagnosis(
            "certificate", THEIRS, f"the pinned certificate expired on {ends.date()}; ask for a new card", ok=False
        )
    return Diagnosis("certificate", THEIRS, f"pinned, valid until {ends.date()}", ok=True)


def _round_trip(database: Database, peer: Peer, keys: NodeKeys, transport: Transport, clock: Clock) -> Diagnosis:
    try:
        deliver_batch(database, peer.authority, keys=keys, transport=transport, clock=clock)
    except PartnerUnreachable as error:
        return Diagnosis(
            "reachable", BETWEEN, f"{error.message}; is the partner's node running, is the way open?", ok=False
        )
    except ExchangeError as error:
        if ClockSkewed.code in error.message:
            return Diagnosis("clock", BETWEEN, "the clocks differ too much; set both by a time server", ok=False)
        return Diagnosis("reachable", THEIRS, error.message, ok=False)
    return Diagnosis("reachable", BETWEEN, "a signed batch went there and the answer verified", ok=True)


def _agreement(session: Session, peer: Peer, clock: Clock) -> Diagnosis:
    now = clock.now()
    kept = [one for one in current_agreements(session, now) if peer.authority in one.agreement.parties]
    states = {one.agreement.id: one.status(now) for one in kept}
    fine = AgreementStatus.IN_FORCE in states.values()
    told = ", ".join(f"{name}: {status}" for name, status in states.items()) or "there is no agreement"
    return Diagnosis("agreement", BETWEEN, told, ok=fine)


def _queue(session: Session, peer: Peer) -> Diagnosis:
    counts = exchange_counts(session, peer.authority)
    fine = counts.refused == 0
    return Diagnosis("queue", THEIRS, f"{counts.waiting} waiting, {counts.refused} refused by the partner", ok=fine)


def _log(session: Session, peer: Peer) -> Diagnosis:
    against = unresolved_against(session, peer.authority)
    if against:
        return Diagnosis(
            "log", THEIRS, f"{len(against)} contradictions in the partner's log are kept as evidence", ok=False
        )
    size, seen = head(session).size, cosigned_size(session, peer.authority)
    return Diagnosis("log", BETWEEN, f"the partner has co-signed {seen} of our {size} entries", ok=True)
