"""What is given to the courier? What waits for a partner, in signed batches that fit into files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from comity.cooperation.exchange.batch import COURIER_TYPE, MOST_MESSAGES
from comity.cooperation.exchange.courier.part import Whole, cut, room_in
from comity.cooperation.exchange.courier.store import note_packed
from comity.cooperation.exchange.deliver import Line, Load, Prepared, prepare
from comity.foundation.storage.session import Database


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file to be written; `messages` counts those of its batch, told with the batch's last file only."""

    name: str
    content: bytes
    messages: int


def pack(database: Database, authority: str, *, line: Line, most_bytes: int) -> Iterator[PackedFile]:
    """Give the files with everything that waits for a partner, each of at most `most_bytes`; one batch at a time.

    The messages go on waiting: whichever way their receipt comes first settles them. Where nothing waits, the one
    batch asks for a co-signature.
    """
    load = Load(limit=MOST_MESSAGES, most_bytes=room_in(most_bytes) // 2, batch_type=COURIER_TYPE)
    packed = line.clock.now()
    number = 0
    while True:
        prepared = _fitting(database, authority, line, load, room_in(most_bytes))
        if not prepared.messages and number:
            return
        number += 1
        whole = Whole("batch", authority, packed, number, prepared.body)
        with database.transaction() as session:
            note_packed(session, whole.digest, partner=authority, messages=len(prepared.messages), at=packed)
        files = list(cut(whole, most_bytes=most_bytes, keys=line.keys))
        for name, content in files:
            yield PackedFile(name, content, len(prepared.messages) if name == files[-1][0] else 0)
        if not prepared.messages:
            return
        load = replace(load, after={**load.after, **prepared.last_sequences()})


def _fitting(database: Database, authority: str, line: Line, load: Load, room: int) -> Prepared:
    """Return the next batch that fits into one file, or that holds one message."""
    prepared = prepare(database, authority, line, load)
    while (size := len(prepared.body)) > room and (count := len(prepared.messages)) > 1:
        fewer = min(count - 1, max(1, count * room * 9 // (size * 10)))
        prepared = prepare(database, authority, line, replace(load, limit=fewer))
    return prepared
