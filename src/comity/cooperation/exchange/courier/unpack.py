"""What happens with a courier's files? Parts are kept until complete, batches taken in order, and answered in files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from comity.cooperation.exchange.batch import ANSWER_TYPE, RECEIPT_TYPE, Answer, Receipt, read
from comity.cooperation.exchange.courier.part import Kind, PartHeader, Whole, read_part
from comity.cooperation.exchange.courier.store import (
    Gathered,
    drop_parts,
    drop_parts_packed_before,
    gathered,
    joined,
    keep_part,
)
from comity.cooperation.exchange.errors import (
    ExchangeError,
    MessageWithheld,
    PeerUnknown,
    RecipientWrong,
    SenderUnknown,
)
from comity.cooperation.exchange.inbox import InboxLimits, receive_batch
from comity.cooperation.exchange.store import find_peer
from comity.cooperation.exchange.taking import AGAIN, INTERNAL, REFUSED, STORED, Handler, Keeper
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.foundation.clock import Clock
from comity.foundation.storage.session import Database

LONGEST_WAY = timedelta(days=60)  # no message lives longer, so that no batch is of use longer
COMES_LATER = frozenset({MessageWithheld.code, INTERNAL})

Answered = Callable[[Whole], None]
"""Takes the answer to a batch, for the way back; when it returns, the batch's parts are let go."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who unpacks, and with what."""

    database: Database
    keys: NodeKeys
    clock: Clock


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What became of one batch: how many of its messages were stored, refused, or wait for those before them.

    `refusal` is the code by which the batch as a whole was refused.
    """

    name: str
    stored: int = 0
    refused: int = 0
    waiting: int = 0
    refusal: str | None = None


def keep_file(desk: Desk, file: bytes, *, kind: Kind) -> tuple[PartHeader, bool]:
    """Keep the part in a file; return its header, and whether it was new.

    Raises:
        ExchangeError: the file is refused, and nothing of it is kept.
    """
    header, content = read_part(file, identity_of=lambda authority: _identity(desk.database, authority))
    if header.recipient != desk.keys.authority:
        raise RecipientWrong(f"the file is addressed to {header.recipient}, this is {desk.keys.authority}")
    if header.kind != kind:
        other = "comity courier take-answer" if header.kind == "answer" else "comity courier unpack"
        raise RecipientWrong(f"the file holds part of {header.kind}; give it to `{other}`")
    with desk.database.transaction() as session:
        drop_parts_packed_before(session, desk.clock.now() - LONGEST_WAY)
        return header, keep_part(session, header, content)


def take_batches(
    desk: Desk,
    *,
    handlers: Mapping[str, Handler],
    skew: timedelta,
    answered: Answered,
    keeper: Keeper | None = None,
) -> Iterator[Unpacked]:
    """Take every batch that is complete, in the order of packing, until none moves any more; give each one's end.

    A batch whose messages wait for earlier ones stays kept and is tried again whenever files are unpacked.
    """
    limits = InboxLimits(skew=skew, longest_way=LONGEST_WAY, keeper=keeper)
    with desk.database.reading() as session:
        pending = [one.header for one in gathered(session, "batch") if one.is_complete]
    has_moved = True
    while pending and has_moved:
        has_moved, left = False, []
        for header in pending:
            outcome, answer = _take(desk, header, handlers, limits)
            if outcome.waiting:
                left.append((header, outcome, answer))
                continue
            has_moved = True
            if answer is not None:
                answered(answer)
            with desk.database.transaction() as session:
                drop_parts(session, header.whole)
            yield outcome
        pending = [header for header, _, _ in left]
        if pending and not has_moved:
            for _, outcome, answer in left:
                if answer is not None:
                    answered(answer)
                yield outcome


def take_whole(desk: Desk, header: PartHeader, *, handlers: Mapping[str, Handler], limits: InboxLimits) -> bytes:
    """Take the batch whose parts are all kept, and return the signed answer.

    Raises:
        ExchangeError: the batch as a whole is refused.
    """
    with desk.database.reading() as session:
        body = joined(session, header)
    return receive_batch(desk.database, body, keys=desk.keys, clock=desk.clock, handlers=handlers, limits=limits)


def incomplete(desk: Desk, kind: Kind) -> list[Gathered]:
    """Return what is kept in part."""
    with desk.database.reading() as session:
        return [one for one in gathered(session, kind) if not one.is_complete]


def _take(
    desk: Desk, header: PartHeader, handlers: Mapping[str, Handler], limits: InboxLimits
) -> tuple[Unpacked, Whole | None]:
    try:
        signed = take_whole(desk, header, handlers=handlers, limits=limits)
        answer = read(signed, Answer, typ=ANSWER_TYPE, sender=desk.keys.public)
    except ExchangeError as error:
        return Unpacked(header.name(), refusal=error.code), None
    receipts = [read(one, Receipt, typ=RECEIPT_TYPE, sender=desk.keys.public) for one in answer.receipts]
    comes_later = sum(receipt.result == AGAIN and receipt.outcome in COMES_LATER for receipt in receipts)
    refused = sum(receipt.result == REFUSED for receipt in receipts) + sum(
        receipt.result == AGAIN and receipt.outcome not in COMES_LATER for receipt in receipts
    )
    stored = sum(receipt.result == STORED for receipt in receipts)
    whole = Whole("answer", header.sender, desk.clock.now(), header.number, signed)
    return Unpacked(header.name(), stored, refused, comes_later), whole


def _identity(database: Database, authority: str) -> PublicIdentity:
    try:
        with database.reading() as session:
            return find_peer(session, authority).identity
    except PeerUnknown as error:
        raise SenderUnknown from error
