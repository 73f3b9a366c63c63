"""Every way in which a partner, a former partner or a stranger may lie to a node, and the name it must get for it.

The forger is a partner too, with an agreement of its own, so that its lies touch no honest stream. It keeps count of its
own stream: what a node refuses for good moves it on.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from comity.cooperation.agreements.agreement import Agreement, agreement_hash
from comity.cooperation.exchange.batch import (
    ANSWER_TYPE,
    BATCH_TYPE,
    COURIER_TYPE,
    RECEIPT_TYPE,
    Answer,
    Batch,
    Receipt,
    SealedMessage,
    read,
    write,
)
from comity.cooperation.exchange.envelope import FIRST_PREVIOUS, Header, seal, sign_message
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity, generate_keys
from comity.cooperation.ledger.checkpoint import sign_checkpoint
from comity.cooperation.ledger.store import LogHead
from tests.simulators.relays import bit_flipped

HOUR = timedelta(hours=1)
HONEST_LOG = LogHead(5, b"\x05" * 32)
Post = Callable[[bytes], tuple[int, bytes]]
"""Gives a batch to the node and returns status and body of its answer; a ConnectionError when there is none."""
_T = TypeVar("_T")


@dataclass
class Forger:
    """One hostile partner before one node; `honest` is the authority whose name it borrows."""

    keys: NodeKeys
    target: PublicIdentity
    agreement: Agreement
    honest: str
    post: Post
    sequence: int = 0
    previous: str = FIRST_PREVIOUS
    stranger: NodeKeys = field(default_factory=lambda: generate_keys("YY", "Nobody"))
    impostor: NodeKeys = field(init=False)

    def __post_init__(self) -> None:
        self.impostor = generate_keys(self.honest, "Impostor")

    def begin(self) -> None:
        """Be an honest partner once: one message taken, one checkpoint co-signed."""
        one = self.message()
        assert self.outcome_of(one, HONEST_LOG) == "stored", "the forger's honest message was not taken"

    def names(self, kind: str) -> str:
        """Tell one lie, again if the node was killed meanwhile, and return the name that the node gave it."""
        return _until_answered(lambda: FORGERIES[kind][1](self))

    def message(
        self, *, keys: NodeKeys | None = None, payload: Any = None, to: PublicIdentity | None = None, **changes: Any
    ) -> SealedMessage:
        """Return a message, right in everything that is not changed."""
        values = self._header() | changes
        content = (
            {"kind": "export", "function": "original", "mrn": f"Z{_now().timestamp()}"} if payload is None else payload
        )
        signed, message_id = sign_message(Header(**values), content, keys=keys or self.keys)
        closed = seal(signed, recipient=to or self.target, agreement_hash=values["agreement_hash"])
        return SealedMessage(message_id, values["agreement_hash"], closed)

    def batch(
        self, *messages: SealedMessage, keys: NodeKeys | None = None, typ: str = BATCH_TYPE, **changes: Any
    ) -> bytes:
        """Return a batch, right in everything that is not changed."""
        values = {
            "sender": self.keys.authority,
            "recipient": self.target.authority,
            "created": datetime.now(UTC),
            "checkpoint": "",
            "proof_from": 0,
            "proof": [],
            "messages": list(messages),
        } | changes
        return write(Batch(**values), typ=typ, keys=keys or self.keys)

    def refusal_of(self, body: bytes) -> str:
        """Return the code by which a batch as a whole is refused."""
        status, answer = self.post(body)
        return "taken" if status == 200 else str(msgspec.json.decode(answer)["code"])

    def answer_to(self, body: bytes) -> Answer:
        """Return the node's answer to a batch that it takes."""
        status, signed = self.post(body)
        assert status == 200, signed[:300]
        return read(signed, Answer, typ=ANSWER_TYPE, sender=self.target)

    def outcome_of(self, message: SealedMessage, log: LogHead | None = None) -> str:
        """Return the outcome of one message, and follow the stream as far as the node has moved it.

        If the node was killed meanwhile, the very same message goes again: a known one gets the receipt it got before.
        """
        note = sign_checkpoint(log, self.keys) if log else ""
        answer = _until_answered(lambda: self.answer_to(self.batch(message, checkpoint=note)))
        receipt = read(answer.receipts[0], Receipt, typ=RECEIPT_TYPE, sender=self.target)
        if receipt.result != "again":
            self.sequence, self.previous = self.sequence + 1, message.id
        return receipt.outcome

    def verdict_on(self, log: LogHead) -> str:
        """Return why the node does not co-sign a checkpoint."""
        body = self.batch(checkpoint=sign_checkpoint(log, self.keys), proof_from=HONEST_LOG.size)
        return self.answer_to(body).refusal or "co-signed"

    def replayed(self) -> str:
        """Give an honest batch twice; return what the second is called."""
        body = self.batch()
        self.refusal_of(body)
        return self.refusal_of(body)

    def spoiled(self) -> SealedMessage:
        """Return a message with one bit changed behind its seal."""
        whole = self.message()
        changed = bytearray(whole.sealed)
        changed[len(changed) // 2] ^= 1
        return SealedMessage(whole.id, whole.agreement_hash, bytes(changed))

    def _header(self) -> dict[str, Any]:
        return {
            "sender": self.keys.authority, "recipient": self.target.authority, "agreement_id": self.agreement.id,
            "agreement_hash": agreement_hash(self.agreement), "clause": "art-3", "sequence": self.sequence + 1,
            "previous_hash": self.previous, "purpose": "mirror-matching", "data_class": "export-declaration",
            "marking": "confidential", "type": "export-record.v1", "created": _now(),
            "expires": _now() + timedelta(days=10), "subject": "forged", "release_id": "forged",
        }  # fmt: skip


def _until_answered(tell: Callable[[], _T]) -> _T:
    deadline = time.monotonic() + 120
    while True:
        try:
            return tell()
        except ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _headed(body: bytes, header: dict[str, Any]) -> bytes:
    changed = base64.urlsafe_b64encode(msgspec.json.encode(header)).rstrip(b"=")
    return b".".join([changed, *body.split(b".")[1:]])


def _now() -> datetime:
    return datetime.now(UTC)


OTHER_HASH = "1" * 64
FORGERIES: dict[str, tuple[str, Callable[[Forger], str]]] = {
    # of a batch
    "bit flipped": ("exchange.signature-invalid", lambda f: f.refusal_of(bit_flipped(f.batch()))),
    "wrong key": (
        "exchange.signature-invalid",
        lambda f: f.refusal_of(f.batch(sender=f.honest, keys=f.impostor)),
    ),
    "stranger": (
        "exchange.sender-unknown",
        lambda f: f.refusal_of(f.batch(sender="YY", keys=f.stranger)),
    ),
    "replayed": ("exchange.batch-replayed", Forger.replayed),
    "stale": ("exchange.clock-skewed", lambda f: f.refusal_of(f.batch(created=_now() - HOUR))),
    "future-dated": ("exchange.clock-skewed", lambda f: f.refusal_of(f.batch(created=_now() + HOUR))),
    "wrong recipient of the batch": ("exchange.recipient-wrong", lambda f: f.refusal_of(f.batch(recipient="XX"))),
    "truncated": ("exchange.envelope-invalid", lambda f: f.refusal_of(f.batch().rpartition(b".")[0])),
    "not a batch": ("exchange.envelope-invalid", lambda f: f.refusal_of(b"a.b.c")),
    "downgraded": ("exchange.suite-downgraded", lambda f: f.refusal_of(_headed(f.batch(), {"alg": "none"}))),
    "unknown critical field": (
        "exchange.critical-field-unknown",
        lambda f: f.refusal_of(_headed(f.batch(), {"alg": "Ed25519", "crit": ["x"], "typ": BATCH_TYPE, "x": 1})),
    ),
    "courier's batch online": ("exchange.envelope-invalid", lambda f: f.refusal_of(f.batch(typ=COURIER_TYPE))),
    "too many messages": (
        "exchange.envelope-invalid",
        lambda f: f.refusal_of(f.batch(*[SealedMessage(OTHER_HASH, OTHER_HASH, b"")] * 1_001)),
    ),
    # of a message
    "sealed to another": ("exchange.seal-invalid", lambda f: f.outcome_of(f.message(to=f.stranger.public))),
    "seal spoiled": ("exchange.seal-invalid", lambda f: f.outcome_of(f.spoiled())),
    "message by a wrong key": ("exchange.signature-invalid", lambda f: f.outcome_of(f.message(keys=f.impostor))),
    "wrong recipient": ("exchange.recipient-wrong", lambda f: f.outcome_of(f.message(recipient="XX"))),
    "wrong sender": ("exchange.sender-wrong", lambda f: f.outcome_of(f.message(sender=f.honest))),
    "gap": ("exchange.message-withheld", lambda f: f.outcome_of(f.message(sequence=f.sequence + 7))),
    "fork of a stream": (
        "exchange.chain-broken",
        lambda f: f.outcome_of(f.message(sequence=max(1, f.sequence), payload={"mrn": f"other {_now()}"})),
    ),
    "wrong previous hash": ("exchange.chain-broken", lambda f: f.outcome_of(f.message(previous_hash=OTHER_HASH))),
    "message from the future": (
        "exchange.clock-skewed",
        lambda f: f.outcome_of(f.message(created=_now() + HOUR, expires=_now() + 2 * HOUR)),
    ),
    "expired": (
        "exchange.message-expired",
        lambda f: f.outcome_of(f.message(created=_now() - 2 * HOUR, expires=_now() - HOUR)),
    ),
    "unknown type": ("exchange.type-unknown", lambda f: f.outcome_of(f.message(type="export-record.v9"))),
    "wrong agreement hash": (
        "agreements.hash-mismatch",
        lambda f: f.outcome_of(f.message(agreement_hash=OTHER_HASH)),
    ),
    "purpose not covered": (
        "agreements.purpose-not-covered",
        lambda f: f.outcome_of(f.message(purpose="curiosity")),
    ),
    "fields not covered": (
        "agreements.fields-not-covered",
        lambda f: f.outcome_of(f.message(payload={"mrn": "Z", "secret": 1})),
    ),
    # of a log
    "log forked": ("ledger.fork-detected", lambda f: f.verdict_on(LogHead(HONEST_LOG.size, b"\x06" * 32))),
    "log cut": ("ledger.rollback-detected", lambda f: f.verdict_on(LogHead(3, b"\x03" * 32))),
}
"""What it is -> the name it must get, and how it is told."""
