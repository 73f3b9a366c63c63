"""What proves a record? Everything the ledger says of it, the agreement it fell under, and partners' receipts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import as_record
from comity.cooperation.agreements.store import list_agreements
from comity.cooperation.exchange.operation.store import receipts_of
from comity.cooperation.exchange.store import list_peers, sent_messages
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.evidence import build_bundle, build_cose
from comity.cooperation.ledger.quorum import majority_policy
from comity.features.declarations.store import find_by_mrn
from comity.features.mirror.store import match_of
from comity.foundation.clock import Clock

REACHED_WITHIN = timedelta(days=30)  # a guess: a partner away for longer cannot be waited for; revisit with practice


def bundle_for(
    session: Session, record: str, *, keys: NodeKeys, clock: Clock, policy: str | None = None
) -> dict[str, Any]:
    """Return the evidence of a declaration (its id or MRN) or of a message (its id), as one JSON value.

    `policy` says which partners must have co-signed; without one it is more than half of those reached within 30 days.

    Raises:
        RecordUnknown: the ledger says nothing of such a record.
    """
    subjects = subjects_of(session, record)
    return build_bundle(
        session,
        subjects=subjects,
        keys=keys,
        partners=[peer.identity for peer in list_peers(session)],
        policy=policy or default_policy(session, keys=keys, clock=clock),
        context={
            "record": record,
            "agreements": [
                {"agreement": as_record(stored.agreement), "signatures": [one.as_json() for one in stored.signatures]}
                for stored in list_agreements(session)
            ],
            "receipts": receipts_of(session, subjects),
        },
    )


def cose_for(session: Session, record: str, *, keys: NodeKeys) -> list[bytes]:
    """Return the same statements, without context, for tools of SCITT (RFC 9943): one CBOR item each.

    Raises:
        RecordUnknown: the ledger says nothing of such a record.
    """
    partners = [peer.identity for peer in list_peers(session)]
    return build_cose(session, subjects=subjects_of(session, record), keys=keys, partners=partners)


def default_policy(session: Session, *, keys: NodeKeys, clock: Clock) -> str:
    """Return the witness policy of a node that has set none: more than half of the partners reached within 30 days."""
    since = clock.now() - REACHED_WITHIN
    reached = [peer.identity for peer in list_peers(session) if peer.last_contact_at and peer.last_contact_at >= since]
    return majority_policy(keys.public, reached)


def subjects_of(session: Session, record: str) -> list[str]:
    """Return what the ledger calls the record: its own id, and the messages that its twins came in."""
    kept = [str(one.id) for one in find_by_mrn(session, record)]
    sent = sent_messages(session, [record]).get(record)
    found = kept or [sent.subject if sent else record]
    twins = [match for match in (match_of(session, one) for one in found) if match]
    return [*found, *(export_id for match in twins for export_id in match.pair.export_ids)]
