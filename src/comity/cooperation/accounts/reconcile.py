"""Do our books and a partner's agree? Counts and hashes of every stream; what differs is named, and sent again if lost.

Three messages of one type under one id: the account, the other side's answer with the messages of the parts that
differ, and the differences as they were named. When the books agree there are two.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from comity.cooperation.accounts.compare import (
    MOST_DIFFERENCES,
    MOST_LISTED,
    PART,
    Account,
    Difference,
    DifferenceKind,
    LogStand,
    StreamAccount,
    account_of,
    as_record,
    differences,
    differing,
    read_account,
    read_differences,
)
from comity.cooperation.accounts.errors import AccountInvalid, PeriodInvalid
from comity.cooperation.accounts.send import RECONCILIATION, Bookkeeping, send
from comity.cooperation.accounts.store import (
    AccountState,
    Reconciliation,
    find_reconciliation,
    keep_reconciliation,
)
from comity.cooperation.exchange.store import IN, OUT
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.exchange.traffic.store import Settled, Stretch, send_again, settled_in, stretches
from comity.cooperation.ledger.append import head, root_at
from comity.cooperation.ledger.store import witnessed
from comity.cooperation.ledger.tree import EMPTY_ROOT


def open_reconciliation(
    session: Session, partner: str, books: Bookkeeping, *, since: datetime, until: datetime
) -> Reconciliation:
    """Sum up what was settled with a partner in a period and ask it to compare.

    Raises:
        PeriodInvalid: the period does not begin before it ends.
        AccountInvalid: it holds more messages than one account can.
    """
    if since >= until:
        raise PeriodInvalid
    found = stretches(session, partner, since=since, until=until)
    account = _account(session, partner, found, books)
    opened = Reconciliation(
        id=uuid.uuid4().hex,
        partner=partner,
        opened_by=books.keys.authority,
        period_from=since,
        period_to=until,
        state=AccountState.ASKED,
        messages=sum(stream.count for stream in account.streams),
        differences=[],
        at=books.clock.now(),
    )
    keep_reconciliation(session, opened)
    _send(session, opened, books, statement=as_record(account))
    return opened


def take_reconciliation(session: Session, message: ReceivedMessage, books: Bookkeeping) -> str:
    """Take an account, an answer to ours, or the differences a partner names; return the outcome.

    Raises:
        AccountInvalid: it is not of its form, or answers nothing that we asked.
    """
    known = find_reconciliation(session, message.header.subject)
    if known is not None and known.partner != message.sender:
        raise AccountInvalid("this reconciliation is with another partner", path="subject")
    if "missing" in message.payload:
        return _take_differences(session, known, read_differences(message.payload["missing"]), books)
    account = read_account(message.payload.get("statement"))
    for stream in account.streams:
        if stream.sender not in (message.sender, books.keys.authority):
            raise AccountInvalid("a stream of others is none of this account", path="streams")
    if known is None:
        return _answer(session, message, account, books)
    if known.opened_by != books.keys.authority or known.state is not AccountState.ASKED:
        raise AccountInvalid("this reconciliation was answered before", path="subject")
    return _compare(session, known, account, books)


def _answer(session: Session, message: ReceivedMessage, theirs: Account, books: Bookkeeping) -> str:
    """Answer a partner's account with ours over the same stretches, spelling out the parts that differ."""
    stretches_asked = [_stretch(stream, books) for stream in theirs.streams]
    ours = _account(session, message.sender, stretches_asked, books)
    left, streams = MOST_LISTED, []
    for one, other in zip(ours.streams, theirs.streams, strict=True):
        listed: list[tuple[int, str, str]] = []
        for first, last in differing(one, other):
            if left < PART:
                break
            rows = _rows(session, message.sender, replace(_stretch(one, books), first=first, last=last))
            listed += rows
            left -= len(rows)
        streams.append(msgspec.structs.replace(one, listed=listed))
    found = _log_differences(session, theirs, books)
    is_equal = all(not differing(one, other) for one, other in zip(ours.streams, theirs.streams, strict=True))
    kept = Reconciliation(
        id=message.header.subject,
        partner=message.sender,
        opened_by=message.sender,
        period_from=_instant(message.payload, "period_from"),
        period_to=_instant(message.payload, "period_to"),
        state=AccountState.AGREED if is_equal and not found else AccountState.DIFFERS,
        messages=sum(stream.count for stream in ours.streams),
        differences=as_record(found),
        at=books.clock.now(),
    )
    keep_reconciliation(session, kept)
    _send(session, kept, books, statement=as_record(msgspec.structs.replace(ours, streams=streams)))
    return kept.state.value


