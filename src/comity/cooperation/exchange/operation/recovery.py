"""What do a restored node and its partner tell each other? Where the streams stand, and what the backup lacks.

The restored node asks; the partner answers with the receipts it gave and the messages it still has, sealed to the
asker. Then the restored node acknowledges, in its operator's words, that its log no longer continues the one that the
partner co-signed: a signed admission, which both keep in their logs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.envelope import Authority, Count, Digest, Name
from comity.cooperation.exchange.errors import EnvelopeInvalid, ExchangeError
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity

RECOVERY_TYPE = "comity-recovery.v1+jws"
RECOVERED_TYPE = "comity-recovered.v1+jws"
MOST_STREAMS = 1_000
MOST_MESSAGES = 200
LARGEST_ANSWER_BYTES = 6 * 1024 * 1024  # of messages: sealed, and in base64 twice, it is within what a node reads
LONGEST_REASON = 500
LONGEST_NOTE = 16_384
RECOVERY = "recovery"
"""The kind of the ledger entry that an acknowledgement becomes, on both sides."""

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON, pattern=r"\A[^\x00-\x1f\x7f]+\Z")]
Note = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)]


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to which sequence the asker knows its stream to be settled."""

    agreement_id: Name
    sequence: Count


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The co-signed checkpoint that the asker's log no longer continues, and why, in its operator's words."""

    witnessed: Note
    reason: Reason


class Recovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a restored node asks, or acknowledges, with its log as it is now."""

    sender: Authority
    recipient: Authority
    created: datetime
    checkpoint: Note
    positions: list[Position]
    acknowledgement: Acknowledgement | None = None


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a stream of the asker stands at its partner."""

    agreement_id: Name
    sequence: Count
    last_id: Digest


class SealedContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed message sealed to its own sender, and the agreement whose hash is in the seal."""

    agreement_hash: Digest
    content: bytes


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message of the asker that its partner has settled; `sealed` is absent once its content was disposed of."""

    agreement_id: Name
    sequence: Count
    id: Digest
    receipt: bytes
    sealed: SealedContent | None


class Recovered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The partner's answer: `more` says that messages are left; `witnessed` is what it has co-signed of the log."""

    sender: Authority
    recipient: Authority
    request: Digest
    created: datetime
    witnessed: Note
    ends: list[End]
    known: list[Known]
    more: bool


def is_recovery(body: bytes) -> bool:
    """Claim that a body posted to the exchange is not a batch but a recovery."""
    return body.startswith(jws.protected(RECOVERY_TYPE) + b".")


def write_recovery(value: Recovery, *, keys: NodeKeys) -> bytes:
    """Return the signed form."""
    return jws.sign(msgspec.json.encode(value), typ=RECOVERY_TYPE, keys=keys)


def read_recovery(signed: bytes, *, sender: PublicIdentity) -> Recovery:
    """Verify and read what a restored node says.

    Raises:
        ExchangeError: EnvelopeInvalid, CriticalFieldUnknown or SignatureInvalid.
    """
    content = jws.verify(signed, typ=RECOVERY_TYPE, sender=sender)
    try:
        read = msgspec.json.decode(content, type=Recovery)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EnvelopeInvalid(f"the recovery is not of this version: {error}") from error
    if len(read.positions) > MOST_STREAMS or read.created.tzinfo is None:
        raise EnvelopeInvalid("the recovery names too many streams, or a time without a zone")
    return read


def write_recovered(value: Recovered, *, keys: NodeKeys) -> bytes:
    """Return the signed form."""
    return jws.sign(msgspec.json.encode(value), typ=RECOVERED_TYPE, keys=keys)


def read_recovered(signed: bytes, *, sender: PublicIdentity) -> Recovered:
    """Verify and read the partner's answer.

    Raises:
        ExchangeError: EnvelopeInvalid, CriticalFieldUnknown or SignatureInvalid.
    """
    content = jws.verify(signed, typ=RECOVERED_TYPE, sender=sender)
    try:
        read = msgspec.json.decode(content, type=Recovered)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EnvelopeInvalid(f"the answer to the recovery is not of this version: {error}") from error
    if len(read.known) > MOST_MESSAGES or len(read.ends) > MOST_STREAMS:
        raise EnvelopeInvalid("the answer to the recovery holds more than one can hold")
    return read


class RecoveryRefused(ExchangeError):
    """The acknowledgement does not name the checkpoint that this node co-signed last; ask again and answer that."""

    code = "exchange.recovery-refused"
    status = 409


class RecoveryWrong(ExchangeError):
    """The partner's answer does not belong to what was asked, or a message in it is not ours; nothing was changed."""

    code = "exchange.recovery-wrong"
    status = 502
