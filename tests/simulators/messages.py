"""Messages and batches as a partner could craft them, right or wrong in any part."""

from __future__ import annotations

from datetime import timedelta

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.exchange.batch import (
    ANSWER_TYPE,
    BATCH_TYPE,
    RECEIPT_TYPE,
    Answer,
    Batch,
    Receipt,
    SealedMessage,
    read,
    write,
)
from comity.cooperation.exchange.envelope import FIRST_PREVIOUS, Header, seal, sign_message
from tests.simulators.nodes import EXPORT, Pair


def header(pair: Pair, **changes) -> Header:
    values = {
        "sender": "KE",
        "recipient": "UG",
        "agreement_id": pair.agreement.id,
        "agreement_hash": agreement_hash(pair.agreement),
        "clause": "art-3",
        "sequence": 1,
        "previous_hash": FIRST_PREVIOUS,
        "purpose": "mirror-matching",
        "data_class": "export-declaration",
        "marking": "confidential",
        "type": EXPORT,
        "created": pair.clock.now(),
        "expires": pair.clock.now() + timedelta(days=10),
        "subject": "d1",
        "release_id": "r1",
    }
    return Header(**{**values, **changes})


def sealed(pair: Pair, made: Header, payload=None, keys=None, recipient=None) -> SealedMessage:
    signed, message_id = sign_message(made, payload or {"mrn": "X"}, keys=keys or pair.kenya.keys)
    to = recipient or pair.uganda.keys.public
    return SealedMessage(
        message_id, made.agreement_hash, seal(signed, recipient=to, agreement_hash=made.agreement_hash)
    )


def batch_of(pair: Pair, *messages: SealedMessage, keys=None, **changes) -> bytes:
    pair.clock.advance(timedelta(seconds=1))
    values = {
        "sender": "KE",
        "recipient": "UG",
        "created": pair.clock.now(),
        "checkpoint": "",
        "proof_from": 0,
        "proof": [],
        "messages": list(messages),
    }
    return write(Batch(**{**values, **changes}), typ=BATCH_TYPE, keys=keys or pair.kenya.keys)


def receipts(pair: Pair, *messages: SealedMessage, **changes) -> list[Receipt]:
    answer = read(
        pair.receive(batch_of(pair, *messages, **changes)), Answer, typ=ANSWER_TYPE, sender=pair.uganda.keys.public
    )
    return [read(one, Receipt, typ=RECEIPT_TYPE, sender=pair.uganda.keys.public) for one in answer.receipts]
