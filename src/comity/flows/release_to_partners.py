"""What is a partner owed, and may it leave? Export records to the country of destination, results to the sender."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.errors import ReleaseRefused
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.errors import QueueFull
from comity.cooperation.exchange.operation.held import hold_back, need_room
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.store import OutboxMessage
from comity.features.declarations.canonical import to_record
from comity.flows.clearing import Clearing
from comity.foundation.trade.declaration import Declaration, DeclarationId, DeclarationKind

EXPORT_RECORD = "export-record.v1"
EXPORT_DATA_CLASS = "export-declaration"
EXPORT_PURPOSE = "mirror-matching"
RESULT = "examination-result.v1"
RESULT_DATA_CLASS = "examination-result"
RESULT_PURPOSE = "feedback"

log = logging.getLogger(__name__)


def release_export(
    session: Session, declaration: Declaration, *, declaration_id: DeclarationId, clearing: Clearing
) -> int:
    """Queue an export for the country of destination as far as the agreement covers it; return how many were queued.

    Without an agreement nothing leaves, and that is no error: the refusal is in the decision log.
    """
    return int(send_export(session, declaration, declaration_id=declaration_id, clearing=clearing) is not None)


def send_export(
    session: Session, declaration: Declaration, *, declaration_id: DeclarationId, clearing: Clearing
) -> OutboxMessage | None:
    """Do the same and return the message; None when nothing was queued."""
    recipient = _destination(declaration)
    if declaration.kind is not DeclarationKind.EXPORT or recipient in (None, clearing.authority):
        return None
    request = ReleaseRequest(
        recipient=str(recipient),
        message_type=EXPORT_RECORD,
        data_class=EXPORT_DATA_CLASS,
        purpose=EXPORT_PURPOSE,
        subject=declaration_id,
        payload=to_record(declaration),
    )
    return _send(session, request, clearing=clearing)


def release_result(session: Session, *, partner: str, subject: str, payload: dict[str, Any], clearing: Clearing) -> int:
    """Queue an examination's result for the partner whose record led there; return how many were queued."""
    request = ReleaseRequest(
        recipient=partner,
        message_type=RESULT,
        data_class=RESULT_DATA_CLASS,
        purpose=RESULT_PURPOSE,
        subject=subject,
        payload=payload,
    )
    return int(_send(session, request, clearing=clearing) is not None)


def _send(session: Session, request: ReleaseRequest, *, clearing: Clearing) -> OutboxMessage | None:
    try:
        released = release(session, request=request, sender=clearing.authority, clock=clearing.clock)
        need_room(session, released, most_waiting=clearing.most_waiting)
    except ReleaseRefused:
        return None
    except QueueFull as full:
        log.warning("%s partner=%s agreement=%s", full.code, released.recipient, released.agreement_id)
        hold_back(session, request, clock=clearing.clock)
        return None
    return enqueue(session, released, keys=clearing.keys, clock=clearing.clock)


def _destination(declaration: Declaration) -> str | None:
    shipment = declaration.goods_shipment
    if shipment.destination_country:
        return shipment.destination_country
    return next((item.destination_country for item in shipment.items if item.destination_country), None)
