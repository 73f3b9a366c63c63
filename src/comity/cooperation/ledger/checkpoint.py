"""What does a log say of itself, and who confirms it? C2SP signed-note, tlog-checkpoint and cosignature/v1."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from comity.cooperation.identity.keys import NodeKeys, PublicIdentity, is_signature
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.tree import EMPTY_ROOT
from comity.foundation.errors import ComityError

LONGEST_NOTE = 16_384  # characters: a checkpoint with its signature and some hundred co-signatures
LARGEST_SIZE = 2**63 - 1  # what a database column of 64 bits holds
LATEST_SECONDS = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())  # the last day that a `datetime` can say
_SIGNATURE, _COSIGNATURE = b"\x01", b"\x04"  # C2SP signed-note: Ed25519; tlog-cosignature: timestamped Ed25519
_MARK = "— "
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")  # C2SP signed-note: UTF-8 without control characters


class CheckpointInvalid(ComityError):
    """The checkpoint is not a signed statement of this partner's log; ask the partner for it again."""

    code = "ledger.checkpoint-invalid"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's statement of its size and root, with the note it was read from.

    `revoked_since` says from when on the key that signed it is not believed, if it was revoked.
    """

    origin: str
    size: int
    root: bytes
    note: str
    revoked_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's word: when it was given, and from when on the key that gave it is not believed, if it was revoked."""

    at: datetime
    revoked_since: datetime | None


def origin_of(authority: str) -> str:
    """Return the name of an administration's log."""
    return f"comity/{authority}"


def verifier_keys(identity: PublicIdentity) -> set[str]:
    """Return the verifier keys of every key of a node's history, for its log and as a witness."""
    return {
        _verifier_key(identity, algorithm, held.key)
        for held in identity.history.keys
        for algorithm in (_SIGNATURE, _COSIGNATURE)
    }


def log_verifier_key(identity: PublicIdentity) -> str:
    """Return the verifier key (C2SP signed-note) with which any C2SP tool checks this node's checkpoints."""
    return _verifier_key(identity, _SIGNATURE, identity.signing_key)


def witness_verifier_key(identity: PublicIdentity) -> str:
    """Return the verifier key (C2SP tlog-cosignature) with which any C2SP tool checks this node's co-signatures."""
    return _verifier_key(identity, _COSIGNATURE, identity.signing_key)


def sign_checkpoint(head: LogHead, keys: NodeKeys) -> str:
    """Return the signed note that states the log's size and root."""
    origin = origin_of(keys.authority)
    body = f"{origin}\n{head.size}\n{base64.b64encode(head.root).decode()}\n"
    return f"{body}\n{_line(origin, _SIGNATURE, keys, keys.sign(body.encode()))}"


def read_checkpoint(note: str, identity: PublicIdentity) -> Checkpoint:
    """Read a checkpoint of the log of `identity` and verify its signature, with any key of its history.

    Raises:
        CheckpointInvalid: the form, the origin or the signature is wrong.
    """
    body, lines = _parts(note)
    origin = origin_of(identity.authority)
    texts = body.removesuffix("\n").split("\n")
    if len(texts) < 3 or texts[0] != origin:
        raise CheckpointInvalid(f"the checkpoint is not of the log {origin}")
    if not all(texts):
        raise CheckpointInvalid("the checkpoint has an empty line")
    size, root = _size(texts[1]), _bytes(texts[2])
    if len(root) != hashlib.sha256().digest_size:
        raise CheckpointInvalid("the checkpoint's root is not 32 bytes")
    if size == 0 and root != EMPTY_ROOT:
        raise CheckpointInvalid("an empty log has the hash of nothing as its root")
    for held in identity.history.keys:
        signatures = _signatures(lines, origin, _SIGNATURE, held.key)
        if any(is_signature(held.key, signature, body.encode()) for signature in signatures):
            return Checkpoint(origin, size, root, note, held.revoked_since)
    raise CheckpointInvalid("the checkpoint is not signed with this partner's key")


