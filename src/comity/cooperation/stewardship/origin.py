"""Whose data is it that a holder passed on? What an onward message says of its originator and of the consent.

It stands in the payload under `onward`; the data class of the agreement with the third country has to name that field:
an agreement that does not provide for others' data takes none.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from comity.cooperation.agreements.agreement import Marking
from comity.cooperation.exchange.envelope import Authority, Digest, Name
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.stewardship.errors import NoticeInvalid
from comity.cooperation.stewardship.notices import MOST_NAMED, MaybeText, NoticeId, Signature

FIELD = "onward"


class ConsentShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The originator's consent as the holder shows it: all that its signature covers."""

    request_id: NoticeId
    messages: Annotated[list[Digest], msgspec.Meta(min_length=1, max_length=MOST_NAMED)]
    recipient: Authority
    purpose: Name
    conditions: MaybeText
    reason: MaybeText
    valid_to: date
    signature: Signature


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The originator, its message, how restrictively it is marked, until when it may be held, and the consent."""

    originator: Authority
    message: Digest
    marking: Marking
    due_at: datetime
    consent: ConsentShown


def origin_of(message: ReceivedMessage) -> Origin | None:
    """Return what an accepted message says of its originator; None for the sender's own, and for a refused one."""
    if FIELD not in message.payload or message.refusal is not None:
        return None
    return read_origin(message.payload[FIELD])


def read_origin(value: Any) -> Origin:
    """Return what `write_origin` wrote.

    Raises:
        NoticeInvalid: it is not of this form.
    """
    try:
        origin = msgspec.convert(value, Origin)
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        raise NoticeInvalid(f"what the message says of its originator is not of this version: {error}") from error
    if origin.due_at.tzinfo is None:
        raise NoticeInvalid("the notice's times need a time zone")
    return origin


def write_origin(origin: Origin) -> dict[str, Any]:
    """Return the value to put under `onward`."""
    value: dict[str, Any] = msgspec.to_builtins(origin)
    return value
