"""What can be shown to a third party in one file, and does it hold? Built by a node, verified by anyone, offline.

A bundle holds the logged statements about some subjects with their salts, an inclusion proof for each (RFC 9162), the
checkpoint they lead to, partners' co-signatures on it (C2SP), the public keys, and context such as the agreement.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.identity.keys import KeyInvalid, NodeKeys, PublicIdentity
from comity.cooperation.ledger.append import entries_of, head, inclusion_proof
from comity.cooperation.ledger.checkpoint import (
    Checkpoint,
    CheckpointInvalid,
    cosigned_at,
    read_checkpoint,
    sign_checkpoint,
)
from comity.cooperation.ledger.store import LedgerEntry, cosigned_covering
from comity.cooperation.ledger.tree import ProofInvalid, commitment, leaf_hash, verify_inclusion
from comity.foundation.errors import ComityError

FORMAT = "comity-evidence.v1"
MOST_ENTRIES = 1_000
MOST_WITNESSES = 300


class RecordUnknown(ComityError):
    """The ledger says nothing of such a record; give a declaration's id or MRN, or a message's id."""

    code = "ledger.record-unknown"
    status = 404


class EvidenceInvalid(ComityError):
    """The bundle does not prove what it says."""

    code = "ledger.evidence-invalid"


@dataclass(frozen=True, slots=True)
class VerifiedEntry:
    """A statement that was proved to be in the log; `statement` is None when it was erased since."""

    index: int
    kind: str
    subject: str
    at: str
    statement: bytes | None


@dataclass(frozen=True, slots=True)
class VerifiedEvidence:
    """What a bundle proves: whose log, of which size, confirmed by whom and when, and the statements in it."""

    signed_by: str
    fingerprint: str
    checkpoint_size: int
    witnessed_by: tuple[str, ...]
    witnessed_at: tuple[datetime, ...]
    entries: tuple[VerifiedEntry, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the result for a machine."""
        return {
            "signed_by": self.signed_by,
            "fingerprint": self.fingerprint,
            "checkpoint_size": self.checkpoint_size,
            "witnessed_by": list(self.witnessed_by),
            "entries": [
                {"index": entry.index, "kind": entry.kind, "subject": entry.subject, "at": entry.at}
                for entry in self.entries
            ],
        }