def cosign(checkpoint: Checkpoint, keys: NodeKeys, at: datetime) -> str:
    """Return the note with our timestamped co-signature added (cosignature/v1).

    What it says: at this time, this log's size and root continued everything we had seen of it.

    Raises:
        CheckpointInvalid: the note bears so many signatures already that nobody would read it with one more.
    """
    body, _ = _parts(checkpoint.note)
    seconds = int(at.timestamp())
    signature = seconds.to_bytes(8, "big") + keys.sign(_cosigned(body, seconds))
    note = checkpoint.note + _line(origin_of(keys.authority), _COSIGNATURE, keys, signature)
    _parts(note)
    return note


def cosigned_at(checkpoint: Checkpoint, witness: PublicIdentity) -> datetime:
    """Return when `witness` co-signed the checkpoint; see `cosignature_of`."""
    return cosignature_of(checkpoint, witness).at


def cosignature_of(checkpoint: Checkpoint, witness: PublicIdentity) -> Cosignature:
    """Return the co-signature of `witness` on the checkpoint, made with any key of its history.

    Raises:
        CheckpointInvalid: there is none that verifies, or only one that a revoked key gave after its time.
    """
    body, lines = _parts(checkpoint.note)
    for held in witness.history.keys:
        for blob in _signatures(lines, origin_of(witness.authority), _COSIGNATURE, held.key):
            at = _time_in(blob)
            if at is None or not is_signature(held.key, blob[8:], _cosigned(body, int.from_bytes(blob[:8], "big"))):
                continue
            if held.revoked_since is None or at < held.revoked_since:
                return Cosignature(at, held.revoked_since)
    raise CheckpointInvalid(f"the checkpoint bears no valid co-signature of {witness.authority}")


def _time_in(blob: bytes) -> datetime | None:
    seconds = int.from_bytes(blob[:8], "big")
    return datetime.fromtimestamp(seconds, UTC) if len(blob) == 72 and 0 < seconds < LATEST_SECONDS else None


def _cosigned(body: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()


def _key_id(name: str, algorithm: bytes, key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + algorithm + key).digest()[:4]


def _verifier_key(identity: PublicIdentity, algorithm: bytes, key: bytes) -> str:
    name = origin_of(identity.authority)
    key_id = _key_id(name, algorithm, key).hex()
    return f"{name}+{key_id}+{base64.b64encode(algorithm + key).decode()}"


def _line(name: str, algorithm: bytes, keys: NodeKeys, signature: bytes) -> str:
    blob = _key_id(name, algorithm, keys.public.signing_key) + signature
    return f"{_MARK}{name} {base64.b64encode(blob).decode()}\n"


def _signatures(lines: list[str], name: str, algorithm: bytes, key: bytes) -> Iterator[bytes]:
    """Give what stands behind the key id on each line of this name, kind and key."""
    wanted = _key_id(name, algorithm, key)
    for line in lines:
        signer, _, text = line.removeprefix(_MARK).rpartition(" ")
        if signer == name:
            blob = _bytes(text)
            if blob[:4] == wanted:
                yield blob[4:]


def _parts(note: str) -> tuple[str, list[str]]:
    if len(note) > LONGEST_NOTE:
        raise CheckpointInvalid("the checkpoint is longer than a checkpoint can be")
    if _FORBIDDEN.search(note):
        raise CheckpointInvalid("the checkpoint has characters that a signed note cannot have")
    body, separator, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    if not separator or len(lines) < 2 or lines[-1] != "" or not all(line.startswith(_MARK) for line in lines[:-1]):
        raise CheckpointInvalid("the checkpoint is not a signed note")
    return body + "\n", lines[:-1]


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or (text != "0" and text.startswith("0")) or len(text) > 19:
        raise CheckpointInvalid("the checkpoint's size is not a whole number")
    size = int(text)
    if size > LARGEST_SIZE:
        raise CheckpointInvalid("the checkpoint's size is larger than a log can be")
    return size


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckpointInvalid("a part of the checkpoint is not base64") from error
