"""A node's files over a change of keys and certificate: seen without a restart, finished when it broke off."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import timedelta

import pytest

from comity.cooperation.exchange.card import read_card
from comity.cooperation.identity.errors import RecoveryKeyWrong
from comity.cooperation.identity.key_file import save_recovery_key
from comity.cooperation.identity.keys import new_signer
from comity.cooperation.identity.rotation import OVERLAP
from comity.cooperation.ledger.append import head
from comity.entrypoints.keeping_keys import (
    RenewalUnderWay,
    RevokedFromFuture,
    recover_keys,
    renew_certificate,
    revoke_earlier,
    rotate,
    tend_keys,
)
from comity.entrypoints.node import CARD, RECOVERY_KEY, NodeConfiguration, create_node, open_node
from comity.foundation.settings import read_settings


@pytest.fixture
def node(tmp_path, clock):
    configuration = NodeConfiguration("UG", "Uganda", "https://127.0.0.1:1", "127.0.0.1", 1)
    made = create_node(configuration, replace(read_settings({}), home=tmp_path / "home"), clock)
    yield made
    made.close()


def card_of(node):
    import json

    return read_card(json.loads((node.settings.home / CARD).read_text(encoding="utf-8")))


def test_rotation_in_another_process_is_seen_without_a_restart(node, clock):
    other = open_node(node.settings, clock)
    before = node.keys

    rotate(other, reason="rotation")
    other.close()

    assert node.keys.public.history.last.sequence == 1
    assert node.equipment.keys is node.keys
    assert node.keys.signer.public_key != before.signer.public_key
    assert card_of(node).identity == node.identity


def test_old_encryption_key_is_destroyed_when_its_time_is_over(node, clock):
    rotate(node, reason="rotation")
    tend_keys(node)
    assert len(node.keys.opening) == 2

    clock.advance(OVERLAP + timedelta(seconds=1))
    tend_keys(node)

    assert len(node.keys.opening) == 1


def test_tending_again_writes_nothing(node):
    rotate(node, reason="rotation")
    with node.database.reading() as session:
        before = head(session)

    tend_keys(node)

    with node.database.reading() as session:
        assert head(session) == before


def test_recovery_needs_the_right_key_and_writes_the_next(node, clock, tmp_path):
    wrong = tmp_path / "wrong.json"
    save_recovery_key(new_signer(), wrong)
    with pytest.raises(RecoveryKeyWrong):
        recover_keys(node, since=clock.now(), reason="stolen", recovery_key=wrong)
    with pytest.raises(RevokedFromFuture):
        revoke_earlier(node, 0, since=clock.now() + timedelta(days=1), reason="stolen")

    changed = recover_keys(node, since=clock.now(), reason="stolen", recovery_key=node.settings.home / RECOVERY_KEY)

    assert node.keys.public.history.last.sequence == 1
    again = recover_keys(node, since=clock.now(), reason="again", recovery_key=changed.recovery_key)
    assert again.sequence == 2


def test_next_certificate_is_pinned_beside_the_old_before_it_is_used(node):
    old = node.certificate.read_text()

    renew_certificate(node)

    with pytest.raises(RenewalUnderWay):
        renew_certificate(node)
    announced = card_of(node).tls_certificate
    assert announced.startswith(old)
    assert announced.count("BEGIN CERTIFICATE") == 2
    taken: list[bool] = []
    node.certificate_taken_up = lambda: taken.append(True)
    tend_keys(node)
    assert node.certificate.read_text() in announced
    assert node.certificate.read_text() != old
    assert taken == [True]
    ssl.create_default_context(cadata=announced)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(node.certificate, node.tls_key)
