"""How this project answers the vectors of envelope and exchange: a node in a database of its own takes batches."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

from comity.cooperation.agreements.agreement import parse_agreement
from comity.cooperation.agreements.lifecycle import Signature
from comity.cooperation.agreements.store import add_signature, keep_agreement
from comity.cooperation.exchange.batch import ANSWER_TYPE, RECEIPT_TYPE, Answer, Receipt, read
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.courier.part import read_part
from comity.cooperation.exchange.deliver import Line, accept
from comity.cooperation.exchange.envelope import Header, open_sealed, read_message, sign_message
from comity.cooperation.exchange.errors import PeerUnknown
from comity.cooperation.exchange.inbox import receive_batch
from comity.cooperation.exchange.store import add_peer
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.foundation.clock import FixedClock
from comity.foundation.errors import ComityError
from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database
from tests.conformance.protocol.keys import keys_from

EXPORT = "export-record.v1"


def sign_a_message(given: dict[str, Any]) -> dict[str, Any]:
    header = msgspec.convert(given["header"], Header)
    signed, message_id = sign_message(header, given["payload"], keys=keys_from(given["keys"]))
    return {"jws": signed.decode(), "id": message_id}


def read_a_message(given: dict[str, Any]) -> dict[str, Any]:
    identity = PublicIdentity.from_json(given["identity"])
    header, payload, message_id = read_message(given["jws"].encode(), sender=identity)
    return {"header": msgspec.to_builtins(header), "payload": payload, "id": message_id}


def open_a_message(given: dict[str, Any]) -> dict[str, Any]:
    sealed = base64.b64decode(given["sealed"])
    return {"jws": open_sealed(sealed, keys=keys_from(given["keys"]), agreement_hash=given["agreement_hash"]).decode()}


def read_a_receipt(given: dict[str, Any]) -> dict[str, Any]:
    identity = PublicIdentity.from_json(given["identity"])
    receipt = read(given["jws"].encode(), Receipt, typ=RECEIPT_TYPE, sender=identity)
    return dict(msgspec.to_builtins(receipt))


def read_an_answer(given: dict[str, Any]) -> dict[str, Any]:
    """Take an answer as the sender of a batch does."""
    keys, partner = keys_from(given["keys"]), PublicIdentity.from_json(given["identity"])
    peer = SimpleNamespace(identity=partner, authority=partner.authority)
    prepared: Any = SimpleNamespace(peer=peer, body=base64.b64decode(given["batch"]))
    line = Line(keys, InMemoryTransport({}), FixedClock(datetime.fromisoformat(given["at"])))
    answer = accept(prepared, base64.b64decode(given["answer"]), line)
    return _told(answer, partner)


def read_a_file(given: dict[str, Any]) -> dict[str, Any]:
    """Read a courier's file as one who knows these partners."""
    partners = {one.authority: one for one in map(PublicIdentity.from_json, given["partners"])}

    def identity_of(authority: str) -> PublicIdentity:
        if authority not in partners:
            raise PeerUnknown
        return partners[authority]

    header, content = read_part(base64.b64decode(given["file"]), identity_of=identity_of)
    return {**msgspec.to_builtins(header), "name": header.name(), "bytes": len(content)}


def receive(given: dict[str, Any]) -> dict[str, Any]:
    """Give a node some batches, one after the other, and return what it answers to each."""
    keys = keys_from(given["keys"])
    clock = FixedClock(datetime.fromisoformat(given["signed_at"]))
    with _database() as database:
        _prepare(database, given, clock)
        answers = []
        for batch in given["batches"]:
            clock.advance(datetime.fromisoformat(batch["at"]) - clock.now())
            answers.append(_answer(database, batch, keys, clock))
    return {"answers": answers}


def _answer(database: Database, batch: dict[str, Any], keys: NodeKeys, clock: FixedClock) -> dict[str, Any]:
    body = base64.b64decode(batch["bytes"])
    try:
        answered = receive_batch(database, body, keys=keys, clock=clock, handlers={EXPORT: lambda *_: "stored"})
    except ComityError as refusal:
        return {"error": refusal.code}
    return _told(read(answered, Answer, typ=ANSWER_TYPE, sender=keys.public), keys.public)


def _told(answer: Answer, sender: PublicIdentity) -> dict[str, Any]:
    """Return what an answer says that every implementation says alike: not where its own log put the messages."""
    receipts = [read(one, Receipt, typ=RECEIPT_TYPE, sender=sender) for one in answer.receipts]
    names = ("message_id", "sequence", "result", "outcome", "missing")
    return {
        "batch": answer.batch,
        "cosigned": answer.cosigned,
        "witnessed_size": answer.witnessed_size,
        "refusal": answer.refusal,
        "receipts": [{name: getattr(receipt, name) for name in names} for receipt in receipts],
    }


def _prepare(database: Database, given: dict[str, Any], clock: FixedClock) -> None:
    partners = [PublicIdentity.from_json(one) for one in given["partners"]]
    known = {one.authority: one for one in (*partners, keys_from(given["keys"]).public)}
    with database.transaction() as session:
        for partner in partners:
            add_peer(session, PeerCard(partner, "https://127.0.0.1:1", ""), clock=clock)
        for file in given["agreements"]:
            agreement = parse_agreement(file["agreement"])
            keep_agreement(session, agreement, clock=clock)
            for record in file["signatures"]:
                signature = Signature.from_json(record)
                add_signature(session, agreement.id, signature, identity=known[signature.authority], clock=clock)


@contextmanager
def _database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'node.db'}")
        Base.metadata.create_all(database.engine)
        yield database
        database.dispose()
