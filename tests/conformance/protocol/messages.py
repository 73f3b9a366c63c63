"""What the vectors of envelope and exchange are made of: messages, seals and batches of Kenya for Uganda."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from comity.cooperation.agreements.agreement import agreement_hash, parse_agreement
from comity.cooperation.exchange import envelope, jws
from comity.cooperation.exchange.batch import BATCH_TYPE, Batch, SealedMessage, write
from comity.cooperation.exchange.envelope import FIRST_PREVIOUS, MESSAGE_TYPE, Header, open_sealed, seal, sign_message
from comity.cooperation.exchange.errors import ExchangeError
from comity.cooperation.identity.keys import NodeKeys
from comity.foundation.canonical_json import canonical_json
from tests.conformance.protocol.agreements import document
from tests.conformance.protocol.keys import FIRST_DAY, keys_from, seeds_of
from tests.conformance.protocol.ledger import consistency, leaves_of, note_of

FILE = Path(__file__).resolve().parents[3] / "docs" / "protocol" / "vectors" / "envelope.json"
AT = FIRST_DAY + timedelta(days=60)
KENYA, UGANDA, RWANDA = (keys_from(seeds_of(name)) for name in ("KE", "UG", "RW"))
HASH = agreement_hash(parse_agreement(document()))
SEALS: dict[tuple[str, str, str], str] = {}
"""Every seal that a vector holds, by what it opens to, for whom and under which agreement: a seal is never the same."""


OTHER_SEALS: dict[str, str] = {}
"""Seals of what is no message, by the name of their vector."""
BOMB = "a seal that inflates without measure to more than 4 MiB"
OVERSIZE = "a seal of a message of more than 4 MiB"


def header(sequence: int = 1, previous: str = FIRST_PREVIOUS, **changes: Any) -> dict[str, Any]:
    """Return a header as JSON."""
    return {
        "sender": "KE",
        "recipient": "UG",
        "agreement_id": "ke-ug-vectors",
        "agreement_hash": HASH,
        "clause": "art-3",
        "sequence": sequence,
        "previous_hash": previous,
        "purpose": "mirror-matching",
        "data_class": "export-declaration",
        "marking": "confidential",
        "type": "export-record.v1",
        "created": AT.isoformat().replace("+00:00", "Z"),
        "expires": (AT + timedelta(days=60)).isoformat().replace("+00:00", "Z"),
        "subject": "declaration 1",
        "release_id": "release-1",
        **changes,
    }


def signed(head: Mapping[str, Any], payload: Any = None, keys: NodeKeys = KENYA) -> tuple[bytes, str]:
    """Return message and id, whatever the header says: as a program would that checks nothing."""
    content = canonical_json({"header": head, "payload": {"mrn": "26KE1"} if payload is None else payload})
    return jws.sign(content, typ=MESSAGE_TYPE, keys=keys), hashlib.sha256(content).hexdigest()


def chain(count: int, **changes: Any) -> list[tuple[bytes, str]]:
    """Return messages that follow each other."""
    made: list[tuple[bytes, str]] = []
    for sequence in range(1, count + 1):
        previous = made[-1][1] if made else FIRST_PREVIOUS
        made.append(signed(header(sequence, previous, subject=f"declaration {sequence}", **changes)))
    return made


def sealed(message: tuple[bytes, str], *, to: NodeKeys = UGANDA, under: str = HASH) -> SealedMessage:
    """Return a message as it stands in a batch; its seal is the one written down, if that opens."""
    text, message_id = message
    key = (text.decode(), to.authority, under)
    if key not in SEALS:
        found = _kept().get(key)
        if found is None or _opened(found, to, under) != text:
            found = base64.b64encode(seal(text, recipient=to.public, agreement_hash=under)).decode()
        SEALS[key] = found
    return SealedMessage(message_id, under, base64.b64decode(SEALS[key]))


def sealed_bytes(name: str, plaintext: bytes) -> str:
    """Return any bytes sealed to Uganda, in base64: the seal of the vector of this name, if it opens to them."""
    for one in _written():
        if one["name"] == name and _decrypted(one["input"]["sealed"]) == plaintext:
            OTHER_SEALS[name] = str(one["input"]["sealed"])
    if name not in OTHER_SEALS:
        info, key = envelope._info("UG", HASH), envelope._sealing_key(UGANDA.public)
        OTHER_SEALS[name] = base64.b64encode(envelope._SUITE.encrypt(plaintext, key, info=info)).decode()
    return OTHER_SEALS[name]


def endless() -> bytes:
    """Return a signature and deflated content of one byte more than a message can have."""
    deflate = zlib.compressobj(wbits=-15)
    return bytes(64) + deflate.compress(b"a" * (4 * 1024 * 1024 + 1)) + deflate.flush()


def oversize() -> bytes:
    """Return a signature and deflated content of one byte more than a message can have, a 170th of it when deflated."""
    mixed = b"".join(hashlib.sha256(bytes([place % 256, place // 256])).hexdigest().encode() for place in range(640))
    deflate = zlib.compressobj(wbits=-15)
    return bytes(64) + deflate.compress(mixed.ljust(4 * 1024 * 1024 + 1, b"a")) + deflate.flush()


def _decrypted(text: str) -> bytes | None:
    try:
        return envelope._opened(base64.b64decode(text), UGANDA, envelope._info("UG", HASH))
    except ExchangeError:
        return None


def remade(box: SealedMessage, **changes: Any) -> SealedMessage:
    """Return a message in a batch with some fields changed."""
    return SealedMessage(**{**{name: getattr(box, name) for name in ("id", "agreement_hash", "sealed")}, **changes})


def batch(*messages: SealedMessage, keys: NodeKeys = KENYA, **changes: Any) -> bytes:
    """Return a batch with the checkpoint of a log of five entries, and no proof."""
    shown = {
        "sender": keys.authority,
        "recipient": "UG",
        "created": AT,
        "checkpoint": note_of(5),
        "proof_from": 0,
        "proof": [],
        "messages": list(messages),
        **changes,
    }
    return write(Batch(**shown), typ=BATCH_TYPE, keys=keys)


def proof(old: int, new: int, history: str = "") -> list[bytes]:
    """Return what a batch shows to connect two sizes: RFC 9162, from a power of two with the root there before it."""
    leaves = leaves_of(new, history)
    path = [bytes.fromhex(one) for one in consistency(old, leaves)]
    if old and old & (old - 1) == 0 and old < new:
        from tests.conformance.protocol.ledger import root_of

        path.insert(0, bytes.fromhex(root_of(leaves[:old])))
    return path


def good(sequence: int = 1, previous: str = FIRST_PREVIOUS) -> tuple[bytes, str]:
    """Return what `sign_message` makes: the way on which nothing can be wrong."""
    import msgspec

    return sign_message(msgspec.convert(header(sequence, previous), Header), {"mrn": "26KE1"}, keys=KENYA)


def at_text(at: datetime) -> str:
    return at.isoformat()


def _written() -> list[dict[str, Any]]:
    if not FILE.exists():
        return []
    content = json.loads(FILE.read_text(encoding="utf-8"))
    common = content["common"].get("message-open", {})
    return [
        {**one, "input": {**common, **one["input"]}} for one in content["vectors"] if one["operation"] == "message-open"
    ]


def _kept() -> dict[tuple[str, str, str], str]:
    return {
        (one["expected"]["result"]["jws"], one["input"]["keys"]["authority"], one["input"]["agreement_hash"]): one[
            "input"
        ]["sealed"]
        for one in _written()
        if "result" in one["expected"]
    }


def _opened(text: str, to: NodeKeys, under: str) -> bytes:
    try:
        return open_sealed(base64.b64decode(text), keys=to, agreement_hash=under)
    except ExchangeError:
        return b""
