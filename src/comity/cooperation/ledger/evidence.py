"""What can be shown to a third party in one file? Built by a node; `verify_evidence` verifies it anywhere, offline.

A bundle holds the logged statements about some subjects with their salts, an inclusion proof for each (RFC 9162), the
checkpoint they lead to, partners' co-signatures on it (C2SP), the public keys, and context such as the agreement. The
node signs the whole, so that it answers for what the log itself does not commit to: labels, times and context.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.ledger.append import RECEIPTS_GIVEN, consistency_proof, head, inclusion_proofs, root_at
from comity.cooperation.ledger.checkpoint import CheckpointInvalid, cosigned_at, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.receipt_cose import transparent_statement
from comity.cooperation.ledger.store import (
    CosignedCheckpoint,
    LedgerEntry,
    LogHead,
    cosigned_covering,
    entries_about,
    entry_after,
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
    "build_cose",
    "verify_bundle",
]

TOO_LARGE = "the ledger says more of this record than one bundle holds (1,000 entries); ask for its messages one by one"


MOST_IN_A_BATCH = 1_000  # messages of one batch, the exchange's limit: so far behind one is what was answered to it
_RECEIVED = ("message-received", "message-refused")


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
    policy: str | None = None,
    context: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the evidence about some subjects as one JSON value.

    The entries are proved in the smallest log co-signed by any of `partners` that covers every entry, else in today's.
    Partners that co-signed a later one are in it too, each with the proof that it continues the smaller.

    Raises:
        RecordUnknown: the log holds no entry about any of them.
        EvidenceInvalid: the log holds more entries about them than a bundle may.
    """
    shown = _shown(session, subjects, keys, partners)
    cosigned, size = shown.cosigned, shown.size
    bundle = {
        "format": FORMAT,
        "log": keys.public.as_json(),
        "size": size,
        "checkpoints": [one.note for _, one in cosigned] or [sign_checkpoint(head(session), keys)],
        "consistency": [_texts(consistency_proof(session, old_size=size, new_size=one.size)) for _, one in cosigned]
        or [[]],
        "witnesses": [partner.as_json() for partner, _ in cosigned],
        "policy": policy,
        "entries": [_entry_as_json(entry, proof) for entry, proof in shown.proofs],
        "context": context or {},
    }
    return {**bundle, "signature": _text(keys.sign(signed_content(bundle)))}


def build_cose(
    session: Session, *, subjects: Sequence[str], keys: NodeKeys, partners: Sequence[PublicIdentity]
) -> list[bytes]:
    """Return the evidence about some subjects as transparent statements (RFC 9943), one for each entry not erased.

    Each has the receipt of its inclusion (RFC 9942) in the log that a bundle of the same would prove it in.

    Raises:
        RecordUnknown: the log holds no entry about any of them.
        EvidenceInvalid: the log holds more entries about them than a bundle may.
    """
    shown = _shown(session, subjects, keys, partners)
    log = LogHead(shown.size, root_at(session, shown.size))
    return [
        transparent_statement(entry, log=log, proof=proof, keys=keys)
        for entry, proof in shown.proofs
        if entry.statement is not None
    ]


@dataclass(frozen=True, slots=True)
class _Shown:
    """Entries with their proofs in the log of one size, and who co-signed that or a later one."""

    size: int
    proofs: list[tuple[LedgerEntry, list[bytes]]]
    cosigned: list[tuple[PublicIdentity, CosignedCheckpoint]]


def _shown(session: Session, subjects: Sequence[str], keys: NodeKeys, partners: Sequence[PublicIdentity]) -> _Shown:
    entries = entries_about(session, subjects, limit=MOST_ENTRIES + 1)
    if not entries:
        raise RecordUnknown
    entries = _with_receipts_given(session, entries)
    if len(entries) > MOST_ENTRIES:
        raise EvidenceInvalid(TOO_LARGE, path="entries")
    cosigned = _cosigned(session, keys.public, partners, covering_index=entries[-1].index)
    size = min((one.size for _, one in cosigned), default=head(session).size)
    proofs = inclusion_proofs(session, indexes=[entry.index for entry in entries], size=size)
    return _Shown(size, list(zip(entries, proofs, strict=True)), cosigned)


def _with_receipts_given(session: Session, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Add, for each message received, the entry that says what we answered: it stands behind its batch."""
    found = {entry.index: entry for entry in entries}
    for entry in entries[:MOST_ENTRIES]:
        if entry.kind in _RECEIVED:
            given = entry_after(session, entry.index, RECEIPTS_GIVEN, within=MOST_IN_A_BATCH)
            if given is not None:
                found[given.index] = given
    return [found[index] for index in sorted(found)]


def _cosigned(
    session: Session, own: PublicIdentity, partners: Sequence[PublicIdentity], *, covering_index: int
) -> list[tuple[PublicIdentity, CosignedCheckpoint]]:
    """Return who co-signed a size that covers the entry, the smallest of each, with a key that counts today."""
    covering = [(one, cosigned_covering(session, one.authority, covering_index=covering_index)) for one in partners]
    return [(one, cosigned) for one, cosigned in covering if cosigned and _holds(cosigned, own, one)]


def _holds(cosigned: CosignedCheckpoint, own: PublicIdentity, witness: PublicIdentity) -> bool:
    """Claim that the co-signature verifies, and that it was given before the key of our checkpoint was revoked."""
    try:
        checkpoint = read_checkpoint(cosigned.note, own)
        at = cosigned_at(checkpoint, witness)
    except CheckpointInvalid:
        return False
    return checkpoint.revoked_since is None or at < checkpoint.revoked_since


def _entry_as_json(entry: LedgerEntry, proof: Sequence[bytes]) -> dict[str, Any]:
    return {
        "index": entry.index,
        "kind": entry.kind,
        "subject": entry.subject,
        "at": entry.at.isoformat(),
        "leaf": _text(entry.leaf_hash),
        "salt": _text(entry.salt) if entry.salt is not None else None,
        "statement": _text(entry.statement) if entry.statement is not None else None,
        "proof": _texts(proof),
    }


def _texts(hashes: Sequence[bytes]) -> list[str]:
    return [_text(digest) for digest in hashes]


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
