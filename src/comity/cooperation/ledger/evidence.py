"""What can be shown to a third party in one file? Built by a node; `verify_evidence` verifies it anywhere, offline.

A bundle holds the logged statements about some subjects with their salts, an inclusion proof for each (RFC 9162), the
checkpoint they lead to, partners' co-signatures on it (C2SP), the public keys, and context such as the agreement. The
node signs the whole, so that it answers for what the log itself does not commit to: labels, times and context.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.ledger.append import head, inclusion_proofs
from comity.cooperation.ledger.checkpoint import CheckpointInvalid, cosigned_at, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.store import (
    CosignedCheckpoint,
    LedgerEntry,
    cosigned_at_size,
    cosigned_covering,
    entries_about,
)
from comity.cooperation.ledger.verify_evidence import (
    FORMAT,
    MOST_ENTRIES,
    EvidenceInvalid,
    VerifiedEntry,
    VerifiedEvidence,
    signed_content,
    verify_bundle,
)
from comity.foundation.errors import ComityError

__all__ = [
    "EvidenceInvalid",
    "RecordUnknown",
    "VerifiedEntry",
    "VerifiedEvidence",
    "build_bundle",
    "verify_bundle",
]

TOO_LARGE = "the ledger says more of this record than one bundle holds (1,000 entries); ask for its messages one by one"


class RecordUnknown(ComityError):
    """The ledger says nothing of such a record; give a declaration's id or MRN, or a message's id."""

    code = "ledger.record-unknown"
    status = 404


def build_bundle(
    session: Session,
    *,
    subjects: Sequence[str],
    keys: NodeKeys,
    partners: Sequence[PublicIdentity],
    context: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the evidence about some subjects as one JSON value.

    The checkpoint is the smallest one co-signed by any of `partners` that covers every entry, else today's own.

    Raises:
        RecordUnknown: the log holds no entry about any of them.
        EvidenceInvalid: the log holds more entries about them than a bundle may.
    """
    entries = entries_about(session, subjects, limit=MOST_ENTRIES + 1)
    if not entries:
        raise RecordUnknown
    if len(entries) > MOST_ENTRIES:
        raise EvidenceInvalid(TOO_LARGE, path="entries")
    cosigned = _cosigned(session, keys.public, partners, covering_index=entries[-1].index)
    own = head(session)
    size = cosigned[0][1].size if cosigned else own.size
    proofs = inclusion_proofs(session, indexes=[entry.index for entry in entries], size=size)
    bundle = {
        "format": FORMAT,
        "log": keys.public.as_json(),
        "size": size,
        "checkpoints": [one.note for _, one in cosigned] or [sign_checkpoint(own, keys)],
        "witnesses": [partner.as_json() for partner, _ in cosigned],
        "entries": [_entry_as_json(entry, proof) for entry, proof in zip(entries, proofs, strict=True)],
        "context": context or {},
    }
    return {**bundle, "signature": _text(keys.sign(signed_content(bundle)))}


def _cosigned(
    session: Session, own: PublicIdentity, partners: Sequence[PublicIdentity], *, covering_index: int
) -> list[tuple[PublicIdentity, CosignedCheckpoint]]:
    """Return who co-signed the smallest size that covers the entry, under the keys we know today."""
    covering = [(one, cosigned_covering(session, one.authority, covering_index=covering_index)) for one in partners]
    sizes = [cosigned.size for one, cosigned in covering if cosigned and _holds(cosigned, own, one)]
    if not sizes:
        return []
    at_size = [(one, cosigned_at_size(session, one.authority, size=min(sizes))) for one in partners]
    return [(one, cosigned) for one, cosigned in at_size if cosigned and _holds(cosigned, own, one)]


def _holds(cosigned: CosignedCheckpoint, own: PublicIdentity, witness: PublicIdentity) -> bool:
    """Claim that the co-signature verifies under today's keys: after a change of keys an older one does not."""
    try:
        cosigned_at(read_checkpoint(cosigned.note, own), witness)
    except CheckpointInvalid:
        return False
    return True


def _entry_as_json(entry: LedgerEntry, proof: Sequence[bytes]) -> dict[str, Any]:
    return {
        "index": entry.index,
        "kind": entry.kind,
        "subject": entry.subject,
        "at": entry.at.isoformat(),
        "leaf": _text(entry.leaf_hash),
        "salt": _text(entry.salt) if entry.salt is not None else None,
        "statement": _text(entry.statement) if entry.statement is not None else None,
        "proof": [_text(digest) for digest in proof],
    }


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
