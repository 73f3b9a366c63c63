"""What does an answer that a courier brings back settle? As one online does, unless a newer one was there first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from comity.cooperation.exchange.batch import ANSWER_TYPE, RECEIPT_TYPE, Answer, Receipt, read
from comity.cooperation.exchange.courier.part import PartHeader
from comity.cooperation.exchange.courier.store import drop_parts, gathered, joined, note_answered, was_packed
from comity.cooperation.exchange.courier.unpack import Desk
from comity.cooperation.exchange.deliver import DeliveryReport, Line, Prepared, keep
from comity.cooperation.exchange.errors import AnswerWrong, EnvelopeInvalid, ExchangeError, RecipientWrong
from comity.cooperation.exchange.store import MessageState, Peer, find_peer, outgoing
from comity.cooperation.exchange.taking import AGAIN


@dataclass(frozen=True, slots=True)
class TakenAnswer:
    """What became of one answer; `refusal` is the code by which it was refused."""

    name: str
    report: DeliveryReport | None
    refusal: str | None = None


def take_answers(desk: Desk, line: Line) -> Iterator[TakenAnswer]:
    """Keep the receipts and co-signatures of every answer that is complete; give what became of each."""
    with desk.database.reading() as session:
        complete = [one.header for one in gathered(session, "answer") if one.is_complete]
    for header in complete:
        try:
            taken = TakenAnswer(header.name(), _take(desk, header, line))
        except ExchangeError as error:
            taken = TakenAnswer(header.name(), None, error.code)
        with desk.database.transaction() as session:
            drop_parts(session, header.whole)
        yield taken


def _take(desk: Desk, header: PartHeader, line: Line) -> DeliveryReport:
    with desk.database.reading() as session:
        peer = find_peer(session, header.sender)
        answer = read(joined(session, header), Answer, typ=ANSWER_TYPE, sender=peer.identity)
        if (answer.sender, answer.recipient) != (peer.authority, desk.keys.authority):
            raise RecipientWrong
        if answer.created.tzinfo is None:
            raise EnvelopeInvalid("the answer's time needs a time zone")
        if not was_packed(session, answer.batch, partner=peer.authority):
            raise AnswerWrong
        named = _receipts(answer, peer)
        sent = outgoing(session, peer.authority, named)
    waiting = [message for message in sent if message.state is MessageState.WAITING]
    if peer.last_contact_at is not None and answer.created < peer.last_contact_at:
        answer = replace(answer, created=peer.last_contact_at, witnessed_size=peer.witnessed_size)
        waiting = [message for message in waiting if named[message.id] != AGAIN]
    report = keep(desk.database, Prepared(peer, waiting, b""), answer, line)
    with desk.database.transaction() as session:
        note_answered(session, answer.batch, at=answer.created)
    return report


def _receipts(answer: Answer, peer: Peer) -> dict[str, str]:
    """Return result by message id of the receipts that verify."""
    results: dict[str, str] = {}
    for signed in answer.receipts:
        try:
            receipt = read(signed, Receipt, typ=RECEIPT_TYPE, sender=peer.identity)
        except ExchangeError:
            continue
        results[receipt.message_id] = receipt.result
    return results