def _compare(session: Session, known: Reconciliation, theirs: Account, books: Bookkeeping) -> str:
    """Name every message on which the partner's answer differs from our books; send again what it lost."""
    ours = _account(session, known.partner, [_stretch(stream, books) for stream in theirs.streams], books)
    if sum(one.count for one in ours.streams) < known.messages:
        raise AccountInvalid("the answer leaves out some of what was asked", path="streams")
    found = _log_differences(session, theirs, books)
    is_equal = True
    for one, other in zip(ours.streams, theirs.streams, strict=True):
        for first, last in differing(one, other):
            is_equal = False
            listed = [Settled(*row) for row in other.listed if first <= row[0] <= last]
            told = account_of(one.agreement_id, one.sender, first=first, last=last, settled=listed)
            if told.parts[0] in other.parts:  # spelled out in full; what was beyond the answer's bound comes next time
                here = settled_in(session, known.partner, replace(_stretch(one, books), first=first, last=last))
                books_of = ({row.sequence: row for row in here}, {row.sequence: row for row in listed})
                found += differences(one.agreement_id, one.sender, ours=books_of[0], theirs=books_of[1])
    found = found[:MOST_DIFFERENCES]
    state = AccountState.AGREED if is_equal and not found else AccountState.DIFFERS
    keep_reconciliation(session, replace(known, state=state, differences=as_record(found), at=books.clock.now()))
    _send_lost_again(session, known.partner, found, books)
    if found:
        _send(session, known, books, missing=as_record(found))
    return state.value


def _take_differences(
    session: Session, known: Reconciliation | None, named: list[Difference], books: Bookkeeping
) -> str:
    if known is None or known.opened_by == books.keys.authority:
        raise AccountInvalid("these differences are of no account that we answered", path="subject")
    found = [one.as_the_other_sees_it() for one in named]
    kept = replace(known, state=AccountState.DIFFERS, differences=as_record(found), at=books.clock.now())
    keep_reconciliation(session, kept)
    _send_lost_again(session, known.partner, found, books)
    return "noted"


def _send_lost_again(session: Session, partner: str, found: Iterable[Difference], books: Bookkeeping) -> None:
    for one in found:
        if one.kind is DifferenceKind.MISSING_THERE and one.sender == books.keys.authority:
            send_again(session, partner, one.message_id)


def _account(session: Session, partner: str, found: Sequence[Stretch], books: Bookkeeping) -> Account:
    own, seen = head(session), witnessed(session, partner)
    return Account(
        log=LogStand(own.size, own.root.hex()),
        partner_log=LogStand(seen.size, seen.root.hex()) if seen else LogStand(0, EMPTY_ROOT.hex()),
        streams=[
            account_of(
                one.agreement_id,
                books.keys.authority if one.direction == OUT else partner,
                first=one.first,
                last=one.last,
                settled=settled_in(session, partner, one),
            )
            for one in found
        ],
    )


def _log_differences(session: Session, theirs: Account, books: Bookkeeping) -> list[Difference]:
    """Compare how far the partner saw our log with the log."""
    seen, own = theirs.partner_log, head(session)
    if seen.size <= own.size and root_at(session, seen.size).hex() == seen.root:
        return []
    ours = root_at(session, seen.size).hex() if seen.size <= own.size else ""
    return [Difference(DifferenceKind.LOG, "", books.keys.authority, seen.size, "", ours, seen.root)]


def _stretch(stream: StreamAccount, books: Bookkeeping) -> Stretch:
    direction = OUT if stream.sender == books.keys.authority else IN
    return Stretch(stream.agreement_id, direction, stream.first, stream.last)


def _rows(session: Session, partner: str, stretch: Stretch) -> list[tuple[int, str, str]]:
    return [(one.sequence, one.id, one.outcome) for one in settled_in(session, partner, stretch)]


def _instant(payload: dict[str, Any], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(str(payload.get(name)))
    except ValueError as error:
        raise AccountInvalid("a time with its zone was expected", path=name) from error
    if at.tzinfo is None:
        raise AccountInvalid("a time with its zone was expected", path=name)
    return at


def _send(session: Session, kept: Reconciliation, books: Bookkeeping, **told: Any) -> None:
    payload = {
        "period_from": kept.period_from.isoformat(),
        "period_to": kept.period_to.isoformat(),
        **told,
    }
    send(session, kept.partner, RECONCILIATION, payload, subject=kept.id, books=books)
