"""What travels in one round trip? A signed batch of sealed messages with a checkpoint; an answer with receipts.

Both are a signed head (a compact JWS), a line feed, and what is attached, one piece after the other: sealed messages or
receipts as bytes, not as base64 in base64. The head names each piece's length and the SHA-256 over all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Annotated, Any, Literal, TypeVar, cast

import msgspec

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.envelope import Authority, Count, Digest
from comity.cooperation.exchange.errors import EnvelopeInvalid
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.identity.statement import MOST_STATEMENTS

BATCH_TYPE = "comity-batch.v2+jws"
COURIER_TYPE = "comity-courier-batch.v2+jws"
ANSWER_TYPE = "comity-answer.v2+jws"
RECEIPT_TYPE = "comity-receipt.v1+jws"
MOST_MESSAGES = 1_000
MOST_PROOF = 64


Outcome = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"\A[^\x00-\x1f\x7f]+\Z")]


History = Annotated[list[Any], msgspec.Meta(max_length=MOST_STATEMENTS)]


Result = Literal["stored", "refused", "again"]


class Claim(msgspec.Struct, frozen=True):
    """Whom a batch or an answer says it is from, read before anything else: whose key is it to be verified with?"""

    sender: Authority
    history: History | None = None


@dataclass(frozen=True, slots=True)
class SealedMessage:
    """One sealed message, its id, and the agreement whose hash is in the seal."""

    id: str
    agreement_hash: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What the sender says: `proof` shows that `checkpoint` continues the log of `proof_from` entries.

    `history` is the sender's key history, while the recipient has not shown that it knows it; so it is in an answer.
    """

    sender: str
    recipient: str
    created: datetime
    checkpoint: str
    proof_from: int
    proof: list[bytes]
    messages: list[SealedMessage]
    history: list[Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the recipient says: one receipt a message, and its co-signature on the sender's checkpoint, if it could.

    `batch` is the SHA-256 of the batch that it answers, so that it answers no other.
    `witnessed_size` is how much of the sender's log the recipient has co-signed; `refusal` says why it did not.
    """

    sender: str
    recipient: str
    batch: str
    created: datetime
    receipts: list[bytes]
    cosigned: str | None
    witnessed_size: int
    refusal: str | None
    history: list[Any] | None = None


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


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed message as the head lists it: `length` in bytes."""

    id: Digest
    agreement_hash: Digest
    length: Count


class _BatchHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    sender: Authority
    recipient: Authority
    created: datetime
    checkpoint: str
    proof_from: Count
    proof: Annotated[list[bytes], msgspec.Meta(max_length=MOST_PROOF)]
    messages: Annotated[list[_Listed], msgspec.Meta(max_length=MOST_MESSAGES)]
    attached: Digest
    history: History | None = None


class _AnswerHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    sender: Authority
    recipient: Authority
    batch: Digest
    created: datetime
    receipts: Annotated[list[Count], msgspec.Meta(max_length=MOST_MESSAGES)]
    cosigned: str | None
    witnessed_size: Count
    refusal: Outcome | None
    attached: Digest
    history: History | None = None


_Signed = TypeVar("_Signed", bound=Batch | Answer | Receipt)
_T = TypeVar("_T", Receipt, Claim, _BatchHead, _AnswerHead)


def write(value: Batch | Answer | Receipt, *, typ: str, keys: NodeKeys) -> bytes:
    """Return the signed form; a receipt is a compact JWS and nothing else."""
    if isinstance(value, Receipt):
        return jws.sign(msgspec.json.encode(value), typ=typ, keys=keys)
    shown = {name: getattr(value, name) for name in value.__slots__}
    if isinstance(value, Batch):
        pieces = [message.sealed for message in value.messages]
        listed = [_Listed(message.id, message.agreement_hash, len(message.sealed)) for message in value.messages]
        head: _BatchHead | _AnswerHead = _BatchHead(**{**shown, "messages": listed, "attached": _digest(pieces)})
    else:
        pieces = value.receipts
        head = _AnswerHead(**{**shown, "receipts": [len(one) for one in pieces], "attached": _digest(pieces)})
    return b"\n".join((jws.sign(msgspec.json.encode(head), typ=typ, keys=keys), b"".join(pieces)))


def read(signed: bytes, kind: type[_Signed], *, typ: str, sender: PublicIdentity, ever: bool = False) -> _Signed:
    """Verify and read a signed form, not what is attached to it; with `ever`, one signed by an earlier key as well.

    Raises:
        ExchangeError: EnvelopeInvalid, SuiteDowngraded, CriticalFieldUnknown or SignatureInvalid.
    """
    if kind is Receipt:
        return cast("_Signed", decode(jws.verify(signed, typ=typ, sender=sender, ever=ever, made=_received), Receipt))
    first, feed, attached = signed.partition(b"\n")
    if not feed:
        raise EnvelopeInvalid("a signed head, a line feed and what is attached were expected; was it truncated?")
    content = jws.verify(first, typ=typ, sender=sender, ever=ever)
    if kind is Batch:
        return cast("_Signed", _batch(decode(content, _BatchHead), attached))
    return cast("_Signed", _answer(decode(content, _AnswerHead), attached))


def _received(content: bytes) -> datetime:
    """Return when a receipt was given: it is kept, and shown again when its key was handed over long since."""
    return decode(content, Receipt).received


def receipts_statement(receipts: Iterable[bytes]) -> bytes:
    """Return what the recipient logs of the receipts it gives in one answer: their SHA-256 in hex, a line each."""
    return "\n".join(hashlib.sha256(one).hexdigest() for one in receipts).encode()


def decode(content: bytes, kind: type[_T]) -> _T:
    """Read the content of a signed form.

    Raises:
        EnvelopeInvalid: it is not of this form.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        name = kind.__name__.removeprefix("_").removesuffix("Head").lower()
        raise EnvelopeInvalid(f"the {name} is not of this version: {error}") from error


def _batch(head: _BatchHead, attached: bytes) -> Batch:
    pieces = _pieces(attached, [listed.length for listed in head.messages], head.attached)
    messages = [
        SealedMessage(listed.id, listed.agreement_hash, piece)
        for listed, piece in zip(head.messages, pieces, strict=True)
    ]
    return Batch(**{**{name: getattr(head, name) for name in Batch.__slots__}, "messages": messages})


def _answer(head: _AnswerHead, attached: bytes) -> Answer:
    receipts = _pieces(attached, head.receipts, head.attached)
    return Answer(**{**{name: getattr(head, name) for name in Answer.__slots__}, "receipts": receipts})


def _pieces(attached: bytes, lengths: list[int], digest: str) -> list[bytes]:
    """Cut what is attached into its pieces, when it is what the head was signed over."""
    if sum(lengths) != len(attached) or _digest([attached]) != digest:
        raise EnvelopeInvalid("what is attached is not what the head was signed over; was it truncated or changed?")
    ends = list(accumulate(lengths))
    return [attached[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def _digest(pieces: list[bytes]) -> str:
    return hashlib.sha256(b"".join(pieces)).hexdigest()
