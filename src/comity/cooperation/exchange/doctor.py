"""What stands between this node and a partner, and on which side is it? Every check that can be made from here.

A check of the way needs the one before it; the checks of this node's own state are made in any case.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from comity.cooperation.agreements.errors import AgreementAmended, AgreementHashMismatch
from comity.cooperation.agreements.lifecycle import ENDED, OPEN, AgreementStatus
from comity.cooperation.agreements.store import current_agreements
from comity.cooperation.agreements.texts import StoredAgreement
from comity.cooperation.exchange.dead_letters import dead_letters
from comity.cooperation.exchange.deliver import Line, deliver_batch
from comity.cooperation.exchange.errors import (
    AnswerWrong,
    Busy,
    ChainBroken,
    ClockSkewed,
    ExchangeError,
    MessageWithheld,
    PartnerRefused,
    PartnerUnreachable,
    SenderUnknown,
    SignatureInvalid,
)
from comity.cooperation.exchange.operation.diagnosis import BETWEEN, OURS, THEIRS, Diagnosis, fault, fine
from comity.cooperation.exchange.operation.reach import reach
from comity.cooperation.exchange.operation.recover import Comparison, compare
from comity.cooperation.exchange.operation.store import held_counts, queues
from comity.cooperation.exchange.store import Peer, list_peers, note_contact
from comity.cooperation.exchange.taking import INTERNAL
from comity.cooperation.ledger.append import head
from comity.cooperation.ledger.store import cosigned_size, unresolved_against
from comity.foundation.storage.session import Database
from comity.foundation.storage.writable import why_not_writable

OTHERS_ASKED = 3  # partners whose clocks tell which of two that differ is wrong


@dataclass(frozen=True, slots=True)
class Place:
    """Where this node runs and what it bears; `is_direct`: the partner is reached by its own address."""

    home: Path
    least_free_bytes: int
    skew: timedelta
    is_direct: bool = True


def diagnose(database: Database, peer: Peer, line: Line, place: Place) -> list[Diagnosis]:
    """Check the way to a partner, a real round trip, and both sides' state; sends one real batch."""
    own = [_disk(place), _database(database, peer)]
    checks, is_reached = _way(database, peer, line, place)
    if is_reached:
        trip = _round_trip(database, peer, line)
        checks += trip if all(one.ok for one in trip) is False else [*trip, *_compared(database, peer, line)]
    with database.reading() as session:
        checks += [*_agreements(session, peer, line), _queue(session, peer, line), *_letters(session, peer)]
        checks.append(_partners_log(session, peer))
    return own + checks


def _disk(place: Place) -> Diagnosis:
    free = shutil.disk_usage(place.home).free
    if free < place.least_free_bytes:
        return fault("disk", OURS, f"{free >> 20} MiB are free; batches are refused until there are more")
    return fine("disk", OURS, f"{free >> 20} MiB are free")


def _database(database: Database, peer: Peer) -> Diagnosis:
    at = peer.last_contact_at or peer.added_at
    kind = why_not_writable(
        database,
        lambda session: note_contact(session, peer.authority, state=peer.state, error=peer.last_error, at=at),
    )
    if kind is not None:
        return fault("database", OURS, f"the database cannot be written ({kind}); look at its disk and its rights")
    return fine("database", OURS, "the database can be written")


def _way(database: Database, peer: Peer, line: Line, place: Place) -> tuple[list[Diagnosis], bool]:
    if not place.is_direct:
        return [fine("way", BETWEEN, "the partner is reached over X-Road; its security servers check the way")], True
    checks, ahead = reach(peer, line.clock)
    is_reached = all(one.ok for one in checks)
    if ahead is not None:
        others = [] if abs(ahead) <= place.skew else _others_ahead(database, peer, line)
        checks.append(_clock(ahead, others, place.skew))
    return checks, is_reached


