"""Each kind of bad input gets its own named refusal at the door, and changes nothing but the record of it."""

from __future__ import annotations

import json
import zlib
from datetime import timedelta
from random import Random

import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.notices import Notice, NoticeKind, sign_notice
from comity.cooperation.agreements.store import keep_notice
from comity.cooperation.exchange import envelope, jws
from comity.cooperation.exchange.batch import ANSWER_TYPE, RECEIPT_TYPE, Answer, Receipt, SealedMessage, read
from comity.cooperation.exchange.operation.store import refused_batches
from comity.cooperation.exchange.tables import PeerRow
from comity.cooperation.identity.key_file import save_keys
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.identity.statement import recovery_hash
from comity.entrypoints.api.app import create_api
from comity.entrypoints.node import KEYS, Node, NodeConfiguration
from comity.flows.change_partners import remove_partner
from comity.foundation.settings import Settings
from tests.integration.console.browsing import TestClient
from tests.simulators.messages import batch_of, header, sealed
from tests.simulators.pairs import a_pair
from tests.simulators.snapshot import hashes
from tests.unit.identity.histories import Owner, recovered

BATCH_RECORD = {"exchange_batch_refusals"}
CONTACT = {"exchange_peers", "ledger_entries", "ledger_head", "ledger_tiles", "ledger_witnessed"}
MESSAGE_RECORD = CONTACT | {"exchange_inbox", "exchange_streams", "agreement_decisions", "stewardship_holdings"}
"""A refused message is kept in the log as it came, so that it is held and erased like one that was taken in."""


@pytest.fixture
def pair(sqlite_database, tmp_path, clock):
    """Return Kenya and Uganda; one message has arrived, so that there is a state to keep."""
    with a_pair(sqlite_database, tmp_path, clock) as made:
        made.declare("d0")
        made.deliver()
        yield made


@pytest.fixture
def door(pair, tmp_path):
    """Return the HTTP door of Uganda's node."""
    settings = Settings(home=tmp_path, database_url=pair.uganda.database.url)
    configuration = NodeConfiguration("UG", "Uganda", "https://127.0.0.1:1", "127.0.0.1", 1)
    save_keys(pair.uganda.keys, tmp_path / KEYS)
    node, app = Node(settings, configuration, pair.clock), FastAPI()
    create_api(node, app)
    with TestClient(app, base_url="https://testserver") as client:
        yield client
    node.close()


def following(pair, **changes):
    """Return the header of the next message in order."""
    last = pair.uganda.taken[-1]
    return header(pair, **{"sequence": 2, "previous_hash": last.message_id, "subject": "d1"} | changes)


def head_changed(body, protected):
    """Return a batch whose head claims other protected fields, with its old signature."""
    rest = body.partition(b".")[2]
    return jws._encode(json.dumps(protected).encode()) + b"." + rest


def unsigned(pair):
    head, feed, attached = batch_of(pair).partition(b"\n")
    return head.rpartition(b".")[0] + b"." + feed + attached


def revoked(pair):
    """Let Kenya recover from a stolen key, as Uganda knows; the thief signs with the old one."""
    owner = Owner("KE")
    owner.keys = generate_keys("KE", "Kenya", recovery=recovery_hash(owner.recovery.public_key), at=pair.clock.now())
    history, _, _ = recovered(owner.keys.public.history, owner.recovery)
    with pair.uganda.database.transaction() as session:
        session.execute(
            update(PeerRow)
            .where(PeerRow.authority == "KE")
            .values(identity=owner.keys.public.continued(history).as_json())
        )
    return batch_of(pair, keys=owner.keys)


def removed_member(pair):
    with pair.uganda.database.transaction() as session:
        remove_partner(session, "KE", reason="ended", keys=pair.uganda.keys, clock=pair.clock)
    return batch_of(pair)


def replayed(pair):
    return pair.batches[-1]


