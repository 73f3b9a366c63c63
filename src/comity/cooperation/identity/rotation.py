"""What are a node's keys after a rotation, after a compromise, and when an old encryption key has had its time?

Pure: new keys from old ones. Where they are kept, and whom it is told, is the flow's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from comity.cooperation.identity.history import NewKeys, recover, succeed
from comity.cooperation.identity.keys import NodeKeys, OpeningKey, new_opening_key
from comity.cooperation.identity.statement import Revocation, Signer

OVERLAP = timedelta(days=60)  # as long as a message lives: what is under way to the old key opens, or has expired


@dataclass(frozen=True, slots=True)
class Why:
    """When keys change, why, and which earlier keys are revoked with it."""

    at: datetime
    reason: str
    revoked: tuple[Revocation, ...] = ()


def rotated(keys: NodeKeys, signer: Signer, why: Why) -> NodeKeys:
    """Return the keys after a rotation to `signer` and a fresh encryption key; the old one goes on opening a while."""
    opening = new_opening_key()
    new = NewKeys(signer, opening.public_key)
    history = succeed(keys.public.history, new, by=keys.signer, made=why.at, reason=why.reason, revoked=why.revoked)
    return NodeKeys(keys.public.continued(history), signer, (opening, *_ending(keys, why.at)))


def recovered(keys: NodeKeys, signer: Signer, why: Why, *, by: Signer, following: str) -> NodeKeys:
    """Return the keys after a recovery by the promised recovery key `by`; `following` is the hash of the next one.

    Raises:
        RecoveryKeyWrong: another recovery key was promised.
    """
    opening = new_opening_key()
    new = NewKeys(signer, opening.public_key, following)
    history = recover(keys.public.history, new, by=by, made=why.at, reason=why.reason, revoked=why.revoked)
    return NodeKeys(keys.public.continued(history), signer, (opening, *_ending(keys, why.at)))


def without_ended(keys: NodeKeys, at: datetime) -> NodeKeys:
    """Return the keys without the encryption keys whose time is over."""
    return replace(keys, opening=tuple(one for one in keys.opening if one.until is None or one.until > at))


def _ending(keys: NodeKeys, at: datetime) -> list[OpeningKey]:
    return [replace(one, until=one.until or at + OVERLAP) for one in keys.opening]