def _others_ahead(database: Database, peer: Peer, line: Line) -> list[timedelta]:
    with database.reading() as session:
        others = [one for one in list_peers(session) if one.authority != peer.authority][:OTHERS_ASKED]
    return [ahead for _, ahead in (reach(one, line.clock) for one in others) if ahead is not None]


def _clock(ahead: timedelta, others: Sequence[timedelta], skew: timedelta) -> Diagnosis:
    """Judge a difference of clocks; other partners' clocks, where there are some, tell whose is wrong."""
    seconds = round(ahead.total_seconds())
    told = f"the partner's clock is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} ours"
    if abs(ahead) <= skew:
        return fine("clock", BETWEEN, f"{told}; up to {skew.total_seconds():.0f} s are borne")
    with_us = sum(abs(other) <= skew for other in others)
    if with_us:
        return fault("clock", THEIRS, f"{told}, and other partners' clocks agree with ours; ask it to set its clock")
    if others and all(abs(other - ahead) <= skew for other in others):
        return fault("clock", OURS, f"{told}, and other partners' clocks agree with it; set this machine's clock")
    return fault("clock", BETWEEN, f"{told}; set both by a time server")


def _round_trip(database: Database, peer: Peer, line: Line) -> list[Diagnosis]:
    try:
        report = deliver_batch(database, peer.authority, keys=line.keys, transport=line.transport, clock=line.clock)
    except PartnerUnreachable as error:
        return [fault("exchange", BETWEEN, f"{error.message}; everything waits and is sent again")]
    except PartnerRefused as error:
        return [_refused(error, line)]
    except SignatureInvalid:
        message = f"the answer is not signed by the key pinned here ({peer.fingerprint}); compare it by telephone"
        return [fault("key", OURS, message)]
    except AnswerWrong as error:
        return [fault("exchange", BETWEEN, error.message)]
    except ExchangeError as error:
        return [fault("exchange", THEIRS, f"the partner's answer: {error.message}")]
    trip = fine("exchange", BETWEEN, "a signed batch went there and the answer verified")
    return [trip, *(_stuck(name, code) for name, code in report.stuck.items())]


def _refused(error: PartnerRefused, line: Line) -> Diagnosis:
    fingerprint = line.keys.public.fingerprint
    told = {
        SenderUnknown.code: (
            "key",
            THEIRS,
            f"the partner does not know us; send it our card, fingerprint {fingerprint}",
        ),
        SignatureInvalid.code: (
            "key",
            THEIRS,
            f"the partner has pinned another key for us; ours has the fingerprint {fingerprint}: compare by telephone",
        ),
        ClockSkewed.code: (
            "clock",
            BETWEEN,
            "the partner finds our clock too far from its own",
        ),
        Busy.code: ("exchange", THEIRS, "the partner is busy or low on disk; our messages wait and are sent again"),
    }
    return fault(*told.get(error.code_there, ("exchange", THEIRS, error.message)))


def _stuck(agreement_id: str, code: str) -> Diagnosis:
    told = {
        INTERNAL: (THEIRS, "the partner's node fails at our first message; its operator finds why in its log"),
        ChainBroken.code: (OURS, "the partner has later messages of ours than we know: run `comity recover`"),
        MessageWithheld.code: (OURS, "the partner misses a message that is not here any more: run `comity recover`"),
    }
    side, message = told.get(code, (THEIRS, f"the partner does not take our first message: {code}"))
    return fault("sequence", side, f"{agreement_id}: {message}")


def _compared(database: Database, peer: Peer, line: Line) -> list[Diagnosis]:
    try:
        found = compare(database, peer.authority, line)
    except ExchangeError as error:
        return [fault("sequence", THEIRS, f"the partner does not say where our messages stand there: {error.message}")]
    return [_sequence(found), _own_log(database, peer, found)]