BATCHES = {
    "malformed JWS": ("exchange.envelope-invalid", lambda pair: b"no.jws\n"),
    "truncated": ("exchange.envelope-invalid", lambda pair: batch_of(pair)[:40]),
    "unsigned batch": ("exchange.signature-invalid", unsigned),
    "another key": ("exchange.signature-invalid", lambda pair: batch_of(pair, keys=generate_keys("KE", "Thief"))),
    "revoked key": ("exchange.key-revoked", revoked),
    "removed member": ("exchange.member-removed", removed_member),
    "stranger": ("exchange.sender-unknown", lambda pair: batch_of(pair, keys=generate_keys("TZ", "T"), sender="TZ")),
    "wrong recipient": ("exchange.recipient-wrong", lambda pair: batch_of(pair, recipient="RW")),
    "unknown critical field": (
        "exchange.critical-field-unknown",
        lambda pair: head_changed(
            batch_of(pair), {"alg": "Ed25519", "typ": "comity-batch.v2+jws", "crit": ["exp"], "exp": 1}
        ),
    ),
    "downgraded suite": (
        "exchange.suite-downgraded",
        lambda pair: head_changed(batch_of(pair), {"alg": "HS256", "typ": "comity-batch.v2+jws"}),
    ),
    "unknown version": (
        "exchange.envelope-invalid",
        lambda pair: head_changed(batch_of(pair), {"alg": "Ed25519", "typ": "comity-batch.v99+jws"}),
    ),
    "expired": ("exchange.clock-skewed", lambda pair: batch_of(pair, created=pair.clock.now() - timedelta(hours=1))),
    "future-dated": (
        "exchange.clock-skewed",
        lambda pair: batch_of(pair, created=pair.clock.now() + timedelta(hours=1)),
    ),
    "replayed": ("exchange.batch-replayed", replayed),
}


@pytest.mark.parametrize("kind", BATCHES)
def test_bad_batch_is_refused_by_its_name_and_only_counted(pair, door, kind):
    code, make = BATCHES[kind]
    body = make(pair)
    before = hashes(pair.uganda.database)

    answer = door.post("/exchange/batch", content=body)

    after = hashes(pair.uganda.database)
    assert (400 <= answer.status_code < 500, answer.json()["code"]) == (True, code)
    assert {name for name in after if after[name] != before[name]} == BATCH_RECORD
    with pair.uganda.database.reading() as session:
        assert [(one.code, one.count) for one in refused_batches(session)] == [(code, 1)]


def test_oversize_batch_is_refused_before_it_is_read_and_counted(pair, door):
    before = hashes(pair.uganda.database)

    answer = door.post("/exchange/batch", content=b"x", headers={"content-length": str(10**9)})

    after = hashes(pair.uganda.database)
    assert (answer.status_code, answer.json()["code"]) == (413, "api.body-too-large")
    assert {name for name in after if after[name] != before[name]} == BATCH_RECORD


def test_flood_of_bad_batches_costs_few_writes_and_every_one_is_counted_in_the_end(pair, door):
    for _ in range(100):
        door.post("/exchange/batch", content=b"noise")
    pair.clock.advance(timedelta(minutes=2))
    door.post("/exchange/batch", content=b"noise")

    with pair.uganda.database.reading() as session:
        assert [(one.partner, one.count) for one in refused_batches(session)] == [("", 101)]


def bomb(pair):
    made = following(pair)
    content = b"a" * (envelope.LARGEST_MESSAGE_BYTES * 4)
    squeezed = zlib.compressobj(wbits=envelope._RAW_DEFLATE)
    info = envelope._info("UG", made.agreement_hash)
    closed = envelope._SUITE.encrypt(
        b"s" * 64 + squeezed.compress(content) + squeezed.flush(),
        pair.uganda.keys.public.encryption_public_key(),
        info=info,
    )
    return SealedMessage("b" * 64, made.agreement_hash, closed)


