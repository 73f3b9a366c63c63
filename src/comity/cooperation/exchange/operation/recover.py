"""How does a node restored from an older backup go on? It asks each partner, catches up, and admits what is lost.

Messages that partners have and the backup lacks are taken back, under this node's own signature and the partner's
receipt. Messages queued since the restore, under sequences that were used before, are signed anew behind them. No
message is delivered twice, and no sequence is used twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from comity.cooperation.exchange.batch import RECEIPT_TYPE, Receipt, read
from comity.cooperation.exchange.deliver import Line
from comity.cooperation.exchange.envelope import Header, open_sealed, read_message, sign_message
from comity.cooperation.exchange.operation.recovery import (
    RECOVERY,
    Acknowledgement,
    End,
    Known,
    Position,
    Recovered,
    Recovery,
    RecoveryWrong,
    read_recovered,
    write_recovery,
)
from comity.cooperation.exchange.operation.store import (
    forgive,
    insert_settled,
    outgoing_ids,
    settled_ends,
    waiting_in,
    withdraw,
)
from comity.cooperation.exchange.store import (
    OUT,
    MessageState,
    OutboxMessage,
    Peer,
    find_peer,
    insert_outgoing,
    keep_receipts,
    lock_stream,
    move_stream,
    note_witnessed,
)
from comity.cooperation.exchange.taking import STORED
from comity.cooperation.ledger.append import NewEntry, append, head, root_at
from comity.cooperation.ledger.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.store import cosigned_size
from comity.foundation.canonical_json import canonical_json
from comity.foundation.storage.session import Database

SIGNED_AT_ONCE = 500
MOST_PAGES = 100_000  # of 200 messages each; a partner that never ends is left


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A message that the backup lacked: what it was about, or nothing of it when the partner disposed of it."""

    agreement_id: str
    sequence: int
    id: str
    subject: str | None
    type: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """What a recovery with one partner found and did.

    `entries_lost` counts, at most, the entries of our log that the partner co-signed and the backup does not hold.
    """

    partner: str
    taken_back: list[TakenBack] = field(default_factory=list)
    signed_anew: int = 0
    entries_lost: int = 0
    acknowledged: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the report for a machine."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stream of ours that the two sides know differently: up to which sequence it is settled here, taken in there."""

    agreement_id: str
    here: int
    there: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a partner says of us beside what we know: where the streams differ, and whether our log continues."""

    gaps: list[Gap]
    log_continues: bool


def compare(database: Database, authority: str, line: Line) -> Comparison:
    """Ask a partner where our streams and our log stand there; nothing is changed on either side.

    Raises:
        ExchangeError: PartnerUnreachable, PartnerRefused, or an answer that does not verify.
    """
    with database.reading() as session:
        peer = find_peer(session, authority)
        positions = settled_ends(session, authority)
    answer = _ask(database, peer, line, positions)
    there = {one.agreement_id: one.sequence for one in answer.ends}
    names = sorted(positions.keys() | there.keys())
    gaps = [Gap(name, positions.get(name, 0), there.get(name, 0)) for name in names]
    with database.reading() as session:
        continues = not answer.witnessed or _continues(session, read_checkpoint(answer.witnessed, line.keys.public))
    return Comparison([gap for gap in gaps if gap.here != gap.there], continues)


def recover(database: Database, authority: str, line: Line, *, reason: str) -> RecoveryReport:
    """Catch up with a partner after a restore; `reason` is what the operator admits it with. May be run again.

    Raises:
        ExchangeError: PartnerUnreachable, PartnerRefused, or an answer that does not verify; a page taken in stays.
    """
    with database.reading() as session:
        peer = find_peer(session, authority)
        positions = settled_ends(session, authority)
    report = RecoveryReport(authority)
    for _ in range(MOST_PAGES):
        answer = _ask(database, peer, line, positions)
        with database.transaction() as session:
            report.taken_back.extend(_take_back(session, peer, answer.known, line))
        positions = positions | {one.agreement_id: one.sequence for one in answer.known}
        if not answer.more:
            break
    with database.transaction() as session:
        anew = sum(_go_on_from(session, peer, end, positions, line) for end in answer.ends)
    return _acknowledge(database, peer, line, answer, replace(report, signed_anew=anew), reason)


def _ask(
    database: Database,
    peer: Peer,
    line: Line,
    positions: Mapping[str, int],
    acknowledgement: Acknowledgement | None = None,
) -> Recovered:
    with database.reading() as session:
        note = sign_checkpoint(head(session), line.keys)
    asked = Recovery(
        sender=line.keys.authority,
        recipient=peer.authority,
        created=line.clock.now(),
        checkpoint=note,
        positions=[Position(name, sequence) for name, sequence in sorted(positions.items())],
        acknowledgement=acknowledgement,
    )
    body = write_recovery(asked, keys=line.keys)
    answer = read_recovered(line.transport.post(peer, body), sender=peer.identity)
    is_between_us = (answer.sender, answer.recipient) == (peer.authority, line.keys.authority)
    if not is_between_us or answer.request != hashlib.sha256(body).hexdigest():
        raise RecoveryWrong
    if acknowledgement is not None:
        with database.transaction() as session:
            append(session, [NewEntry(RECOVERY, peer.authority, body)], line.clock)
            note_witnessed(session, peer.authority, size=read_checkpoint(note, line.keys.public).size)
            forgive(session, peer.authority, at=line.clock.now())
    return answer


def _take_back(session: Session, peer: Peer, known: Sequence[Known], line: Line) -> list[TakenBack]:
    """Keep a page: a message that waits here was delivered after all; one that is not here is taken back."""
    held = outgoing_ids(session, [one.id for one in known])
    lost: list[dict[str, Any]] = []
    waited: list[dict[str, Any]] = []
    entries: list[NewEntry] = []
    taken: list[TakenBack] = []
    for one in known:
        if held.get(one.id) not in (None, MessageState.WAITING):
            continue
        receipt, message = _receipt_of(one, peer, line), _message_of(one, peer, line)
        state = MessageState.DELIVERED if receipt.result == STORED else MessageState.REFUSED
        told = {"state": state, "outcome": receipt.outcome, "receipt": one.receipt, "receipt_at": line.clock.now()}
        if one.id in held:
            waited.append({"message": one.id, **told})
        elif message is not None:
            lost.append(_row(one, *message) | told)
            entries.append(NewEntry("message-sent", message[0].subject, message[1]))
        if one.id not in held:
            taken.append(_named(one, message[0] if message else None, receipt))
        entries.append(NewEntry("receipt", message[0].subject if message else one.id, one.receipt))
    insert_settled(session, lost)
    if waited:
        keep_receipts(session, waited)
    append(session, entries, line.clock)
    return taken


def _receipt_of(one: Known, peer: Peer, line: Line) -> Receipt:
    receipt = read(one.receipt, Receipt, typ=RECEIPT_TYPE, sender=peer.identity, ever=True)
    is_between_us = (receipt.sender, receipt.recipient) == (peer.authority, line.keys.authority)
    if not is_between_us or (receipt.message_id, receipt.sequence) != (one.id, one.sequence):
        raise RecoveryWrong
    return receipt


def _message_of(one: Known, peer: Peer, line: Line) -> tuple[Header, bytes] | None:
    """Return the message that the partner still has, after verifying that this node signed it."""
    if one.sealed is None:
        return None
    signed = open_sealed(one.sealed.content, keys=line.keys, agreement_hash=one.sealed.agreement_hash)
    header, _, message_id = read_message(signed, sender=line.keys.public, ever=True)
    place = (header.agreement_id, header.sequence, header.recipient)
    if message_id != one.id or place != (one.agreement_id, one.sequence, peer.authority):
        raise RecoveryWrong
    return header, signed


def _row(one: Known, header: Header, signed: bytes) -> dict[str, Any]:
    return {
        "id": one.id,
        "partner": header.recipient,
        "agreement_id": header.agreement_id,
        "agreement_hash": header.agreement_hash,
        "sequence": header.sequence,
        "subject": header.subject,
        "type": header.type,
        "jws": signed,
        "created_at": header.created,
    }


def _named(one: Known, header: Header | None, receipt: Receipt) -> TakenBack:
    subject, kind = (header.subject, header.type) if header else (None, None)
    return TakenBack(one.agreement_id, one.sequence, one.id, subject, kind, receipt.outcome)


def _go_on_from(session: Session, peer: Peer, end: End, positions: Mapping[str, int], line: Line) -> int:
    """Let a stream go on behind what the partner has; return how many messages that wait were signed anew for it.

    A partner that has less than we know of is another case: it names what it misses, and gets it again.
    """
    position = positions.get(end.agreement_id, 0)
    if end.sequence < position:
        return 0
    if end.sequence > position:
        raise RecoveryWrong("the partner names a last message without its receipt")
    sequence, _ = lock_stream(session, peer.authority, end.agreement_id, OUT)
    waiting = waiting_in(session, peer.authority, end.agreement_id)
    if waiting:
        first = read_message(waiting[0].jws, sender=line.keys.public, ever=True)[0]
        if (first.sequence, first.previous_hash) == (end.sequence + 1, end.last_id):
            return 0
    elif sequence == end.sequence:
        return 0
    last_id = end.last_id
    for start in range(0, len(waiting), SIGNED_AT_ONCE):
        some = waiting[start : start + SIGNED_AT_ONCE]
        last_id = _sign_anew(session, [one.jws for one in some], last_id, end.sequence + 1 + start, line)
    move_stream(session, peer.authority, end.agreement_id, OUT, sequence=end.sequence + len(waiting), last_id=last_id)
    return len(waiting)


def _sign_anew(session: Session, signed: Sequence[bytes], last_id: str, sequence: int, line: Line) -> str:
    """Replace messages by the same ones with other places in their stream; return the last id."""
    withdrawn: list[str] = []
    made: list[OutboxMessage] = []
    for offset, old in enumerate(signed):
        header, payload, old_id = read_message(old, sender=line.keys.public, ever=True)
        placed = msgspec.structs.replace(header, sequence=sequence + offset, previous_hash=last_id)
        jws, last_id = sign_message(placed, payload, keys=line.keys)
        withdrawn.append(old_id)
        made.append(
            OutboxMessage(
                id=last_id,
                partner=placed.recipient,
                agreement_id=placed.agreement_id,
                agreement_hash=placed.agreement_hash,
                sequence=placed.sequence,
                subject=placed.subject,
                type=placed.type,
                jws=jws,
                created_at=placed.created,
                state=MessageState.WAITING,
                outcome=None,
            )
        )
    withdraw(session, withdrawn)
    insert_outgoing(session, made)
    told = canonical_json({"withdrawn": withdrawn, "signed_anew": [one.id for one in made]})
    entries = [NewEntry("message-withdrawn", made[0].partner, told)]
    append(session, entries + [NewEntry("message-sent", one.subject, one.jws) for one in made], line.clock)
    return last_id


def _acknowledge(
    database: Database, peer: Peer, line: Line, answer: Recovered, report: RecoveryReport, reason: str
) -> RecoveryReport:
    """Admit that our log does not continue what the partner co-signed, where it does not."""
    if not answer.witnessed:
        return report
    seen = read_checkpoint(answer.witnessed, line.keys.public)
    with database.reading() as session:
        if _continues(session, seen):
            return report
        common = cosigned_size(session, peer.authority)
    _ask(database, peer, line, {}, Acknowledgement(answer.witnessed, reason))
    return replace(report, entries_lost=seen.size - common, acknowledged=True)


def _continues(session: Session, seen: Checkpoint) -> bool:
    return seen.size <= head(session).size and root_at(session, seen.size) == seen.root
