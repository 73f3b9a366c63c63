"""What becomes of each message of a batch? In order: addressed, chained, admitted, taken by its handler.

All are taken in one savepoint first, and messages of one type in one call where their handler can: that is what makes a
batch cheap. When a handler fails, everything is undone and the batch is taken again, message by message, each in a
savepoint of its own, so that one bad message costs the others nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.permissions import Question
from comity.cooperation.agreements.release import Received, admit
from comity.cooperation.exchange.batch import Result
from comity.cooperation.exchange.envelope import Header
from comity.cooperation.exchange.errors import (
    ChainBroken,
    ClockSkewed,
    ExchangeError,
    MessageExpired,
    MessageWithheld,
    RecipientWrong,
    SenderWrong,
    TypeUnknown,
)
from comity.cooperation.exchange.operation.stuck import MessageSkipped, note_failure
from comity.cooperation.exchange.store import IN, Peer, lock_stream
from comity.cooperation.exchange.traffic.store import is_lost
from comity.cooperation.identity.keys import NodeKeys
from comity.foundation.errors import ComityError

STORED: Result = "stored"
REFUSED: Result = "refused"
AGAIN: Result = "again"
INTERNAL = "exchange.receiver-failed"
_NODE_FAILED = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message that was verified and admitted, for the flow that takes it."""

    header: Header
    payload: dict[str, Any]
    message_id: str
    sender: str
    received_at: datetime
    refusal: str | None = None


Handler = Callable[[Session, ReceivedMessage], str]
"""Takes a message in the inbox's transaction and returns the business outcome, a word; a `ComityError` refuses it."""

Keeper = Callable[[Session, Sequence[ReceivedMessage]], None]
"""Is told once a batch, in the inbox's transaction, of every message that was stored or refused for good."""


@dataclass(frozen=True, slots=True)
class Together:
    """A handler that takes many messages of its type at once, in order, and returns one outcome for each."""

    take: Callable[[Session, Sequence[ReceivedMessage]], list[str]]

    def __call__(self, session: Session, message: ReceivedMessage) -> str:
        """Take one message."""
        return self.take(session, [message])[0]


@dataclass(slots=True)
class Taken:
    """A message that was opened and verified, on its way through: what it got so far."""

    id: str
    header: Header
    payload: dict[str, Any]
    jws: bytes
    result: Result = AGAIN
    outcome: str = INTERNAL
    missing: int | None = None


@dataclass(slots=True)
class Run:
    """The state of one batch."""

    session: Session
    peer: Peer
    keys: NodeKeys
    now: datetime
    handlers: Mapping[str, Handler]
    skew: timedelta
    fresh: list[Taken] = field(default_factory=list)
    skipped: frozenset[str] = frozenset()
    streams: dict[str, tuple[int, str]] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)
    decisions: list[dict[str, Any]] = field(default_factory=list)

    def last_of(self, agreement_id: str) -> tuple[int, str]:
        """Return the last sequence and id of the partner's stream."""
        if agreement_id not in self.streams:
            self.streams[agreement_id] = lock_stream(self.session, self.peer.authority, agreement_id, IN)
            self.begun[agreement_id] = self.streams[agreement_id][0]
        return self.streams[agreement_id]

    def move_on(self, one: Taken) -> None:
        """Note that a message is the last of its stream, unless it was lost and came again."""
        if one.header.sequence > self.last_of(one.header.agreement_id)[0]:
            self.streams[one.header.agreement_id] = (one.header.sequence, one.id)


def take_all(run: Run) -> None:
    """Take the messages of a batch that were opened and are not known yet; what each got is written into it."""
    try:
        with run.session.begin_nested():
            _take_together(run)
    except Exception as error:  # noqa: BLE001 - whatever a handler raised, it is raised again for its own message
        log.info("exchange.batch-taken-singly partner=%s because=%s", run.peer.authority, type(error).__name__)
        run.streams.clear()
        run.decisions.clear()
        for one in run.fresh:
            one.result, one.outcome, one.missing = AGAIN, INTERNAL, None
            _take_singly(run, one)