def oversize(pair):
    made = following(pair)
    content = msgspec.json.encode({"header": made, "payload": {"mrn": Random(1).randbytes(3_000_000).hex()}})
    signed = jws.sign(content, typ=envelope.MESSAGE_TYPE, keys=pair.kenya.keys)
    closed = envelope.seal(signed, recipient=pair.uganda.keys.public, agreement_hash=made.agreement_hash)
    return SealedMessage("c" * 64, made.agreement_hash, closed)


def removed(pair):
    """Let Kenya leave the agreement, as Uganda knows, and send nevertheless."""
    today = pair.clock.now().date()
    notice = Notice(
        agreement_id=pair.agreement.id,
        agreement_hash=agreement_hash(pair.agreement),
        kind=NoticeKind.TERMINATED,
        authority="KE",
        from_day=today + timedelta(days=pair.agreement.notice_days + 1),
        reason="we leave the agreement",
        given_at=pair.clock.now(),
    )
    with pair.uganda.database.transaction() as session:
        keep_notice(session, sign_notice(notice, pair.kenya.keys), identity=pair.kenya.keys.public, clock=pair.clock)
    pair.clock.advance(timedelta(days=pair.agreement.notice_days + 2))
    return sealed(pair, following(pair))


MESSAGES = {
    "sealed to another": (
        "exchange.seal-invalid", "again",
        lambda pair: sealed(pair, following(pair), recipient=generate_keys("UG", "Other").public),
    ),
    "wrong recipient": (
        "exchange.recipient-wrong", "again", lambda pair: sealed(pair, following(pair, recipient="RW")),
    ),
    "wrong sender": ("exchange.sender-wrong", "again", lambda pair: sealed(pair, following(pair, sender="TZ"))),
    "another key": (
        "exchange.signature-invalid", "again",
        lambda pair: sealed(pair, following(pair), keys=generate_keys("KE", "Thief")),
    ),
    "compressed bomb": ("exchange.decompression-bomb", "again", bomb),
    "oversize": ("exchange.message-too-large", "again", oversize),
    "future-dated": (
        "exchange.clock-skewed", "again",
        lambda pair: sealed(pair, following(pair, created=pair.clock.now() + timedelta(hours=1))),
    ),
    "sequence gap": ("exchange.message-withheld", "again", lambda pair: sealed(pair, following(pair, sequence=4))),
    "sequence fork": (
        "exchange.chain-broken", "again", lambda pair: sealed(pair, following(pair, previous_hash="f" * 64)),
    ),
    "used sequence": ("exchange.chain-broken", "again", lambda pair: sealed(pair, following(pair, sequence=1))),
    "expired": (
        "exchange.message-expired", "refused",
        lambda pair: sealed(pair, following(pair, expires=pair.clock.now() - timedelta(days=1))),
    ),
    "unknown type": (
        "exchange.type-unknown", "refused", lambda pair: sealed(pair, following(pair, type="poem.v1")),
    ),
    "unknown version": (
        "exchange.type-unknown", "refused", lambda pair: sealed(pair, following(pair, type="export-record.v99")),
    ),
    "wrong agreement hash": (
        "agreements.hash-mismatch", "refused",
        lambda pair: sealed(pair, following(pair, agreement_hash="e" * 64)),
    ),
    "a removed member": ("agreements.terminated", "refused", removed),
}  # fmt: skip


@pytest.mark.parametrize("kind", MESSAGES)
def test_bad_message_is_refused_by_its_name_and_only_recorded(pair, door, kind):
    code, result, make = MESSAGES[kind]
    body = batch_of(pair, make(pair))
    before = hashes(pair.uganda.database)

    answer = door.post("/exchange/batch", content=body)

    after, uganda = hashes(pair.uganda.database), pair.uganda.keys.public
    (signed,) = read(answer.content, Answer, typ=ANSWER_TYPE, sender=uganda).receipts
    receipt = read(signed, Receipt, typ=RECEIPT_TYPE, sender=uganda)
    assert (receipt.outcome, receipt.result) == (code, result)
    allowed = MESSAGE_RECORD if result == "refused" else CONTACT
    assert {name for name in after if after[name] != before[name]} <= allowed
