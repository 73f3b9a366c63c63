"""How does a release become a message on its way? Numbered, chained, signed and logged in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from comity.cooperation.agreements.release import Release
from comity.cooperation.exchange.envelope import Header, sign_message
from comity.cooperation.exchange.store import (
    OUT,
    MessageState,
    OutboxMessage,
    insert_outgoing,
    lock_stream,
    move_stream,
)
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.append import NewEntry, append
from comity.foundation.clock import Clock


def enqueue(session: Session, release: Release, *, keys: NodeKeys, clock: Clock) -> OutboxMessage:
    """Queue one release for its recipient."""
    return enqueue_many(session, [release], keys=keys, clock=clock)[0]


def enqueue_many(session: Session, releases: Sequence[Release], *, keys: NodeKeys, clock: Clock) -> list[OutboxMessage]:
    """Queue releases in the given order; the message, its place in the stream and its ledger leaf commit together.

    Raises:
        ExchangeError: EnvelopeInvalid or MessageTooLarge: no partner could take it; nothing is queued.
    """
    if not releases:
        return []
    made: dict[int, OutboxMessage] = {}
    places = sorted(range(len(releases)), key=lambda place: _stream_of(releases[place]))
    for (recipient, agreement_id), group in groupby(places, key=lambda place: _stream_of(releases[place])):
        sequence, last_id = lock_stream(session, recipient, agreement_id, OUT)
        for place in group:
            sequence += 1
            message = _sign(releases[place], sequence=sequence, previous=last_id, keys=keys)
            made[place] = message
            last_id = message.id
        move_stream(session, recipient, agreement_id, OUT, sequence=sequence, last_id=last_id)
    messages = [made[place] for place in range(len(releases))]
    insert_outgoing(session, messages)
    append(session, [NewEntry("message-sent", message.subject, message.jws) for message in messages], clock)
    return messages


def _stream_of(release: Release) -> tuple[str, str]:
    return release.recipient, release.agreement_id


def _sign(release: Release, *, sequence: int, previous: str, keys: NodeKeys) -> OutboxMessage:
    header = Header(
        sender=keys.authority,
        recipient=release.recipient,
        agreement_id=release.agreement_id,
        agreement_hash=release.agreement_hash,
        clause=release.clause,
        sequence=sequence,
        previous_hash=previous,
        purpose=release.purpose,
        data_class=release.data_class,
        marking=release.marking,
        type=release.message_type,
        created=release.created,
        expires=release.expires,
        subject=release.subject,
        release_id=release.id,
    )
    signed, message_id = sign_message(header, release.payload, keys=keys)
    return OutboxMessage(
        id=message_id,
        partner=release.recipient,
        agreement_id=release.agreement_id,
        agreement_hash=release.agreement_hash,
        sequence=sequence,
        subject=release.subject,
        type=release.message_type,
        jws=signed,
        created_at=release.created,
        state=MessageState.WAITING,
        outcome=None,
    )
