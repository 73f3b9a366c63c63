"""What happens to what is owed to a partner whose queue is full? It is held, and released when there is room.

Clearing never waits for a partner: a release without room is refused by name, and the flow keeps what is owed. It is
decided anew when its turn comes, so that nothing leaves under an agreement that has ended meanwhile.
"""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.orm import Session

from comity.cooperation.agreements.errors import ReleaseRefused
from comity.cooperation.agreements.release import Release, ReleaseRequest, release
from comity.cooperation.exchange.errors import QueueFull
from comity.cooperation.exchange.operation.store import held_for, hold, is_held, let_go, queue_length
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.identity.keys import NodeKeys
from comity.foundation.clock import Clock

RELEASED_AT_ONCE = 500  # a guess: one transaction of a fraction of a second


def need_room(session: Session, released: Release, *, most_waiting: int) -> None:
    """Let a release go to its queue unless that is full, or something older is held for the partner.

    Raises:
        QueueFull: it must be held.
    """
    is_full = queue_length(session, released.recipient, released.agreement_id) >= most_waiting
    if is_full or is_held(session, released.recipient):
        raise QueueFull


def hold_back(session: Session, request: ReleaseRequest, *, clock: Clock) -> None:
    """Keep what is owed until the queue has room."""
    hold(session, request.recipient, asdict(request), at=clock.now())


def release_held(session: Session, partner: str, *, keys: NodeKeys, clock: Clock, most_waiting: int) -> int:
    """Queue what was held for a partner, oldest first, as far as there is room; return how many were queued."""
    done: list[int] = []
    queued = 0
    for held_id, record in held_for(session, partner, most=RELEASED_AT_ONCE):
        request = ReleaseRequest(**record)
        try:
            released = release(session, request=request, sender=keys.authority, clock=clock)
            if queue_length(session, partner, released.agreement_id) >= most_waiting:
                break
            enqueue(session, released, keys=keys, clock=clock)
            queued += 1
        except ReleaseRefused:  # it may not leave any more: the refusal is in the decision log
            pass
        done.append(held_id)
    let_go(session, done)
    return queued
