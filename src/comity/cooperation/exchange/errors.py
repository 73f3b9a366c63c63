"""Why is a message, a batch or a card refused? One stable code for each way in which a rule can be broken."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class ExchangeError(ComityError):
    """The exchange with a partner refused something."""

    code = "exchange.refused"


class EnvelopeInvalid(ExchangeError):
    """The envelope is not of this protocol version: it is truncated, not JSON, or a field is missing or malformed."""

    code = "exchange.envelope-invalid"


class SignatureInvalid(ExchangeError):
    """The signature does not verify with the sender's pinned key; a bit was changed, or another key signed."""

    code = "exchange.signature-invalid"
    status = 401


class SuiteDowngraded(ExchangeError):
    """Another algorithm was used than the one this protocol version fixes; nothing weaker or other is negotiated."""

    code = "exchange.suite-downgraded"


class KeyRevoked(ExchangeError):
    """It is signed with a key that its owner has declared compromised; nothing signed with it is taken any more."""

    code = "exchange.key-revoked"
    status = 401


class KeySuperseded(ExchangeError):
    """It is signed with a key that its owner had handed over by then; sign it with the newest key."""

    code = "exchange.key-superseded"
    status = 401


class CriticalFieldUnknown(ExchangeError):
    """The envelope names a critical field that this version does not know."""

    code = "exchange.critical-field-unknown"


class SealInvalid(ExchangeError):
    """The sealed message does not open with this node's key: a bit was changed, or it was sealed to someone else."""

    code = "exchange.seal-invalid"


class RecipientWrong(ExchangeError):
    """The message is addressed to another administration."""

    code = "exchange.recipient-wrong"


class SenderUnknown(ExchangeError):
    """The sender is not a partner of this node; exchange cards first."""

    code = "exchange.sender-unknown"
    status = 401


class SenderWrong(ExchangeError):
    """The message names another sender than the batch that carried it."""

    code = "exchange.sender-wrong"


class MessageExpired(ExchangeError):
    """The message is past its expiry; the sender must release it anew."""

    code = "exchange.message-expired"


class ClockSkewed(ExchangeError):
    """The message or batch was made further in the future, or the batch longer ago, than the clocks may differ."""

    code = "exchange.clock-skewed"


class MessageWithheld(ExchangeError):
    """A message before this one is missing; send it first."""

    code = "exchange.message-withheld"
    status = 409


class ChainBroken(ExchangeError):
    """The message does not follow the last one received: its sequence was used, or its previous hash is another's."""

    code = "exchange.chain-broken"
    status = 409


class TypeUnknown(ExchangeError):
    """This node has no handler for the message type and version."""

    code = "exchange.type-unknown"


class MessageTooLarge(ExchangeError):
    """The message is larger, or nested deeper, than a message can be; send less in one."""

    code = "exchange.message-too-large"
    status = 413


class DecompressionBomb(ExchangeError):
    """The sealed message inflates without measure to more than a message can be; it was not inflated further."""

    code = "exchange.decompression-bomb"
    status = 413


class BatchTooLarge(ExchangeError):
    """The batch is larger than this node takes; send fewer messages at once."""

    code = "exchange.batch-too-large"
    status = 413


class BatchReplayed(ExchangeError):
    """The batch is not newer than the last one of this partner; it was replayed."""

    code = "exchange.batch-replayed"
    status = 409


class CourierBatchTooOld(ExchangeError):
    """The courier was longer on the way than any message lives; the partner must pack anew what still waits."""

    code = "exchange.courier-batch-too-old"
    status = 409


class PartnerUnreachable(ExchangeError):
    """The partner does not answer; its messages wait."""

    code = "exchange.partner-unreachable"
    status = 503


class LineBroken(PartnerUnreachable):
    """The line broke while a batch or its answer was on the way; it is sent again, and a smaller one."""

    code = "exchange.line-broken"


class PartnerRefused(ExchangeError):
    """The partner refused the batch."""

    code = "exchange.partner-refused"
    status = 502

    def __init__(self, message: str | None = None, *, code_there: str = "") -> None:
        super().__init__(message)
        self.code_there = code_there


class PartnerBusy(PartnerRefused):
    """The partner is busy or low on disk and asks to be left alone for a while; everything still waits."""

    code = "exchange.partner-busy"
    status = 503

    def __init__(self, message: str | None = None, *, retry_after_seconds: float, code_there: str = "") -> None:
        super().__init__(message, code_there=code_there)
        self.retry_after_seconds = retry_after_seconds


class Busy(ExchangeError):
    """This node is busy, or its disk is nearly full; nothing was taken in, send the same again later."""

    code = "exchange.busy"
    status = 503

    def __init__(self, message: str | None = None, *, retry_after_seconds: int = 5) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class QueueFull(ExchangeError):
    """The queue to this partner is full; what is owed is kept and queued as soon as there is room."""

    code = "exchange.queue-full"
    status = 503


class AnswerWrong(ExchangeError):
    """The partner's answer is to another batch; it was replayed or mixed up, and everything still waits."""

    code = "exchange.answer-wrong"
    status = 502


class ReceiptWrong(ExchangeError):
    """The partner's answer holds no receipt for a message, or one that does not verify or speaks of another message."""

    code = "exchange.receipt-wrong"
    status = 502


class PeerUnknown(ExchangeError):
    """No partner of that name; add its card with `comity peer add`."""

    code = "exchange.peer-unknown"
    status = 404


class CardInvalid(ExchangeError):
    """The card is not signed by the key it names, or it is damaged; ask the partner for it again."""

    code = "exchange.card-invalid"


class FingerprintDiffers(ExchangeError):
    """The card's fingerprint is not the one you heard from the partner: do not trust the card."""

    code = "exchange.fingerprint-differs"


class MemberRemoved(ExchangeError):
    """This administration was removed from this node's partners; nothing is sent to it or taken from it."""

    code = "exchange.member-removed"
    status = 403


class PeerChanged(ExchangeError):
    """Another key is pinned for this partner already; a new key must be handed over by the old one."""

    code = "exchange.peer-changed"
    status = 409
