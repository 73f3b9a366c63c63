"""How does a reciprocity statement come about? One proposes, the other recomputes; co-signs or differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from comity.cooperation.accounts.errors import AccountInvalid, PeriodInvalid, StatementInvalid, StatementUnknown
from comity.cooperation.accounts.reciprocity import (
    Given,
    differences_between,
    instant_of,
    is_signed_by,
    sign_statement,
    statement_file,
    statement_of,
)
from comity.cooperation.accounts.send import RECIPROCITY, Bookkeeping, send
from comity.cooperation.accounts.store import AccountState, Reciprocity, find_reciprocity, keep_reciprocity
from comity.cooperation.agreements.store import find_agreement
from comity.cooperation.exchange.batch import Receipt, decode
from comity.cooperation.exchange.jws import peek
from comity.cooperation.exchange.store import IN, OUT, find_peer
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.exchange.traffic.store import (
    ROWS_AT_ONCE,
    STORED,
    Passage,
    passages,
    receipts_by_id,
    signed_messages,
)
from comity.cooperation.ledger.store import entries_about

# Message type -> the field in which it names the message that it answers.
ANSWERS: Mapping[str, str] = {"examination-result.v1": "export_message_id"}


def propose_statement(
    session: Session, agreement_id: str, partner: str, books: Bookkeeping, *, period_from: date, period_to: date
) -> Reciprocity:
    """Compute and sign the statement of a period that is over, and ask the partner to co-sign it.

    Raises:
        PeriodInvalid: the period is empty or not over.
        AgreementUnknown: no such agreement; AccountInvalid: the partner is no party to it.
    """
    made = _computed(session, agreement_id, partner, books, period_from=period_from, period_to=period_to)
    keep_reciprocity(session, made)
    _send(session, made, books)
    return made


def take_statement(session: Session, message: ReceivedMessage, books: Bookkeeping) -> str:
    """Recompute a statement that a partner signed; co-sign it when it is equal, else keep where it differs.

    Raises:
        PeriodInvalid, AgreementUnknown, AccountInvalid: as `propose_statement`.
        StatementInvalid: the partner did not sign what it sent.
    """
    told = message.payload
    theirs = told.get("statement")
    period = _day(told, "period_from"), _day(told, "period_to")
    signatures = told.get("signatures")
    if not isinstance(theirs, dict) or not isinstance(signatures, list) or len(signatures) > 2:
        raise AccountInvalid("a statement with its signatures was expected", path="statement")
    partner = find_peer(session, message.sender).identity
    signature = next((one for one in signatures if is_signed_by(theirs, one, partner)), None)
    if signature is None:
        raise StatementInvalid("the sender did not sign the statement it sent")
    agreement_id = str(told.get("agreement_id"))
    before = find_reciprocity(session, agreement_id, message.sender, period_from=period[0], period_to=period[1])
    made = _computed(session, agreement_id, message.sender, books, period_from=period[0], period_to=period[1])
    found = differences_between(made.statement, theirs)
    state = AccountState.DIFFERS if found else AccountState.COSIGNED
    both = made.signatures if found else [*made.signatures, signature]
    made = replace(made, state=state, signatures=both, differences=found)
    keep_reciprocity(session, made)
    knows_ours = before is not None and before.state is AccountState.PROPOSED
    if not knows_ours and len(signatures) == 1:
        _send(session, made, books)
    return state.value


def statement_as_file(
    session: Session, agreement_id: str, partner: str, books: Bookkeeping, *, period_from: date, period_to: date
) -> dict[str, Any]:
    """Return the co-signed statement as one file.

    Raises:
        StatementUnknown: there is none yet.
        StatementInvalid: the two sides differ; the message names where.
    """
    kept = find_reciprocity(session, agreement_id, partner, period_from=period_from, period_to=period_to)
    if kept is None or kept.state is AccountState.PROPOSED:
        raise StatementUnknown
    if kept.state is not AccountState.COSIGNED:
        raise StatementInvalid("the two sides differ: " + "; ".join(kept.differences[:5]))
    parties = [books.keys.public, find_peer(session, partner).identity]
    return statement_file(kept.statement, kept.signatures, parties)


def _computed(
    session: Session, agreement_id: str, partner: str, books: Bookkeeping, *, period_from: date, period_to: date
) -> Reciprocity:
    if not period_from < period_to <= books.clock.now().date():
        raise PeriodInvalid
    if partner not in find_agreement(session, agreement_id).agreement.parties:
        raise AccountInvalid(f"{partner} is no party to {agreement_id}", path="agreement_id")
    since, until = instant_of(period_from), instant_of(period_to)
    given = {books.keys.authority: Given(), partner: Given()}
    for direction, party in ((OUT, books.keys.authority), (IN, partner)):
        found = passages(session, partner, (agreement_id, direction), since=since, until=until)
        _count(session, given[party], _received_within(found, since, until), direction)
    statement = statement_of(agreement_id, given, period_from=period_from, period_to=period_to)
    return Reciprocity(
        agreement_id=agreement_id,
        partner=partner,
        period_from=period_from,
        period_to=period_to,
        state=AccountState.PROPOSED,
        statement=statement,
        signatures=[sign_statement(statement, books.keys)],
        differences=[],
        at=books.clock.now(),
    )


def _received_within(found: Iterable[Passage], since: datetime, until: datetime) -> Iterable[tuple[Passage, datetime]]:
    """Yield the messages whose receipt says that they came in the period: the one time that both sides hold."""
    for one in found:
        received = _received(one.receipt)
        if since <= received < until:
            yield one, received


def _count(session: Session, given: Given, found: Iterable[tuple[Passage, datetime]], direction: str) -> None:
    answers: dict[str, tuple[str, datetime]] = {}
    for one, received in found:
        given.messages[one.type, one.outcome] += 1
        if one.type in ANSWERS and one.outcome == STORED:
            answers[one.id] = one.type, received
    asked = _answered_by(session, answers, direction)
    receipts = receipts_by_id(session, list(asked.values()))
    for answer_id, asked_id in asked.items():
        if asked_id in receipts:
            given.waited.append(answers[answer_id][1] - _received(receipts[asked_id]))


def _answered_by(session: Session, answers: Mapping[str, tuple[str, datetime]], direction: str) -> dict[str, str]:
    """Return which message each answer names, read from the signed messages: ours kept, the partner's logged."""
    ids = list(answers)
    if direction == OUT:
        signed = _in_parts(ids, lambda some: signed_messages(session, some))
    else:
        signed = _in_parts(
            ids, lambda some: {one.subject: one.statement for one in entries_about(session, some) if one.statement}
        )
    found = {}
    for answer_id, jws in signed.items():
        named = msgspec.json.decode(peek(jws))["payload"].get(ANSWERS[answers[answer_id][0]])
        if isinstance(named, str):
            found[answer_id] = named
    return found


def _in_parts(ids: Sequence[str], read: Callable[[Sequence[str]], dict[str, bytes]]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for start in range(0, len(ids), ROWS_AT_ONCE):
        found.update(read(ids[start : start + ROWS_AT_ONCE]))
    return found


def _received(receipt: bytes) -> datetime:
    return decode(peek(receipt), Receipt).received


def _day(told: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(str(told.get(name)))
    except ValueError as error:
        raise AccountInvalid("a day was expected (2026-03-01)", path=name) from error


def _send(session: Session, made: Reciprocity, books: Bookkeeping) -> None:
    payload = {
        "agreement_id": made.agreement_id,
        "period_from": made.period_from.isoformat(),
        "period_to": made.period_to.isoformat(),
        "statement": made.statement,
        "signatures": made.signatures,
    }
    subject = f"reciprocity-{made.agreement_id}-{made.period_from}"
    send(session, made.partner, RECIPROCITY, payload, subject=subject, books=books)
