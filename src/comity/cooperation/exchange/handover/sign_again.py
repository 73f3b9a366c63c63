"""What of ours is signed with a key that we revoked, and must be signed anew? What waits, and receipts asked for again.

A message's id is the hash of its content: signed again, it is the same message, in the same place of its chain.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.batch import RECEIPT_TYPE
from comity.cooperation.exchange.envelope import MESSAGE_TYPE
from comity.cooperation.exchange.errors import KeyRevoked
from comity.cooperation.exchange.handover.store import keep_signed_again, waiting_signed
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.append import NewEntry, append
from comity.foundation.clock import Clock


def sign_waiting_again(session: Session, *, keys: NodeKeys, clock: Clock) -> int:
    """Sign anew, and log, every waiting message that a revoked key signed; return how many. Doing it twice is idle."""
    if not _has_revoked(keys):
        return 0
    renewed = [
        (message, subject, again)
        for message, subject, form in waiting_signed(session)
        if (again := _again(form, MESSAGE_TYPE, keys)) != form
    ]
    if renewed:
        keep_signed_again(session, [(message, again) for message, _, again in renewed])
        append(session, [NewEntry("message-sent", subject, again) for _, subject, again in renewed], clock)
    return len(renewed)


def receipt_in_force(receipt: bytes, keys: NodeKeys) -> bytes:
    """Return a receipt that we gave before, signed anew when a revoked key signed it."""
    return _again(receipt, RECEIPT_TYPE, keys) if _has_revoked(keys) else receipt


def _has_revoked(keys: NodeKeys) -> bool:
    return any(one.revoked_since is not None for one in keys.public.history.keys)


def _again(signed: bytes, typ: str, keys: NodeKeys) -> bytes:
    try:
        jws.verify(signed, typ=typ, sender=keys.public, made=lambda _content: keys.public.history.first.made)
    except KeyRevoked:
        return jws.sign(jws.peek(signed), typ=typ, keys=keys)
    return signed