def _take_together(run: Run) -> None:
    """Take every message, consecutive ones of a type that allows it in one call; what a handler raises goes through."""
    waiting: list[Taken] = []
    for one in run.fresh:
        if waiting and not _go_together(run, waiting[0], one):
            _hand_over(run, waiting)
            waiting = []
        if _is_admitted(run, one):
            waiting.append(one)
        if waiting[-1:] == [one] or one.result == REFUSED:
            run.move_on(one)
    if waiting:
        _hand_over(run, waiting)


def _go_together(run: Run, first: Taken, following: Taken) -> bool:
    """Claim that one call takes both: a handler may change what the next message is judged by, a `Together` not."""
    return first.header.type == following.header.type and isinstance(run.handlers[first.header.type], Together)


def _hand_over(run: Run, taken: Sequence[Taken]) -> None:
    messages = [received(run, one) for one in taken]
    handler = run.handlers[messages[0].header.type]
    if isinstance(handler, Together):
        outcomes = handler.take(run.session, messages)
    else:
        outcomes = [handler(run.session, message) for message in messages]
    for one, outcome in zip(taken, outcomes, strict=True):
        one.result, one.outcome = STORED, outcome


def _take_singly(run: Run, one: Taken) -> None:
    """Take one message; what its handler changes is in a savepoint.

    A `ComityError` is the business's refusal, final, and the stream goes on. A node's own failure (status 500 and
    above, or any other exception) is temporary: nothing is kept, and the stream waits for this message.
    """
    try:
        if _is_admitted(run, one):
            with run.session.begin_nested():
                _hand_over(run, [one])
    except Exception as error:
        if not isinstance(error, ComityError) or error.status >= _NODE_FAILED:
            log.exception("exchange.receiver-failed message=%s", one.id)
            note_failure(run.session, one.header, one.id, at=run.now)
            one.result, one.outcome = AGAIN, INTERNAL
            return
        one.result, one.outcome = REFUSED, error.code
    if one.result != AGAIN:
        run.move_on(one)


def _is_admitted(run: Run, one: Taken) -> bool:
    """Claim that a message may be given to its handler; else it got its refusal."""
    try:
        _check_addresses(one.header, run)
        _check_chain(one.header, run)
    except MessageWithheld as withheld:
        one.outcome, one.missing = withheld.code, run.last_of(one.header.agreement_id)[0] + 1
        return False
    except ExchangeError as error:
        one.outcome = error.code
        return False
    try:
        _check_agreement(one, run)
    except ComityError as error:
        one.result, one.outcome = REFUSED, error.code
        return False
    return True


def received(run: Run, one: Taken) -> ReceivedMessage:
    """Return a message as a flow gets it, with the refusal that it got."""
    refusal = one.outcome if one.result == REFUSED else None
    return ReceivedMessage(one.header, one.payload, one.id, one.header.sender, run.now, refusal)


def _check_addresses(header: Header, run: Run) -> None:
    if header.recipient != run.keys.authority:
        raise RecipientWrong(f"the message is addressed to {header.recipient}, this is {run.keys.authority}")
    if header.sender != run.peer.authority:
        raise SenderWrong
    if header.created > run.now + run.skew:
        raise ClockSkewed


def _check_chain(header: Header, run: Run) -> None:
    last, last_id = run.last_of(header.agreement_id)
    if header.sequence > last + 1:
        raise MessageWithheld(f"message {last + 1} of this stream is missing; send it first")
    if header.sequence <= run.begun[header.agreement_id]:
        place = (run.session, run.peer.authority, header.agreement_id)
        if is_lost(*place, sequence=header.sequence, previous=header.previous_hash):
            return
    if header.sequence <= last or header.previous_hash != last_id:
        raise ChainBroken


def _check_agreement(one: Taken, run: Run) -> None:
    """Refuse a message that may not be taken in; the decision is kept, whatever the handler does."""
    header = one.header
    if header.expires < run.now:
        raise MessageExpired
    if one.id in run.skipped:
        raise MessageSkipped
    if header.type not in run.handlers:
        raise TypeUnknown(f"this node does not take messages of type {header.type}")
    question = Question(header.sender, header.recipient, header.data_class, header.type, header.purpose)
    named = (header.agreement_id, header.agreement_hash, header.clause, header.marking)
    received = Received(question, *named, one.id, header.created)
    admit(run.session, received=received, payload=one.payload, at=run.now, decisions=run.decisions)
