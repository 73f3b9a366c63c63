"""Does a partner's log continue what we saw of it? Then we co-sign; else the evidence is kept (C2SP tlog-witness)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.ledger.append import root_at
from comity.cooperation.ledger.checkpoint import Checkpoint, CheckpointInvalid, cosign, cosigned_at, read_checkpoint
from comity.cooperation.ledger.contradiction import contradicts, presented
from comity.cooperation.ledger.store import (
    CosignedCheckpoint,
    WitnessedLog,
    head,
    keep_cosigned_checkpoint,
    keep_evidence,
    keep_witnessed,
    lock_witnessed,
    witnessed,
)
from comity.cooperation.ledger.tree import EMPTY_ROOT, ProofInvalid, roots_of_consistency, verify_consistency
from comity.foundation.clock import Clock
from comity.foundation.errors import ComityError

UNPROVED = (
    "The partner's log does not continue the one we co-signed. At a size that is a power of two the proof alone does "
    "not show a third party which of the two histories was signed."
)


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

    Others who witness this partner's log wait until this transaction ends.

    Raises:
        CheckpointInvalid: the note is not the partner's.
        ConsistencyProofMissing: the proof is absent, has a wrong length or does not lead to its own checkpoint.
        ForkDetected: same size with another root, or a proof that starts at another log than the one we co-signed.
        RollbackDetected: it is smaller than what we co-signed.
    """
    checkpoint = read_checkpoint(note, partner)
    seen = lock_witnessed(session, partner.authority, clock=clock) or WitnessedLog(0, EMPTY_ROOT, "")
    before = Checkpoint(checkpoint.origin, seen.size, seen.root, seen.note)
    _check_continues(partner.authority, before, checkpoint, proof)
    cosigned = cosign(checkpoint, keys, clock.now())
    if checkpoint.size > seen.size or not seen.note:
        log = WitnessedLog(checkpoint.size, checkpoint.root, cosigned)
        keep_witnessed(session, partner.authority, log, clock=clock)
    return cosigned


def keep_fork_evidence(session: Session, error: LogContradiction, clock: Clock) -> None:
    """Keep the two statements that contradict each other; the partner signed both. The same pair is kept once."""
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


def _check_continues(authority: str, seen: Checkpoint, checkpoint: Checkpoint, proof: Sequence[bytes]) -> None:
    is_longer = checkpoint.size > seen.size
    told = presented(checkpoint.note, old_size=seen.size, proof=proof if is_longer else ())
    evidence = {"authority": authority, "witnessed_note": seen.note, "presented_note": told}
    if checkpoint.size < seen.size:
        raise RollbackDetected(**evidence)
    if contradicts(seen, checkpoint, proof):
        raise ForkDetected(**evidence)
    if not is_longer:
        return
    try:
        verify_consistency(
            old_size=seen.size, old_root=seen.root, new_size=checkpoint.size, new_root=checkpoint.root, proof=proof
        )
    except ProofInvalid as error:
        if _is_like_a_fork(seen.size, checkpoint.size, proof):
            raise ForkDetected(UNPROVED, **evidence) from error
        raise ConsistencyProofMissing from error


def _is_like_a_fork(old_size: int, new_size: int, proof: Sequence[bytes]) -> bool:
    """Claim that the proof has the right form, from a size that is a power of two.

    Such a proof leaves the older root out (RFC 9162 section 2.1.4.1): one from a fork cannot be told from a damaged
    one. A partner signs its batches, so that it answers for either.
    """
    if old_size == 0 or old_size & (old_size - 1):
        return False
    try:
        roots_of_consistency(old_size=old_size, old_root=EMPTY_ROOT, new_size=new_size, proof=proof)
    except ProofInvalid:
        return False
    return True


def _cosigned(partner: PublicIdentity, checkpoint: Checkpoint, clock: Clock) -> CosignedCheckpoint:
    return CosignedCheckpoint(partner.authority, checkpoint.size, checkpoint.root, checkpoint.note, clock.now())