def build_bundle(
    session: Session,
    *,
    subjects: Sequence[str],
    keys: NodeKeys,
    partners: Sequence[PublicIdentity],
    context: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the evidence about some subjects as one JSON value.

    The checkpoint is the smallest co-signed one that covers every entry, else today's own.

    Raises:
        RecordUnknown: the log holds no entry about any of them.
    """
    entries = sorted((entry for subject in subjects for entry in entries_of(session, subject)), key=lambda e: e.index)
    if not entries:
        raise RecordUnknown
    cosigned = cosigned_covering(session, covering_index=entries[-1].index)
    if cosigned:
        size, notes = cosigned[0].size, {one.authority: one.note for one in cosigned}
    else:
        own = head(session)
        size, notes = own.size, {"": sign_checkpoint(own, keys)}
    return {
        "format": FORMAT,
        "log": keys.public.as_json(),
        "size": size,
        "checkpoints": list(notes.values()),
        "witnesses": [partner.as_json() for partner in partners if partner.authority in notes],
        "entries": [_entry_as_json(session, entry, size) for entry in entries[:MOST_ENTRIES]],
        "context": context or {},
    }


def verify_bundle(bundle: dict[str, Any]) -> VerifiedEvidence:
    """Verify a bundle; needs no node and no network. Who `log` and `witnesses` are is for the reader to compare.

    Raises:
        EvidenceInvalid: what failed, and where in the file.
    """
    if bundle.get("format") != FORMAT:
        raise EvidenceInvalid(f"this is not a {FORMAT} file", path="format")
    log = _identity(bundle.get("log"), "log")
    checkpoints = [
        _checkpoint(note, log, f"checkpoints[{position}]")
        for position, note in enumerate(_list(bundle, "checkpoints", MOST_WITNESSES))
    ]
    if not checkpoints or any(
        one.root != checkpoints[0].root or one.size != checkpoints[0].size for one in checkpoints
    ):
        raise EvidenceInvalid("the checkpoints are absent or contradict each other", path="checkpoints")
    witnesses = [
        _identity(one, f"witnesses[{position}]")
        for position, one in enumerate(_list(bundle, "witnesses", MOST_WITNESSES))
    ]
    times = tuple(_cosigned_at(checkpoints, witness) for witness in witnesses)
    entries = tuple(
        _entry(one, checkpoints[0], f"entries[{position}]")
        for position, one in enumerate(_list(bundle, "entries", MOST_ENTRIES))
    )
    if not entries:
        raise EvidenceInvalid("the bundle holds no entry", path="entries")
    return VerifiedEvidence(
        log.authority,
        log.fingerprint,
        checkpoints[0].size,
        tuple(witness.authority for witness in witnesses),
        times,
        entries,
    )


def _entry_as_json(session: Session, entry: LedgerEntry, size: int) -> dict[str, Any]:
    return {
        "index": entry.index,
        "kind": entry.kind,
        "subject": entry.subject,
        "at": entry.at.isoformat(),
        "leaf": _text(entry.leaf_hash),
        "salt": _text(entry.salt) if entry.salt else None,
        "statement": _text(entry.statement) if entry.statement is not None else None,
        "proof": [_text(digest) for digest in inclusion_proof(session, index=entry.index, size=size)],
    }


def _entry(record: object, checkpoint: Checkpoint, path: str) -> VerifiedEntry:
    if not isinstance(record, dict) or not isinstance(record.get("index"), int):
        raise EvidenceInvalid("an entry needs an index", path=path)
    leaf, statement = _bytes(record.get("leaf"), f"{path}.leaf"), None
    if record.get("statement") is not None:
        statement = _bytes(record["statement"], f"{path}.statement")
        if leaf_hash(commitment(_bytes(record.get("salt"), f"{path}.salt"), statement)) != leaf:
            raise EvidenceInvalid("statement and salt do not make the entry's leaf", path=f"{path}.statement")
    proof = [_bytes(one, f"{path}.proof") for one in _list(record, "proof", 64)]
    try:
        verify_inclusion(leaf, index=record["index"], size=checkpoint.size, proof=proof, root=checkpoint.root)
    except ProofInvalid as error:
        raise EvidenceInvalid(error.message, path=f"{path}.proof") from error
    return VerifiedEntry(
        record["index"], str(record.get("kind")), str(record.get("subject")), str(record.get("at")), statement
    )


def _identity(record: object, path: str) -> PublicIdentity:
    try:
        return PublicIdentity.from_json(record if isinstance(record, dict) else {})
    except KeyInvalid as error:
        raise EvidenceInvalid(f"no public identity: {error.message}", path=path) from error


def _checkpoint(note: object, log: PublicIdentity, path: str) -> Checkpoint:
    try:
        return read_checkpoint(str(note), log)
    except CheckpointInvalid as error:
        raise EvidenceInvalid(error.message, path=path) from error


def _cosigned_at(checkpoints: list[Checkpoint], witness: PublicIdentity) -> datetime:
    for checkpoint in checkpoints:
        try:
            return cosigned_at(checkpoint, witness)
        except CheckpointInvalid:
            continue
    raise EvidenceInvalid(f"no checkpoint bears a valid co-signature of {witness.authority}", path="witnesses")


def _list(record: dict[str, Any], name: str, most: int) -> list[Any]:
    value = record.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise EvidenceInvalid(f"{name} must be a list of at most {most}", path=name)
    return value


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: object, path: str) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EvidenceInvalid("base64 was expected", path=path) from error
