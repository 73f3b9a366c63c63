"""Why stewardship refuses: each names the message, the consent or the rule that is missing."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class NoticeInvalid(ComityError):
    """The notice is not of this version: a field is missing, unknown, too long or of another type."""

    code = "stewardship.notice-invalid"
    status = 422


class MessageNotHeld(ComityError):
    """No such message of a partner is held here, or it was disposed of or replaced."""

    code = "stewardship.message-not-held"
    status = 404


class MessageNotSent(ComityError):
    """The notice names a message that was not sent to this partner."""

    code = "stewardship.message-not-sent"
    status = 404


class HoldInvalid(ComityError):
    """A legal hold needs the name of a case, a reason, and a day in the future until which it lasts."""

    code = "stewardship.hold-invalid"
    status = 422


class HoldUnknown(ComityError):
    """No legal hold with this number is in force; `comity retention list` shows them."""

    code = "stewardship.hold-unknown"
    status = 404


class RecallInvalid(ComityError):
    """A recall needs a reason, a deadline in the future, and sent messages; a correction what replaces them."""

    code = "stewardship.recall-invalid"
    status = 422


class RecallUnknown(ComityError):
    """The answer names a recall, or a message of it, that this node did not send to the partner."""

    code = "stewardship.recall-unknown"
    status = 404


class RecallChanged(ComityError):
    """The notice has the id of an earlier one and says something else; a recall is not changed, send another."""

    code = "stewardship.recall-changed"
    status = 409


class OutcomeDiffers(ComityError):
    """The answer's outcome does not answer this kind of recall: a recalled message is erased, not only replaced."""

    code = "stewardship.outcome-differs"
    status = 422


class OnwardForbidden(ComityError):
    """The clause does not let what it covers go on to another administration, with or without consent."""

    code = "stewardship.onward-forbidden"
    status = 403


class OnwardAgain(ComityError):
    """What came onward from another holder is not passed on again; the third country asks its originator."""

    code = "stewardship.onward-again"
    status = 403


class OnwardNotCovered(ComityError):
    """The agreement with the recipient does not provide for others' data: its data class has no field `onward`."""

    code = "stewardship.onward-not-covered"
    status = 403


class OriginatorUnknown(ComityError):
    """The message says it is another administration's, whose card is not here: its consent cannot be verified."""

    code = "stewardship.originator-unknown"
    status = 403


class RequestUnknown(ComityError):
    """The answer is to a request that this node did not make, or that was answered before."""

    code = "stewardship.request-unknown"
    status = 404


class AnswerInvalid(ComityError):
    """A request and a refusal need a reason, a consent a last day that has not passed; texts have 500 characters."""

    code = "stewardship.answer-invalid"
    status = 422


class ConsentMissing(ComityError):
    """The originator has not consented to passing this message on to this administration; ask it first."""

    code = "stewardship.consent-missing"
    status = 403


class ConsentInvalid(ComityError):
    """The consent's signature is not the originator's over this request, holder, recipient, purpose and validity."""

    code = "stewardship.consent-invalid"
    status = 403


class ConsentExpired(ComityError):
    """The originator's consent has expired; ask again."""

    code = "stewardship.consent-expired"
    status = 403


class ConsentDiffers(ComityError):
    """The originator consented to another message, recipient or purpose."""

    code = "stewardship.consent-differs"
    status = 403


class PurposeRefused(ComityError):
    """The clause under which the record came does not cover reading it for this purpose."""

    code = "stewardship.purpose-refused"
    status = 403
