"""How does an originator withdraw, correct or replace what it sent, and see that it is done? A notice, chased.

A correction's replacing content goes as an ordinary message under its own agreement and clause; the notice links the
old message to the new one. It is chased until its deadline; after that it is overdue, which is shown and not hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from comity.cooperation.exchange.store import erase_sent, sent_messages
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.stewardship.errors import MessageNotSent, OutcomeDiffers, RecallInvalid, RecallUnknown
from comity.cooperation.stewardship.holdings.store import DISPOSED, HELD, Told, keep_told
from comity.cooperation.stewardship.notices import Became, RecallAnswer, read_notice
from comity.cooperation.stewardship.recalls.store import (
    IN,
    OUT,
    KeptRecall,
    Recalled,
    find_recall,
    keep_outcomes,
    keep_recall,
    note_chased,
    recalls_to_chase,
)
from comity.flows.answer_recall import WITHDRAWN, apply_recall, send_recall
from comity.flows.clearing import Clearing

KINDS = (WITHDRAWN, "correction", "supersession")
CHASED_EVERY = timedelta(days=1)  # a guess: a partner that is away is not helped by more
LONGEST_REASON = 500


def recall(
    session: Session,
    messages: Mapping[str, str | None],
    *,
    kind: str,
    reason: str,
    deadline: datetime,
    clearing: Clearing,
) -> list[KeptRecall]:
    """Withdraw, correct or replace messages: `messages` maps each to what replaces it, or None. One notice a partner.

    Raises:
        RecallInvalid: no message, no reason, an unknown kind, a deadline that has passed, or a correction without what
            replaces the message.
        MessageNotSent: a message was not sent by this node, or the replacing one not to the same partner.
    """
    now, reason = clearing.clock.now(), reason.strip()
    if kind not in KINDS or not messages or not 0 < len(reason) <= LONGEST_REASON or deadline <= now:
        raise RecallInvalid
    if any((by is None) != (kind == WITHDRAWN) for by in messages.values()):
        raise RecallInvalid("a correction or supersession names what replaces each message, a recall does not")
    sent = sent_messages(session, [*messages, *(by for by in messages.values() if by)])
    named: dict[str, list[Recalled]] = {}
    for message_id, by in sorted(messages.items()):
        if message_id not in sent or (by and (by not in sent or sent[by].partner != sent[message_id].partner)):
            raise MessageNotSent
        named.setdefault(sent[message_id].partner, []).append(Recalled(message_id, by))
    made = []
    for partner, some in sorted(named.items()):
        one = KeptRecall(OUT, partner, uuid4().hex, kind, reason, deadline, now, tuple(some))
        keep_recall(session, one)
        send_recall(session, one, clearing=clearing)
        made.append(one)
    return made


def chase(session: Session, *, clearing: Clearing) -> int:
    """Send again what is neither complete nor past its deadline; return how many notices were sent."""
    now = clearing.clock.now()
    open_ones = recalls_to_chase(session, chased_before=now - CHASED_EVERY, at=now)
    for one in open_ones:
        send_recall(session, one, clearing=clearing)
        note_chased(session, one, now)
    return len(open_ones)


def take_answer(session: Session, message: ReceivedMessage, *, clearing: Clearing) -> str:
    """Note what became of a recall at a partner, and pass it on to the originator we chased for; return the outcome.

    Raises:
        NoticeInvalid: the notice is malformed.
        RecallUnknown: it answers a recall, or names a message, that this partner was not sent.
        OutcomeDiffers: a recalled message was answered as only replaced.
    """
    answer = read_notice(message.payload, RecallAnswer)
    kept = find_recall(session, OUT, message.sender, answer.recall_id)
    named = {one.message_id: one for one in kept.messages} if kept else {}
    if kept is None or any(one.message not in named for one in answer.outcomes):
        raise RecallUnknown
    if kept.kind == WITHDRAWN and any(one.outcome == "superseded" for one in answer.outcomes):
        raise OutcomeDiffers
    outcomes = [_outcome(named[one.message], one) for one in answer.outcomes]
    answered = keep_outcomes(session, kept, outcomes, at=message.received_at)
    keep_told(session, _told(message, outcomes))
    if answered.parent is not None:
        erase_sent(session, [one.message_id for one in outcomes if one.outcome == "erased"])
        parent = find_recall(session, IN, *answered.parent)
        if parent is not None:
            apply_recall(session, parent, clearing=clearing)
    return "complete" if answered.completed_at else "open"


def _outcome(named: Recalled, became: Became) -> Recalled:
    onward = tuple(sorted((one.holder, one.outcome) for one in became.onward))
    return replace(named, outcome=became.outcome, ground=became.ground, until=became.until, onward=onward)


def _told(message: ReceivedMessage, outcomes: Sequence[Recalled]) -> list[Told]:
    """Return what the answer says of where our messages are: erased ones are disposed of, held ones are held."""
    states = {"erased": (DISPOSED, WITHDRAWN), "held": (HELD, "")}
    return [
        Told(
            one.message_id,
            message.sender,
            states[one.outcome][0],
            states[one.outcome][1] or one.ground,
            message.received_at,
            one.until,
        )
        for one in outcomes
        if one.outcome in states
    ]
