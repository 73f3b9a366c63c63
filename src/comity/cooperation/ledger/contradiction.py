"""Do two statements of one log contradict each other? Pure: whoever is shown kept evidence judges it without a node.

What was presented is kept as C2SP tlog-witness sends it: a line `old <size>`, the consistency proof (a line of base64
for each hash), an empty line, the checkpoint.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from comity.cooperation.identity.keys import PublicIdentity
from comity.cooperation.ledger.checkpoint import Checkpoint, CheckpointInvalid, read_checkpoint
from comity.cooperation.ledger.tree import ProofInvalid, roots_of_consistency


def presented(note: str, *, old_size: int, proof: Sequence[bytes]) -> str:
    """Return what a log's owner presented, in one text."""
    lines = [f"old {old_size}", *(base64.b64encode(digest).decode() for digest in proof)]
    return "".join(f"{line}\n" for line in lines) + f"\n{note}"


def is_proved_fork(witnessed_note: str, presented_text: str, owner: PublicIdentity) -> bool:
    """Claim that kept evidence proves, to anyone who knows the owner's key, that the owner signed two histories.

    Evidence that proves nothing by itself (a log restored from a backup; a fork at a size that is a power of two) is
    what we saw, and no more.

    Raises:
        CheckpointInvalid: the evidence is not two checkpoints signed by the owner.
    """
    proof_text, _, note = presented_text.partition("\n\n")
    try:
        proof = [base64.b64decode(line, validate=True) for line in proof_text.split("\n")[1:]]
    except (binascii.Error, ValueError) as error:
        raise CheckpointInvalid("the proof in the evidence is not base64") from error
    return contradicts(read_checkpoint(witnessed_note, owner), read_checkpoint(note, owner), proof)


def contradicts(older: Checkpoint, newer: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Claim that two checkpoints cannot be of one log that only grows, and that `proof` shows it.

    Same size, other root; or a proof that leads to the newer root and to another root at the older size.
    """
    if older.size == newer.size:
        return older.root != newer.root
    if not 0 < older.size < newer.size:
        return False
    try:
        old, new = roots_of_consistency(old_size=older.size, old_root=older.root, new_size=newer.size, proof=proof)
    except ProofInvalid:
        return False
    return new == newer.root and old != older.root
