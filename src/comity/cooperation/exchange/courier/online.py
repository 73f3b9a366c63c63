"""What came over the line: a batch, or a part of one that is too large for it? Parts are kept until all are there.

A line that breaks before a large message is through would never carry it. In the courier's parts it does: what arrived
stays, and only the rest is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from comity.cooperation.exchange.courier.part import FIRST_LINE, PartHeader
from comity.cooperation.exchange.courier.store import drop_parts, find_gathered
from comity.cooperation.exchange.courier.unpack import LONGEST_WAY, Desk, keep_file, take_whole
from comity.cooperation.exchange.errors import Busy, ExchangeError
from comity.cooperation.exchange.inbox import InboxLimits, receive_batch
from comity.cooperation.exchange.taking import Handler

PART_KEPT = b""
"""The answer to a part while others are missing."""


def receive(desk: Desk, body: bytes, *, handlers: Mapping[str, Handler], limits: InboxLimits) -> bytes:
    """Take a batch, or a part of one; return the signed answer, or `PART_KEPT` while parts are missing.

    Raises:
        ExchangeError: the batch as a whole, or the part, is refused.
    """
    if not body.startswith(FIRST_LINE):
        return receive_batch(desk.database, body, keys=desk.keys, clock=desk.clock, handlers=handlers, limits=limits)
    header, _ = keep_file(desk, body, kind="batch")
    with desk.database.reading() as session:
        found = find_gathered(session, header.whole)
        if found is None or not found.is_complete:
            return PART_KEPT
    try:
        signed = take_whole(desk, header, handlers=handlers, limits=replace(limits, longest_way=LONGEST_WAY))
    except Busy:
        raise
    except ExchangeError:
        _let_go(desk, header)
        raise
    _let_go(desk, header)
    return signed


def _let_go(desk: Desk, header: PartHeader) -> None:
    with desk.database.transaction() as session:
        drop_parts(session, header.whole)
