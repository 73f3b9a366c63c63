"""What has to be disposed of today, and who is told? The end of the retention clock, on both sides.

What is due is erased in the features' tables and in the ledger (salt and statement; leaf and proofs stay), logged, and
told to the partner it came from, in one transaction: a node that stops in between has done all of it or nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from comity.cooperation.agreements.store import list_agreements
from comity.cooperation.exchange.store import delivered_before, sent_messages
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.ledger.append import NewEntry, append
from comity.cooperation.stewardship.errors import HoldInvalid, MessageNotHeld, MessageNotSent
from comity.cooperation.stewardship.holdings.store import (
    DISPOSED,
    HELD,
    Holding,
    LegalHold,
    Told,
    answered,
    due_holdings,
    find_holding,
    keep_told,
    lift_hold,
    mark_disposed,
    place_hold,
    told_of,
)
from comity.cooperation.stewardship.notices import (
    DISPOSAL_RECEIPT,
    LEGAL_HOLD,
    Disposal,
    DisposalReceipt,
    read_notice,
    write_notice,
)
from comity.cooperation.stewardship.notices import LegalHold as HoldNotice
from comity.cooperation.stewardship.retention import apply_amendments
from comity.features.mirror.store import retire_imports
from comity.flows.clearing import Clearing
from comity.flows.partner_content import erase_everywhere
from comity.flows.tell_partner import tell
from comity.foundation.canonical_json import canonical_json

DISPOSED_AT_ONCE = 500  # messages in one transaction; a guess: a second's work, other writers wait no longer
RECEIPT_GRACE = timedelta(days=7)  # a guess: a partner's nightly chore, and a few days during which it is away
LONGEST_CASE, LONGEST_REASON = 100, 500


@dataclass(frozen=True, slots=True)
class Case:
    """For what a record is kept longer: the case's name, the reason, the last day (UTC), and who decided."""

    name: str
    reason: str
    until: date
    officer: str


@dataclass(frozen=True, slots=True)
class OwedReceipt:
    """A message of ours whose retention ended at a partner that has not told us of its disposal."""

    message_id: str
    partner: str
    agreement_id: str
    message_type: str
    due_at: datetime


def dispose_due(session: Session, *, clearing: Clearing, limit: int = DISPOSED_AT_ONCE) -> dict[str, int]:
    """Dispose of what is due, the longest due first, at most `limit`; return how many messages, by partner."""
    apply_amendments(session, clearing.clock.now())
    due = due_holdings(session, clearing.clock.now(), limit=limit, locked=True)
    for is_refused, some in groupby(sorted(due, key=_is_refused), key=_is_refused):
        retire_imports(session, sorted(dispose(session, [*some], rule=_rule(is_refused), clearing=clearing)))
    return dict(Counter(holding.partner for holding in due))


def dispose(session: Session, holdings: Sequence[Holding], *, rule: str, clearing: Clearing) -> frozenset[str]:
    """Erase the content of messages, log it, and tell who sent them; return the imports whose evidence they were."""
    at, ids = clearing.clock.now(), [holding.message_id for holding in holdings]
    if not ids:
        return frozenset()
    affected = frozenset[str]().union(*(erase_everywhere(session, holding) for holding in holdings))
    mark_disposed(session, ids, rule=rule, at=at)
    append(session, [_entry(holding, rule, at) for holding in holdings], clearing.clock)
    ordered = sorted(holdings, key=lambda holding: holding.partner)
    for partner, some in groupby(ordered, key=lambda holding: holding.partner):
        disposals = [Disposal(one.message_id, at, rule, one.clause) for one in some]  # type: ignore[arg-type]
        receipt = write_notice(DisposalReceipt(disposals))
        tell(session, partner, DISPOSAL_RECEIPT, receipt, subject=f"disposal-{at:%Y%m%dT%H%M%S}", clearing=clearing)
    return affected


def take_receipt(session: Session, message: ReceivedMessage) -> str:
    """Note what a partner disposed of; return the business outcome.

    Raises:
        NoticeInvalid: the notice is malformed.
        MessageNotSent: it names a message that was not sent to this partner.
    """
    receipt = read_notice(message.payload, DisposalReceipt)
    _check_sent(session, message.sender, [one.message for one in receipt.disposals])
    keep_told(
        session,
        [Told(one.message, message.sender, DISPOSED, one.rule, one.at) for one in receipt.disposals],
    )
    return "noted"


