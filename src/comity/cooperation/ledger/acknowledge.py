"""What does an operator say of a contradiction after clarifying it? A signed reason, logged; the evidence stays."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from sqlalchemy.orm import Session

from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.ledger.append import NewEntry, append
from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint
from comity.cooperation.ledger.contradiction import note_in
from comity.cooperation.ledger.store import (
    KeptEvidence,
    WitnessedLog,
    evidence_against,
    keep_acknowledgement,
    keep_witnessed,
    lock_witnessed,
)
from comity.foundation.canonical_json import canonical_json
from comity.foundation.clock import Clock
from comity.foundation.errors import ComityError

FORMAT = "comity-acknowledgement.v1"
LONGEST_REASON = 2_000


class EvidenceUnknown(ComityError):
    """No contradiction with this number is kept here; `comity ledger evidence` lists them."""

    code = "ledger.evidence-unknown"
    status = 404


class AcknowledgementInvalid(ComityError):
    """A contradiction is acknowledged once, with who says so and a reason of at most 2,000 characters."""

    code = "ledger.acknowledgement-invalid"
    status = 422


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What an operator says: who, why, and whether the log is witnessed further as it was presented."""

    by: str
    reason: str
    accepts_history: bool = False


def acknowledge(
    session: Session,
    evidence_id: int,
    told: Acknowledgement,
    *,
    owner: PublicIdentity,
    keys: NodeKeys,
    clock: Clock,
) -> KeptEvidence:
    """Keep and log an operator's signed word on a contradiction; return the evidence as it was.

    Without `accepts_history` the log must go on from what we saw first; with it, from what was presented.

    Raises:
        EvidenceUnknown: nothing of this number is kept against the owner.
        AcknowledgementInvalid: it was acknowledged before, or there is no reason.
        CheckpointInvalid: what was presented is not a checkpoint of the owner's, under the keys we know today.
    """
    found = next((one for one in evidence_against(session, owner.authority) if one.id == evidence_id), None)
    if found is None:
        raise EvidenceUnknown
    if found.acknowledged_at is not None or not told.by.strip() or not 0 < len(told.reason.strip()) <= LONGEST_REASON:
        raise AcknowledgementInvalid
    if told.accepts_history:
        _go_on_from(session, found, owner=owner, keys=keys, clock=clock)
    content = canonical_json(
        {
            "format": FORMAT,
            "authority": found.authority,
            "kind": found.kind,
            "evidence": hashlib.sha256(f"{found.witnessed_note}{found.presented_note}".encode()).hexdigest(),
            "accepts_history": told.accepts_history,
            "by": told.by.strip(),
            "reason": told.reason.strip(),
            "at": clock.now().isoformat(),
        }
    )
    signature = base64.b64encode(keys.sign(FORMAT.encode() + b"\n" + content)).decode()
    statement = content + b"\n" + signature.encode()
    keep_acknowledgement(session, found.id, acknowledgement=statement.decode(), at=clock.now())
    append(session, [NewEntry("contradiction-acknowledged", found.authority, statement)], clock)
    return found


def _go_on_from(session: Session, found: KeptEvidence, *, owner: PublicIdentity, keys: NodeKeys, clock: Clock) -> None:
    presented = read_checkpoint(note_in(found.presented_note), owner)
    lock_witnessed(session, owner.authority, clock=clock)
    log = WitnessedLog(presented.size, presented.root, cosign(presented, keys, clock.now()))
    keep_witnessed(session, owner.authority, log, clock=clock)
