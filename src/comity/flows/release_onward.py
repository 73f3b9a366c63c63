"""How does what came from one partner go on to another, and how is it taken? With the originator's consent, shown.

The holder releases it under its own agreement with the third country, whose clause must cover it too; the message names
the originator and carries the consent with its signature, so that the third country verifies it. It also carries the
originator's marking and the day it is due: the third country treats it as the more restrictive of both clauses asks,
and holds it no longer than the holder may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.envelope import reread_message
from comity.cooperation.exchange.errors import PeerUnknown
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import OutboxMessage, find_peer
from comity.cooperation.exchange.taking import Handler, ReceivedMessage, Together
from comity.cooperation.ledger.append import entries_of
from comity.cooperation.stewardship.consent import check_covers, from_shown, shown, verify_answer
from comity.cooperation.stewardship.consents.store import (
    KeptConsent,
    OnwardHolder,
    consents_from,
    keep_onward,
)
from comity.cooperation.stewardship.errors import (
    ConsentDiffers,
    ConsentExpired,
    ConsentMissing,
    MessageNotHeld,
    OnwardNotCovered,
    OriginatorUnknown,
)
from comity.cooperation.stewardship.holdings.store import Holding, find_holding
from comity.cooperation.stewardship.origin import FIELD, Origin, read_origin, write_origin
from comity.flows.ask_onward import check_may_go_on
from comity.flows.clearing import Clearing


def release_onward(
    session: Session,
    message_id: str,
    *,
    recipient: str,
    purpose: str,
    clearing: Clearing,
    agreement_id: str | None = None,
) -> OutboxMessage:
    """Queue a received message for another administration; return our message to it.

    Raises:
        MessageNotHeld, OnwardAgain, OnwardForbidden: it may not even be asked for.
        ConsentMissing, ConsentExpired, ConsentDiffers, ConsentInvalid: the originator has not consented to this.
        ReleaseRefused: no agreement with the recipient covers it.
        OnwardNotCovered: the agreement with the recipient does not provide for others' data.
    """
    holding, consent = consented(session, message_id, recipient=recipient, purpose=purpose, clearing=clearing)
    content = _content(session, holding)
    origin = Origin(holding.originator, holding.message_id, holding.marking, holding.due_at, shown(consent))
    request = ReleaseRequest(
        recipient=recipient,
        message_type=holding.message_type,
        data_class=holding.data_class,
        purpose=purpose,
        subject=message_id,
        payload=content | {FIELD: write_origin(origin)},
        agreement_id=agreement_id,
    )
    released = release(session, request=request, sender=clearing.authority, clock=clearing.clock)
    if FIELD not in released.payload:
        raise OnwardNotCovered
    message = enqueue(session, released, keys=clearing.keys, clock=clearing.clock)
    keep_onward(session, OnwardHolder(message.id, message_id, recipient, consent.id, clearing.clock.now()))
    return message


def consented(
    session: Session, message_id: str, *, recipient: str, purpose: str, clearing: Clearing
) -> tuple[Holding, KeptConsent]:
    """Return a received message, and the originator's consent that it, or what rests on it, goes to a recipient.

    Raises:
        MessageNotHeld, OnwardAgain, OnwardForbidden: it may not even be asked for.
        ConsentMissing, ConsentExpired, ConsentDiffers, ConsentInvalid: the originator has not consented to this.
    """
    holding = find_holding(session, message_id)
    check_may_go_on(session, holding, clearing=clearing)
    return holding, _consent_for(session, holding, recipient=recipient, purpose=purpose, clearing=clearing)


def taking_onward(take: Handler, *, clearing: Clearing) -> Handler:
    """Return a handler that checks what messages say of their originator, and takes the rest as any other message."""

    def checked(session: Session, message: ReceivedMessage) -> ReceivedMessage:
        if FIELD not in message.payload:
            return message
        check_onward(session, message, own=clearing.authority)
        return replace(message, payload={name: one for name, one in message.payload.items() if name != FIELD})

    def take_one(session: Session, message: ReceivedMessage) -> str:
        return take(session, checked(session, message))

    def take_many(session: Session, messages: Sequence[ReceivedMessage]) -> list[str]:
        return together(session, [checked(session, message) for message in messages])

    if isinstance(take, Together):
        together = take.take
        return Together(take_many)
    return take_one


def check_onward(session: Session, message: ReceivedMessage, *, own: str) -> None:
    """Check the consent that an onward message shows.

    Raises:
        NoticeInvalid: what it says of its originator is malformed.
        OriginatorUnknown: the originator's card is not here.
        ConsentInvalid, ConsentDiffers, ConsentExpired: the consent does not cover this message.
    """
    origin = read_origin(message.payload[FIELD])
    if origin.originator in (own, message.sender):
        raise ConsentDiffers("the message names its sender or its recipient as the originator")
    try:
        originator = find_peer(session, origin.originator).identity
    except PeerUnknown as error:
        raise OriginatorUnknown from error
    consent = from_shown(origin.consent, originator=origin.originator, at=message.received_at)
    verify_answer(consent, holder=message.sender, originator=originator)
    header = message.header
    check_covers(consent, message=origin.message, recipient=own, purpose=header.purpose, at=header.created)


def _consent_for(
    session: Session, holding: Holding, *, recipient: str, purpose: str, clearing: Clearing
) -> KeptConsent:
    """Return the newest consent that covers it, its signature verified anew; else raise what the newest lacks."""
    given = consents_from(session, holding.originator, recipient=recipient)
    refusal: ConsentDiffers | ConsentExpired | ConsentMissing = ConsentMissing()
    for consent in reversed(given):  # the newest last, so that its refusal is the one that is told
        try:
            check_covers(
                consent,
                message=holding.message_id,
                recipient=recipient,
                purpose=purpose,
                at=clearing.clock.now(),
            )
        except (ConsentDiffers, ConsentExpired) as lacking:
            refusal = lacking
            continue
        originator = find_peer(session, holding.originator).identity
        verify_answer(consent, holder=clearing.authority, originator=originator)
        return consent
    raise refusal


def _content(session: Session, holding: Holding) -> dict[str, object]:
    """Return the payload as it came, from the ledger's own entry of it."""
    for entry in entries_of(session, holding.message_id):
        if entry.kind == "message-received" and entry.statement is not None:
            return reread_message(entry.statement)[1]
    raise MessageNotHeld
