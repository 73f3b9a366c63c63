"""May a holder pass a message on? Only under the originator's own signature over all that it consented to.

RFC 8032 Ed25519 over the RFC 8785 form of holder, request, messages, recipient, purpose, conditions, reason, last day.
The signature travels with what is passed on, so that the third country verifies it without asking.
"""

from __future__ import annotations

import base64
from datetime import date, datetime

from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.cooperation.stewardship.consents.store import KeptConsent
from comity.cooperation.stewardship.errors import ConsentDiffers, ConsentExpired, ConsentInvalid
from comity.cooperation.stewardship.origin import ConsentShown
from comity.foundation.canonical_json import canonical_json

_CONTEXT = b"comity-onward-answer.v1\n"


def sign_answer(answered: KeptConsent, *, holder: str, keys: NodeKeys) -> bytes:
    """Return the originator's signature over an answer to `holder`."""
    return keys.sign(_signed(answered, holder))


def verify_answer(answered: KeptConsent, *, holder: str, originator: PublicIdentity) -> None:
    """Check the originator's signature over an answer to `holder`: by the key in force, or one handed over since.

    Nothing in an answer shows when it was signed, so that none by a revoked key counts.

    Raises:
        ConsentInvalid: it is not the originator's, or over something else.
    """
    content = _signed(answered, holder)
    if originator.verifies(answered.signature, content):
        return
    earlier = originator.earlier_signer(answered.signature, content)
    if earlier is None or earlier.revoked_since is not None:
        raise ConsentInvalid


def check_covers(consent: KeptConsent, *, message: str, recipient: str, purpose: str, at: datetime) -> None:
    """Check that a consent covers passing this message on to this recipient, for this purpose, on this day (UTC).

    Raises:
        ConsentDiffers: it is for another message, recipient or purpose.
        ConsentExpired: its last day has passed.
    """
    if message not in consent.messages:
        raise ConsentDiffers("the originator consented to passing on another message")
    if recipient != consent.recipient:
        raise ConsentDiffers(f"the originator consented to passing it on to {consent.recipient}")
    if purpose != consent.purpose:
        raise ConsentDiffers(f"the originator consented to {consent.purpose}, not to {purpose}")
    if not consent.consents or consent.valid_to is None or at.date() > consent.valid_to:
        raise ConsentExpired


def shown(consent: KeptConsent) -> ConsentShown:
    """Return a consent as it travels with what is passed on."""
    return ConsentShown(
        request_id=consent.id,
        messages=list(consent.messages),
        recipient=consent.recipient,
        purpose=consent.purpose,
        conditions=consent.conditions,
        reason=consent.answer_reason,
        valid_to=consent.valid_to or date.min,
        signature=base64.b64encode(consent.signature).decode(),
    )


def from_shown(value: ConsentShown, *, originator: str, at: datetime) -> KeptConsent:
    """Return the consent that a holder shows; its signature is still to be verified."""
    return KeptConsent(
        direction="in",
        partner=originator,
        id=value.request_id,
        messages=tuple(value.messages),
        recipient=value.recipient,
        purpose=value.purpose,
        reason="",
        asked_at=at,
        consents=True,
        conditions=value.conditions,
        valid_to=value.valid_to,
        answer_reason=value.reason,
        signature=base64.b64decode(value.signature),
    )


def _signed(answered: KeptConsent, holder: str) -> bytes:
    return _CONTEXT + canonical_json(
        {
            "holder": holder,
            "request_id": answered.id,
            "messages": sorted(answered.messages),
            "recipient": answered.recipient,
            "purpose": answered.purpose,
            "consents": bool(answered.consents),
            "conditions": answered.conditions,
            "reason": answered.answer_reason,
            "valid_to": answered.valid_to.isoformat() if answered.valid_to else None,
        }
    )
