"""Builds an evidence bundle without a node, and changes it: what a stranger may be handed."""

from __future__ import annotations

import base64
import copy
from datetime import UTC, datetime

from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.tree import commitment, leaf_hash, make_inclusion_proof, node_hash
from comity.cooperation.ledger.verify_evidence import FORMAT, signed_content

KENYA, UGANDA, RWANDA = generate_keys("KE", "Kenya"), generate_keys("UG", "Uganda"), generate_keys("RW", "Rwanda")
GOOD_INDEXES = (3, 9)
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SALTS = [bytes([number]) * 32 for number in range(13)]
STATEMENTS = [b"statement %d" % number for number in range(13)]
LEAVES = [leaf_hash(commitment(salt, statement)) for salt, statement in zip(SALTS, STATEMENTS, strict=True)]


def root_of(leaves):
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def text(content):
    return base64.b64encode(content).decode()


def entry(index, size=13):
    proof = make_inclusion_proof(index, size, lambda level, at: root_of(LEAVES[at << level : (at + 1) << level]))
    return {
        "index": index,
        "kind": "message-sent",
        "subject": "d1",
        "at": NOW.isoformat(),
        "leaf": text(LEAVES[index]),
        "salt": text(SALTS[index]),
        "statement": text(STATEMENTS[index]),
        "proof": [text(digest) for digest in proof],
    }


def a_bundle(indexes=GOOD_INDEXES, witnesses=(UGANDA, RWANDA)):
    note = sign_checkpoint(LogHead(13, root_of(LEAVES)), KENYA)
    return sign(
        {
            "format": FORMAT,
            "log": KENYA.public.as_json(),
            "size": 13,
            "checkpoints": [cosign(read_checkpoint(note, KENYA.public), witness, NOW) for witness in witnesses]
            or [note],
            "witnesses": [witness.public.as_json() for witness in witnesses],
            "entries": [entry(index) for index in indexes],
            "context": {"agreement": "KE-UG", "receipts": [1, 2.5, None, True]},
        }
    )


def sign(bundle, keys=KENYA):
    """Return the bundle signed anew: what a dishonest owner, not a stranger on the way, could hand out."""
    return {**bundle, "signature": text(keys.sign(signed_content(bundle)))}


def changed(bundle, path, value):
    """Return a copy of the bundle with `value` at `path`."""
    other = copy.deepcopy(bundle)
    at = other
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return other


def flipped(content, bit):
    """Return the bytes with one bit changed."""
    other = bytearray(content)
    other[bit // 8] ^= 1 << bit % 8
    return bytes(other)
