"""Does a partner's log continue what we saw of it? Then we co-sign; else the evidence is kept (C2SP tlog-witness).

What others were shown of the log counts too (gossip): a checkpoint that a third administration reports, signed by the
log's owner, must be continued like one of ours; the next proof is then asked for from there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.ledger.append import NewEntry, append, consistency_path, head, root_at
from comity.cooperation.ledger.checkpoint import (
    Checkpoint,
    CheckpointInvalid,
    cosign,
    cosigned_at,
    read_checkpoint,
    sign_checkpoint,
)
from comity.cooperation.ledger.contradiction import Presented, contradicts
from comity.cooperation.ledger.store import (
    CosignedCheckpoint,
    ReportedCheckpoint,
    WitnessedLog,
    evidence_against,
    forget_reported,
    keep_cosigned_checkpoint,
    keep_evidence,
    keep_reported,
    keep_witnessed,
    lock_witnessed,
    reported_of,
    witnessed,
)
from comity.cooperation.ledger.tree import EMPTY_ROOT, ProofInvalid, roots_of_consistency
from comity.foundation.canonical_json import canonical_json
from comity.foundation.clock import Clock
from comity.foundation.errors import ComityError


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements of one log; `shown_to` is the administration that the first was shown to, None for us."""

    authority: str
    witnessed_note: str
    presented: str
    shown_to: str | None = None


class LogContradiction(ComityError):
    """A partner's log contradicts what the partner stated of it before."""

    code = "ledger.contradiction"
    status = 409

    def __init__(self, found: Contradiction) -> None:
        super().__init__()
        self.found = found


class ForkDetected(LogContradiction):
    """The partner's log does not continue the one we co-signed: history was rewritten, or shown differently to us."""

    code = "ledger.fork-detected"


class SplitView(LogContradiction):
    """The partner's log was shown to another administration with another history than to us."""

    code = "ledger.split-view"


class RollbackDetected(LogContradiction):
    """The partner's log is shorter than the one we co-signed: restored from an older backup, or cut."""

    code = "ledger.rollback-detected"


class OwnLogDiffers(LogContradiction):
    """A partner holds a checkpoint signed with this node's key that is not of this node's log: the log was restored
    from an older backup, or the key is in other hands."""

    code = "ledger.own-log-differs"


class ConsistencyProofMissing(ComityError):
    """The proof does not start at the checkpoint we asked for; send it again from there."""

    code = "ledger.consistency-proof-missing"
    status = 409


def witnessed_size(session: Session, authority: str) -> int:
    """Return how many entries of the partner's log we have co-signed."""
    seen = witnessed(session, authority)
    return seen.size if seen else 0


def next_proof_from(session: Session, authority: str) -> int:
    """Return from which size the partner's next proof must start: a reported one first, else the one we co-signed."""
    reported = reported_of(session, authority)
    return reported[0].size if reported else witnessed_size(session, authority)


def witness_checkpoint(
    session: Session, *, partner: PublicIdentity, presented: Presented, keys: NodeKeys, clock: Clock
) -> str:
    """Verify that the partner's checkpoint continues the last one we co-signed; return it with our co-signature.

    A proof from a checkpoint that another administration reported settles that report first. One from elsewhere is
    stale (a batch that was overtaken) and accuses nobody.
    Others who witness this partner's log wait until this transaction ends.

    Raises:
        CheckpointInvalid: the note is not the partner's.
        ConsistencyProofMissing: the proof is absent, starts elsewhere, has a wrong length or does not lead to its own
            checkpoint.
        ForkDetected: same size with another root, or a proof that starts at another log than the one we co-signed.
        SplitView: the same, of a checkpoint that was shown to another administration.
        RollbackDetected: it is smaller than what we co-signed.
    """
    checkpoint = read_checkpoint(presented.note, partner)
    if checkpoint.revoked_since is not None:
        raise CheckpointInvalid("the checkpoint is signed with a key that the partner has revoked")
    seen = lock_witnessed(session, partner.authority, clock=clock) or WitnessedLog(0, EMPTY_ROOT, "")
    before = Checkpoint(checkpoint.origin, seen.size, seen.root, seen.note)
    if seen.size in (presented.old_size, checkpoint.size):
        _check_continues(partner.authority, before, checkpoint, presented)
    if presented.old_size != seen.size:
        _settle_report(session, checkpoint, presented, partner=partner)
        if checkpoint.size != seen.size:
            raise ConsistencyProofMissing
    cosigned = cosign(checkpoint, keys, clock.now())
    if checkpoint.size > seen.size or not seen.note:
        log = WitnessedLog(checkpoint.size, checkpoint.root, cosigned)
        keep_witnessed(session, partner.authority, log, clock=clock)
    return cosigned


