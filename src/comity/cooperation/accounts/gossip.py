"""Which checkpoints were we shown, and do others see the same log? Told once a day; a split view shows by comparing."""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session

from comity.cooperation.accounts.errors import AccountInvalid
from comity.cooperation.accounts.send import WITNESS_REPORT, Bookkeeping, send
from comity.cooperation.accounts.store import note_told, told_at
from comity.cooperation.exchange.store import PeerState, find_peer, list_peers, note_contact
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.identity.keys import PublicIdentity
from comity.cooperation.ledger.checkpoint import LONGEST_NOTE, CheckpointInvalid
from comity.cooperation.ledger.store import witnessed
from comity.cooperation.ledger.witness import LogContradiction, check_own, keep_fork_evidence, take_report

MOST_CHECKPOINTS = 300  # one for each administration there is

log = logging.getLogger(__name__)


def tell_what_we_saw(session: Session, partner: str, books: Bookkeeping) -> bool:
    """Queue a report of the last checkpoint of every log that we co-signed, once a day; claim that there was one."""
    today, last = books.clock.now().date(), told_at(session, partner)
    if last is not None and last.date() == today:
        return False
    seen = [(peer.authority, witnessed(session, peer.authority)) for peer in list_peers(session)[:MOST_CHECKPOINTS]]
    told = [{"log": authority, "checkpoint": one.note} for authority, one in seen if one is not None]
    if not told:
        return False
    send(session, partner, WITNESS_REPORT, {"checkpoints": told}, subject=f"witness-report-{today}", books=books)
    note_told(session, partner, at=books.clock.now())
    return True


def take_witness_report(session: Session, message: ReceivedMessage, books: Bookkeeping) -> str:
    """Compare what a partner was shown with our own log and with what we were shown; return the outcome.

    A contradiction is kept as evidence, whoever's log it is in; the report itself is in order.

    Raises:
        AccountInvalid: the report is not of its form.
    """
    reporter = find_peer(session, message.sender).identity
    known = {peer.authority: peer.identity for peer in list_peers(session)}
    found: list[str] = []
    for authority, note in _checkpoints(message):
        try:
            if authority == books.keys.authority:
                check_own(session, keys=books.keys, note=note, reporter=reporter.authority)
            elif authority in known and authority != reporter.authority:
                _take(session, known[authority], note, reporter, books)
        except LogContradiction as contradiction:
            log.warning("%s log=%s reporter=%s", contradiction.code, authority, reporter.authority)
            keep_fork_evidence(session, contradiction, books.clock)
            _mark(session, authority, contradiction, books)
            found.append(contradiction.code)
        except CheckpointInvalid as invalid:  # signed with a key that we do not know for that log: says nothing
            log.warning("%s log=%s reporter=%s", invalid.code, authority, reporter.authority)
    return found[0] if found else "compared"


def _take(session: Session, subject: PublicIdentity, note: str, reporter: PublicIdentity, books: Bookkeeping) -> None:
    take_report(session, subject=subject, note=note, reporter=reporter, clock=books.clock)


def _mark(session: Session, authority: str, contradiction: LogContradiction, books: Bookkeeping) -> None:
    if authority != books.keys.authority:
        state = PeerState.CONTRADICTING
        note_contact(session, authority, state=state, error=contradiction.message, at=books.clock.now())


def _checkpoints(message: ReceivedMessage) -> list[tuple[str, str]]:
    told = message.payload.get("checkpoints")
    if not isinstance(told, list) or len(told) > MOST_CHECKPOINTS:
        raise AccountInvalid(f"a list of at most {MOST_CHECKPOINTS} checkpoints was expected", path="checkpoints")
    found = []
    for one in told:
        authority, note = (one.get("log"), one.get("checkpoint")) if isinstance(one, dict) else (None, None)
        if not isinstance(authority, str) or not isinstance(note, str) or len(note) > LONGEST_NOTE:
            raise AccountInvalid("each checkpoint names its log and is a signed note", path="checkpoints")
        found.append((authority, note))
    return found