def hold(session: Session, message_id: str, *, case: Case, clearing: Clearing) -> int:
    """Keep a received message for a case beyond its retention, and tell who sent it; return the hold's number.

    Raises:
        HoldInvalid: no case, no reason, or a day that has passed.
        MessageNotHeld: its content is not here (any more).
    """
    now, name, reason = clearing.clock.now(), case.name.strip(), case.reason.strip()
    if not (0 < len(name) <= LONGEST_CASE and 0 < len(reason) <= LONGEST_REASON) or case.until < now.date():
        raise HoldInvalid
    holding = find_holding(session, message_id)
    if holding.disposed_at is not None:
        raise MessageNotHeld
    placed = LegalHold(0, message_id, name, reason, case.until, case.officer, now)
    number = place_hold(session, placed)
    _tell_hold(session, holding, replace(placed, id=number), case.until, clearing=clearing)
    return number


def lift(session: Session, hold_id: int, *, officer: str, clearing: Clearing) -> LegalHold:
    """End a legal hold and tell who sent the message; it falls due again as before.

    Raises:
        HoldUnknown: no hold with this number is in force.
    """
    lifted = lift_hold(session, hold_id, officer=officer, at=clearing.clock.now())
    _tell_hold(session, find_holding(session, lifted.message_id), lifted, None, clearing=clearing)
    return lifted


def take_hold(session: Session, message: ReceivedMessage) -> str:
    """Note that a partner holds a message of ours longer, or no longer; return the business outcome.

    Raises:
        NoticeInvalid: the notice is malformed.
        MessageNotSent: it names a message that was not sent to this partner.
    """
    notice = read_notice(message.payload, HoldNotice)
    _check_sent(session, message.sender, [notice.message])
    told = told_of(session, [notice.message]).get(notice.message)
    if told is not None and told.state == DISPOSED:
        return "known"
    until = notice.until or message.received_at.date() - timedelta(days=1)
    keep_told(session, [Told(notice.message, message.sender, HELD, notice.ground, notice.placed_at, until)])
    return "noted"


def owed_receipts(session: Session, *, clearing: Clearing, limit: int = 1_000) -> list[OwedReceipt]:
    """Return what partners should have disposed of and have not told us of, the longest due first.

    Computed from the outbox and the clauses; where two clauses cover a message, the longer retention counts.
    """
    now, owed = clearing.clock.now(), []
    for (agreement_id, message_type), days in sorted(_longest_retention(session, clearing.authority).items()):
        period = timedelta(days=days)
        before = now - period - RECEIPT_GRACE
        delivered = delivered_before(
            session, agreement_id, message_type, before=before, excluding=answered(now), limit=limit
        )
        owed += [
            OwedReceipt(message_id, partner, agreement_id, message_type, receipt_at + period)
            for message_id, partner, receipt_at in delivered
        ]
    return sorted(owed, key=lambda one: (one.due_at, one.message_id))[:limit]


def _longest_retention(session: Session, own: str) -> dict[tuple[str, str], int]:
    longest: dict[tuple[str, str], int] = {}
    for stored in list_agreements(session):
        for clause in stored.agreement.clauses:
            for message_type in clause.message_types if own in stored.agreement.senders_under(clause) else ():
                key = (stored.agreement.id, message_type)
                longest[key] = max(longest.get(key, 0), clause.retention_days)
    return longest


def _check_sent(session: Session, partner: str, ids: Sequence[str]) -> None:
    sent = sent_messages(session, ids)
    if any(one not in sent or sent[one].partner != partner for one in ids):
        raise MessageNotSent


def _tell_hold(
    session: Session, holding: Holding, placed: LegalHold, until: date | None, *, clearing: Clearing
) -> None:
    append(session, [_hold_entry(placed, until)], clearing.clock)
    notice = HoldNotice(holding.message_id, placed.reason, placed.placed_at, until)
    tell(session, holding.partner, LEGAL_HOLD, write_notice(notice), subject=f"hold-{placed.id}", clearing=clearing)


def _entry(holding: Holding, rule: str, at: datetime) -> NewEntry:
    statement = {
        "message": holding.message_id,
        "originator": holding.originator,
        "agreement": holding.agreement_id,
        "clause": holding.clause,
        "rule": rule,
        "at": at.isoformat(),
    }
    return NewEntry("disposal", holding.message_id, canonical_json(statement))


def _hold_entry(placed: LegalHold, until: date | None) -> NewEntry:
    statement = {
        "message": placed.message_id,
        "case": placed.case_name,
        "officer": placed.officer,
        "until": until.isoformat() if until else None,
    }
    return NewEntry("legal-hold", placed.message_id, canonical_json(statement))


def _is_refused(holding: Holding) -> bool:
    return holding.refusal is not None


def _rule(is_refused: bool) -> str:  # noqa: FBT001 - the key that groupby gives
    return "refused" if is_refused else "retention"
