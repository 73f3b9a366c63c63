"""Does an evidence bundle hold? Pure and offline: RFC 9162 proofs, C2SP checkpoint and co-signatures, RFC 8785.

The log proves statements: their bytes, their order, and that they were there when a witness co-signed. Kind, subject,
time and context are what the log's owner says of them; he signs the bundle, so that they cannot be changed on the way.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from comity.cooperation.identity.errors import HistoryForked, HistoryInvalid, KeyInvalid
from comity.cooperation.identity.history import KeyHistory, follow
from comity.cooperation.identity.keys import PublicIdentity
from comity.cooperation.ledger.checkpoint import (
    Checkpoint,
    CheckpointInvalid,
    Cosignature,
    cosignature_of,
    read_checkpoint,
)
from comity.cooperation.ledger.quorum import PolicyInvalid, Quorum, WitnessPolicy, judge, read_policy
from comity.cooperation.ledger.tree import (
    HASH_BYTES,
    SALT_BYTES,
    ProofInvalid,
    commitment,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from comity.foundation.canonical_json import canonical_json
from comity.foundation.errors import ComityError

FORMAT = "comity-evidence.v1"
MOST_ENTRIES = 1_000
MOST_WITNESSES = 300
LONGEST_PROOF = 64  # a log of 2^63 entries


class EvidenceInvalid(ComityError):
    """The bundle does not prove what it says."""

    code = "ledger.evidence-invalid"


@dataclass(frozen=True, slots=True)
class VerifiedEntry:
    """A statement that was proved to be in the log; `statement` is None when it was erased since.

    `kind`, `subject` and `at` are the log owner's words.
    """

    index: int
    kind: str
    subject: str
    at: str
    statement: bytes | None


@dataclass(frozen=True, slots=True)
class VerifiedEvidence:
    """What a bundle proves: whose log, of which size, confirmed by whom and when, and the statements in it.

    Fingerprints are for the reader to compare with those he got from the administrations themselves.
    """

    signed_by: str
    fingerprint: str
    checkpoint_size: int
    witnessed_by: tuple[str, ...]
    witness_fingerprints: tuple[str, ...]
    witnessed_at: tuple[datetime, ...]
    entries: tuple[VerifiedEntry, ...]
    quorum: Quorum | None = None
    """Whether enough partners co-signed, by the reader's policy or else the owner's; None without a policy."""

    def as_json(self) -> dict[str, Any]:
        """Return the result for a machine."""
        return {
            "signed_by": self.signed_by,
            "fingerprint": self.fingerprint,
            "checkpoint_size": self.checkpoint_size,
            "witnessed_by": list(self.witnessed_by),
            "witness_fingerprints": list(self.witness_fingerprints),
            "witnessed_at": [at.isoformat() for at in self.witnessed_at],
            "quorum": asdict(self.quorum) if self.quorum else None,
            "entries": [
                {"index": entry.index, "kind": entry.kind, "subject": entry.subject, "at": entry.at}
                for entry in self.entries
            ],
        }


@dataclass(frozen=True, slots=True)
class Expected:
    """What the reader knows of the administrations beforehand: fingerprints and key histories, by authority."""

    trusted: Mapping[str, str] | None
    known: Mapping[str, KeyHistory]


def signed_content(bundle: Mapping[str, Any]) -> bytes:
    """Return what the log's owner signs: the format's name, a line end, and RFC 8785 of all but the signature.

    Raises:
        ValueError: the bundle holds something JSON cannot say.
    """
    unsigned = {name: value for name, value in bundle.items() if name != "signature"}
    return FORMAT.encode() + b"\n" + canonical_json(unsigned)


def verify_bundle(
    bundle: dict[str, Any],
    *,
    trusted: Mapping[str, str] | None = None,
    policy: WitnessPolicy | None = None,
    known: Mapping[str, KeyHistory] | None = None,
) -> VerifiedEvidence:
    """Verify a bundle; needs no node and no network.

    `trusted` gives fingerprints by authority, as the administrations told them; without it who `log` and `witnesses`
    are is for the reader to compare. `policy` is the reader's; without it the owner's own is applied. A quorum that is
    not reached is reported, not refused. `known` gives key histories by authority, newer than those in the bundle
    perhaps: what was revoked since then no longer counts.

    Raises:
        EvidenceInvalid: what failed, and where in the file.
    """
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT:
        raise EvidenceInvalid(f"this is not a {FORMAT} file", path="format")
    expected = Expected(trusted, known or {})
    log = _identity(bundle.get("log"), "log", expected)
    checkpoints, proved = _checkpoints(bundle, log)
    witnesses = _witnesses(bundle, log, expected)
    given = [_cosignature(checkpoints, witness, position) for position, witness in enumerate(witnesses)]
    _check_revoked(checkpoints, given)
    entries = _entries(bundle, proved)
    _check_signature(bundle, log)
    return VerifiedEvidence(
        signed_by=log.authority,
        fingerprint=log.fingerprint,
        checkpoint_size=proved.size,
        witnessed_by=tuple(witness.authority for witness in witnesses),
        witness_fingerprints=tuple(witness.fingerprint for witness in witnesses),
        witnessed_at=tuple(one.at for one in given),
        entries=entries,
        quorum=_quorum(bundle, log, witnesses, policy),
    )


def _checkpoints(bundle: dict[str, Any], log: PublicIdentity) -> tuple[list[Checkpoint], Checkpoint]:
    """Return the bundle's notes, one for each witness in order or one for all, and the one the entries are proved in.

    A note of a larger log continues that one, by the proof at its place in `consistency`; without that field all
    state one size and root.
    """
    notes = _list(bundle, "checkpoints", MOST_WITNESSES, "checkpoints")
    checkpoints = [_checkpoint(note, log, f"checkpoints[{position}]") for position, note in enumerate(notes)]
    size = bundle.get("size")
    if not checkpoints:
        raise EvidenceInvalid("the checkpoints are absent", path="checkpoints")
    if isinstance(size, bool) or size != min(one.size for one in checkpoints):
        raise EvidenceInvalid("the size is not that of the smallest checkpoint", path="size")
    proved = next(one for one in checkpoints if one.size == size)
    proofs = (
        _list(bundle, "consistency", MOST_WITNESSES, "consistency") if "consistency" in bundle else [[]] * len(notes)
    )
    if len(proofs) != len(notes):
        raise EvidenceInvalid("each checkpoint has its proof", path="consistency")
    for position, checkpoint in enumerate(checkpoints):
        path = f"consistency[{position}]"
        try:
            verify_consistency(
                old_size=proved.size,
                old_root=proved.root,
                new_size=checkpoint.size,
                new_root=checkpoint.root,
                proof=_hashes(proofs[position], path),
            )
        except ProofInvalid as error:
            raise EvidenceInvalid(f"the checkpoints contradict each other: {error.message}", path=path) from error
    return checkpoints, proved


def _quorum(
    bundle: dict[str, Any], log: PublicIdentity, witnesses: list[PublicIdentity], policy: WitnessPolicy | None
) -> Quorum | None:
    told = bundle.get("policy")
    if policy is None and told is None:
        return None
    if policy is None and not isinstance(told, str):
        raise EvidenceInvalid("the policy must be text", path="policy")
    try:
        return judge(policy or read_policy(str(told)), log=log, cosigners=witnesses)
    except PolicyInvalid as error:
        raise EvidenceInvalid(error.message, path="policy") from error


def _witnesses(bundle: dict[str, Any], log: PublicIdentity, expected: Expected) -> list[PublicIdentity]:
    """Return the witnesses: each another administration with another key, or one would confirm itself."""
    witnesses: list[PublicIdentity] = []
    for position, record in enumerate(_list(bundle, "witnesses", MOST_WITNESSES, "witnesses")):
        path = f"witnesses[{position}]"
        witness = _identity(record, path, expected)
        for other in (log, *witnesses):
            if witness.authority == other.authority or witness.signing_key == other.signing_key:
                raise EvidenceInvalid(f"a witness must be another than {other.authority}", path=path)
        witnesses.append(witness)
    return witnesses


def _cosignature(checkpoints: list[Checkpoint], witness: PublicIdentity, position: int) -> Cosignature:
    try:
        return cosignature_of(checkpoints[min(position, len(checkpoints) - 1)], witness)
    except CheckpointInvalid as error:
        raise EvidenceInvalid(error.message, path=f"witnesses[{position}]") from error


def _check_revoked(checkpoints: list[Checkpoint], given: list[Cosignature]) -> None:
    """Check that what a revoked key signed was there before: a witness whose key is not revoked must have seen it."""
    seen = [one.at for one in given if one.revoked_since is None]
    for position, checkpoint in enumerate(checkpoints):
        since = checkpoint.revoked_since
        if since is not None and not any(at < since for at in seen):
            raise EvidenceInvalid(
                "the log's key was revoked, and no witness says that it signed this before",
                path=f"checkpoints[{position}]",
            )


def _entries(bundle: dict[str, Any], checkpoint: Checkpoint) -> tuple[VerifiedEntry, ...]:
    records = _list(bundle, "entries", MOST_ENTRIES, "entries")
    if not records:
        raise EvidenceInvalid("the bundle holds no entry", path="entries")
    entries: list[VerifiedEntry] = []
    for position, record in enumerate(records):
        entry = _entry(record, checkpoint, f"entries[{position}]")
        if entries and entry.index <= entries[-1].index:
            raise EvidenceInvalid("entries must stand in the log's order, each once", path=f"entries[{position}].index")
        entries.append(entry)
    return tuple(entries)


def _entry(record: object, checkpoint: Checkpoint, path: str) -> VerifiedEntry:
    if not isinstance(record, dict):
        raise EvidenceInvalid("an entry must be an object", path=path)
    index = record.get("index")
    if not isinstance(index, int) or isinstance(index, bool):
        raise EvidenceInvalid("an entry's index must be a whole number", path=f"{path}.index")
    leaf, statement = _bytes(record.get("leaf"), f"{path}.leaf", length=HASH_BYTES), None
    if record.get("statement") is not None:
        salt = _bytes(record.get("salt"), f"{path}.salt", length=SALT_BYTES)
        statement = _bytes(record["statement"], f"{path}.statement")
        if leaf_hash(commitment(salt, statement)) != leaf:
            raise EvidenceInvalid("statement and salt do not make the entry's leaf", path=f"{path}.statement")
    elif record.get("salt") is not None:
        raise EvidenceInvalid("a salt without its statement proves nothing", path=f"{path}.salt")
    proof = _hashes(record.get("proof"), f"{path}.proof")
    try:
        verify_inclusion(leaf, index=index, size=checkpoint.size, proof=proof, root=checkpoint.root)
    except ProofInvalid as error:
        raise EvidenceInvalid(error.message, path=f"{path}.proof") from error
    kind, subject, at = (_label(record, name, path) for name in ("kind", "subject", "at"))
    return VerifiedEntry(index, kind, subject, at, statement)


def _check_signature(bundle: dict[str, Any], log: PublicIdentity) -> None:
    signature = _bytes(bundle.get("signature"), "signature")
    try:
        content = signed_content(bundle)
    except (ValueError, TypeError, RecursionError) as error:
        raise EvidenceInvalid("the bundle holds something JSON cannot say", path="context") from error
    if log.verifies(signature, content):
        return
    earlier = log.earlier_signer(signature, content)
    if earlier is None:
        raise EvidenceInvalid(
            "the log's owner did not sign the bundle as it is: a label, a time or the context was changed",
            path="signature",
        )
    if earlier.revoked_since is not None:
        raise EvidenceInvalid(
            "the bundle is signed with a key that its owner has revoked; ask the owner for it anew", path="signature"
        )


def _identity(record: object, path: str, expected: Expected) -> PublicIdentity:
    if not isinstance(record, dict):
        raise EvidenceInvalid("a public identity was expected", path=path)
    try:
        identity = PublicIdentity.from_json(record)
        newer = expected.known.get(identity.authority, identity.history)
        identity = identity.continued(follow(identity.history, newer))
    except (KeyInvalid, HistoryInvalid, HistoryForked) as error:
        raise EvidenceInvalid(f"no public identity: {error.message}", path=path) from error
    trusted = expected.trusted
    if trusted is not None and trusted.get(identity.authority) != identity.fingerprint:
        raise EvidenceInvalid("the fingerprint is not the one you trust for this administration", path=path)
    return identity


def _checkpoint(note: object, log: PublicIdentity, path: str) -> Checkpoint:
    if not isinstance(note, str):
        raise EvidenceInvalid("a checkpoint must be text", path=path)
    try:
        return read_checkpoint(note, log)
    except CheckpointInvalid as error:
        raise EvidenceInvalid(error.message, path=path) from error


def _label(record: dict[str, Any], name: str, path: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise EvidenceInvalid("text was expected", path=f"{path}.{name}")
    return value


def _list(record: dict[str, Any], name: str, most: int, path: str) -> list[Any]:
    return _bounded(record.get(name), most, path)


def _hashes(value: object, path: str) -> list[bytes]:
    return [_bytes(one, path, length=HASH_BYTES) for one in _bounded(value, LONGEST_PROOF, path)]


def _bounded(value: object, most: int, path: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise EvidenceInvalid(f"a list of at most {most} was expected", path=path)
    return value


def _bytes(text: object, path: str, *, length: int | None = None) -> bytes:
    if not isinstance(text, str):
        raise EvidenceInvalid("base64 was expected", path=path)
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EvidenceInvalid("base64 was expected", path=path) from error
    if length is not None and len(content) != length:
        raise EvidenceInvalid(f"{length} bytes were expected", path=path)
    return content
