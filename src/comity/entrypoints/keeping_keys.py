"""How are a node's keys and its certificate changed while it runs? The file first, then the log and the partners.

Whatever is left half done is finished by the chore: each step is idempotent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from comity.cooperation.exchange.card import PeerCard, write_card
from comity.cooperation.exchange.handover.store import is_waiting_of_type
from comity.cooperation.identity.key_file import load_recovery_key, save_recovery_key
from comity.cooperation.identity.keys import NodeKeys, new_signer
from comity.cooperation.identity.rotation import Why, recovered, rotated, without_ended
from comity.cooperation.identity.statement import Revocation, recovery_hash
from comity.cooperation.identity.tls import create_certificate, expires_at
from comity.entrypoints.node import CARD, NEXT_CERTIFICATE, NEXT_TLS_KEY, Node, hosts_of
from comity.flows.change_keys import CARD_UPDATE, announce_card, announce_keys
from comity.foundation.errors import ComityError

LAST_MOMENT = timedelta(days=7)  # a guess: so long before it expires, a certificate is replaced whoever was told


class RevokedFromFuture(ComityError):
    """A key is not compromised from a time to come; give the time from which on nothing it signed is to count."""

    code = "identity.revoked-from-future"


class RenewalUnderWay(ComityError):
    """A new certificate is announced already; it is used when every partner knows it, or at once with `--now`."""

    code = "identity.renewal-under-way"
    status = 409


@dataclass(frozen=True, slots=True)
class KeysChanged:
    """What a change of keys did: the history's newest statement, and how many partners are told."""

    sequence: int
    statement: str
    partners: int
    recovery_key: Path | None = None
    """Where the next recovery key was written, for the safe."""


def rotate(node: Node, *, reason: str) -> KeysChanged:
    """Hand over to fresh keys; the old signing key is gone, the old encryption key opens a while longer."""
    before = node.keys
    return _replace(node, before, rotated(before, node.new_signer(), Why(node.clock.now(), reason)))


def revoke_earlier(node: Node, sequence: int, *, since: datetime, reason: str) -> KeysChanged:
    """Declare an earlier key compromised, by the key in force, and hand over to fresh keys with it."""
    before, revoked = node.keys, (Revocation(sequence, _past(since, node)),)
    return _replace(node, before, rotated(before, node.new_signer(), Why(node.clock.now(), reason, revoked)))


def recover_keys(node: Node, *, since: datetime, reason: str, recovery_key: Path) -> KeysChanged:
    """Declare the key in force compromised and recover with the recovery key; the next one is written for the safe.

    Raises:
        RecoveryKeyWrong: another recovery key was promised.
        RevokedFromFuture: `since` is to come.
    """
    before, following, by = node.keys, new_signer(), load_recovery_key(recovery_key)
    last = before.public.history.last.sequence
    why = Why(node.clock.now(), reason, (Revocation(last, _past(since, node)),))
    after = recovered(before, node.new_signer(), why, by=by, following=recovery_hash(following.public_key))
    next_key = node.settings.home / f"recovery-key-{last + 1}.json"
    next_key.unlink(missing_ok=True)  # of a recovery that broke off before it was one
    save_recovery_key(following, next_key)
    return replace(_replace(node, before, after), recovery_key=next_key)


def renew_certificate(node: Node) -> int:
    """Make the next TLS certificate and announce it beside the one in use; return how many partners are told.

    Raises:
        RenewalUnderWay: one is announced already.
    """
    home = node.settings.home
    if (home / NEXT_CERTIFICATE).exists():
        raise RenewalUnderWay
    (home / NEXT_TLS_KEY).unlink(missing_ok=True)
    create_certificate(
        authority=node.configuration.authority,
        hosts=hosts_of(node.configuration.host, node.configuration.url),
        certificate=home / NEXT_CERTIFICATE,
        key=home / NEXT_TLS_KEY,
        at=node.clock.now(),
    )
    card = write_card_file(node)
    with node.database.transaction() as session:
        return announce_card(session, card, keys=node.keys, clock=node.clock)


def switch_certificate(node: Node) -> bool:
    """Use the next certificate from now on; claim that there was one. A running node takes it up by its chore."""
    home = node.settings.home
    if not (home / NEXT_CERTIFICATE).exists():
        return False
    if (home / NEXT_TLS_KEY).exists():
        (home / NEXT_TLS_KEY).replace(node.tls_key)
    (home / NEXT_CERTIFICATE).replace(node.certificate)
    write_card_file(node)
    return True


def tend_keys(node: Node) -> None:
    """Finish what a change of keys left, destroy encryption keys whose time is over, take up a new certificate."""
    keys = node.keys
    with node.database.transaction() as session:
        announce_keys(session, keys=keys, clock=node.clock)
        everyone_knows = not is_waiting_of_type(session, CARD_UPDATE)
    kept = without_ended(keys, node.clock.now())
    if kept != keys:
        node.key_file.replace(kept)
    is_late = expires_at(node.certificate) - LAST_MOMENT < node.clock.now()
    if everyone_knows or is_late:
        switch_certificate(node)
    node.take_up_certificate()


def write_card_file(node: Node) -> dict[str, object]:
    """Write the node's card anew and return it: the keys in force, the certificate in use and the next one."""
    pems = [node.certificate, node.settings.home / NEXT_CERTIFICATE]
    certificates = "".join(path.read_text(encoding="ascii") for path in pems if path.exists())
    card = write_card(PeerCard(node.keys.public, node.configuration.url, certificates), node.keys)
    beside = node.settings.home / f"{CARD}.new"
    beside.write_text(json.dumps(card, indent=2), encoding="utf-8")
    beside.replace(node.settings.home / CARD)
    return card


def _replace(node: Node, before: NodeKeys, after: NodeKeys) -> KeysChanged:
    node.key_file.replace(after)
    write_card_file(node)
    with node.database.transaction() as session:
        told = announce_keys(session, keys=after, clock=node.clock)
    node.forget_signer(before.signer)
    return KeysChanged(after.public.history.last.sequence, after.public.history.hashes[-1], told)


def _past(since: datetime, node: Node) -> datetime:
    if since > node.clock.now():
        raise RevokedFromFuture
    return since
