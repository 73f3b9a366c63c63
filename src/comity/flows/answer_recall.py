"""What does a holder do with a recall? Erase or replace here, chase onward holders, and answer for every message.

A notice may come again (the originator chases) and may name messages that have not come yet: applying it is idempotent,
and every application is answered with what is true then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from sqlalchemy.orm import Session

from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.stewardship.consents.store import onward_holders
from comity.cooperation.stewardship.errors import RecallChanged
from comity.cooperation.stewardship.holdings.store import Holding, holdings_of, holds_in_force, mark_superseded
from comity.cooperation.stewardship.notices import (
    RECALL,
    RECALL_ANSWER,
    Became,
    Named,
    Onward,
    Recall,
    RecallAnswer,
    read_notice,
    write_notice,
)
from comity.cooperation.stewardship.recalls.store import (
    IN,
    OUT,
    KeptRecall,
    Recalled,
    children_of,
    find_recall,
    keep_outcomes,
    keep_recall,
)
from comity.features.mirror.store import find_export
from comity.flows.clearing import Clearing
from comity.flows.decide_lane import MOST_DECIDED_AGAIN, decide_again
from comity.flows.dispose_expired import dispose
from comity.flows.match_record import match_export
from comity.flows.partner_content import withdraw_from_features
from comity.flows.tell_partner import tell

WITHDRAWN = "recall"


def take_recall(session: Session, message: ReceivedMessage, *, clearing: Clearing) -> str:
    """Do what a partner's recall asks, as far as it names messages of that partner; return the business outcome.

    Raises:
        NoticeInvalid: the notice is malformed.
        RecallChanged: an earlier notice with this id said something else.
    """
    notice = read_notice(message.payload, Recall)
    named = {one.message: one.replaced_by for one in notice.messages}
    kept = find_recall(session, IN, message.sender, notice.recall_id)
    if kept is None:
        kept = KeptRecall(
            direction=IN,
            partner=message.sender,
            id=notice.recall_id,
            kind=notice.kind,
            reason=notice.reason,
            deadline=notice.deadline,
            created_at=message.received_at,
            messages=tuple(Recalled(each, by) for each, by in sorted(named.items())),
        )
        keep_recall(session, kept)
    elif kept.kind != notice.kind or {one.message_id: one.replaced_by for one in kept.messages} != named:
        raise RecallChanged
    return "complete" if apply_recall(session, kept, clearing=clearing).completed_at else "open"


def apply_recall(session: Session, recall: KeptRecall, *, clearing: Clearing) -> KeptRecall:
    """Erase or replace what a received recall names, chase onward holders, and answer the originator."""
    held = {
        message_id: holding
        for message_id, holding in holdings_of(session, [one.message_id for one in recall.messages]).items()
        if holding.partner == recall.partner
    }
    here = _take_effect(session, recall, held, clearing=clearing)
    _chase_onward(session, recall, list(held), clearing=clearing)
    onward = _onward_outcomes(session, recall)
    outcomes = [replace(one, onward=tuple(sorted(onward.get(one.message_id, {}).items()))) for one in here]
    applied = keep_outcomes(session, recall, outcomes, at=clearing.clock.now())
    answer = RecallAnswer(recall.id, [_became(one) for one in applied.messages])
    tell(session, recall.partner, RECALL_ANSWER, write_notice(answer), subject=f"recall-{recall.id}", clearing=clearing)
    return applied


def _take_effect(
    session: Session, recall: KeptRecall, held: dict[str, Holding], *, clearing: Clearing
) -> list[Recalled]:
    now = clearing.clock.now()
    holds = {one.message_id: one for one in holds_in_force(session, now, held)}
    outcomes, erased, affected = [], [], frozenset[str]()
    for one in recall.messages:
        holding, hold = held.get(one.message_id), holds.get(one.message_id)
        if holding is None:
            outcomes.append(replace(one, outcome="unknown", ground="", until=None))
        elif holding.disposed_at is not None:
            outcomes.append(replace(one, outcome="erased", ground="", until=None))
        elif recall.kind != WITHDRAWN:
            evidence_of = withdraw_from_features(session, holding)
            affected |= frozenset() if _is_awaited(session, one.replaced_by) else evidence_of
            if holding.superseded_at is None:
                mark_superseded(session, one.message_id, by=one.replaced_by, at=now)
            outcomes.append(replace(one, outcome="superseded", ground="", until=None))
        elif hold is not None:
            outcomes.append(replace(one, outcome="held", ground=hold.reason, until=hold.until))
        else:
            erased.append(holding)
            outcomes.append(replace(one, outcome="erased", ground="", until=None))
    affected |= dispose(session, erased, rule="recall", clearing=clearing)
    _decide_anew(session, recall, affected, clearing=clearing)
    return outcomes


def _is_awaited(session: Session, replaced_by: str | None) -> bool:
    """Claim that the replacing record is still on its way: lanes are decided when it comes, not on its absence."""
    return replaced_by is not None and find_export(session, replaced_by) is None


def _decide_anew(session: Session, recall: KeptRecall, affected: frozenset[str], *, clearing: Clearing) -> None:
    """Pair the replacing records that are here already, and decide the lanes whose evidence changed."""
    for replacement in sorted({one.replaced_by for one in recall.messages if one.replaced_by}):
        export = find_export(session, replacement)
        if export is not None and export.partner == recall.partner:
            affected |= match_export(session, export.mirror, clearing=clearing).touched
    decide_again(session, sorted(affected)[:MOST_DECIDED_AGAIN], clearing=clearing)


def _chase_onward(session: Session, recall: KeptRecall, held: Sequence[str], *, clearing: Clearing) -> None:
    """Send the same notice to every onward holder that has not got it yet; the chasing chore repeats it."""
    told = {
        (child.partner, one.message_id)
        for child in children_of(session, recall.partner, recall.id)
        for one in child.messages
    }
    missing: dict[str, list[Recalled]] = {}
    for holder in onward_holders(session, held):
        if (holder.holder, holder.onward_id) not in told:
            missing.setdefault(holder.holder, []).append(Recalled(holder.onward_id))
    for partner, messages in sorted(missing.items()):
        child = KeptRecall(
            direction=OUT,
            partner=partner,
            id=uuid4().hex,
            kind=recall.kind,
            reason=recall.reason,
            deadline=recall.deadline,
            created_at=clearing.clock.now(),
            messages=tuple(messages),
            parent=(recall.partner, recall.id),
        )
        keep_recall(session, child)
        send_recall(session, child, clearing=clearing)


def send_recall(session: Session, recall: KeptRecall, *, clearing: Clearing) -> None:
    """Queue the notice of a recall that is kept."""
    named = [Named(one.message_id, one.replaced_by) for one in recall.messages]
    notice = Recall(recall.id, recall.kind, named, recall.reason, recall.deadline)  # type: ignore[arg-type]
    tell(session, recall.partner, RECALL, write_notice(notice), subject=f"recall-{recall.id}", clearing=clearing)


def _onward_outcomes(session: Session, recall: KeptRecall) -> dict[str, dict[str, str]]:
    """Return what became of each message at each onward holder, as far as the holders have answered."""
    children = children_of(session, recall.partner, recall.id)
    told = {(child.partner, one.message_id): one.outcome or "chased" for child in children for one in child.messages}
    outcomes: dict[str, dict[str, str]] = {}
    for holder in onward_holders(session, [one.message_id for one in recall.messages]):
        became = told.get((holder.holder, holder.onward_id))
        if became is not None:
            outcomes.setdefault(holder.message_id, {})[holder.holder] = became
    return outcomes


def _became(one: Recalled) -> Became:
    onward = [Onward(holder, outcome) for holder, outcome in one.onward]  # type: ignore[arg-type]
    return Became(one.message_id, one.outcome or "unknown", one.ground, one.until, onward)  # type: ignore[arg-type]
