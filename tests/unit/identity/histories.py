"""Key histories as their owners, and thieves of their keys, would make them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from comity.cooperation.identity.history import KeyHistory, NewKeys, recover, succeed
from comity.cooperation.identity.keys import MemorySigner, NodeKeys, generate_keys, new_opening_key, new_signer
from comity.cooperation.identity.statement import Revocation, recovery_hash

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Owner:
    """An administration with its keys and the recovery key in its safe."""

    def __init__(self, authority: str = "KE") -> None:
        self.recovery = new_signer()
        self.keys: NodeKeys = generate_keys(
            authority, authority, recovery=recovery_hash(self.recovery.public_key), at=START
        )
        self.signer: MemorySigner = self.keys.signer

    @property
    def history(self) -> KeyHistory:
        return self.keys.public.history


def handed_over(
    history: KeyHistory, by: MemorySigner, *, days: int = 1, revoked=(), signer: MemorySigner | None = None
) -> tuple[KeyHistory, MemorySigner]:
    """Return the history with a succession by the key `by`, and the new key."""
    signer = signer or new_signer()
    new = NewKeys(signer, new_opening_key().public_key)
    made = history.last.made + timedelta(days=days)
    return succeed(history, new, by=by, made=made, reason="yearly rotation", revoked=revoked), signer


def recovered(
    history: KeyHistory, by: MemorySigner, *, days: int = 1, since: datetime = START
) -> tuple[KeyHistory, MemorySigner, MemorySigner]:
    """Return the history with a recovery that revokes the key in force, the new key and the next recovery key."""
    signer, following = new_signer(), new_signer()
    new = NewKeys(signer, new_opening_key().public_key, recovery_hash(following.public_key))
    made = history.last.made + timedelta(days=days)
    revoked = [Revocation(history.last.sequence, since)]
    return recover(history, new, by=by, made=made, reason="stolen", revoked=revoked), signer, following
