"""Does a partner's log continue what we saw of it? Then we co-sign; else the evidence is kept (C2SP tlog-witness)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.ledger.append import root_at
from comity.cooperation.ledger.checkpoint import Checkpoint, CheckpointInvalid, cosign, cosigned_at, read_checkpoint
from comity.cooperation.ledger.store import (
    CosignedCheckpoint,
    WitnessedLog,
    head,
    keep_cosigned_checkpoint,
    keep_evidence,
    keep_witnessed,
    witnessed,
)
from comity.cooperation.ledger.tree import EMPTY_ROOT, ProofInvalid, verify_consistency
from comity.foundation.clock import Clock
from comity.foundation.errors import ComityError


class LogContradiction(ComityError):
    """A partner's log contradicts what the partner stated of it before."""

    code = "ledger.contradiction"
    status = 409

    def __init__(self, message: str | None = None, *, authority: str, witnessed_note: str, presented_note: str) -> None:
        super().__init__(message)
        self.authority = authority
        self.witnessed_note = witnessed_note
        self.presented_note = presented_note


class ForkDetected(LogContradiction):
    """The partner's log does not continue the one we co-signed: history was rewritten, or shown differently to us."""

    code = "ledger.fork-detected"


class RollbackDetected(LogContradiction):
    """The partner's log is shorter than the one we co-signed: restored from an older backup, or cut."""

    code = "ledger.rollback-detected"


class ConsistencyProofMissing(ComityError):
    """The proof does not start at the checkpoint we co-signed last; send it again from there."""

    code = "ledger.consistency-proof-missing"
    status = 409


def witnessed_size(session: Session, authority: str) -> int:
    """Return how many entries of the partner's log we have co-signed."""
    seen = witnessed(session, authority)
    return seen.size if seen else 0


def witness_checkpoint(
    session: Session, *, partner: PublicIdentity, note: str, proof: Sequence[bytes], keys: NodeKeys, clock: Clock
) -> str:
    """Verify that the partner's checkpoint continues the last one we co-signed; return it with our co-signature.

    Raises:
        CheckpointInvalid: the note is not the partner's.
        ForkDetected: same size with another root, or a proof of the right start that does not lead there.
        RollbackDetected: it is smaller than what we co-signed.
    """
    checkpoint = read_checkpoint(note, partner)
    seen = witnessed(session, partner.authority) or WitnessedLog(0, EMPTY_ROOT, "")
    if checkpoint.size < seen.size:
        raise RollbackDetected(authority=partner.authority, witnessed_note=seen.note, presented_note=checkpoint.note)
    try:
        verify_consistency(
            old_size=seen.size,
            old_root=seen.root,
            new_size=checkpoint.size,
            new_root=checkpoint.root,
            proof=proof,
        )
    except ProofInvalid as error:
        if checkpoint.size > seen.size and not proof:
            raise ConsistencyProofMissing from error
        raise ForkDetected(
            authority=partner.authority, witnessed_note=seen.note, presented_note=checkpoint.note
        ) from error
    cosigned = cosign(checkpoint, keys, clock.now())
    if checkpoint.size > seen.size or not seen.note:
        keep_witnessed(
            session, partner.authority, WitnessedLog(checkpoint.size, checkpoint.root, cosigned), clock=clock
        )
    return cosigned


def keep_fork_evidence(session: Session, error: LogContradiction, clock: Clock) -> None:
    """Keep the two notes that contradict each other; both bear the partner's signature."""
    keep_evidence(
        session,
        {
            "authority": error.authority,
            "kind": error.code,
            "witnessed_note": error.witnessed_note,
            "presented_note": error.presented_note,
            "at": clock.now(),
        },
    )


def keep_cosigned(session: Session, *, partner: PublicIdentity, note: str, own: PublicIdentity, clock: Clock) -> None:
    """Keep a partner's co-signature on our log, after verifying that the note is ours and the root was ours.

    Raises:
        CheckpointInvalid: it is not our checkpoint, or the partner's co-signature does not verify.
    """
    checkpoint = read_checkpoint(note, own)
    cosigned_at(checkpoint, partner)
    if checkpoint.size > head(session).size or root_at(session, checkpoint.size) != checkpoint.root:
        raise CheckpointInvalid("the co-signed checkpoint is not one of this log's")
    keep_cosigned_checkpoint(session, _cosigned(partner, checkpoint, clock))


def _cosigned(partner: PublicIdentity, checkpoint: Checkpoint, clock: Clock) -> CosignedCheckpoint:
    return CosignedCheckpoint(partner.authority, checkpoint.size, checkpoint.root, checkpoint.note, clock.now())
