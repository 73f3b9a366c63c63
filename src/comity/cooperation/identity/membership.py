"""Who is this node's partner, from when to when? Epochs: each admission and removal is a signed, numbered statement.

The truth is the last epoch of an administration. Sealing is to one recipient at a time, so that nothing sealed after a
removal can reach the removed one through anybody.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from comity.cooperation.identity.errors import ReasonMissing
from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.identity.statement import LONGEST_REASON
from comity.cooperation.identity.store import Epoch, keep_epoch, last_epoch
from comity.foundation.canonical_json import canonical_json
from comity.foundation.clock import Clock

FORMAT = "comity-membership.v1"


@dataclass(frozen=True, slots=True)
class Change:
    """What an epoch changes: which partner (its authority and fingerprint) was admitted or removed, and why."""

    partner: str
    fingerprint: str
    change: str
    reason: str


def begin_epoch(session: Session, change: Change, *, keys: NodeKeys, clock: Clock) -> Epoch:
    """Keep a change of membership as the next epoch, signed; each names the SHA-256 of the one before.

    Raises:
        ReasonMissing: the reason is empty, too long, or not text on one line.
    """
    if not 0 < len(change.reason) <= LONGEST_REASON or not change.reason.isprintable():
        raise ReasonMissing
    number, previous = last_epoch(session)
    content = {
        "format": FORMAT,
        "authority": keys.authority,
        "epoch": number + 1,
        "previous": previous,
        **asdict(change),
        "at": clock.now().isoformat(),
    }
    signature = keys.sign(FORMAT.encode() + b"\n" + canonical_json(content))
    statement = canonical_json({**content, "signature": base64.b64encode(signature).decode()})
    epoch = Epoch(number + 1, change.partner, change.change, change.reason, statement, clock.now())
    keep_epoch(session, epoch)
    return epoch