def _sequence(found: Comparison) -> Diagnosis:
    for gap in found.gaps:
        if gap.there > gap.here:
            message = (
                f"{gap.agreement_id}: the partner has message {gap.here + 1} up to {gap.there} of ours, we do not: "
                "this node was set back; run `comity recover`"
            )
            return fault("sequence", OURS, message)
        message = (
            f"{gap.agreement_id}: message {gap.there + 1} up to {gap.here} was taken in there and is missing now: the "
            "partner was set back; it is sent again with the next message"
        )
        return fault("sequence", THEIRS, message)
    return fine("sequence", BETWEEN, "both sides know of the same messages")


def _own_log(database: Database, peer: Peer, found: Comparison) -> Diagnosis:
    if not found.log_continues:
        return fault("own-log", OURS, "our log does not continue what the partner co-signed; run `comity recover`")
    with database.reading() as session:
        size, seen = head(session).size, cosigned_size(session, peer.authority)
    return fine("own-log", BETWEEN, f"the partner has co-signed {seen} of our {size} entries")


def _partners_log(session: Session, peer: Peer) -> Diagnosis:
    against = unresolved_against(session, peer.authority)
    if against:
        message = f"{len(against)} contradictions in the partner's log are kept; see `comity ledger evidence`"
        return fault("log", THEIRS, message)
    return fine("log", THEIRS, "nothing in the partner's log contradicts what it stated before")


def _agreements(session: Session, peer: Peer, line: Line) -> list[Diagnosis]:
    now = line.clock.now()
    kept = [one for one in current_agreements(session, now) if peer.authority in one.agreement.parties]
    if not kept:
        return [fault("agreement", BETWEEN, "there is no agreement with the partner; nothing but agreeing is possible")]
    if any(one.status(now) is AgreementStatus.IN_FORCE for one in kept):
        told = ", ".join(f"{one.agreement.id}: {one.status(now)}" for one in kept)
        return [fine("agreement", BETWEEN, told)]
    return [_not_in_force(one, now, line.keys.authority) for one in kept]


def _not_in_force(stored: StoredAgreement, now: datetime, own: str) -> Diagnosis:
    status, name = stored.status(now), stored.agreement.id
    signed = {one.authority for one in stored.signatures}
    if status in OPEN and own not in signed:
        return fault("agreement", OURS, f"{name} is {status}: we have not signed it")
    if status in OPEN:
        missing = ", ".join(sorted(set(stored.agreement.parties) - signed))
        return fault("agreement", THEIRS, f"{name} is {status}: {missing} must sign it")
    if status in ENDED:
        return fault("agreement", BETWEEN, f"{name} is {status}: agree anew")
    return fault("agreement", BETWEEN, f"{name} is {status}")


def _queue(session: Session, peer: Peer, line: Line) -> Diagnosis:
    ours = [one for one in queues(session) if one.partner == peer.authority]
    held = held_counts(session).get(peer.authority, 0)
    if held:
        return fault("queue", THEIRS, f"the queue is full, and {held} releases are held until the partner takes some")
    if not ours:
        return fine("queue", OURS, "nothing waits")
    oldest = line.clock.now() - min(one.oldest_at for one in ours)
    return fine("queue", OURS, f"{sum(one.length for one in ours)} wait, the oldest for {oldest.total_seconds():.0f} s")


def _letters(session: Session, peer: Peer) -> list[Diagnosis]:
    found = dead_letters(session, peer.authority)
    checks = []
    for side, message in (
        (THEIRS, "the partner refused {}; see `comity deadletter list`"),
        (OURS, "this node fails at {} of the partner; see `comity deadletter list`"),
    ):
        number = sum(one.side == side for one in found)
        if number:
            checks.append(fault("dead-letters", side, message.format(f"{number} messages")))
    codes = {one.code for one in found if one.side == THEIRS}
    if AgreementAmended.code in codes:
        checks.append(fault("agreement-text", OURS, "the partner has a later text in force; take it in, then retry"))
    if AgreementHashMismatch.code in codes:
        checks.append(fault("agreement-text", THEIRS, "the partner has not got our text; propose or send it again"))
    return checks or [fine("dead-letters", BETWEEN, "none")]
