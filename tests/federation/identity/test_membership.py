"""A removed member: nothing is sealed for it, nothing taken from it, and what waited is listed."""

from __future__ import annotations

import base64
import json

import pytest

from comity.cooperation.agreements.errors import RecipientRemoved
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.errors import MemberRemoved, SignatureInvalid
from comity.cooperation.exchange.handover.store import withdrawn_from
from comity.cooperation.exchange.store import exchange_counts, list_peers
from comity.cooperation.identity.errors import ReasonMissing
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.identity.store import list_epochs
from comity.cooperation.ledger.store import latest
from comity.flows.change_partners import admit_partner, remove_partner
from comity.foundation.canonical_json import canonical_json
from tests.federation.identity.changes import ready
from tests.simulators.messages import batch_of, header, sealed


@pytest.fixture
def pair(pair):
    return ready(pair)


def remove(node, pair, authority, reason="the agreement ended"):
    with node.database.transaction() as session:
        return remove_partner(session, authority, reason=reason, keys=node.keys, clock=pair.clock)


def admit(node, pair, partner):
    card = PeerCard(partner.keys.public, "https://127.0.0.1:1", "")
    with node.database.transaction() as session:
        return admit_partner(session, card, keys=node.keys, clock=pair.clock, reason="a new agreement")


def test_batch_of_a_removed_member_is_refused_by_name_and_keeps_nothing(pair):
    remove(pair.uganda, pair, "KE")

    with pytest.raises(MemberRemoved):
        pair.receive(batch_of(pair, sealed(pair, header(pair))))

    assert pair.uganda.taken == []


def test_stranger_does_not_learn_who_was_removed(pair):
    remove(pair.uganda, pair, "KE")

    with pytest.raises(SignatureInvalid):
        pair.receive(batch_of(pair, keys=generate_keys("KE", "Impostor")))


def test_nothing_leaves_for_a_removed_member_and_what_waited_is_listed(pair):
    waiting = [pair.declare("d1").id, pair.declare("d2").id]

    withdrawn = remove(pair.kenya, pair, "UG")

    assert sorted(withdrawn) == sorted(zip(waiting, ["d1", "d2"], strict=True))
    with pytest.raises(RecipientRemoved):
        pair.declare("d3")
    with pytest.raises(MemberRemoved):
        pair.deliver()
    with pair.kenya.database.reading() as session:
        assert list_peers(session) == []
        assert exchange_counts(session).waiting == 0
        assert sorted(withdrawn_from(session, "UG")) == sorted(withdrawn)
    assert pair.batches == []


def test_epochs_are_signed_chained_and_logged(pair):
    remove(pair.kenya, pair, "UG")
    admit(pair.kenya, pair, pair.uganda)

    with pair.kenya.database.reading() as session:
        first, second = list_epochs(session)
        logged = [entry.statement for entry in latest(session, 10) if entry.kind == "membership"]
    assert [first.change, second.change] == ["removed", "admitted"]
    assert logged == [second.statement, first.statement]
    import hashlib

    told = json.loads(second.statement)
    assert told["previous"] == hashlib.sha256(first.statement).hexdigest()
    signature = base64.b64decode(told.pop("signature"))
    assert pair.kenya.keys.public.verifies(signature, b"comity-membership.v1\n" + canonical_json(told))


def test_admitted_again_the_chain_goes_on_without_a_gap(pair):
    pair.declare("d1")
    remove(pair.kenya, pair, "UG")

    again = admit(pair.kenya, pair, pair.uganda)
    pair.declare("d2")
    pair.deliver()

    assert again == 1
    assert [message.header.subject for message in pair.uganda.taken] == ["d1", "d2"]


def test_removing_twice_or_without_a_reason_is_refused(pair):
    for reason in ("", "x" * 501, "two\nlines"):
        with pytest.raises(ReasonMissing):
            remove(pair.kenya, pair, "UG", reason)
    remove(pair.kenya, pair, "UG")

    with pytest.raises(MemberRemoved):
        remove(pair.kenya, pair, "UG")
