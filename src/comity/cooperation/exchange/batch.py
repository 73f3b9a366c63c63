"""What travels in one round trip? A signed batch of sealed messages with a checkpoint; an answer with receipts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, TypeVar

import msgspec

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.envelope import Authority, Count, Digest
from comity.cooperation.exchange.errors import EnvelopeInvalid
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity

BATCH_TYPE = "comity-batch.v1+jws"
COURIER_TYPE = "comity-courier-batch.v1+jws"
ANSWER_TYPE = "comity-answer.v1+jws"
RECEIPT_TYPE = "comity-receipt.v1+jws"
MOST_MESSAGES = 1_000
MOST_PROOF = 64


Outcome = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"\A[^\x00-\x1f\x7f]+\Z")]


Result = Literal["stored", "refused", "again"]


class Claim(msgspec.Struct, frozen=True):
    """Whom a batch says it is from, read before anything else of it: whose key is it to be verified with?"""

    sender: Authority


class SealedMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sealed message, its id, and the agreement whose hash is in the seal."""

    id: Digest
    agreement_hash: Digest
    sealed: bytes


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the sender says: `proof` shows that `checkpoint` continues the log of `proof_from` entries."""

    sender: Authority
    recipient: Authority
    created: datetime
    checkpoint: str
    proof_from: Count
    proof: list[bytes]
    messages: list[SealedMessage]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the recipient says: one receipt a message, and its co-signature on the sender's checkpoint, if it could.

    `batch` is the SHA-256 of the batch that it answers, so that it answers no other.
    `witnessed_size` is how much of the sender's log the recipient has co-signed; `refusal` says why it did not.
    """

    sender: Authority
    recipient: Authority
    batch: Digest
    created: datetime
    receipts: list[bytes]
    cosigned: str | None
    witnessed_size: Count
    refusal: Outcome | None


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The recipient's statement about one message.

    `result`: stored, refused (final), or again (send it again: nothing was stored). `outcome` is the business word or
    the refusal's code; `missing` names the sequence that must come first.
    """

    message_id: Digest
    sender: Authority
    recipient: Authority
    sequence: Count
    result: Result
    outcome: Outcome
    received: datetime
    ledger_index: Count | None = None
    missing: Count | None = None


_T = TypeVar("_T", Batch, Answer, Receipt, Claim)


def write(value: Batch | Answer | Receipt, *, typ: str, keys: NodeKeys) -> bytes:
    """Return the signed form."""
    return jws.sign(msgspec.json.encode(value), typ=typ, keys=keys)


def read(signed: bytes, kind: type[_T], *, typ: str, sender: PublicIdentity, ever: bool = False) -> _T:
    """Verify and read a signed form; with `ever`, one signed by an earlier key as well.

    Raises:
        ExchangeError: EnvelopeInvalid, CriticalFieldUnknown or SignatureInvalid.
    """
    return decode(jws.verify(signed, typ=typ, sender=sender, ever=ever), kind)


def receipts_statement(receipts: Iterable[bytes]) -> bytes:
    """Return what the recipient logs of the receipts it gives in one answer: their SHA-256 in hex, a line each."""
    return "\n".join(hashlib.sha256(one).hexdigest() for one in receipts).encode()


def decode(content: bytes, kind: type[_T]) -> _T:
    """Read the content of a signed form.

    Raises:
        EnvelopeInvalid: it is not of this form.
    """
    try:
        value = msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EnvelopeInvalid(f"the {kind.__name__.lower()} is not of this version: {error}") from error
    if isinstance(value, Batch) and (len(value.messages) > MOST_MESSAGES or len(value.proof) > MOST_PROOF):
        raise EnvelopeInvalid("the batch holds more messages or a longer proof than a batch can")
    if isinstance(value, Answer) and len(value.receipts) > MOST_MESSAGES:
        raise EnvelopeInvalid("the answer holds more receipts than a batch can hold messages")
    return value
