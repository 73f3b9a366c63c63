"""What do partners tell each other after delivery? Closed forms, bounded before anything is done with them.

Each is the payload of one message type of the partnership (`agreements/partnership.toml`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from comity.cooperation.exchange.envelope import Authority, Digest, Name
from comity.cooperation.stewardship.errors import NoticeInvalid

DISPOSAL_RECEIPT, LEGAL_HOLD = "disposal-receipt.v1", "legal-hold.v1"
RECALL, RECALL_ANSWER = "recall.v1", "recall-answer.v1"
ONWARD_REQUEST, ONWARD_ANSWER = "onward-request.v1", "onward-answer.v1"
MOST_NAMED = 1_000  # messages in one notice; a guess: 64 kB of ids, far below the largest message

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\A[^\x00-\x08\x0b-\x1f\x7f]+\Z")]
MaybeText = Annotated[str, msgspec.Meta(max_length=500, pattern=r"\A[^\x00-\x08\x0b-\x1f\x7f]*\Z")]
NoticeId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Signature = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9+/]{86}==\Z")]
Rule = Literal["retention", "recall", "refused"]
RecallKind = Literal["recall", "correction", "supersession"]
Outcome = Literal["erased", "superseded", "held", "unknown"]
OnwardOutcome = Literal["erased", "superseded", "held", "unknown", "chased"]


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A closed object: unknown fields are refused, absent ones are left out."""


class Disposal(_Form, frozen=True):
    """One message whose content was erased: when, under which rule, which clause."""

    message: Digest
    at: datetime
    rule: Rule
    clause: Name


class DisposalReceipt(_Form, frozen=True):
    """What was disposed of."""

    disposals: Annotated[list[Disposal], msgspec.Meta(min_length=1, max_length=MOST_NAMED)]


class LegalHold(_Form, frozen=True):
    """A message that is held longer than its retention, or no longer (`until` absent)."""

    message: Digest
    ground: Text
    placed_at: datetime
    until: date | None = None


class Named(_Form, frozen=True):
    """One message that a recall names, and the message that replaces it."""

    message: Digest
    replaced_by: Digest | None = None


class Recall(_Form, frozen=True):
    """The originator withdraws, corrects or replaces messages until a deadline."""

    recall_id: NoticeId
    kind: RecallKind
    messages: Annotated[list[Named], msgspec.Meta(min_length=1, max_length=MOST_NAMED)]
    reason: Text
    deadline: datetime


class Onward(_Form, frozen=True):
    """What became of a message at one onward holder."""

    holder: Authority
    outcome: OnwardOutcome


class Became(_Form, frozen=True):
    """What became of one message, here and onward."""

    message: Digest
    outcome: Outcome
    ground: MaybeText = ""
    until: date | None = None
    onward: Annotated[list[Onward], msgspec.Meta(max_length=200)] = []


class RecallAnswer(_Form, frozen=True):
    """What became of every message of a recall."""

    recall_id: NoticeId
    outcomes: Annotated[list[Became], msgspec.Meta(min_length=1, max_length=MOST_NAMED)]


class OnwardRequest(_Form, frozen=True):
    """May these messages go on to `recipient` for this purpose?"""

    request_id: NoticeId
    messages: Annotated[list[Digest], msgspec.Meta(min_length=1, max_length=MOST_NAMED)]
    recipient: Authority
    purpose: Name
    reason: Text


class OnwardAnswer(_Form, frozen=True):
    """The originator's signed answer; `valid_to` is the last day (UTC) of a consent."""

    request_id: NoticeId
    consents: bool
    signature: Signature
    conditions: MaybeText = ""
    reason: MaybeText = ""
    valid_to: date | None = None


_Read = TypeVar("_Read", bound=_Form)


def read_notice(payload: dict[str, Any], form: type[_Read]) -> _Read:
    """Return the notice of a payload.

    Raises:
        NoticeInvalid: it is not of this form, names a message twice, or has a time without a zone.
    """
    try:
        notice = msgspec.convert(payload, form)
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        raise NoticeInvalid(f"the notice is not of this version: {error}") from error
    named = [*_named(notice)]
    if len(set(named)) < len(named):
        raise NoticeInvalid("the notice names a message twice")
    if any(at.tzinfo is None for at in _instants(notice)):
        raise NoticeInvalid("the notice's times need a time zone")
    return notice


def write_notice(notice: _Form) -> dict[str, Any]:
    """Return the payload of a notice, instants in UTC."""
    payload: dict[str, Any] = msgspec.to_builtins(notice)
    return payload


def _named(notice: _Form) -> list[str]:
    match notice:
        case DisposalReceipt():
            return [one.message for one in notice.disposals]
        case Recall():
            return [one.message for one in notice.messages]
        case RecallAnswer():
            return [one.message for one in notice.outcomes]
        case OnwardRequest():
            return list(notice.messages)
        case _:
            return []


def _instants(notice: _Form) -> list[datetime]:
    match notice:
        case DisposalReceipt():
            return [one.at for one in notice.disposals]
        case Recall():
            return [notice.deadline]
        case LegalHold():
            return [notice.placed_at]
        case _:
            return []