def take_report(
    session: Session, *, subject: PublicIdentity, note: str, reporter: PublicIdentity, clock: Clock
) -> None:
    """Take what another administration co-signed of a partner's log: compared at once, or at the next proof.

    One from before the partner's last contradiction was acknowledged is of a log that is given up already.

    Raises:
        CheckpointInvalid: the note is not of the log of `subject`, or not co-signed by `reporter`.
        SplitView: at the same size we were shown another root.
    """
    checkpoint = read_checkpoint(note, subject)
    shown_at = cosigned_at(checkpoint, reporter)
    resolved = [one.acknowledged_at for one in evidence_against(session, subject.authority) if one.acknowledged_at]
    if checkpoint.size == 0 or any(shown_at <= at for at in resolved):
        return
    seen = lock_witnessed(session, subject.authority, clock=clock)
    if seen is None or checkpoint.size != seen.size:
        one = ReportedCheckpoint(
            subject.authority, reporter.authority, checkpoint.size, checkpoint.root, checkpoint.note, clock.now()
        )
        keep_reported(session, one)
    elif checkpoint.root != seen.root:
        told = Presented(seen.note, checkpoint.size).text
        raise SplitView(Contradiction(subject.authority, note, told, shown_to=reporter.authority))


def check_own(session: Session, *, keys: NodeKeys, note: str, reporter: str) -> None:
    """Compare what a partner was shown of our own log with the log.

    Raises:
        CheckpointInvalid: the note is not signed with our key.
        OwnLogDiffers: it is, and it is not of this log.
    """
    checkpoint, ours = read_checkpoint(note, keys.public), head(session)
    if checkpoint.size <= ours.size and root_at(session, checkpoint.size) == checkpoint.root:
        return
    is_shorter = checkpoint.size < ours.size
    path = consistency_path(session, old_size=checkpoint.size, new_size=ours.size) if is_shorter else []
    told = Presented(sign_checkpoint(ours, keys), checkpoint.size, path).text
    raise OwnLogDiffers(Contradiction(keys.authority, note, told, shown_to=reporter))


def keep_fork_evidence(session: Session, error: LogContradiction, clock: Clock) -> bool:
    """Keep the two statements that contradict each other, and log them; claim that the pair is new."""
    found = error.found
    is_new = keep_evidence(
        session,
        {
            "authority": found.authority,
            "kind": error.code,
            "witnessed_note": found.witnessed_note,
            "presented_note": found.presented,
            "shown_to": found.shown_to,
            "at": clock.now(),
        },
    )
    if is_new:
        statement = canonical_json({"kind": error.code, "stated": found.witnessed_note, "presented": found.presented})
        append(session, [NewEntry("contradiction", found.authority, statement)], clock)
    return is_new


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


def _settle_report(session: Session, checkpoint: Checkpoint, presented: Presented, *, partner: PublicIdentity) -> None:
    """Check that the log continues what another administration was shown of it."""
    for one in reported_of(session, partner.authority):
        if one.size == presented.old_size:
            shown = Checkpoint(checkpoint.origin, one.size, one.root, one.note)
            forget_reported(session, partner.authority, one.reporter)
            try:
                _check_continues(partner.authority, shown, checkpoint, presented)
            except ForkDetected as fork:
                raise SplitView(replace(fork.found, shown_to=one.reporter)) from fork
            return
    raise ConsistencyProofMissing


def _check_continues(authority: str, seen: Checkpoint, checkpoint: Checkpoint, presented: Presented) -> None:
    is_longer = checkpoint.size > seen.size
    told = Presented(presented.note, seen.size, presented.proof if is_longer else ())
    found = Contradiction(authority, seen.note, told.text)
    if checkpoint.size < seen.size:
        raise RollbackDetected(found)
    if contradicts(seen, checkpoint, presented.proof):
        raise ForkDetected(found)
    if not is_longer:
        return
    if seen.size == 0:
        if presented.proof:
            raise ConsistencyProofMissing
        return
    try:
        roots = roots_of_consistency(old_size=seen.size, new_size=checkpoint.size, path=presented.proof)
    except ProofInvalid as error:
        raise ConsistencyProofMissing from error
    if roots != (seen.root, checkpoint.root):
        raise ConsistencyProofMissing


def _cosigned(partner: PublicIdentity, checkpoint: Checkpoint, clock: Clock) -> CosignedCheckpoint:
    return CosignedCheckpoint(partner.authority, checkpoint.size, checkpoint.root, checkpoint.note, clock.now())
