"""Do two statements of one log contradict each other? Pure: whoever is shown kept evidence judges it without a node.

What was presented is kept as C2SP tlog-witness sends it: a line `old <size>`, the consistency proof (a line of base64
for each hash), an empty line, the checkpoint. From a size that is a power of two our proofs begin with the log's own
root at that size (RFC 9162 section 2.1.4.1, SUBPROOF with `false`): RFC 9162 leaves it out, and a fork would convict
nobody, since the hash that the fork had there would be missing.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from comity.cooperation.identity.keys import PublicIdentity
from comity.cooperation.ledger.checkpoint import Checkpoint, CheckpointInvalid, read_checkpoint
from comity.cooperation.ledger.tree import ProofInvalid, roots_of_consistency


@dataclass(frozen=True, slots=True)
class Presented:
    """What a log's owner presents: a checkpoint, and the path that leads to it from a size that we know."""

    note: str
    old_size: int = 0
    proof: Sequence[bytes] = ()

    @property
    def text(self) -> str:
        """Return it in one text."""
        lines = [f"old {self.old_size}", *(base64.b64encode(digest).decode() for digest in self.proof)]
        return "".join(f"{line}\n" for line in lines) + f"\n{self.note}"


def note_in(presented_text: str) -> str:
    """Return the checkpoint of what was presented."""
    return presented_text.partition("\n\n")[2]


def is_proved_fork(witnessed_note: str, presented_text: str, owner: PublicIdentity) -> bool:
    """Claim that kept evidence proves, to anyone who knows the owner's key, that the owner signed two histories.

    Evidence that proves nothing by itself (a log restored from a backup) is what we saw, and no more.

    Raises:
        CheckpointInvalid: the evidence is not two checkpoints signed by the owner.
    """
    proof_text, _, note = presented_text.partition("\n\n")
    try:
        proof = [base64.b64decode(line, validate=True) for line in proof_text.split("\n")[1:]]
    except (binascii.Error, ValueError) as error:
        raise CheckpointInvalid("the proof in the evidence is not base64") from error
    return contradicts(read_checkpoint(witnessed_note, owner), read_checkpoint(note, owner), proof)


def contradicts(older: Checkpoint, newer: Checkpoint, path: Sequence[bytes]) -> bool:
    """Claim that two checkpoints cannot be of one log that only grows, and that `path` shows it.

    Same size, other root; or a path that leads to the newer root and to another root at the older size.
    """
    if older.size == newer.size:
        return older.root != newer.root
    if not 0 < older.size < newer.size:
        return False
    try:
        old, new = roots_of_consistency(old_size=older.size, new_size=newer.size, path=path)
    except ProofInvalid:
        return False
    return new == newer.root and old != older.root
