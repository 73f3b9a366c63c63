"""Which messages went nowhere, and what may a person do? Release anew, give up, or skip; each is signed in the log.

A message that the partner refused for good is not sent again: its stream has moved on. Released anew, the same payload
is a new message, decided under the agreement as it is now.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange import jws
from comity.cooperation.exchange.envelope import read_message
from comity.cooperation.exchange.errors import ExchangeError
from comity.cooperation.exchange.operation.store import (
    MOST_LISTED,
    RefusedMessage,
    StuckStream,
    find_refused,
    find_stuck,
    mark_skipped,
    refused_messages,
    settle_refused,
    stuck_streams,
)
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import MessageState
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.append import NewEntry, append
from comity.foundation.canonical_json import canonical_json
from comity.foundation.clock import Clock

DEAD_LETTER = "dead-letter"
"""The kind of the ledger entry that each decision becomes."""
DECISION_TYPE = "comity-dead-letter.v1+jws"
SHORTEST_REASON, LONGEST_REASON = 10, 500


class DeadLetterUnknown(ExchangeError):
    """No such message is refused or stuck here; it was settled already, or never was one."""

    code = "exchange.dead-letter-unknown"
    status = 404


class DeadLetterReasonMissing(ExchangeError):
    """Say in 10 to 500 characters why: the reason is signed and stays in the log."""

    code = "exchange.dead-letter-reason-missing"
    status = 422


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message that went nowhere: ours that the partner refused (`theirs`), or a partner's that we fail at (`ours`).

    `side` is where the fault is; `code` the refusal; `tries` how often we failed at it.
    """

    id: str
    side: str
    partner: str
    agreement_id: str
    sequence: int
    subject: str
    type: str
    code: str
    since: datetime
    tries: int

    def as_json(self) -> dict[str, Any]:
        """Return the dead letter for a machine."""
        return asdict(self)


def dead_letters(session: Session, partner: str | None = None) -> list[DeadLetter]:
    """Return what went nowhere, oldest first; the first 500 of each kind."""
    refused = [_refused(one) for one in refused_messages(session, partner, most=MOST_LISTED)]
    return sorted([*refused, *(_stuck(one) for one in stuck_streams(session, partner))], key=lambda one: one.since)


def find_dead_letter(session: Session, message_id: str) -> DeadLetter:
    """Return one of them.

    Raises:
        DeadLetterUnknown: none of that id.
    """
    refused, stuck = find_refused(session, message_id), find_stuck(session, message_id)
    if refused is not None:
        return _refused(refused)
    if stuck is not None:
        return _stuck(stuck)
    raise DeadLetterUnknown


def release_anew(session: Session, message_id: str, *, officer: str, keys: NodeKeys, clock: Clock) -> str:
    """Send the payload of a refused message as a new message; return its id.

    Raises:
        DeadLetterUnknown: the partner has refused no such message.
        ReleaseRefused: no agreement lets it leave now.
    """
    refused = find_refused(session, message_id)
    if refused is None:
        raise DeadLetterUnknown
    header, payload, _ = read_message(refused.jws, sender=keys.public, ever=True)
    request = ReleaseRequest(
        recipient=header.recipient,
        message_type=header.type,
        data_class=header.data_class,
        purpose=header.purpose,
        subject=header.subject,
        payload=payload,
    )
    released = release(session, request=request, sender=keys.authority, clock=clock)
    message = enqueue(session, released, keys=keys, clock=clock)
    settle_refused(session, message_id, MessageState.RELEASED_ANEW)
    _log(session, refused.subject, {"message": message_id, "officer": officer, "anew": message.id}, keys, clock)
    return message.id


def give_up(session: Session, message_id: str, *, officer: str, reason: str, keys: NodeKeys, clock: Clock) -> None:
    """Let a refused message rest, with the reason.

    Raises:
        DeadLetterUnknown: the partner has refused no such message.
        DeadLetterReasonMissing: the reason is too short or too long.
    """
    refused = find_refused(session, message_id)
    if refused is None:
        raise DeadLetterUnknown
    settle_refused(session, message_id, MessageState.GIVEN_UP)
    _log(session, refused.subject, _why(message_id, "give-up", officer, reason), keys, clock)


def skip(session: Session, message_id: str, *, officer: str, reason: str, keys: NodeKeys, clock: Clock) -> None:
    """Refuse for good a partner's message that this node fails at, when it comes again; its stream goes on behind it.

    Raises:
        DeadLetterUnknown: this node fails at no such message.
        DeadLetterReasonMissing: the reason is too short or too long.
    """
    if find_stuck(session, message_id) is None:
        raise DeadLetterUnknown
    told = _why(message_id, "skip", officer, reason)
    mark_skipped(session, message_id, at=clock.now())
    _log(session, message_id, told, keys, clock)


def _why(message_id: str, action: str, officer: str, reason: str) -> dict[str, str]:
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise DeadLetterReasonMissing(path="reason")
    return {"message": message_id, "action": action, "officer": officer, "reason": reason.strip()}


def _log(session: Session, subject: str, told: dict[str, str], keys: NodeKeys, clock: Clock) -> None:
    statement = jws.sign(canonical_json({"action": "release-anew"} | told), typ=DECISION_TYPE, keys=keys)
    append(session, [NewEntry(DEAD_LETTER, subject, statement)], clock)


def _refused(one: RefusedMessage) -> DeadLetter:
    return DeadLetter(
        one.id, "theirs", one.partner, one.agreement_id, one.sequence, one.subject, one.type, one.code, one.since, 1
    )


def _stuck(one: StuckStream) -> DeadLetter:
    return DeadLetter(
        id=one.message_id,
        side="ours",
        partner=one.partner,
        agreement_id=one.agreement_id,
        sequence=one.sequence,
        subject=one.subject,
        type=one.type,
        code="exchange.message-skipped" if one.is_skipped else "exchange.receiver-failed",
        since=one.first_at,
        tries=one.tries,
    )
